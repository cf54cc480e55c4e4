//===- BinomialTest.cpp - closed forms and their recurrences ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "Reference.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static int64_t forwardOf(const EqualChain &problem, Policy policy) {
  PlanResult result = plan(problem, policy);
  EXPECT_TRUE(result.ok()) << problem << result.verdict.message;
  EXPECT_TRUE(result.plan.isCertified()) << problem;
  EXPECT_EQ(result.table->validate(), std::nullopt) << problem;
  return result.plan.forward;
}

TEST(BinomialTest, RevolveIsTheRecurrence) {
  constexpr int64_t steps = 90, slots = 95;
  CostTable cost = hsmCosts(steps, slots);
  for (int64_t t = 1; t <= steps; ++t)
    for (int64_t m = 1; m <= slots; ++m)
      ASSERT_EQ(forwardOf(makeProblem(t, 1, 5, m, Start::Pinned), Policy::Revolve), cost.at(t, m))
          << "t=" << t << " m=" << m;
}

TEST(BinomialTest, IsmIsTheRecurrence) {
  constexpr int64_t steps = 90, tapes = 95;
  CostTable cost = ismCosts(steps, tapes);
  for (int64_t t = 1; t <= steps; ++t)
    for (int64_t m = 1; m <= tapes; ++m)
      ASSERT_EQ(forwardOf(makeProblem(t, 3, 2, (m - 1) * 2, Start::External), Policy::Ism), cost.at(t, m))
          << "t=" << t << " m=" << m;
}

TEST(BinomialTest, UnitsOfTheContract) {
  // hsm: floor(P / state) + 1 slots; ism: floor(P / tape) + 1 tapes; what the
  // start state takes is not in P, and external ones get it for nothing.
  CostTable states = hsmCosts(40, 8), tapes = ismCosts(40, 8);
  for (Start start : allStarts) {
    int64_t counted = start == Start::External ? 0 : 3;
    for (int64_t free = 0; free < 20; ++free) {
      EqualChain problem = makeProblem(40, 3, 5, counted + free, start);
      EXPECT_EQ(forwardOf(problem, Policy::Revolve), states.at(40, free / 3 + 1));
      EXPECT_EQ(forwardOf(problem, Policy::Ism), tapes.at(40, free / 5 + 1));
    }
  }
}

TEST(BinomialTest, RevolveDoesNotNeedRestartableTapes) {
  EqualChain problem = makeProblem(60, 2, 9, 11, Start::External, false);
  EXPECT_EQ(forwardOf(problem, Policy::Revolve), hsmCosts(60, 6).at(60, 6));
  EXPECT_FALSE(plan(problem, Policy::Revolve).table->isRestartable());
}

TEST(BinomialTest, LongChainsHaveSmallTables) {
  for (int64_t steps : {1000000, 100000000}) {
    for (int64_t slots : {2, 10, 100, 1000}) {
      PlanResult result = plan(makeProblem(steps, 1, 5, slots, Start::Pinned), Policy::Revolve);
      ASSERT_TRUE(result.ok());
      EXPECT_TRUE(result.plan.isCertified());
      EXPECT_LT(result.table->getNumNodes(), 60000);
    }
  }
}

TEST(BinomialTest, MixedHasTheClosedFormsAsSpecialCases) {
  for (int64_t t : {5, 17, 40, 100}) {
    for (int64_t m : {1, 2, 3, 5, 9}) {
      // No tape fits: states only.
      EqualChain states = makeProblem(t, 1, 1000, m, Start::Pinned);
      EXPECT_EQ(forwardOf(states, Policy::Msm), forwardOf(states, Policy::Revolve));
      // A tape is as large as a state: tapes only.
      EqualChain tapes = makeProblem(t, 1, 1, m, Start::External);
      EXPECT_EQ(forwardOf(tapes, Policy::Msm), forwardOf(tapes, Policy::Ism));
    }
  }
}
