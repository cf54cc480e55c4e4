//===- FiguresTest.cpp - figures of the literature --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values that the figures and tables of Gruslys et al. 2016 imply, and those of
// the corrected recurrence; docs/Schedules.md lists them.
//
//===----------------------------------------------------------------------===//

#include "Problems.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

/// Forward steps with `units` states of memory, the start state included.
static int64_t forward(Policy policy, int64_t steps, int64_t tape, int64_t units, Start start = Start::Pinned) {
  PlanResult result = plan(makeProblem(steps, 1, tape, units, start), policy);
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(result.plan.isCertified());
  return result.plan.forward;
}

static int64_t optimal(int64_t tape, int64_t units) {
  return forward(Policy::Optimal, 1000, tape, units, Start::Releasable);
}

static int64_t msm(int64_t tape, int64_t units) { return forward(Policy::Msm, 1000, tape, units); }

/// Forward steps of ISM with `tapes` tapes, the core included.
static int64_t ism(int64_t steps, int64_t tapes) { return forward(Policy::Ism, steps, 5, 1 + 5 * (tapes - 1)); }

TEST(FiguresTest, StatesOnlyPerStep) {
  EXPECT_EQ(forward(Policy::Revolve, 1000, 5, 10), 4636);
  EXPECT_EQ(forward(Policy::Revolve, 1000, 5, 50), 2948);
  EXPECT_EQ(forward(Policy::Revolve, 1000, 5, 100), 2898);
  EXPECT_EQ(forward(Policy::Revolve, 1000, 5, 250), 2748);
  EXPECT_EQ(forward(Policy::Revolve, 1000, 5, 500), 2498);
  EXPECT_EQ(forward(Policy::Revolve, 1000, 5, 1000), 1999);
}

TEST(FiguresTest, StatesOnlyAtEqualMemory) {
  auto revolve = [](int64_t units) { return forward(Policy::Revolve, 1000, 5, units); };
  // Units of 1, 2, 5 and 10 % of the tapes, for tapes of 2, 3, 5 and 8 states.
  const int64_t expected[4][4] = {
      {3747, 3472, 2948, 2918}, {3097, 2938, 2898, 2838}, {2898, 2848, 2748, 2598}, {2798, 2698, 2498, 2198}};
  const int64_t percents[] = {1, 2, 5, 10}, tapes[] = {2, 3, 5, 8};
  for (size_t i = 0; i < 4; ++i)
    for (size_t j = 0; j < 4; ++j)
      EXPECT_EQ(revolve(10 * percents[i] * tapes[j]), expected[i][j]);
}

TEST(FiguresTest, StatesAgainstTapes) {
  EXPECT_EQ(forward(Policy::Revolve, 100, 5, 50), 248);
  EXPECT_EQ(ism(100, 10), 225);
  EXPECT_EQ(ism(200, 10), 525);
  EXPECT_EQ(ism(500, 10), 1640);
  EXPECT_EQ(ism(1000, 10), 3640);
  EXPECT_EQ(ism(500, 20), 1250);
  EXPECT_EQ(ism(1000, 20), 2750);
  EXPECT_EQ(ism(1000, 50), 1950);
  EXPECT_EQ(ism(1000, 100), 1900);
}

TEST(FiguresTest, MixedAtOnePercent) {
  EXPECT_EQ(msm(2, 20), 3114);
  EXPECT_EQ(msm(3, 30), 2834);
  EXPECT_EQ(msm(5, 50), 2723);
  EXPECT_EQ(msm(8, 80), 2558);
  EXPECT_EQ(optimal(2, 20), 3032);
  EXPECT_EQ(optimal(3, 30), 2830);
  EXPECT_EQ(optimal(5, 50), 2713);
  EXPECT_EQ(optimal(8, 80), 2548);
}

TEST(FiguresTest, MixedAtTwoPercent) {
  EXPECT_EQ(msm(2, 40), 2577);
  EXPECT_EQ(msm(3, 60), 2368);
  EXPECT_EQ(msm(5, 100), 1995);
  EXPECT_EQ(msm(8, 160), 1986);
  EXPECT_EQ(optimal(2, 40), 2558);
  EXPECT_EQ(optimal(3, 60), 2348);
  EXPECT_EQ(optimal(5, 100), 1994);
  EXPECT_EQ(optimal(8, 160), 1986);
}

TEST(FiguresTest, MixedAtFiveAndTenPercent) {
  for (int64_t tape : {1, 2, 3, 5, 8}) {
    EXPECT_EQ(msm(tape, 50 * tape), 1950);
    EXPECT_EQ(msm(tape, 100 * tape), 1900);
    EXPECT_EQ(optimal(tape, 50 * tape), 1949);
    EXPECT_EQ(optimal(tape, 100 * tape), 1899);
  }
}

TEST(FiguresTest, NinetyFivePercentForOneThird) {
  // 5 % of the tapes, backward steps as long as two forward steps.
  EqualChain problem = makeProblem(1000, 1, 5, 250);
  problem.reverse = 2;
  PlanResult result = plan(problem, Policy::Optimal);
  EXPECT_EQ(result.plan.forward, 1949);
  EXPECT_EQ(result.plan.time, 3949);
  EXPECT_NEAR(result.plan.timeRatio, 1.3163, 1e-4);
  EXPECT_EQ(result.plan.lowerBound, 3949);
  EXPECT_EQ(result.plan.boundAnySchedule, 3949);
  EXPECT_EQ(result.plan.peak, 250);
  EXPECT_EQ(result.plan.minimumBudget, 1);
}

TEST(FiguresTest, TwoRunsPerStepNeedFewUnits) {
  EXPECT_LE(msm(5, 98), 2000);
  EXPECT_GT(msm(5, 97), 2000);
  EXPECT_LE(optimal(5, 97), 2000);
}

TEST(FiguresTest, SquareRootRegime) {
  EXPECT_LE(ism(1000, 44), 2000);
  EXPECT_LE(ism(1000000, 1413), 2000000);
  EXPECT_GT(ism(1000000, 1400), 2000000);
}
