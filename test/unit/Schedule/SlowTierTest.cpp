//===- SlowTierTest.cpp - offload, hierarchies and online ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "StagedProblems.h"
#include "remat/Schedule/Simulator.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

/// Equal steps with a reverse time of 2, a tape that never fits, and a slow tier.
static StagedChain kukreja(int64_t steps, int64_t transfer, int64_t slots) {
  StagedChain chain;
  ChainStage stage;
  stage.count = steps;
  stage.modes = {{1, 2, 100000}};
  chain.stages = {stage};
  chain.start = Start::Pinned;
  chain.budget = slots;
  chain.slow = SlowTier();
  chain.slow->write = chain.slow->read = transfer;
  return chain;
}

static void expectHonestPlan(const StagedChain &problem, const ChainResult &result) {
  ASSERT_TRUE(result.ok() || result.verdict.status == Status::Infeasible ||
              result.verdict.status == Status::Unsupported)
      << result.verdict.message << problem;
  if (!result.ok())
    return;
  SimulationResult played = simulate(problem, result.actions());
  ASSERT_TRUE(played.valid) << stringifyPolicy(result.plan.policy) << played.rule << " at " << played.action << "\n"
                            << problem;
  EXPECT_EQ(played.time, result.plan.time) << problem;
  EXPECT_EQ(played.peak, result.plan.peak) << problem;
  EXPECT_EQ(played.stall, result.plan.stall) << problem;
  EXPECT_EQ(played.slowPeak, result.plan.slowPeak) << problem;
  EXPECT_LE(result.plan.lowerBound, result.plan.time) << stringifyPolicy(result.plan.policy) << problem;
  EXPECT_LE(result.plan.boundAnySchedule, result.plan.time) << problem;
}

TEST(SlowTierTest, RandomProblems) {
  RandomChains random(3);
  int64_t problems = testCount(800, 100000);
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    StagedChain problem;
    ChainStage stage;
    stage.count = random.number(1, 60);
    stage.advance = random.number(1, 4);
    stage.state = random.number(0, 4);
    stage.restartable = random.number(0, 1);
    stage.workspace = random.number(0, 2);
    stage.modes = {{stage.advance + random.number(0, 1), random.number(0, 5), random.number(0, 9)}};
    problem.stages = {stage};
    problem.initialState = stage.state;
    problem.start = static_cast<Start>(random.number(0, 2));
    problem.budget = random.number(0, 60);
    problem.slow = SlowTier();
    problem.slow->write = random.number(0, 9);
    problem.slow->read = random.number(0, 9);
    problem.slow->latency = random.number(0, 3);
    problem.slow->blocking = random.number(0, 3) == 0;
    if (random.number(0, 2) == 0)
      problem.slow->capacity = random.number(0, 80);
    for (Policy policy : {Policy::Multistage, Policy::HRevolve, Policy::DiskRevolve, Policy::Optimal, Policy::Online,
                          Policy::Mixed, Policy::Revolve})
      expectHonestPlan(problem, planChain(problem, policy));
  }
}

TEST(SlowTierTest, NeverWorseThanWithout) {
  RandomChains random(4);
  for (int64_t i = 0; i < 100; ++i) {
    StagedChain problem = kukreja(random.number(10, 400), random.number(1, 50), random.number(1, 20));
    ChainResult with = planChain(problem, Policy::Multistage);
    ChainResult without = planChain(problem, Policy::Revolve);
    ASSERT_TRUE(with.ok() && without.ok());
    EXPECT_LE(with.plan.time, without.plan.time) << problem;
  }
}

/// Slowdowns of section 3 of the notes on Kukreja et al. 2018: ten slots, and one
/// more for what is being prefetched.
TEST(SlowTierTest, Kukreja) {
  struct Case {
    int64_t steps, transfer, most;
  };
  for (Case c : {Case{100, 8, 483}, Case{100000, 8, 487492}, Case{100, 40, 544}, Case{100000, 40, 569960}}) {
    StagedChain problem = kukreja(c.steps, c.transfer, 12);
    ChainResult result = planChain(problem, Policy::Multistage);
    ASSERT_TRUE(result.ok());
    EXPECT_LE(result.plan.time, c.most);
    EXPECT_LE(result.plan.boundAnySchedule, result.plan.time);
    std::cout << c.steps << " steps, transfer " << c.transfer << ": " << result.plan.time << ", ratio "
              << result.plan.timeRatio << ", stall " << result.plan.stall << ", " << result.plan.offloadedStates
              << " states, bound " << result.plan.lowerBound << ", " << result.plan.solveSeconds << " s\n";
  }
  // Without offload, ten slots.
  EXPECT_EQ(planChain(kukreja(100, 40, 10), Policy::Revolve).plan.time, 522);
  EXPECT_NEAR(planChain(kukreja(100000, 40, 10), Policy::Revolve).plan.timeRatio, 3.77, 0.005);
}

TEST(SlowTierTest, TapesAreStreamed) {
  // A channel that is fast enough for all tapes: nothing is run again.
  StagedChain problem;
  ChainStage stage;
  stage.count = 200;
  stage.modes = {{1, 2, 5}};
  problem.stages = {stage};
  problem.budget = 30;
  problem.slow = SlowTier();
  problem.slow->write = problem.slow->read = 0;
  problem.slow->latency = 1;
  ChainResult result = planChain(problem, Policy::Multistage);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.plan.time, 600);
  EXPECT_GT(result.plan.offloadedTapes, 0);
  EXPECT_TRUE(result.plan.certified);
}

TEST(SlowTierTest, HierarchiesAreOrdered) {
  RandomChains random(5);
  for (int64_t i = 0; i < 200; ++i) {
    StagedChain problem = kukreja(random.number(1, 120), random.number(0, 9), random.number(1, 6));
    int64_t disk = planChain(problem, Policy::DiskRevolve).plan.time;
    int64_t nested = planChain(problem, Policy::HRevolve).plan.time;
    int64_t plain = planChain(problem, Policy::Revolve).plan.time;
    EXPECT_LE(nested, disk) << problem;
    EXPECT_LE(disk, plain) << problem;
    problem.slow->capacity = random.number(0, 20);
    ChainResult limited = planChain(problem, Policy::HRevolve);
    EXPECT_GE(limited.plan.time, nested) << problem;
    EXPECT_LE(limited.plan.time, plain) << problem;
    EXPECT_TRUE(limited.plan.certified);
  }
}

TEST(SlowTierTest, TheInitialStateMoves) {
  // Room for one state: without moving the initial one, every step runs from it.
  StagedChain problem = kukreja(100, 2, 1);
  problem.slow->blocking = true;
  problem.start = Start::Releasable;
  ChainResult result = planChain(problem, Policy::Optimal);
  ASSERT_TRUE(result.ok());
  expectHonestPlan(problem, result);
  EXPECT_EQ(result.plan.peak, 1);
  EXPECT_LT(result.plan.time, planChain(problem, Policy::HRevolve).plan.time / 5);
}

/// The actions until the state after `steps` steps is in the core.
static std::vector<Action> firstSweep(const std::vector<Action> &actions, int64_t steps) {
  std::vector<Action> sweep;
  for (const Action &action : actions) {
    sweep.push_back(action);
    if ((action.kind == ActionKind::Advance && action.to == steps) ||
        (action.kind == ActionKind::Record && action.step == steps))
      break;
  }
  return sweep;
}

TEST(OnlineTest, FirstSweepDoesNotDependOnTheLength) {
  for (int64_t record : {1, 2})
    for (int64_t budget = 1; budget < 12; ++budget)
      for (int64_t steps = 1; steps < 80; ++steps) {
        ChainProblem shorter = makeProblem(steps, 1, 4, budget), longer = makeProblem(steps + 1, 1, 4, budget);
        shorter.recordTime = longer.recordTime = record;
        ChainResult a = planChain(StagedChain(shorter), Policy::Online);
        ChainResult b = planChain(StagedChain(longer), Policy::Online);
        ASSERT_TRUE(a.ok() && b.ok());
        EXPECT_TRUE(firstSweep(a.list, steps) == firstSweep(b.list, steps)) << shorter;
      }
}

TEST(OnlineTest, RatioToOffline) {
  for (int64_t slots : {3, 5, 10}) {
    double worst = 1;
    for (int64_t steps = 1; steps <= (slots + 1) * (slots + 2) / 2; ++steps) {
      ChainResult online = planChain(StagedChain(makeProblem(steps, 1, 1000, slots)), Policy::Online);
      worst = std::max(worst, static_cast<double>(online.plan.time) / static_cast<double>(online.plan.lowerBound));
    }
    std::cout << slots << " states: at most " << worst << " times the offline optimum\n";
    EXPECT_LE(worst, 1.2);
  }
}

/// p(n, s) of Maddison 2024, typed in.
TEST(MixedTest, PublishedRecurrence) {
  constexpr int64_t most = 40;
  std::vector<std::vector<int64_t>> p(most + 1, std::vector<int64_t>(most + 1));
  for (int64_t s = 1; s <= most; ++s)
    for (int64_t n = 1; n <= most; ++n) {
      if (n <= s + 1)
        p[n][s] = n;
      else if (s == 1)
        p[n][s] = n * (n + 1) / 2 - 1;
      else {
        p[n][s] = 1 + p[n - 1][s - 1];
        for (int64_t i = 2; i < n; ++i)
          p[n][s] = std::min(p[n][s], i + p[i][s] + p[n - i][s - 1]);
      }
      ChainResult result = planChain(StagedChain(makeProblem(n, 1, 1, s)), Policy::Mixed);
      ASSERT_TRUE(result.ok());
      EXPECT_EQ(result.plan.forward, p[n][s]) << n << " " << s;
    }
}
