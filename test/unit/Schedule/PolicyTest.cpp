//===- PolicyTest.cpp - every policy through the simulator ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "remat/Schedule/ChainPlanner.h"
#include "remat/Schedule/TableSimulator.h"

#include <gtest/gtest.h>

#include <tuple>

using namespace remat::schedule;

/// Everything that a plan promises about itself.
static void expectHonestPlan(const EqualChain &problem, Policy policy) {
  std::optional<int64_t> least = minimumBudget(problem, policy);
  PlanResult result = plan(problem, policy);
  const Plan &plan = result.plan;
  EXPECT_EQ(result.verdict.status == Status::Unsupported, !least.has_value());
  if (!least)
    return;
  EXPECT_EQ(plan.minimumBudget, *least) << problem;
  EXPECT_EQ(result.ok(), problem.budget >= *least) << problem;
  if (!result.ok())
    return;

  SimulationResult played = simulate(problem, *result.table);
  EXPECT_TRUE(played.valid) << problem << played.rule;
  EXPECT_EQ(played.forward, plan.forward) << problem;
  EXPECT_EQ(played.advance, plan.advance) << problem;
  EXPECT_EQ(played.record, plan.record) << problem;
  EXPECT_EQ(played.reverse, plan.reverse) << problem;
  EXPECT_EQ(played.time, plan.time) << problem;
  EXPECT_EQ(played.peak, plan.peak) << problem;
  EXPECT_LE(plan.peak, problem.budget) << problem;
  EXPECT_EQ(plan.record, problem.steps);
  EXPECT_LE(plan.lowerBound, plan.time) << problem;
  EXPECT_LE(plan.boundAnySchedule, plan.time) << problem;
}

TEST(PolicyTest, RandomProblems) {
  RandomProblems random(7);
  for (int64_t i = 0; i < 6000; ++i) {
    EqualChain problem = random.problem(i % 4 ? 14 : 120, 4, 9);
    for (Policy policy : tablePolicies)
      expectHonestPlan(problem, policy);
    if (HasFailure())
      return;
  }
}

TEST(PolicyTest, MinimumBudgetIsTheLeast) {
  RandomProblems random(8);
  for (int64_t i = 0; i < 500; ++i) {
    EqualChain problem = random.problem(30, 4, 9);
    for (Policy policy : tablePolicies) {
      std::optional<int64_t> least = minimumBudget(problem, policy);
      if (!least)
        continue;
      problem.budget = *least;
      EXPECT_TRUE(plan(problem, policy).ok()) << problem;
      problem.budget = *least - 1;
      EXPECT_FALSE(plan(problem, policy).ok()) << problem;
    }
  }
}

TEST(PolicyTest, OptimalIsNeverWorse) {
  RandomProblems random(9);
  for (int64_t i = 0; i < 1500; ++i) {
    EqualChain problem = random.problem(60, 4, 9);
    PlanResult best = plan(problem, Policy::Optimal);
    for (Policy policy : tablePolicies) {
      PlanResult other = plan(problem, policy);
      if (other.ok()) {
        ASSERT_TRUE(best.ok()) << problem;
        EXPECT_LE(best.plan.forward, other.plan.forward) << problem << " " << stringifyPolicy(policy);
      }
    }
  }
}

TEST(PolicyTest, MoreMemoryIsNeverWorse) {
  RandomProblems random(10);
  for (int64_t i = 0; i < 200; ++i) {
    EqualChain problem = random.problem(60, 4, 9);
    for (Policy policy : monotonePolicies) {
      int64_t last = INT64_MAX;
      for (problem.budget = 0; problem.budget < 80; ++problem.budget) {
        PlanResult result = plan(problem, policy);
        if (!result.ok())
          continue;
        EXPECT_LE(result.plan.forward, last) << problem << " " << stringifyPolicy(policy);
        last = result.plan.forward;
      }
    }
  }
}

TEST(PolicyTest, PlansAreDeterministic) {
  EqualChain problem = makeProblem(5000, 3, 8, 400);
  for (Policy policy : tablePolicies)
    EXPECT_TRUE(plan(problem, policy).table == plan(problem, policy).table);
}

/// The peak of the period p.
static int64_t periodicPeak(const EqualChain &problem, int64_t p) {
  int64_t before = (problem.steps - 1) / p, last = problem.steps - before * p;
  int64_t peak = before * problem.state + (last - 1) * problem.tape;
  if (before > 0)
    peak = std::max(peak, (before - 1) * problem.state + (p - 1) * problem.tape);
  return problem.fixedSize() + peak;
}

/// Of all periods, tried one by one: the fewest forward steps, and with them the lowest peak.
static void expectBestPeriod(const EqualChain &problem) {
  int64_t least = INT64_MAX, forward = INT64_MAX, peak = INT64_MAX;
  for (int64_t p = 1; p <= problem.steps; ++p) {
    int64_t peakOfP = periodicPeak(problem, p), forwardOfP = problem.steps + (problem.steps - 1) / p * p;
    least = std::min(least, peakOfP);
    if (peakOfP <= problem.budget && std::tie(forwardOfP, peakOfP) < std::tie(forward, peak)) {
      forward = forwardOfP;
      peak = peakOfP;
    }
  }
  PlanResult result = plan(problem, Policy::Periodic);
  ASSERT_EQ(result.plan.minimumBudget, least) << problem;
  ASSERT_EQ(result.ok(), forward != INT64_MAX) << problem;
  if (result.ok()) {
    ASSERT_EQ(result.plan.forward, forward) << problem;
    ASSERT_EQ(result.plan.peak, peak) << problem;
  }
}

TEST(PolicyTest, PeriodicTakesTheBestPeriod) {
  for (auto [state, tape] : {std::pair{0, 0}, {0, 3}, {2, 0}, {1, 1}, {1, 4}, {4, 1}, {5, 3}, {30, 2}})
    for (int64_t steps = 1; steps <= 40; ++steps) {
      EqualChain problem = makeProblem(steps, state, tape, 0, Start::Pinned);
      int64_t most = problem.fixedSize() + steps * std::max(state, tape) + 1;
      for (; problem.budget <= most && !HasFailure(); ++problem.budget)
        expectBestPeriod(problem);
    }
}

// Milliseconds; to try all periods would take a quarter of a minute.
TEST(PolicyTest, PeriodicLooksAtFewPeriods) {
  EqualChain problem = makeProblem(EqualChain::maxSteps, 1, 5, 1000000, Start::Pinned);
  EXPECT_TRUE(plan(problem, Policy::Periodic).ok());
}

TEST(PolicyTest, TimesDoNotChangeTheSchedule) {
  EqualChain problem = makeProblem(300, 1, 5, 40);
  PlanResult plain = plan(problem, Policy::Optimal);
  problem.advance = 7;
  problem.record = 9;
  problem.reverse = 21;
  PlanResult timed = plan(problem, Policy::Optimal);
  EXPECT_TRUE(plain.table == timed.table);
  EXPECT_EQ(timed.plan.time, timed.plan.advance * 7 + 300 * 9 + 300 * 21);
  EXPECT_TRUE(timed.plan.isCertified());
}

TEST(PolicyTest, BoundOfAnyScheduleUsesTheCheaperStep) {
  // Recording is cheaper here, so a schedule outside the class could re-run
  // with it: the bound of any schedule is lower than the bound of the class.
  EqualChain problem = makeProblem(300, 1, 5, 100);
  problem.advance = 3;
  problem.record = 2;
  PlanResult result = plan(problem, Policy::Optimal);
  EXPECT_TRUE(result.plan.isCertified());
  EXPECT_LT(result.plan.boundAnySchedule, result.plan.lowerBound);
}

TEST(PolicyTest, ZeroSizes) {
  // Tapes for nothing: keep them all. States for nothing: keep them all, and as
  // many tapes as there is room for.
  EqualChain problem = makeProblem(50, 3, 0, 3);
  EXPECT_EQ(plan(problem, Policy::Optimal).plan.forward, 50);
  problem = makeProblem(50, 0, 4, 21);
  for (bool restartable : {true, false}) {
    problem.restartable = restartable;
    EXPECT_EQ(plan(problem, Policy::Optimal).plan.forward, 2 * 50 - 6);
    problem.initialState = 4;
    EXPECT_EQ(plan(problem, Policy::Optimal).plan.forward, 2 * 50 - 6);
    problem.initialState = 0;
  }
}

TEST(FrontierTest, PointsAreThePlans) {
  EqualChain problem = makeProblem(200, 2, 7, 0);
  std::vector<FrontierPoint> points = frontier(problem, Policy::Optimal, {0, 2, 50, 5000});
  ASSERT_EQ(points.size(), 4u);
  EXPECT_FALSE(points[0].feasible);
  for (size_t i = 1; i < points.size(); ++i) {
    problem.budget = points[i].budget;
    Plan expected = plan(problem, Policy::Optimal).plan;
    EXPECT_TRUE(points[i].feasible);
    EXPECT_EQ(points[i].forward, expected.forward);
    EXPECT_EQ(points[i].time, expected.time);
    EXPECT_EQ(points[i].peak, expected.peak);
    EXPECT_EQ(points[i].lowerBound, expected.lowerBound);
  }
}

TEST(FrontierTest, BudgetsSpanTheRange) {
  EqualChain problem = makeProblem(1000, 3, 9, 0);
  std::vector<int64_t> budgets = frontierBudgets(problem, Policy::Optimal, 8);
  ASSERT_EQ(budgets.size(), 8u);
  EXPECT_EQ(budgets.front(), 3);
  EXPECT_EQ(budgets.back(), 3 + 999 * 9);
  EXPECT_TRUE(std::is_sorted(budgets.begin(), budgets.end()));
  for (const FrontierPoint &point : frontier(problem, Policy::Optimal, budgets))
    EXPECT_TRUE(point.feasible);

  EXPECT_EQ(frontierBudgets(problem, Policy::StoreAll, 5), std::vector<int64_t>{3 + 999 * 9});
  EXPECT_EQ(frontierBudgets(makeProblem(0, 3, 9, 0), Policy::Optimal, 5), std::vector<int64_t>{3});
  problem.steps = -1;
  EXPECT_TRUE(frontierBudgets(problem, Policy::Optimal, 5).empty());
}

// What each says of itself, planned: the solvers and the table must not disagree.
TEST(PolicyTest, TraitsAreTrue) {
  Chain equal(makeProblem(9, 2, 1, 10)), slow = equal, fixed = equal, unequal = equal, faster = equal;
  slow.slow.emplace();
  fixed.stages.front().restartable = false;
  unequal.stages.push_back(unequal.stages.front());
  unequal.stages.back().modes.front().tape = 3;
  unequal.budget = 60;
  faster.stages.front().advance = 2;
  for (const PolicyInfo &info : allPolicies) {
    SCOPED_TRACE(info.name);
    Chain usual = info.has(NeedsSlowTier) ? slow : equal;
    // With as much memory as this one, all of them keep everything, in a table.
    usual.budget = info.has(MakesLists) ? 4 : 10;
    PlanResult result = planChain(usual, info.policy);
    ASSERT_TRUE(result.ok()) << result.verdict.message;
    EXPECT_EQ(result.table.has_value(), !info.has(MakesLists));
    EXPECT_EQ(planChain(equal, info.policy).ok(), !info.has(NeedsSlowTier));
    EXPECT_EQ(planChain(unequal, info.policy).ok(), info.has(PlansUnequalSteps));
    EXPECT_EQ(plan(makeProblem(9, 2, 1, 10), info.policy).ok(), info.has(PlansPrograms));
    if (!info.has(NeedsSlowTier)) {
      EXPECT_EQ(planChain(fixed, info.policy).ok(), !info.has(NeedsRestart));
    }
    faster.slow = usual.slow;
    EXPECT_EQ(planChain(faster, info.policy).recordsAdvances, info.has(RecordsWhereFaster));
    if (info.has(UsesSlowTier)) {
      Chain slowAndSmall = slow, small = equal;
      slowAndSmall.budget = small.budget = 3;
      EXPECT_LT(planChain(slowAndSmall, info.policy).plan.time, planChain(small, info.policy).plan.time);
    }
  }
}
