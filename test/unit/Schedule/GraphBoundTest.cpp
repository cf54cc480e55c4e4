//===- GraphBoundTest.cpp - bounds against all schedules --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphMachine.h"
#include "Graphs.h"
#include "Problems.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

namespace {
/// How often, and where, the bounds and the plans meet the optimum of all schedules.
struct Tally {
  int64_t problems = 0, tightBudgets = 0, feasible = 0, tightTimes = 0, bestPlans = 0, aboveTotal = 0,
          tightAboveTotal = 0;
};
} // namespace

/// Compares bounds and the exact plan at every budget with the best of all schedules.
static void compare(GraphProblem problem, Tally &tally) {
  GraphMachine machine(problem);
  int64_t least = machine.leastBudget();
  problem.budget = 0;
  int64_t bound = planGraph(problem).plan.minimumBudgetAnySchedule;
  ++tally.problems;
  ASSERT_LE(bound, least) << problem;
  tally.tightBudgets += bound == least;
  for (int64_t budget = least; budget <= 2 * problem.totalSize(); ++budget) {
    problem.budget = budget;
    std::optional<int64_t> best = machine.leastTime(budget);
    ASSERT_TRUE(best) << problem;
    GraphPlanResult result = planGraph(problem);
    ASSERT_LE(result.plan.boundAnySchedule, *best) << problem;
    ++tally.feasible;
    tally.tightTimes += result.plan.boundAnySchedule == *best;
    bool isComputedAgain = *best > problem.totalTime();
    tally.aboveTotal += isComputedAgain;
    tally.tightAboveTotal += isComputedAgain && result.plan.boundAnySchedule == *best;
    ASSERT_GE(result.plan.minimumBudget, least) << problem;
    if (!result.ok())
      continue;
    ASSERT_GE(result.plan.time, *best) << problem;
    tally.bestPlans += result.plan.time == *best;
  }
}

TEST(GraphBoundTest, HoldsForAllSchedulesOfTinyGraphs) {
  RandomGraphs random(11);
  Tally tally;
  int64_t count = testCount(500, 5000);
  for (int64_t i = 0; i < count; ++i) {
    GraphProblem problem = random.problem(5);
    // Without derivatives that read nothing there is more to compute again.
    if (i % 2)
      for (GraphNode &node : problem.nodes)
        node.gradient = GradientUse::Inputs;
    compare(problem, tally);
    if (HasFatalFailure())
      return;
  }
  RecordProperty("problems", std::to_string(tally.problems));
  RecordProperty("budgetsMet", std::to_string(tally.tightBudgets));
  RecordProperty("cells", std::to_string(tally.feasible));
  RecordProperty("timesMet", std::to_string(tally.tightTimes));
  RecordProperty("plansOptimal", std::to_string(tally.bestPlans));
  RecordProperty("computedAgain", std::to_string(tally.aboveTotal));
  RecordProperty("timesMetThere", std::to_string(tally.tightAboveTotal));
  EXPECT_GT(tally.tightBudgets, count / 2);
  EXPECT_GT(tally.tightAboveTotal, 0);
}

// All graphs of up to four nodes of size and time 1, with every use by derivatives.
TEST(GraphBoundTest, HoldsForAllGraphsOfFourNodes) {
  Tally tally;
  for (GradientUse use : {GradientUse::Inputs, GradientUse::Output, GradientUse::Nothing})
    forEachGraph(4, [&](GraphProblem problem) {
      for (GraphNode &node : problem.nodes)
        node.gradient = use;
      if (!HasFatalFailure())
        compare(problem, tally);
    });
  EXPECT_EQ(tally.problems, 3 * (1 + 2 + 8 + 64));
}

// Four unit nodes in a row, all but the last read by derivatives. When node 2 is differentiated its
// value and two gradients fill a budget of 3, and nodes 0 and 1 have to be computed again.
TEST(GraphBoundTest, ChainOfFour) {
  GraphProblem problem = makeChain(4);
  problem.budget = 3;
  GraphPlan plan = planGraph(problem).plan;
  EXPECT_EQ(plan.boundAnySchedule, 4 + 2);
  EXPECT_EQ(plan.minimumBudgetAnySchedule, 3);
  EXPECT_EQ(GraphMachine(problem).leastBudget(), 3);
  // Node 0 once more, for node 1 leaves no room for it.
  EXPECT_EQ(GraphMachine(problem).leastTime(3), 4 + 3);
}

// The bound for all schedules is part of that for the policy.
TEST(GraphBoundTest, IsBelowTheBoundOfThePolicy) {
  RandomGraphs random(12);
  for (int64_t i = 0; i < 1000; ++i) {
    GraphProblem problem = random.problem(12);
    for (GraphPolicy policy : {GraphPolicy::Exact, GraphPolicy::Approximate, GraphPolicy::Chen}) {
      GraphOptions options;
      options.policy = policy;
      GraphPlanResult result = planGraph(problem, options);
      EXPECT_LE(result.plan.minimumBudgetAnySchedule, result.plan.minimumBudget) << problem;
      EXPECT_GE(result.plan.boundAnySchedule, problem.totalTime()) << problem;
      if (result.ok()) {
        EXPECT_LE(result.plan.boundAnySchedule, result.plan.lowerBound) << problem;
      }
    }
  }
}
