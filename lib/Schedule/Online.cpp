//===- Online.cpp - the number of steps is not known --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first sweep keeps the newest state and gives up an older one when there is
// no slot left: one whose level is below that of a later one, or else the last
// one, whose successor then moves up a level. Levels count how often a region
// has been thinned out, and the state at step 0 is never given up.
//
//===----------------------------------------------------------------------===//

#include "EqualPolicies.h"

#include "StagedSolver.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>

using namespace remat::schedule;

/// Actions are a list here, several for each step.
static constexpr int64_t maxOnlineSteps = 2000000;

namespace {
class OnlinePlanner {
public:
  explicit OnlinePlanner(const ChainProblem &problem) : problem(problem) {}

  void sweep();
  void reverse();

  std::vector<Action> actions;

private:
  struct Kept {
    int64_t state;
    int64_t level;
  };

  void keep(int64_t state);
  void reverseFrom(int64_t start, int64_t end);

  const ChainProblem &problem;
  /// Kept states behind state 0, in order.
  std::vector<Kept> kept;
};
} // namespace

void OnlinePlanner::keep(int64_t state) {
  int64_t free = problem.budget - problem.fixedSize();
  int64_t slots = problem.stateSize == 0 ? problem.steps : free / problem.stateSize;
  if (slots == 0)
    return;
  int64_t level = 0;
  if (static_cast<int64_t>(kept.size()) == slots) {
    // The first one that is below any later one; the last one if there is none.
    size_t victim = kept.size() - 1;
    int64_t highest = kept.back().level;
    for (size_t i = kept.size() - 1; i-- > 0;) {
      if (kept[i].level < highest)
        victim = i;
      highest = std::max(highest, kept[i].level);
    }
    if (victim == kept.size() - 1)
      level = kept.back().level + 1;
    actions.push_back({ActionKind::DiscardState, kept[victim].state});
    kept.erase(kept.begin() + static_cast<int64_t>(victim));
  }
  actions.push_back({ActionKind::Checkpoint, state});
  kept.push_back({state, level});
}

void OnlinePlanner::sweep() {
  bool records = problem.recordTime <= problem.advanceTime;
  for (int64_t step = 1; step <= problem.steps; ++step) {
    if (records)
      actions.push_back({ActionKind::Record, step});
    else
      actions.push_back({ActionKind::Advance, step - 1, step});
    if (step < problem.steps)
      keep(step);
  }
  if (records)
    actions.push_back({ActionKind::Reverse, problem.steps});
}

/// The steps behind a kept state, with all memory that later states had.
void OnlinePlanner::reverseFrom(int64_t start, int64_t end) {
  if (start == end)
    return;
  ChainProblem part = problem;
  part.steps = end - start;
  if (start > 0) {
    int64_t others = static_cast<int64_t>(kept.size()) * problem.stateSize;
    part.budget = problem.budget - problem.countedInitialState() - others + problem.stateSize;
    part.initialStateSize = problem.stateSize;
    part.start = Start::Releasable;
  }
  actions.push_back({ActionKind::Restore, start});
  bool isReleased = start == 0;
  for (Action action : remat::schedule::actions(plan(part, Policy::Optimal).table)) {
    isReleased |= action.kind == ActionKind::DiscardState && action.step == 0;
    action.step += start;
    if (action.kind == ActionKind::Advance)
      action.to += start;
    actions.push_back(action);
  }
  if (!isReleased)
    actions.push_back({ActionKind::DiscardState, start});
}

void OnlinePlanner::reverse() {
  int64_t end = problem.recordTime <= problem.advanceTime ? problem.steps - 1 : problem.steps;
  for (; !kept.empty(); kept.pop_back()) {
    int64_t state = kept.back().state;
    if (state == end)
      actions.push_back({ActionKind::DiscardState, state});
    reverseFrom(state, end);
    end = state;
  }
  reverseFrom(0, end);
}

ChainResult remat::schedule::planOnline(const ChainProblem &problem) {
  ChainResult result;
  if (problem.steps > maxOnlineSteps) {
    result.verdict = {Status::Unsupported,
                      "policy online expects at most " + std::to_string(maxOnlineSteps) + " steps"};
    return result;
  }
  PlanResult offline = plan(problem, Policy::Optimal);
  result.verdict = offline.verdict;
  result.plan = offline.plan;
  if (!result.ok())
    return result;
  OnlinePlanner planner(problem);
  planner.sweep();
  planner.reverse();
  result.list = std::move(planner.actions);
  result.verdict = fillFromActions(StagedChain(problem), result);
  return result;
}
