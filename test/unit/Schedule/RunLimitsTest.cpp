//===- RunLimitsTest.cpp - a bound against exhaustive search ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bounds/RunLimits.h"
#include "Exhaustive.h"
#include "Problems.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static int64_t boundOf(const EqualChain &problem) {
  int64_t memory = problem.budget - problem.workspace;
  if (problem.start == Start::Pinned)
    memory -= problem.initialState;
  RunLimits limits(problem.steps, memory, problem.state, problem.tape);
  int64_t bound = problem.steps;
  for (int64_t r = 1; r <= limits.getDepth(); ++r)
    bound += problem.steps - limits.limit(r);
  return bound;
}

TEST(RunLimitsTest, NotAboveTheBestOfAllSchedules) {
  int64_t cases = 0, met = 0;
  for (Start start : allStarts)
    for (bool restartable : {true, false})
      for (int64_t steps = 1; steps <= 5; ++steps)
        for (int64_t state = 1; state <= 3; ++state)
          for (int64_t tape = 1; tape <= 4; ++tape)
            for (int64_t budget = state; budget <= 9; ++budget) {
              EqualChain problem = makeProblem(steps, state, tape, budget, start, restartable);
              int64_t best = searchForward(problem);
              if (best < 0)
                continue;
              ASSERT_LE(boundOf(problem), best) << problem;
              ++cases;
              met += boundOf(problem) == best;
            }
  std::cout << "the bound is met in " << met << " of " << cases << " cases\n";
  EXPECT_GT(met, cases / 2);
}

/// Where no tape fits, the sum is the closed form of Griewank & Walther 2000.
TEST(RunLimitsTest, StatesOnly) {
  for (int64_t steps = 1; steps <= 300; ++steps)
    for (int64_t slots = 0; slots <= 20; ++slots) {
      EqualChain problem = makeProblem(steps, 1, 1000, slots, Start::External);
      PlanResult best = plan(problem, Policy::Optimal);
      ASSERT_TRUE(best.ok());
      EXPECT_EQ(boundOf(problem), best.plan.forward) << problem;
    }
}

TEST(RunLimitsTest, LargeSizes) {
  for (int64_t memory : {int64_t(0), int64_t(1), int64_t(1) << 40, INT64_MAX}) {
    RunLimits limits(int64_t(1) << 31, memory, 3, int64_t(1) << 20);
    for (int64_t r = 1; r <= std::min<int64_t>(limits.getDepth(), 100); ++r) {
      EXPECT_GT(limits.limit(r), limits.limit(r - 1));
      EXPECT_LT(limits.limit(r), int64_t(1) << 31);
    }
  }
}
