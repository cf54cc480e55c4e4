//===- RecurrenceTest.cpp - plans against recurrences -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "Reference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

using namespace remat::schedule;

namespace {
/// How often the lower bound was below the optimum.
struct GapCount {
  int64_t plans = 0;
  int64_t open = 0;

  void count(const PlanResult &result) {
    ++plans;
    open += !result.plan.isCertified();
  }
};
} // namespace

static void expectCost(const EqualChain &problem, Policy policy, int64_t expected, GapCount &gaps) {
  PlanResult result = plan(problem, policy);
  ASSERT_TRUE(result.ok()) << problem << result.verdict.message;
  EXPECT_EQ(result.plan.forward, expected) << problem;
  // The bound is in times: all times are 1.
  EXPECT_LE(result.plan.lowerBound, expected + problem.steps) << problem;
  gaps.count(result);
}

/// Compares every length and memory of one pair of sizes.
static void compareMixed(int64_t maxSteps, int64_t maxFree, int64_t state, int64_t tape, GapCount &gaps) {
  CostTable msm = msmCosts(maxSteps, maxFree, state, tape);
  // Taking over a slot frees up to a state beyond the memory of the row.
  ReuseCosts reuse = reuseCosts(maxSteps, maxFree + state, state, tape);
  CoreCosts core = coreCosts(maxSteps, maxFree + state, state, tape);
  for (int64_t t = 1; t <= maxSteps; ++t) {
    for (int64_t k = 0; k <= maxFree; ++k) {
      EqualChain problem = makeProblem(t, state, tape, k, Start::External);
      expectCost(problem, Policy::Msm, msm.at(t, k), gaps);
      expectCost(problem, Policy::Optimal, reuse.held.at(t, k), gaps);
      problem.restartable = false;
      expectCost(problem, Policy::Optimal, core.pinned.at(t, k), gaps);

      problem = makeProblem(t, state, tape, k + state, Start::Releasable);
      expectCost(problem, Policy::Optimal, reuse.owned.at(t, k), gaps);
      problem.restartable = false;
      expectCost(problem, Policy::Optimal, core.inCore.at(t, k + state), gaps);
      if (::testing::Test::HasFailure())
        return;
    }
  }
}

TEST(RecurrenceTest, TapesOfWholeStates) {
  GapCount gaps;
  for (int64_t tape = 1; tape <= 6; ++tape)
    compareMixed(30, 24, 1, tape, gaps);
  compareMixed(24, 40, 3, 6, gaps);
  EXPECT_GT(gaps.plans, 20000);
  EXPECT_EQ(gaps.open, 0);
}

TEST(RecurrenceTest, SizesWithoutCommonFactor) {
  GapCount gaps;
  const std::pair<int64_t, int64_t> sizes[] = {{2, 3}, {2, 5}, {3, 2}, {3, 7}, {4, 1}, {5, 8}};
  for (auto [state, tape] : sizes)
    compareMixed(24, 4 * (state + tape), state, tape, gaps);
  // Small problems fall back to the recurrence itself, so none stays open.
  EXPECT_GT(gaps.plans, 15000);
  EXPECT_EQ(gaps.open, 0);
}

TEST(RecurrenceTest, LongChainsOfWholeStates) {
  constexpr int64_t steps = 130, free = 50;
  GapCount gaps;
  for (int64_t tape : {2, 3, 5, 8}) {
    ReuseCosts reuse = reuseCosts(steps, free, 1, tape);
    for (int64_t t = 40; t <= steps; t += 9)
      for (int64_t k = 0; k <= free; ++k)
        expectCost(makeProblem(t, 1, tape, k, Start::External), Policy::Optimal, reuse.held.at(t, k), gaps);
  }
  EXPECT_EQ(gaps.open, 0);
}

/// Bounds of long chains whose sizes are not multiples can stay open. This says
/// how often, and that plans stay close.
TEST(RecurrenceTest, GapsOfLongChains) {
  RandomProblems random(20240607);
  GapCount whole, others;
  double worst = 0;
  for (int64_t i = 0; i < testCount(600, 6000); ++i) {
    EqualChain problem = makeProblem(random.number(200, 1000), random.number(1, 9), random.number(1, 24), 0,
                                     allStarts[random.number(0, 2)], random.number(0, 1));
    // From a few items to half of everything, on a logarithmic scale.
    double share = std::exp2(-0.01 * double(random.number(100, 900)));
    problem.budget = 2 * problem.state + problem.tape + int64_t(share * double(problem.tape * problem.steps));
    PlanResult result = plan(problem, Policy::Optimal);
    ASSERT_TRUE(result.ok()) << problem;
    bool isWhole = problem.tape % problem.state == 0;
    (isWhole ? whole : others).count(result);
    double gap = static_cast<double>(result.plan.time) / static_cast<double>(result.plan.lowerBound) - 1;
    worst = std::max(worst, gap);
    EXPECT_LT(gap, 0.02) << problem;
  }
  std::cout << "open bounds: " << whole.open << " of " << whole.plans << " with tapes of whole states, " << others.open
            << " of " << others.plans << " others, worst gap " << worst * 100 << " %\n";
  EXPECT_EQ(whole.open, 0);
}
