//===- ProblemTest.cpp - problems that are wrong or at the edge -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "StagedProblems.h"
#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/TableSimulator.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

TEST(ProblemTest, AcceptsTheDefault) { EXPECT_TRUE(EqualChain().validate().ok()); }

TEST(ProblemTest, NamesTheFieldThatIsNegative) {
  struct Case {
    int64_t EqualChain::*field;
    const char *name;
  };
  for (const Case &c : {Case{&EqualChain::steps, "number of steps"}, Case{&EqualChain::state, "state size"},
                        Case{&EqualChain::tape, "tape size"}, Case{&EqualChain::initialState, "initial state size"},
                        Case{&EqualChain::workspace, "workspace"}, Case{&EqualChain::budget, "budget"},
                        Case{&EqualChain::advance, "advance time"}, Case{&EqualChain::record, "record time"},
                        Case{&EqualChain::reverse, "reverse time"}}) {
    EqualChain problem = makeProblem(10, 1, 5, 20);
    problem.*c.field = -3;
    PlanResult result = plan(problem, Policy::Optimal);
    EXPECT_EQ(result.verdict.status, Status::BadValue) << c.name;
    EXPECT_NE(result.verdict.message.find(c.name), std::string::npos) << result.verdict.message;
    EXPECT_NE(result.verdict.message.find("-3"), std::string::npos);
  }
}

TEST(ProblemTest, RefusesTooManySteps) {
  EqualChain problem = makeProblem(EqualChain::maxSteps + 1, 1, 1, 10);
  EXPECT_EQ(problem.validate().status, Status::BadValue);
  problem.steps = EqualChain::maxSteps;
  EXPECT_TRUE(problem.validate().ok());
}

TEST(ProblemTest, RefusesAnUnknownStart) {
  EqualChain problem = makeProblem(3, 1, 1, 10);
  problem.start = static_cast<Start>(7);
  EXPECT_EQ(problem.validate().status, Status::BadValue);
}

TEST(ProblemTest, NoticesOverflow) {
  EqualChain sizes = makeProblem(1 << 20, int64_t(1) << 50, 1, 10);
  EXPECT_EQ(sizes.validate().status, Status::Overflow);
  EqualChain times = makeProblem(1 << 20, 1, 1, 10);
  times.reverse = int64_t(1) << 50;
  EXPECT_EQ(times.validate().status, Status::Overflow);

  // Valid, but the re-runs of a budget of 1 take too long to be counted.
  EqualChain reruns = makeProblem(1 << 20, 1, 1, 1);
  reruns.advance = int64_t(1) << 40;
  ASSERT_TRUE(reruns.validate().ok());
  EXPECT_EQ(plan(reruns, Policy::Optimal).verdict.status, Status::Overflow);
  reruns.budget = 1 << 20;
  EXPECT_TRUE(plan(reruns, Policy::Optimal).ok());
}

TEST(ProblemTest, ZeroSteps) {
  for (Policy policy : monotonePolicies) {
    for (Start start : allStarts) {
      EqualChain problem = makeProblem(0, 3, 5, 3, start);
      problem.workspace = 100;
      int64_t least = start == Start::External ? 0 : 3;
      EXPECT_EQ(minimumBudget(problem, policy), least);

      PlanResult result = plan(problem, policy);
      ASSERT_TRUE(result.ok()) << result.verdict.message;
      EXPECT_EQ(result.plan.forward, 0);
      EXPECT_EQ(result.plan.time, 0);
      EXPECT_EQ(result.plan.timeRatio, 1.0);
      EXPECT_EQ(result.plan.peak, least);
      EXPECT_EQ(result.plan.minimumBudget, least);
      EXPECT_TRUE(result.plan.isCertified());
      EXPECT_TRUE(result.actions().empty());
      EXPECT_TRUE(simulate(problem, *result.table).valid);
    }
  }
}

TEST(ProblemTest, OneStepNeedsNothingButItsStart) {
  for (Policy policy : monotonePolicies) {
    for (Start start : allStarts) {
      for (bool restartable : {true, false}) {
        EqualChain problem = makeProblem(1, 3, 5, 3, start, restartable);
        PlanResult result = plan(problem, policy);
        if (infoOf(policy).has(NeedsRestart) && !restartable) {
          EXPECT_EQ(result.verdict.status, Status::Unsupported);
          continue;
        }
        ASSERT_TRUE(result.ok());
        EXPECT_EQ(result.plan.forward, 1);
        EXPECT_EQ(result.plan.peak, problem.countedInitialState());
      }
    }
  }
}

TEST(ProblemTest, BudgetZero) {
  EqualChain problem = makeProblem(5, 2, 3, 0);
  PlanResult result = plan(problem, Policy::Optimal);
  EXPECT_EQ(result.verdict.status, Status::Infeasible);
  EXPECT_EQ(result.plan.minimumBudget, 2);
  EXPECT_EQ(result.verdict.message, "budget 0 is below the smallest feasible one, 2");

  problem.start = Start::External;
  result = plan(problem, Policy::Optimal);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.plan.forward, 15);
  EXPECT_EQ(result.plan.peak, 0);
}

TEST(ProblemTest, BudgetBeyondEverything) {
  for (Policy policy : {Policy::StoreAll, Policy::Periodic, Policy::Ism, Policy::Msm, Policy::Optimal}) {
    PlanResult result = plan(makeProblem(100, 2, 7, 1 << 30), policy);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result.plan.forward, 100);
    EXPECT_EQ(result.plan.peak, 2 + 99 * 7);
    EXPECT_EQ(result.plan.timeRatio, 1.0);
  }
}

TEST(ProblemTest, WorkspaceCountsInPeakAndMinimum) {
  EqualChain problem = makeProblem(50, 1, 3, 140);
  problem.workspace = 100;
  PlanResult with = plan(problem, Policy::Optimal);
  PlanResult without = plan(makeProblem(50, 1, 3, 40), Policy::Optimal);
  EXPECT_EQ(with.plan.forward, without.plan.forward);
  EXPECT_EQ(with.plan.peak, without.plan.peak + 100);
  EXPECT_EQ(with.plan.minimumBudget, 101);
}

TEST(ProblemTest, KeepingEverythingIsNoPlan) {
  RandomChains random(3);
  RandomStages like;
  like.maxCount = 3;
  for (int64_t i = 0; i < 500; ++i) {
    Chain problem = random.chain(like);
    problem.budget = 0;
    PlanResult result = planChain(problem, Policy::StoreAll);
    EXPECT_EQ(result.plan.minimumBudget, storeAllPeak(problem)) << problem;
  }
  EXPECT_EQ(storeAllPeak(Chain(makeProblem(0, 3, 9, 0))), 3);
  // Too many steps for a list.
  Chain many(makeProblem(3000000, 3, 9, 0));
  many.stages.push_back(many.stages.front());
  many.stages.back().modes.push_back({1, 0, 10});
  many.stages.back().workspace = 7;
  EXPECT_EQ(storeAllPeak(many), 3 + 3000000 * 9 + 2999999 * 10 + 7);
}

TEST(ProblemTest, PolicyNamesRoundTrip) {
  for (const PolicyInfo &info : allPolicies) {
    EXPECT_EQ(&infoOf(info.policy), &info);
    EXPECT_EQ(parsePolicy(info.name), info.policy);
    EXPECT_EQ(stringifyPolicy(info.policy), info.name);
  }
  EXPECT_EQ(parsePolicy("hsm"), Policy::Revolve);
  EXPECT_EQ(parsePolicy("best"), std::nullopt);
}
