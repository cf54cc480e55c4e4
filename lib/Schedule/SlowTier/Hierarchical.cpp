//===- Hierarchical.cpp - states in two memories ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Level 0 is fast memory, whose schedules are binomial. Times of a segment of t
// steps whose start state is
//
//   fast(t)     in fast memory, with all slots                     closed form
//   core(t,c)   in the core only:      min(fast(t), write + slow(t,c))
//   slow(t,c)   in the slow tier too:  min(fast(t),
//                 min over y of  y + core(t-y,c-1) + read + left(y,c))
//
// with left = slow for h-revolve. Disk-revolve has no c, and its left parts are
// not written to the slow tier again. An initial state that stays in fast memory
// begins the chain by the same recurrence without `read`. One that may be given up
// may also be moved like any other, as it is in the papers, and core(T,c) is the answer.
//
//===----------------------------------------------------------------------===//

#include "SlowTier/EqualPolicies.h"

#include "Equal/Binomial.h"
#include "Equal/PolicySolvers.h"
#include "Plan/PlayedPlan.h"
#include "Problem/Verdicts.h"
#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/Simulator.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>

using namespace remat::schedule;

/// Cells times steps of the tables of h-revolve.
static constexpr int64_t maxTableWork = int64_t(1) << 30;

/// Times may be longer than what a plan may take.
using Time = __int128;
static constexpr Time never = Time(1) << 100;

namespace {
class Hierarchy {
public:
  Hierarchy(const EqualChain &problem, const SlowTier &slow, Policy policy, int64_t slowSlots, bool movesStart);

  /// The least time.
  Time solve();
  /// Whether the tables have a row for each number of slow slots. Without some of them the
  /// time is not the least.
  bool isWhole() const { return whole; }
  std::vector<Action> emit();

private:
  /// The best of a segment; split 0 is none.
  struct Cell {
    Time time;
    int64_t split;
  };
  using Row = std::vector<Cell>;

  Time fastTime(int64_t length, int64_t slots) const;
  Cell split(int64_t t, Time fast, const Row &right, Time read, const Row &left) const;
  const Row &rightOf(int64_t c) const { return core[c - (unlimited ? 0 : 1)]; }

  void add(ActionKind kind, int64_t step, int64_t to = 0) { actions.push_back({kind, step, to}); }
  void emitFast(int64_t start, int64_t length, int64_t slots);
  void emitCore(int64_t start, int64_t length, int64_t c);
  void emitSlow(int64_t start, int64_t length, int64_t c, const std::vector<Row> &rows);
  void fetch(int64_t start);

  const EqualChain &problem;
  Policy policy;
  /// Whether the initial state is as any other.
  bool movesStart;
  bool unlimited;
  bool whole;
  Time writeTime;
  Time readTime;
  /// Fast slots, the start state of a segment included.
  int64_t slots;
  /// By slow slots, then by length.
  std::vector<Row> core;
  std::vector<Row> slowRows;
  /// Disk-revolve: segments that are read from the slow tier and not written.
  std::vector<Row> readOnly;
  /// Segments that start at the initial state: in the first sweep, and later.
  Row first;
  Row later;
  std::vector<Action> actions;
};
} // namespace

Hierarchy::Hierarchy(const EqualChain &problem, const SlowTier &slow, Policy policy, int64_t slowSlots, bool movesStart)
    : problem(problem), policy(policy), movesStart(movesStart),
      unlimited(policy == Policy::DiskRevolve || slowSlots >= problem.steps), writeTime(slow.writeTime(problem.state)),
      readTime(slow.readTime(problem.state)) {
  int64_t free = problem.budget - (movesStart ? problem.workspace : problem.fixedSize());
  slots = problem.state == 0 ? problem.steps : std::min(free / problem.state, problem.steps);
  int64_t work = problem.steps * problem.steps;
  int64_t rows = unlimited ? 1 : std::min(slowSlots, maxTableWork / work) + 1;
  whole = unlimited || rows == slowSlots + 1;
  core.resize(rows);
  slowRows.resize(rows);
}

Time Hierarchy::fastTime(int64_t t, int64_t m) const {
  return Time(binomialForward(m, t) - t) * problem.advance + t * (problem.record + problem.reverse);
}

Hierarchy::Cell Hierarchy::split(int64_t t, Time fast, const Row &right, Time read, const Row &left) const {
  Cell best = {fast, 0};
  for (int64_t y = 1; y < t; ++y) {
    Time time = y * problem.advance + right[t - y].time + read + left[y].time;
    if (time < best.time)
      best = {time, y};
  }
  return best;
}

Time Hierarchy::solve() {
  int64_t steps = problem.steps;
  Row fast(1), empty(1);
  for (int64_t t = 1; t <= steps; ++t)
    fast.push_back({slots > 0 ? fastTime(t, slots) : never, 0});
  if (policy == Policy::DiskRevolve) {
    readOnly.push_back(empty);
    for (int64_t t = 1; t <= steps; ++t)
      readOnly[0].push_back(split(t, fast[t].time, fast, readTime, readOnly[0]));
  }
  for (size_t c = 0; c < core.size(); ++c) {
    core[c] = slowRows[c] = empty;
    bool hasSlow = unlimited || c > 0;
    const Row &left = policy == Policy::DiskRevolve ? readOnly[0] : slowRows[c];
    for (int64_t t = 1; t <= steps; ++t) {
      Cell slow = {never, 0};
      if (hasSlow)
        slow = split(t, fast[t].time, rightOf(static_cast<int64_t>(c)), readTime, left);
      slowRows[c].push_back(slow);
      bool writes = writeTime + slow.time < fast[t].time;
      core[c].push_back({writes ? writeTime + slow.time : fast[t].time, writes ? 1 : 0});
    }
  }
  if (movesStart)
    return core.back()[steps].time;
  first = later = empty;
  for (int64_t t = 1; t <= steps; ++t) {
    Time plain = fastTime(t, slots + 1);
    bool mayWrite = policy == Policy::HRevolve;
    later.push_back(slots > 0 ? split(t, plain, mayWrite ? core.back() : fast, 0, later) : Cell{plain, 0});
    first.push_back(slots > 0 ? split(t, plain, core.back(), 0, later) : Cell{plain, 0});
  }
  return first[steps].time;
}

/// Reverses a segment whose start state is in the core and kept.
void Hierarchy::emitFast(int64_t start, int64_t length, int64_t available) {
  EqualChain part = problem;
  part.steps = length;
  part.start = Start::Pinned;
  part.initialState = problem.state;
  part.budget = available * problem.state + problem.workspace;
  for (Action action : planSegment(part, Policy::Revolve).actions()) {
    action.step += start;
    if (action.kind == ActionKind::Advance)
      action.to += start;
    actions.push_back(action);
  }
}

void Hierarchy::emitCore(int64_t start, int64_t length, int64_t c) {
  add(ActionKind::Checkpoint, start);
  if (core[c][length].split == 0) {
    emitFast(start, length, slots);
    add(ActionKind::DiscardState, start);
    return;
  }
  add(ActionKind::Offload, start);
  add(ActionKind::Await, start);
  emitSlow(start, length, c, slowRows);
  add(ActionKind::DiscardState, start);
}

/// Reads a state from the slow tier into a fast slot and the core.
void Hierarchy::fetch(int64_t start) {
  add(ActionKind::Prefetch, start);
  add(ActionKind::Await, start);
  add(ActionKind::Restore, start);
}

/// The start state is in the core, in a fast slot and in the slow tier. Leaves
/// the fast slot free.
void Hierarchy::emitSlow(int64_t start, int64_t length, int64_t c, const std::vector<Row> &rows) {
  const std::vector<Row> *now = &rows;
  while (int64_t y = (*now)[now == &readOnly ? 0 : c][length].split) {
    add(ActionKind::DiscardState, start);
    add(ActionKind::Advance, start, start + y);
    if (now == &readOnly) {
      add(ActionKind::Checkpoint, start + y);
      emitFast(start + y, length - y, slots);
      add(ActionKind::DiscardState, start + y);
    } else {
      emitCore(start + y, length - y, unlimited ? c : c - 1);
    }
    fetch(start);
    length = y;
    if (policy == Policy::DiskRevolve)
      now = &readOnly;
  }
  emitFast(start, length, slots);
  add(ActionKind::DiscardState, start);
}

std::vector<Action> Hierarchy::emit() {
  int64_t length = problem.steps, c = static_cast<int64_t>(core.size()) - 1;
  if (movesStart) {
    emitCore(0, length, c);
    // It is kept to begin with.
    actions.erase(actions.begin());
    return std::move(actions);
  }
  const Row *row = &first;
  while (int64_t y = (*row)[length].split) {
    if (length < problem.steps)
      add(ActionKind::Restore, 0);
    add(ActionKind::Advance, 0, y);
    if (row == &first || policy == Policy::HRevolve) {
      emitCore(y, length - y, c);
    } else {
      add(ActionKind::Checkpoint, y);
      emitFast(y, length - y, slots);
      add(ActionKind::DiscardState, y);
    }
    length = y;
    row = &later;
  }
  if (length < problem.steps)
    add(ActionKind::Restore, 0);
  emitFast(0, length, slots + 1);
  return std::move(actions);
}

namespace {
/// A schedule, and a time below which there is none of its class.
struct Found {
  Time time;
  Time bound;
  std::vector<Action> list;
};
} // namespace

/// The best schedule that moves the initial state, or of those that do not.
static Found findHierarchy(const EqualChain &problem, const SlowTier &slow, Policy policy, bool movesStart) {
  Hierarchy unlimited(problem, slow, policy, problem.steps, movesStart);
  Time bound = unlimited.solve();
  std::vector<Action> list = unlimited.emit();
  Chain chain(problem);
  chain.slow = slow;
  if (!slow.capacity || bound > INT64_MAX || simulate(chain, list).valid)
    return {bound, bound, std::move(list)};
  int64_t slots = problem.state > 0 ? *slow.capacity / problem.state : problem.steps;
  Hierarchy limited(problem, slow, policy, slots, movesStart);
  Time time = limited.solve();
  return {time, limited.isWhole() ? time : bound, limited.emit()};
}

PlanResult remat::schedule::planHierarchical(const EqualChain &problem, const SlowTier &slow, Policy policy) {
  PlanResult result;
  std::string name(stringifyPolicy(policy));
  if (problem.steps > maxHierarchicalSteps) {
    result.verdict = {Status::Unsupported,
                      "policy " + name + " expects at most " + std::to_string(maxHierarchicalSteps) + " steps"};
    return result;
  }
  result = plan(problem, Policy::Revolve);
  // Where that takes too long for 64 bits, this may not.
  if (!result.ok() && result.verdict.status != Status::Overflow)
    return result;
  result.table.reset();
  if (policy == Policy::DiskRevolve && slow.capacity &&
      *slow.capacity / std::max<int64_t>(problem.state, 1) < problem.steps) {
    result.verdict = {Status::Unsupported, "policy " + name + " expects a slow tier with room for every state"};
    return result;
  }
  Found found = findHierarchy(problem, slow, policy, /*movesStart=*/false);
  if (problem.start == Start::Releasable && problem.initialState == problem.state) {
    Found moved = findHierarchy(problem, slow, policy, /*movesStart=*/true);
    Time bound = std::min(found.bound, moved.bound);
    if (moved.time < found.time)
      found = std::move(moved);
    found.bound = bound;
  }
  if (found.time > INT64_MAX) {
    result.verdict = tooLong();
    return result;
  }
  result.list = std::move(found.list);
  result.plan.lowerBound = static_cast<int64_t>(found.bound);
  result.plan.predictedTime = static_cast<int64_t>(found.time);
  result.plan.scheme = policy == Policy::HRevolve ? OffloadScheme::HRevolve : OffloadScheme::DiskRevolve;
  Chain chain(problem);
  chain.slow = slow;
  result.verdict = fillFromActions(chain, result);
  return result;
}
