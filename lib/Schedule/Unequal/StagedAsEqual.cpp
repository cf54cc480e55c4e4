//===- StagedAsEqual.cpp - unequal steps as if all were the largest -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedAsEqual.h"

#include "Unequal/ItemChain.h"
#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/PlanTable.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>

using namespace remat::schedule;

/// The fastest mode or that of the smallest tape, of which the other property decides
/// between equals.
static int64_t chooseMode(const ChainStage &stage, bool smallestTape) {
  auto isBetter = [&](const StageMode &a, const StageMode &b) {
    std::pair<int64_t, int64_t> first(a.record + a.reverse, a.tape), second(b.record + b.reverse, b.tape);
    if (smallestTape) {
      std::swap(first.first, first.second);
      std::swap(second.first, second.second);
    }
    return first < second;
  };
  return std::min_element(stage.modes.begin(), stage.modes.end(), isBetter) - stage.modes.begin();
}

/// As many steps of the largest sizes. Times are counted in steps.
static EqualChain asEqual(const Chain &problem, bool smallestTapes) {
  EqualChain equal;
  equal.steps = problem.steps();
  equal.state = equal.tape = equal.workspace = 0;
  equal.initialState = problem.initialState;
  equal.start = problem.start;
  equal.budget = problem.budget;
  for (const ChainStage &stage : problem.stages) {
    if (stage.count == 0)
      continue;
    equal.state = std::max(equal.state, stage.state);
    equal.tape = std::max(equal.tape, stage.modes[chooseMode(stage, smallestTapes)].tape);
    equal.workspace = std::max(equal.workspace, stage.workspace);
    equal.restartable &= stage.restartable;
  }
  return equal;
}

std::optional<int64_t> remat::schedule::minimumAsEqual(const Chain &problem) {
  EqualChain equal = asEqual(problem, /*smallestTapes=*/true);
  equal.budget = equal.countedInitialState() + equal.workspace;
  if (!plan(equal, Policy::Optimal).ok())
    return std::nullopt;
  return equal.budget;
}

std::vector<Action> remat::schedule::planAsEqual(const Chain &problem, bool smallestTapes) {
  PlanResult result = plan(asEqual(problem, smallestTapes), Policy::Optimal);
  if (!result.ok())
    return {};
  // Of each step: the mode in which it is recorded, and that of a mere pass or -1.
  std::vector<int32_t> modes, passing;
  for (const ChainStage &stage : problem.stages) {
    modes.insert(modes.end(), stage.count, static_cast<int32_t>(chooseMode(stage, smallestTapes)));
    passing.insert(passing.end(), stage.count, static_cast<int32_t>(passingMode(stage)));
  }
  std::vector<Action> list;
  for (Action action : result.actions()) {
    if (action.kind == ActionKind::Record)
      action.to = modes[action.step - 1];
    if (action.kind != ActionKind::Advance) {
      list.push_back(action);
      continue;
    }
    // Runs of steps that are advanced over stay one action.
    int64_t from = action.step;
    for (int64_t step = action.step + 1; step <= action.to; ++step) {
      if (passing[step - 1] < 0 && step < action.to)
        continue;
      int64_t last = passing[step - 1] < 0 ? step : step - 1;
      if (last > from)
        list.push_back({ActionKind::Advance, from, last});
      if (last < step)
        list.push_back({ActionKind::Record, step, passing[step - 1]});
      from = step;
    }
  }
  return list;
}
