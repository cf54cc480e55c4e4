//===- Online.cpp - the number of steps is not known --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first sweep keeps every state until there is no slot left. From then on it
// keeps every r-th one and gives up an older one, whose two gaps become one: the
// first for which that gap is within reach of r - 1 runs in the slots that will be
// free. Where there is none for two more steps, r grows by one, from 2 on.
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
  void keep(int64_t state);
  bool makeRoom(int64_t state);
  void setRuns(int64_t count);
  void reverseFrom(int64_t start, int64_t end);

  const ChainProblem &problem;
  /// Kept states behind state 0, in order.
  std::vector<int64_t> kept;
  /// The number r, and the longest gap in front of each kept state for it.
  int64_t runs = 2;
  std::vector<int64_t> reach;
};
} // namespace

/// C(k + r - 1, r - 1) steps can be reversed in k slots, their start state
/// included, if each runs r - 1 times.
void OnlinePlanner::setRuns(int64_t count) {
  runs = count;
  reach.resize(kept.size());
  for (size_t i = 0; i < reach.size(); ++i) {
    __int128 binomial = 1, slots = static_cast<__int128>(kept.size() + 1 - i);
    for (int64_t r = 1; r < runs; ++r)
      binomial = std::min<__int128>(binomial * (slots + r) / r, problem.steps);
    reach[i] = static_cast<int64_t>(binomial);
  }
}

/// Gives up the first kept state whose two gaps may be one.
bool OnlinePlanner::makeRoom(int64_t state) {
  for (size_t i = 0; i < kept.size(); ++i) {
    int64_t before = i > 0 ? kept[i - 1] : 0, behind = i + 1 < kept.size() ? kept[i + 1] : state;
    if (behind - before > reach[i])
      continue;
    actions.push_back({ActionKind::DiscardState, kept[i]});
    kept.erase(kept.begin() + static_cast<int64_t>(i));
    return true;
  }
  return false;
}

void OnlinePlanner::keep(int64_t state) {
  int64_t free = problem.budget - problem.fixedSize();
  int64_t slots = problem.stateSize == 0 ? problem.steps : free / problem.stateSize;
  if (slots == 0)
    return;
  if (static_cast<int64_t>(kept.size()) == slots) {
    if (reach.empty())
      setRuns(2);
    int64_t gap = state - kept.back();
    if (gap < runs)
      return;
    while (!makeRoom(state)) {
      // A somewhat longer last gap costs less than gaps that are too long before.
      if (gap < runs + 2)
        return;
      setRuns(runs + 1);
    }
  }
  actions.push_back({ActionKind::Checkpoint, state});
  kept.push_back(state);
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
    int64_t state = kept.back();
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
