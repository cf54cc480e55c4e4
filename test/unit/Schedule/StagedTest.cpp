//===- StagedTest.cpp - unequal steps, modes and runs ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "StagedProblems.h"
#include "StagedSearch.h"
#include "remat/Schedule/Simulator.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

/// Everything that a plan promises about itself.
static void expectHonestPlan(const StagedChain &problem, const ChainResult &result) {
  const Plan &plan = result.plan;
  if (!result.ok()) {
    ASSERT_EQ(result.verdict.status, Status::Infeasible) << result.verdict.message << problem;
    EXPECT_LT(problem.budget, plan.minimumBudget) << problem;
    return;
  }
  SimulationResult played = simulate(problem, result.actions());
  ASSERT_TRUE(played.valid) << played.rule << " at " << played.action << "\n" << problem;
  EXPECT_EQ(played.forward, plan.forward) << problem;
  EXPECT_EQ(played.reverse, problem.steps()) << problem;
  EXPECT_EQ(played.time, plan.time) << problem;
  EXPECT_EQ(played.peak, plan.peak) << problem;
  EXPECT_LE(plan.peak, problem.budget) << problem;
  EXPECT_GE(problem.budget, plan.minimumBudget) << problem;
  EXPECT_LE(plan.boundAnySchedule, plan.lowerBound) << problem;
  EXPECT_LE(plan.lowerBound, plan.time) << problem;
}

TEST(StagedTest, RandomChains) {
  RandomChains random(1);
  RandomStages like;
  like.maxStages = 9;
  like.maxCount = 3;
  like.maxModes = 3;
  int64_t problems = runLongTests() ? 1000000 : 90000;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    StagedChain problem = random.chain(like);
    expectHonestPlan(problem, planChain(problem, Policy::Optimal));
    ChainResult all = planChain(problem, Policy::StoreAll);
    expectHonestPlan(problem, all);
  }
}

TEST(StagedTest, AgainstAllSchedules) {
  RandomChains random(2);
  RandomStages like;
  int64_t problems = runLongTests() ? 20000 : 1500, solved = 0, above = 0, infeasible = 0;
  double worst = 1;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    StagedChain problem = random.chain(like);
    ChainResult result = planChain(problem, Policy::Optimal);
    int64_t least = searchTime(problem);
    expectHonestPlan(problem, result);
    if (!result.ok()) {
      infeasible += least >= 0;
      continue;
    }
    ++solved;
    EXPECT_LE(result.plan.boundAnySchedule, least) << problem;
    EXPECT_LE(least, result.plan.time) << problem;
    if (least < result.plan.time) {
      ++above;
      worst = std::max(worst, static_cast<double>(result.plan.time) / static_cast<double>(least));
      if (std::getenv("REMAT_SHOW"))
        std::cout << least << " " << result.plan.time << " " << problem;
    }
  }
  std::cout << above << " of " << solved << " plans are above the best schedule, by at most " << (worst - 1) * 100
            << " %; " << infeasible << " of " << problems << " problems have a schedule but no plan\n";
  EXPECT_LE(above * 50, solved);
}

/// Equal steps of which each is recorded faster than it is advanced over.
TEST(StagedTest, RecordingIsFaster) {
  for (int64_t steps = 1; steps <= 5; ++steps)
    for (int64_t tape = 0; tape <= 3; ++tape)
      for (int64_t budget = 1; budget <= 5; ++budget)
        for (bool restartable : {true, false})
          for (Start start : {Start::Releasable, Start::Pinned, Start::External}) {
            ChainProblem equal = makeProblem(steps, 1, tape, budget);
            equal.advanceTime = 3;
            equal.restartable = restartable;
            equal.start = start;
            StagedChain problem(equal);
            ChainResult result = planChain(problem, Policy::Optimal);
            ASSERT_TRUE(result.ok()) << problem;
            expectHonestPlan(problem, result);
            EXPECT_EQ(result.plan.time, searchTime(problem)) << problem;
            expectHonestPlan(problem, planChain(problem, Policy::Online));
          }
}
