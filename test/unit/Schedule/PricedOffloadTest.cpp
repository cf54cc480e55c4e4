//===- PricedOffloadTest.cpp - states and tapes that move ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "SlowProblems.h"

using namespace remat::schedule;

/// Sizes and times that vary by ten, a budget of 10 to 40 % of all tapes, and a slow
/// tier that takes from half a step to 20 steps for a tape.
static Chain randomStages(RandomChains &random, bool isBlocking, bool isLimited) {
  Chain problem;
  bool isRestartable = random.number(0, 1);
  int64_t tapes = 0, steps = 0;
  for (int64_t stages = random.number(20, 60); stages > 0; --stages) {
    ChainStage stage;
    stage.advance = random.number(100, 1000);
    stage.state = random.number(20, 200);
    stage.restartable = isRestartable;
    stage.modes = {{stage.advance, 2 * stage.advance, random.number(100, 1000)}};
    tapes += stage.modes[0].tape;
    steps += stage.advance;
    problem.stages.push_back(stage);
  }
  problem.start = static_cast<Start>(random.number(0, 2));
  problem.initialState = random.number(20, 200);
  problem.budget = problem.initialState + tapes * random.number(10, 40) / 100;
  problem.slow = SlowTier();
  problem.slow->write = problem.slow->read = std::max<int64_t>(steps * random.number(1, 40) / (2 * tapes), 1);
  problem.slow->blocking = isBlocking;
  if (isLimited)
    problem.slow->capacity = tapes / 5;
  return problem;
}

/// Mixed plans of unequal steps are near the bound for any schedule, and what the plan
/// says about itself is what it does.
TEST(SlowOffloadTest, TapesOfUnequalSteps) {
  RandomChains random(8);
  int64_t problems = testCount(20, 200), mixed = 0;
  double gaps = 0, worst = 0;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem = randomStages(random, i % 4 == 3, i % 3 == 2), without = problem;
    without.slow.reset();
    PlanResult result = planChain(problem, Policy::Optimal), plain = planChain(without, Policy::Optimal);
    ASSERT_EQ(result.ok(), plain.ok()) << problem;
    if (!result.ok())
      continue;
    expectHonestPlan(problem, result);
    EXPECT_LE(result.plan.time, plain.plan.time) << problem;
    EXPECT_LE(result.plan.predictedTime, result.plan.time) << problem;
    EXPECT_GE(result.plan.predictedTime, result.plan.time * 9 / 10) << problem;
    EXPECT_EQ(result.plan.scheme == OffloadScheme::None, result.plan.offloadedStates + result.plan.offloadedTapes == 0);
    EXPECT_EQ(result.plan.scheme == OffloadScheme::StatesAndTapes, result.plan.offloadedTapes > 0);
    EXPECT_EQ(result.plan.intervalTapes > 0, result.plan.offloadedTapes > 0);
    mixed += result.plan.scheme == OffloadScheme::StatesAndTapes;
    double gap = static_cast<double>(result.plan.time) / static_cast<double>(result.plan.boundAnySchedule) - 1;
    gaps += gap;
    worst = std::max(worst, gap);
  }
  std::cout << "above the bound by " << 100 * gaps / static_cast<double>(problems) << " % on average, by "
            << 100 * worst << " % at most; tapes are offloaded in " << mixed << " of " << problems << " plans\n";
  EXPECT_LT(gaps, 0.05 * static_cast<double>(problems));
  EXPECT_GE(2 * mixed, problems);
}

/// Slow memory that is free: every tape leaves at once, and a state that is not needed
/// again gives its place up first.
TEST(SlowOffloadTest, TheInitialStateMakesWayForTapes) {
  Chain problem(makeProblem(4, 2, 3, 3));
  problem.slow = SlowTier();
  problem.slow->write = problem.slow->read = 0;
  PlanResult result = planChain(problem, Policy::Optimal);
  expectHonestPlan(problem, result);
  EXPECT_EQ(result.plan.forward, 4);
  EXPECT_TRUE(result.plan.isCertified());
}

/// A limited slow tier takes the tapes that gain the most for their size.
TEST(SlowOffloadTest, TheSlowTierIsFull) {
  Chain problem;
  for (int64_t i = 0; i < 30; ++i) {
    ChainStage stage;
    stage.advance = i % 3 == 0 ? 30 : 10;
    stage.modes = {{stage.advance, 20, 10}};
    problem.stages.push_back(stage);
  }
  problem.budget = 40;
  problem.slow = SlowTier();
  problem.slow->write = problem.slow->read = 1;
  problem.slow->capacity = 100;
  PlanResult result = planChain(problem, Policy::Optimal);
  expectHonestPlan(problem, result);
  EXPECT_LE(result.plan.slowPeak, 100);
  EXPECT_GE(result.plan.offloadedTapes, 9);
  EXPECT_LT(result.plan.time, 1.1 * static_cast<double>(result.plan.boundAnySchedule));
}

TEST(SlowOffloadTest, ProgressAndInterruption) {
  RandomChains random(9);
  Chain problem = randomStages(random, false, false);
  int64_t calls = 0;
  ChainOptions options;
  options.progress = [&](double share) {
    EXPECT_LE(share, 1);
    return ++calls < 200;
  };
  EXPECT_EQ(planChain(problem, Policy::Optimal, options).verdict.status, Status::Interrupted);
  EXPECT_EQ(calls, 200);
}
