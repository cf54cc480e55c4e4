//===- SlowModes.cpp - the slow tier as modes of one memory -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prices are small beside times that differ, and preferences beside prices: they
// only settle what is otherwise the same.
//
//===----------------------------------------------------------------------===//

#include "SlowTier/SlowModes.h"

using namespace remat::schedule;

/// Units in one of the problem's own time, and the most that preferences take.
static constexpr int64_t scale = 16 * SlowModesOptions::priceUnit;
static constexpr int64_t preferences = 8;

SlowModes::SlowModes(const Chain &problem, const SlowModesOptions &options) : steps(1) {
  const SlowTier &slow = *problem.slow;
  int64_t last = problem.steps(), step = 0, price = slow.blocking ? SlowModesOptions::priceUnit : options.price;
  // Nobody waits for the channel back unless the tier is blocking.
  auto slowMode = [&](StageMode mode, int64_t size) {
    StageMode result = {mode.record + scale / SlowModesOptions::priceUnit * price * slow.writeTime(size), mode.reverse,
                        0};
    if (options.preference == SlowModesOptions::Preference::Early)
      result.record += step * preferences / last;
    if (options.preference == SlowModesOptions::Preference::Late)
      result.record += (last - step) * preferences / last;
    if (slow.blocking)
      result.reverse += scale * slow.readTime(size);
    return result;
  };
  auto addRelay = [&](int64_t state, int64_t size) {
    ChainStage relay;
    relay.advance = 0;
    relay.state = size;
    relay.modes = {{0, 0, size}, slowMode({0, 0, size}, size)};
    plain.stages.push_back(relay);
    steps.push_back({state, true, 1});
  };
  plain.initialState = problem.initialState;
  plain.start = problem.start;
  plain.budget = problem.budget - options.buffer;
  if (options.states[0])
    addRelay(0, problem.initialState);
  for (ChainStage stage : problem.stages) {
    int64_t count = stage.count, modes = static_cast<int64_t>(stage.modes.size());
    stage.count = 1;
    stage.advance *= scale;
    for (StageMode &mode : stage.modes) {
      mode.record *= scale;
      mode.reverse *= scale;
    }
    for (; count > 0; --count) {
      ++step;
      plain.stages.push_back(stage);
      if (options.tapes[step])
        for (const StageMode &mode : stage.modes)
          plain.stages.back().modes.push_back(slowMode(mode, mode.tape));
      steps.push_back({step, false, modes});
      if (step < last && options.states[step])
        addRelay(step, stage.state);
    }
  }
}

std::vector<DraftAction> SlowModes::draft(const std::vector<Action> &actions) const {
  std::vector<DraftAction> result;
  int64_t mode = 0, core = 0;
  // The kept items that are in the slow tier, by step of the problem in one memory.
  std::vector<bool> isSlow(steps.size());
  auto stateOf = [&](int64_t state) { return state == 0 ? 0 : steps[state].state(); };
  for (const Action &action : actions) {
    const Step &step = steps[action.step];
    int64_t state = stateOf(action.step);
    switch (action.kind) {
    case ActionKind::Advance:
      core = stateOf(action.to);
      // One by one, so that transfers can start between them.
      for (int64_t step = state; step < core; ++step)
        result.push_back({DraftKind::Advance, step, step + 1});
      break;
    case ActionKind::Record:
      mode = action.to;
      core = state;
      if (!step.isRelay)
        result.push_back({DraftKind::Record, step.number, mode % step.slowModes});
      break;
    case ActionKind::Restore:
      if (core != state)
        result.push_back({DraftKind::Restore, state});
      core = state;
      break;
    case ActionKind::Reverse:
      if (!step.isRelay)
        result.push_back({DraftKind::Reverse, step.number});
      break;
    case ActionKind::Checkpoint:
      result.push_back({DraftKind::Keep, state});
      break;
    case ActionKind::DiscardState:
      result.push_back({DraftKind::Discard, state});
      break;
    case ActionKind::Keep: {
      isSlow[action.step] = mode >= step.slowModes;
      DraftKind kind = isSlow[action.step] ? DraftKind::Store : DraftKind::Keep;
      // A state leaves before the tape that it came with takes its place.
      bool isBehindTape = step.isRelay && !result.empty() && result.back().isTape && result.back().step == step.number;
      bool madeTape = isBehindTape && (result.back().kind == DraftKind::Keep || result.back().kind == DraftKind::Store);
      result.insert(result.end() - (madeTape && isSlow[action.step] ? 1 : 0), {kind, step.number, 0, !step.isRelay});
      break;
    }
    case ActionKind::DiscardTape:
      result.push_back({isSlow[action.step] ? DraftKind::Forget : DraftKind::Discard, step.number, 0, !step.isRelay});
      break;
    default:
      break;
    }
  }
  return result;
}
