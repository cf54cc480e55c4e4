//===- Online.cpp - the number of steps is not known --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sweep that knows only that the run goes on (OnlineSweep.h), and the best way
// back from the states that it has kept when the run ends.
//
// As a list of actions this is what happens to somebody who does not know the number
// of steps: states are kept and given up again. Where recording is as fast as advancing
// every step of the sweep is recorded, so that the tape of the last one is at hand;
// else none is.
//
// A table is for a program that knows the number when it is planned. A state that is
// given up in the sweep is never read, so the table does not keep it: the states in
// the slots at the end of the sweep are the same, and so is all that follows. Only the
// last step of the sweep is recorded, whatever recording costs.
//
//===----------------------------------------------------------------------===//

#include "Equal/Online.h"
#include "Equal/OnlineSweep.h"
#include "Equal/PolicySolvers.h"
#include "Plan/PlayedPlan.h"
#include "Table/TableBuilder.h"
#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/Solvers.h"

using namespace remat::schedule;
using NodeId = TableBuilder::NodeId;

/// The sweep decides about each step, and a list has several actions for it.
static constexpr int64_t maxOnlineSteps = 2000000;

Verdict remat::schedule::checkOnlineSteps(int64_t steps) {
  if (steps <= maxOnlineSteps)
    return {};
  return {Status::Unsupported, "policy online expects at most " + std::to_string(maxOnlineSteps) + " steps"};
}

static OnlineSweep makeSweep(const EqualChain &problem, bool leavesTape) {
  int64_t free = problem.budget - problem.fixedSize();
  return OnlineSweep(problem.state == 0 ? problem.steps : free / problem.state, leavesTape);
}

/// The problem of reversing `steps` steps from state `start`, with `kept` states in
/// front of it besides state 0 and with all memory that later states had.
static EqualChain getGap(const EqualChain &problem, int64_t start, int64_t kept, int64_t steps) {
  EqualChain gap = problem;
  gap.steps = steps;
  if (start > 0) {
    gap.budget = problem.budget - problem.countedInitialState() - kept * problem.state;
    gap.initialState = problem.state;
    gap.start = Start::Releasable;
  }
  return gap;
}

/// The best schedule of such a problem.
static PlanTable solveGap(const EqualChain &problem, int64_t start, int64_t kept, int64_t steps) {
  return solveStatesAndTapes(getGap(problem, start, kept, steps), Policy::Optimal).table;
}

namespace {
class OnlinePlanner {
public:
  explicit OnlinePlanner(const EqualChain &problem) : problem(problem) {}

  void sweep();
  void reverse();

  std::vector<Action> actions;

private:
  void reverseFrom(int64_t start, int64_t end, int64_t before);

  const EqualChain &problem;
  std::vector<int64_t> kept;
};
} // namespace

void OnlinePlanner::sweep() {
  bool records = problem.record <= problem.advance;
  OnlineSweep states = makeSweep(problem, records);
  for (int64_t step = 1; step <= problem.steps; ++step) {
    if (records)
      actions.push_back({ActionKind::Record, step});
    else
      actions.push_back({ActionKind::Advance, step - 1, step});
    if (step == problem.steps)
      break;
    OnlineSweep::Change change = states.pass(step);
    if (change.dropped > 0)
      actions.push_back({ActionKind::DiscardState, change.dropped});
    if (change.keeps)
      actions.push_back({ActionKind::Checkpoint, step});
  }
  if (records)
    actions.push_back({ActionKind::Reverse, problem.steps});
  kept = states.getKept();
}

/// The steps behind a kept state that has `before` others in front of it.
void OnlinePlanner::reverseFrom(int64_t start, int64_t end, int64_t before) {
  if (start == end)
    return;
  actions.push_back({ActionKind::Restore, start});
  bool isReleased = start == 0;
  for (Action action : remat::schedule::actions(solveGap(problem, start, before, end - start))) {
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
  int64_t end = problem.record <= problem.advance ? problem.steps - 1 : problem.steps;
  for (; !kept.empty(); kept.pop_back()) {
    int64_t state = kept.back();
    if (state == end)
      actions.push_back({ActionKind::DiscardState, state});
    reverseFrom(state, end, static_cast<int64_t>(kept.size()) - 1);
    end = state;
  }
  reverseFrom(0, end, 0);
}

PlanResult remat::schedule::planOnline(const EqualChain &problem) {
  PlanResult result;
  result.verdict = checkOnlineSteps(problem.steps);
  if (!result.ok())
    return result;
  result = plan(problem, Policy::Optimal);
  if (!result.ok())
    return result;
  result.table.reset();
  OnlinePlanner planner(problem);
  planner.sweep();
  planner.reverse();
  result.list = std::move(planner.actions);
  result.verdict = fillFromActions(Chain(problem), result);
  return result;
}

/// A node that reverses `steps` steps from a kept state.
static NodeId addGap(TableBuilder &builder, const EqualChain &problem, int64_t start, int64_t kept, int64_t steps) {
  // Most gaps are of this kind if there is much room.
  if (steps == 1)
    return builder.leaf();
  return builder.add(solveGap(problem, start, kept, steps));
}

Solution remat::schedule::solveOnline(const EqualChain &problem) {
  OnlineSweep sweep = makeSweep(problem, /*leavesTape=*/true);
  for (int64_t state = 1; state < problem.steps; ++state)
    sweep.pass(state);
  std::vector<int64_t> kept = sweep.getKept();
  auto count = static_cast<int64_t>(kept.size());

  TableBuilder builder(problem.restartable);
  int64_t start = kept.empty() ? 0 : kept.back(), open = problem.steps - start;
  NodeId root = open == 1 ? builder.leaf() : builder.runToEnd(1, addGap(builder, problem, start, count - 1, open - 1));
  for (int64_t i = count; i-- > 0;) {
    int64_t end = kept[static_cast<size_t>(i)];
    start = i > 0 ? kept[static_cast<size_t>(i) - 1] : 0;
    root = builder.keepState(end - start, 1, addGap(builder, problem, start, i - 1, end - start), root);
  }
  Solution solution = solveStatesAndTapes(problem, Policy::Optimal);
  solution.table = builder.finish(root, problem.steps, problem.start);
  return solution;
}
