//===- LargeTest.cpp - long chains and odd sizes ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "remat/Schedule/TableSimulator.h"

#include <gtest/gtest.h>

#include <iostream>

using namespace remat::schedule;

static PlanResult planAndReport(const EqualChain &problem) {
  PlanResult result = plan(problem, Policy::Optimal);
  EXPECT_TRUE(result.ok()) << problem << result.verdict.message;
  EXPECT_EQ(result.table->validate(), std::nullopt);
  std::cout << problem << ": forward " << result.plan.forward << ", " << result.table->getNumNodes() << " nodes, depth "
            << result.table->stackDepth() << ", " << result.plan.solveSeconds * 1000 << " ms\n";
  return result;
}

TEST(LargeTest, TablesAtFivePercentStaySmall) {
  for (int64_t steps : {100, 1000, 100000, 1000000, 10000000}) {
    EqualChain problem = makeProblem(steps, 1, 5, steps / 4);
    PlanResult result = planAndReport(problem);
    EXPECT_TRUE(result.plan.isCertified());
    EXPECT_LE(result.table->getNumNodes(), 100);
    EXPECT_LE(result.table->stackDepth(), 50);
    problem.budget = 5 * steps;
    EXPECT_LE(planAndReport(problem).table->getNumNodes(), 4);
  }
}

TEST(LargeTest, AMillionSteps) {
  for (int64_t units : {2, 3, 10, 200, 1000, 5000, 50000, 250000}) {
    PlanResult result = planAndReport(makeProblem(1000000, 1, 5, units));
    EXPECT_TRUE(result.plan.isCertified());
    EXPECT_LT(result.table->getNumNodes(), 20000);
  }
}

TEST(LargeTest, TenMillionSteps) {
  for (int64_t units : {10, 1000, 10000, 2500000}) {
    for (bool restartable : {true, false}) {
      EqualChain problem = makeProblem(10000000, 1, 5, units, Start::Releasable, restartable);
      PlanResult result = planAndReport(problem);
      EXPECT_LE(static_cast<double>(result.plan.time), 1.01 * static_cast<double>(result.plan.lowerBound));
    }
  }
}

TEST(LargeTest, AMillionStepsPlayed) {
  EqualChain problem = makeProblem(1000000, 1, 5, 50000);
  PlanResult result = plan(problem, Policy::Optimal);
  SimulationResult played = simulate(problem, *result.table);
  EXPECT_TRUE(played.valid) << played.rule;
  EXPECT_EQ(played.forward, result.plan.forward);
  EXPECT_EQ(played.peak, result.plan.peak);
}

TEST(LargeTest, OneSlotAndNoSlot) {
  // Quadratic schedules: a handful of nodes, exact costs.
  constexpr int64_t steps = 10000000;
  PlanResult none = planAndReport(makeProblem(steps, 1, 5, 1, Start::Pinned));
  EXPECT_EQ(none.plan.forward, steps * (steps + 1) / 2);
  EXPECT_LE(none.table->getNumNodes(), 3);
  PlanResult taken = planAndReport(makeProblem(steps, 5, 5, 5));
  EXPECT_EQ(taken.plan.forward, 1 + steps * (steps - 1) / 2);
  EqualChain core = makeProblem(steps, 1, 1, 1, Start::Releasable, false);
  EXPECT_EQ(planAndReport(core).plan.forward, steps * (steps + 1) / 2 - 1);
}

TEST(CoarseningTest, BytesWithoutCommonFactor) {
  // Too many distinct amounts of free memory for exact rows: the plan is made
  // in a coarser unit, is valid in bytes, and says how far off it may be.
  for (bool restartable : {true, false}) {
    EqualChain problem = makeProblem(200000, 131101, 655387, 0, Start::Releasable, restartable);
    problem.budget = 655387 * 420;
    PlanResult result = planAndReport(problem);
    std::cout << "unit " << result.plan.planningUnit << ", gap " << result.plan.time - result.plan.lowerBound << "\n";
    EXPECT_LE(result.plan.peak, problem.budget);
    EXPECT_LE(result.plan.lowerBound, result.plan.time);
    EXPECT_LE(static_cast<double>(result.plan.time), 1.01 * static_cast<double>(result.plan.lowerBound));
    EXPECT_TRUE(simulate(problem, *result.table).valid);
  }
}

TEST(CoarseningTest, HappensBeyondAMillionRows) {
  EqualChain problem = makeProblem(3000000, 1000003, 1000033, 0, Start::External, false);
  problem.budget = int64_t(1000033) * 150000;
  PlanResult result = planAndReport(problem);
  EXPECT_GT(result.plan.planningUnit, 1);
  EXPECT_LE(result.plan.peak, problem.budget);
  EXPECT_LE(static_cast<double>(result.plan.time), 1.02 * static_cast<double>(result.plan.lowerBound));
}
