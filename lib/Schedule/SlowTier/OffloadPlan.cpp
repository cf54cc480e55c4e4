//===- OffloadPlan.cpp - schedules that offload periodically - -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The emitter keeps a clock of its own to know when a transfer has ended, so that
// it waits only where it must.
//
//===----------------------------------------------------------------------===//

#include "SlowTier/OffloadPlan.h"

#include "Equal/PolicySolvers.h"
#include "Table/CheckedMath.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <deque>

using namespace remat::schedule;

/// Times of shapes that are of no use may not fit in 64 bits.
using Time = __int128;

OffloadShape remat::schedule::everyInterval(const EqualChain &problem, const SlowTier &slow) {
  OffloadShape shape;
  int64_t step = std::max<int64_t>(problem.advance, 1);
  shape.interval = std::max<int64_t>(ceilDiv(slow.writeTime(problem.state), step), 1);
  shape.intervals = (problem.steps - 1) / shape.interval;
  shape.movesInitial = problem.start == Start::Releasable;
  shape.buffer = std::max(problem.state, shape.movesInitial ? problem.initialState : 0);
  return shape;
}

bool remat::schedule::fitsSlowTier(const EqualChain &problem, const SlowTier &slow, const OffloadShape &shape) {
  if (!slow.capacity || shape.isNone())
    return true;
  Checked used = Checked(shape.intervals) * shape.tapes * problem.tape;
  if (shape.needsStates())
    used = used + Checked(shape.intervals - 1) * problem.state + (shape.movesInitial ? problem.initialState : 0);
  return !used.hasOverflowed() && *used.get() <= *slow.capacity;
}

const PlanResult &SegmentPlans::of(int64_t length, bool fromInitial) {
  auto [it, isNew] = known.try_emplace({length, fromInitial});
  if (!isNew)
    return it->second;
  EqualChain part = problem;
  part.steps = length;
  if (!fromInitial) {
    int64_t stays = movesInitial ? 0 : problem.countedInitialState();
    part.budget = std::max<int64_t>(problem.budget - buffer - stays, 0);
    part.initialState = problem.state;
    part.start = Start::Releasable;
  }
  it->second = planSegment(part, Policy::Optimal);
  return it->second;
}

/// What `steps` steps take at least in the whole memory (docs/Schedules.md, section 5).
static Time leastTime(const EqualChain &problem, Time steps) {
  Time tapes = problem.tape == 0 ? steps : (problem.budget - problem.workspace) / problem.tape + 1;
  return steps * (problem.record + problem.reverse) +
         std::max<Time>(steps - tapes, 0) * std::min(problem.advance, problem.record);
}

std::optional<int64_t> remat::schedule::estimateOffload(const EqualChain &problem, const SlowTier &slow,
                                                        const OffloadShape &shape, SegmentPlans &plans, int64_t most) {
  int64_t rest = problem.steps - shape.interval * shape.intervals, again = shape.interval - shape.tapes;
  int64_t states = shape.needsStates() ? 1 : 0;
  Time stateWrite = slow.writeTime(problem.state), stateRead = slow.readTime(problem.state);
  Time tapesRead = Time(shape.tapes) * slow.readTime(problem.tape);
  Time write = states * stateWrite + Time(shape.tapes) * slow.writeTime(problem.tape);
  Time read = states * stateRead + tapesRead;
  Time sweep = Time(again) * problem.advance + Time(shape.tapes) * problem.record;
  Time tapes = Time(shape.tapes) * problem.reverse;
  // With room for one tape only, it comes in while no step runs.
  if (shape.buffer < 2 * problem.tape)
    tapes += tapesRead;
  Time initial = shape.movesInitial ? 0 : stateWrite + stateRead;
  // From the times of the plans of the rest and of an interval.
  auto total = [&](Time last, Time middle, Time first) {
    if (slow.blocking)
      return last + shape.intervals * (sweep + write + read + tapes) + (shape.intervals - 1) * middle + first -
             states * initial;
    // A later interval hides the transfers of an earlier one.
    return last + shape.intervals * std::max(sweep, write) + (shape.intervals - 1) * std::max(middle + tapes, read) +
           std::max(first + tapes, tapesRead);
  };
  Time leastRest = leastTime(problem, rest), leastAgain = leastTime(problem, again);
  if (total(leastRest, leastAgain, leastAgain) > most)
    return std::nullopt;
  const PlanResult &middle = plans.of(again, false);
  const PlanResult &first = plans.of(again, true);
  if (!first.ok() || (shape.intervals > 1 && !middle.ok()))
    return std::nullopt;
  if (total(leastRest, middle.plan.time, first.plan.time) > most)
    return std::nullopt;
  const PlanResult &last = plans.of(rest, shape.intervals == 0);
  if (!last.ok())
    return std::nullopt;
  Time time = total(last.plan.time, middle.plan.time, first.plan.time);
  if (time > most)
    return std::nullopt;
  return static_cast<int64_t>(time);
}

namespace {
class OffloadEmitter {
public:
  OffloadEmitter(const EqualChain &problem, const SlowTier &slow, const OffloadShape &shape, SegmentPlans &plans)
      : problem(problem), slow(slow), shape(shape), plans(plans) {}

  std::vector<Action> emit();

private:
  struct Transfer {
    int64_t step;
    bool isTape;
    Time end;
  };

  void add(ActionKind kind, int64_t step, int64_t to = 0);
  bool isOffloaded(int64_t index) const { return shape.needsStates() && (index > 0 || shape.movesInitial); }
  int64_t sizeOf(int64_t step, bool isTape) const {
    return isTape ? problem.tape : step == 0 ? problem.initialState : problem.state;
  }
  void offload(int64_t step, bool isTape);
  void finishOffload();
  void makeRoom(int64_t size, int64_t limit);
  void progress();
  void take(int64_t step, bool isTape);
  void sweep();
  void reverseInterval(int64_t index);
  void playPlan(const PlanResult &result, int64_t start, bool owned);

  const EqualChain &problem;
  const SlowTier &slow;
  const OffloadShape &shape;
  SegmentPlans &plans;
  std::vector<Action> actions;

  Time now = 0;
  Time writerFree = 0;
  Time readerFree = 0;
  /// What the buffer holds: on its way out, or in; and what is to come in.
  int64_t buffered = 0;
  std::deque<Transfer> leaving;
  std::deque<Transfer> wanted;
  std::deque<Transfer> arriving;
};
} // namespace

/// Adds an action that takes time or none.
void OffloadEmitter::add(ActionKind kind, int64_t step, int64_t to) {
  actions.push_back({kind, step, to});
  if (kind == ActionKind::Advance)
    now += Time(to - step) * problem.advance;
  if (kind == ActionKind::Record)
    now += problem.record;
  if (kind == ActionKind::Reverse)
    now += problem.reverse;
}

/// The item was just kept.
void OffloadEmitter::offload(int64_t step, bool isTape) {
  actions.push_back({isTape ? ActionKind::OffloadTape : ActionKind::Offload, step});
  writerFree = std::max(writerFree, now) + slow.writeTime(sizeOf(step, isTape));
  if (slow.blocking)
    now = writerFree;
  leaving.push_back({step, isTape, writerFree});
}

/// Waits for the oldest transfer out and frees its place.
void OffloadEmitter::finishOffload() {
  Transfer transfer = leaving.front();
  leaving.pop_front();
  now = std::max(now, transfer.end);
  buffered -= sizeOf(transfer.step, transfer.isTape);
  actions.push_back({transfer.isTape ? ActionKind::AwaitTape : ActionKind::Await, transfer.step});
  actions.push_back({transfer.isTape ? ActionKind::DiscardTape : ActionKind::DiscardState, transfer.step});
}

void OffloadEmitter::makeRoom(int64_t size, int64_t limit) {
  while (!leaving.empty() && (leaving.front().end <= now || buffered + size > limit))
    finishOffload();
  buffered += size;
}

/// Frees what has left, and starts to fetch what has room.
void OffloadEmitter::progress() {
  while (!leaving.empty() && leaving.front().end <= now)
    finishOffload();
  while (!wanted.empty() && buffered + sizeOf(wanted.front().step, wanted.front().isTape) <= shape.buffer) {
    Transfer transfer = wanted.front();
    // Its copy out must have ended; what left last is wanted first.
    auto isSame = [&](const Transfer &t) { return t.step == transfer.step && t.isTape == transfer.isTape; };
    if (std::any_of(leaving.begin(), leaving.end(), isSame))
      return;
    wanted.pop_front();
    int64_t size = sizeOf(transfer.step, transfer.isTape);
    buffered += size;
    readerFree = std::max(readerFree, now) + slow.readTime(size);
    if (slow.blocking)
      now = readerFree;
    transfer.end = readerFree;
    actions.push_back({transfer.isTape ? ActionKind::PrefetchTape : ActionKind::Prefetch, transfer.step});
    arriving.push_back(transfer);
  }
}

/// Waits for the next item, which is this one; its place leaves the buffer.
void OffloadEmitter::take(int64_t step, bool isTape) {
  while (arriving.empty() && !leaving.empty()) {
    finishOffload();
    progress();
  }
  progress();
  now = std::max(now, arriving.front().end);
  arriving.pop_front();
  actions.push_back({isTape ? ActionKind::AwaitTape : ActionKind::Await, step});
}

/// All memory but what stays belongs to the buffer while there are no plans.
void OffloadEmitter::sweep() {
  int64_t limit = problem.budget - problem.fixedSize() + (shape.movesInitial ? problem.initialState : 0);
  for (int64_t i = 0; i < shape.intervals; ++i) {
    int64_t start = i * shape.interval, tapes = start + shape.interval - shape.tapes;
    if (isOffloaded(i)) {
      makeRoom(sizeOf(start, false), limit);
      if (i > 0)
        add(ActionKind::Checkpoint, start);
      offload(start, false);
    } else if (i == 0 && shape.movesInitial) {
      // With all tapes nothing reads it again.
      add(ActionKind::DiscardState, 0);
    }
    if (start < tapes)
      add(ActionKind::Advance, start, tapes);
    for (int64_t step = tapes + 1; step <= start + shape.interval; ++step) {
      add(ActionKind::Record, step);
      makeRoom(problem.tape, limit);
      add(ActionKind::Keep, step);
      offload(step, true);
    }
  }
  for (int64_t i = shape.intervals; i-- > 0;) {
    int64_t end = (i + 1) * shape.interval;
    for (int64_t k = 0; k < shape.tapes; ++k)
      wanted.push_back({end - k, true, 0});
    if (isOffloaded(i))
      wanted.push_back({i * shape.interval, false, 0});
  }
}

/// Plays a plan from a state that is in the core and kept.
void OffloadEmitter::playPlan(const PlanResult &result, int64_t start, bool owned) {
  bool isReleased = !owned;
  result.forEachAction([&](const Action &action) {
    isReleased |= action.kind == ActionKind::DiscardState && action.step == 0;
    add(action.kind, action.step + start, action.kind == ActionKind::Advance ? action.to + start : 0);
    if (action.kind == ActionKind::Reverse || action.kind == ActionKind::Advance)
      progress();
    return true;
  });
  if (!isReleased)
    add(ActionKind::DiscardState, start);
}

void OffloadEmitter::reverseInterval(int64_t index) {
  int64_t start = index * shape.interval, end = start + shape.interval;
  for (int64_t k = 0; k < shape.tapes; ++k) {
    take(end - k, true);
    add(ActionKind::Reverse, end - k);
    add(ActionKind::DiscardTape, end - k);
    // Its slow copy is not needed any more either.
    add(ActionKind::DiscardTape, end - k);
    buffered -= problem.tape;
    progress();
  }
  if (!shape.needsStates())
    return;
  if (isOffloaded(index)) {
    take(start, false);
    buffered -= sizeOf(start, false);
  }
  add(ActionKind::Restore, start);
  playPlan(plans.of(shape.interval - shape.tapes, index == 0), start, isOffloaded(index));
  if (isOffloaded(index))
    add(ActionKind::DiscardState, start);
}

std::vector<Action> OffloadEmitter::emit() {
  sweep();
  int64_t start = shape.interval * shape.intervals;
  // The rest is planned in what the buffer leaves.
  while (!leaving.empty() && buffered > shape.buffer)
    finishOffload();
  if (start > 0)
    add(ActionKind::Checkpoint, start);
  playPlan(plans.of(problem.steps - start, start == 0), start, start > 0);
  for (int64_t i = shape.intervals; i-- > 0;)
    reverseInterval(i);
  return std::move(actions);
}

std::vector<Action> remat::schedule::emitOffload(const EqualChain &problem, const SlowTier &slow,
                                                 const OffloadShape &shape, SegmentPlans &plans) {
  return OffloadEmitter(problem, slow, shape, plans).emit();
}
