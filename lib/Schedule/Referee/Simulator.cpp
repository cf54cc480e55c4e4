//===- Simulator.cpp - plays a schedule against a problem -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function per action, each a list of rules and then the effect.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Simulator.h"

#include <algorithm>

using namespace remat::schedule;

Simulator::Simulator(const EqualChain &problem) : Simulator(Chain(problem)) {}

Simulator::Simulator(const Chain &chain, SimulationObserver *observer)
    : problem(chain), observer(observer), steps(chain.steps()), nextReverse(steps), hasState(steps + 1, false),
      hasTape(steps + 1, false) {
  auto isEmpty = [](const ChainStage &stage) { return stage.count == 0; };
  problem.stages.erase(std::remove_if(problem.stages.begin(), problem.stages.end(), isEmpty), problem.stages.end());
  int64_t end = 0;
  for (const ChainStage &stage : problem.stages) {
    stageEnds.push_back(end += stage.count);
    if (stage.modes.size() > 1 && tapeModes.empty())
      tapeModes.resize(steps + 1);
  }
  if (chain.slow)
    slow.emplace(*chain.slow);

  hasState[0] = true;
  used = problem.countedInitialState();
  result.peak = used + (steps == 0 ? 0 : workspaceOf(0));
  if (result.peak > problem.budget)
    fail("expects the initial state and the workspace to fit in the budget " + std::to_string(problem.budget) +
         ", but they take " + std::to_string(result.peak));
  if (!observer)
    return;
  if (problem.start != Start::External)
    observer->kept({0, false}, /*isSlow=*/false, 0);
  observer->used(used, 0);
}

bool Simulator::fail(std::string rule) {
  if (result.valid) {
    result.valid = false;
    result.action = played;
    result.rule = std::move(rule);
  }
  return false;
}

const ChainStage &Simulator::stageOf(int64_t step) {
  bool isLast = step <= stageEnds[lastStage] && (lastStage == 0 || step > stageEnds[lastStage - 1]);
  if (!isLast)
    lastStage = std::lower_bound(stageEnds.begin(), stageEnds.end(), step) - stageEnds.begin();
  return problem.stages[lastStage];
}

/// The size of a state, or of a kept tape.
int64_t Simulator::sizeOf(Item item) {
  if (item.isTape)
    return stageOf(item.step).modes[modeOf(item.step)].tape;
  return item.step == 0 ? problem.initialState : stageOf(item.step).state;
}

void Simulator::setKept(Item item, bool kept, int64_t time) {
  (item.isTape ? hasTape : hasState)[item.step] = kept;
  used += kept ? sizeOf(item) : -sizeOf(item);
  if (!observer)
    return;
  if (kept)
    observer->kept(item, /*isSlow=*/false, time);
  else
    observer->discarded(item, /*isSlow=*/false, time);
  observer->used(used, time);
}

/// Something runs in that much workspace.
bool Simulator::work(int64_t workspace) {
  result.peak = std::max(result.peak, used + workspace);
  if (used + workspace <= problem.budget)
    return true;
  return fail("expects at most " + std::to_string(problem.budget) + " to be kept, but this makes it " +
              std::to_string(used + workspace));
}

bool Simulator::spend(int64_t steps, int64_t time) {
  int64_t total;
  if (__builtin_mul_overflow(steps, time, &total) || __builtin_add_overflow(now, total, &now)) {
    result.overflowed = result.valid;
    return fail("expects a time that fits in 64 bits");
  }
  return true;
}

static bool namesTape(ActionKind kind) {
  return kind == ActionKind::Record || kind == ActionKind::Keep || kind == ActionKind::Reverse ||
         kind == ActionKind::DiscardTape || kind == ActionKind::OffloadTape || kind == ActionKind::PrefetchTape ||
         kind == ActionKind::AwaitTape;
}

bool Simulator::checkRange(const Action &action) {
  int64_t least = namesTape(action.kind) ? 1 : 0;
  if (action.step >= least && action.step <= steps)
    return true;
  return fail("expects a number from " + std::to_string(least) + " to " + std::to_string(steps) + ", but got " +
              std::to_string(action.step));
}

bool Simulator::play(const Action &action) {
  if (!result.valid)
    return false;
  ++played;
  if (!checkRange(action))
    return false;
  switch (action.kind) {
  case ActionKind::Advance:
    return advance(action.step, action.to);
  case ActionKind::Record:
    return record(action.step, action.to);
  case ActionKind::Checkpoint:
    return checkpoint(action.step);
  case ActionKind::Restore:
    return restore(action.step);
  case ActionKind::Keep:
    return keep(action.step);
  case ActionKind::Reverse:
    return reverse(action.step);
  case ActionKind::DiscardState:
  case ActionKind::DiscardTape:
    return discard({action.step, namesTape(action.kind)});
  case ActionKind::Offload:
  case ActionKind::OffloadTape:
    return offload({action.step, namesTape(action.kind)});
  case ActionKind::Prefetch:
  case ActionKind::PrefetchTape:
    return prefetch({action.step, namesTape(action.kind)});
  case ActionKind::Await:
  case ActionKind::AwaitTape:
    return await({action.step, namesTape(action.kind)});
  }
  return fail("expects a known kind of action");
}

bool Simulator::advance(int64_t from, int64_t to) {
  if (to <= from || to > steps)
    return fail("expects to advance to a later state, but got " + std::to_string(to));
  if (coreState != from)
    return fail("expects state " + std::to_string(from) + " in the core");
  coreState = to;
  coreTape = 0;
  result.advance += to - from;
  for (int64_t done = from; done < to;) {
    const ChainStage &stage = stageOf(done + 1);
    int64_t end = std::min(to, stageEnds[lastStage]);
    int64_t begin = now;
    if (!work(stage.workspace) || !spend(end - done, stage.advance))
      return false;
    if (observer)
      observer->ran(done, end, begin, now, /*isRecord=*/false);
    done = end;
  }
  return true;
}

bool Simulator::record(int64_t step, int64_t mode) {
  if (coreState != step - 1)
    return fail("expects state " + std::to_string(step - 1) + " in the core");
  const ChainStage &stage = stageOf(step);
  int64_t modes = static_cast<int64_t>(stage.modes.size());
  if (mode < 0 || mode >= modes)
    return fail("expects a mode from 0 to " + std::to_string(modes - 1) + ", but got " + std::to_string(mode));
  coreState = step;
  coreTape = step;
  coreMode = mode;
  ++result.record;
  int64_t begin = now;
  if (!work(stage.workspace) || !spend(1, stage.modes[mode].record))
    return false;
  if (observer)
    observer->ran(step - 1, step, begin, now, /*isRecord=*/true);
  return true;
}

bool Simulator::checkpoint(int64_t state) {
  if (coreState != state)
    return fail("expects state " + std::to_string(state) + " in the core");
  if (hasState[state])
    return fail("expects a state that is not kept yet");
  setKept({state, false}, true, now);
  return work(workspaceOf(state));
}

/// What is being prefetched cannot be used yet.
bool Simulator::checkArrived(Item item) {
  if (!slow || !slow->isArriving(item))
    return true;
  return fail("expects the copy from the slow tier to be awaited first");
}

bool Simulator::restore(int64_t state) {
  bool inTape = state > 0 && hasTape[state] && stageOf(state).restartable;
  if (!hasState[state] && !inTape)
    return fail("expects a checkpoint of state " + std::to_string(state) +
                " or the kept, restartable tape of its step");
  bool useTape = inTape && (!hasState[state] || (slow && slow->isArriving({state, false})));
  if (!checkArrived({state, useTape}))
    return false;
  coreState = state;
  coreTape = 0;
  return true;
}

bool Simulator::keep(int64_t step) {
  if (coreTape != step)
    return fail("expects the tape of step " + std::to_string(step) + " in the core");
  if (hasTape[step])
    return fail("expects a tape that is not kept yet");
  if (!tapeModes.empty())
    tapeModes[step] = static_cast<int32_t>(coreMode);
  setKept({step, true}, true, now);
  return work(workspaceOf(step));
}

bool Simulator::reverse(int64_t step) {
  if (nextReverse == 0)
    return fail("expects no more to be reversed: every step has been");
  if (step != nextReverse)
    return fail("expects step " + std::to_string(nextReverse) + " to be reversed next");
  if (coreTape != step && !hasTape[step])
    return fail("expects the tape of step " + std::to_string(step) + " in the core or kept");
  int64_t mode = coreMode;
  if (coreTape == step) {
    coreTape = 0;
  } else {
    if (!checkArrived({step, true}))
      return false;
    mode = modeOf(step);
  }
  --nextReverse;
  ++result.reverse;
  const ChainStage &stage = stageOf(step);
  int64_t begin = now;
  if (!work(stage.workspace) || !spend(1, stage.modes[mode].reverse))
    return false;
  if (observer)
    observer->reversed(step, begin, now);
  return true;
}

bool Simulator::discard(Item item) {
  if (slow && slow->isMoving(item))
    return fail("expects the copy that is under way to be awaited first");
  if (!isKept(item)) {
    if (!slow || !slow->holds(item))
      return fail(item.isTape ? "expects a kept tape of step " + std::to_string(item.step)
                              : "expects a checkpoint of state " + std::to_string(item.step));
    slow->drop(item);
    if (observer)
      observer->discarded(item, /*isSlow=*/true, now);
    return true;
  }
  if (!item.isTape && item.step == 0 && problem.start != Start::Releasable)
    return fail("expects the initial state to stay");
  setKept(item, false, now);
  return true;
}

bool Simulator::failTransfer(const std::string &rule) {
  result.overflowed = result.valid && slow->hasOverflowed();
  return fail(rule);
}

bool Simulator::checkSlow() { return slow ? true : fail("expects a problem with a slow tier"); }

bool Simulator::offload(Item item) {
  if (!checkSlow())
    return false;
  if (!isKept(item))
    return fail(item.isTape ? "expects a kept tape of step " + std::to_string(item.step)
                            : "expects a checkpoint of state " + std::to_string(item.step));
  int64_t before = now;
  int64_t mode = item.isTape ? modeOf(item.step) : 0;
  if (std::optional<std::string> rule = slow->offload(item, sizeOf(item), mode, now))
    return failTransfer(*rule);
  result.stall += now - before;
  ++(item.isTape ? result.offloadedTapes : result.offloadedStates);
  if (observer) {
    observer->transferred(item, /*isWrite=*/true, slow->getBegin(), slow->getEnd());
    observer->kept(item, /*isSlow=*/true, before);
  }
  return true;
}

bool Simulator::prefetch(Item item) {
  if (!checkSlow())
    return false;
  if (isKept(item))
    return fail(item.isTape ? "expects a tape that is not kept yet" : "expects a state that is not kept yet");
  int64_t before = now, mode = 0;
  if (std::optional<std::string> rule = slow->prefetch(item, now, mode))
    return failTransfer(*rule);
  result.stall += now - before;
  if (item.isTape && !tapeModes.empty())
    tapeModes[item.step] = static_cast<int32_t>(mode);
  if (observer)
    observer->transferred(item, /*isWrite=*/false, slow->getBegin(), slow->getEnd());
  setKept(item, true, before);
  return work(0);
}

bool Simulator::await(Item item) {
  if (!checkSlow())
    return false;
  int64_t before = now;
  if (std::optional<std::string> rule = slow->await(item, now))
    return fail(*rule);
  result.stall += now - before;
  return true;
}

SimulationResult Simulator::finish() {
  ++played;
  if (result.valid && nextReverse > 0)
    fail("expects step " + std::to_string(nextReverse) + " to be reversed");
  if (observer)
    observer->ended(now);
  result.forward = result.advance + result.record;
  result.time = now;
  if (slow) {
    result.time = std::max(now, slow->end());
    result.slowPeak = slow->getPeak();
  }
  return result;
}

SimulationResult remat::schedule::simulate(const Chain &problem, const std::vector<Action> &actions) {
  Simulator simulator(problem);
  for (const Action &action : actions)
    if (!simulator.play(action))
      break;
  return simulator.finish();
}

SimulationResult remat::schedule::simulate(const EqualChain &problem, const std::vector<Action> &actions) {
  return simulate(Chain(problem), actions);
}
