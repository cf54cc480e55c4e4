//===- OnlineTest.cpp - the number of steps is not known ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The claims of docs/Schedules.md, section 11.
//
//===----------------------------------------------------------------------===//

#include "Equal/OnlineSweep.h"
#include "OnlineGame.h"
#include "Problems.h"
#include "StagedProblems.h"
#include "remat/Schedule/Simulator.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

/// The last length at which the policy is proved to be at most one forward step above
/// the optimum for m states.
static int64_t provedRange(int64_t states) { return (states + 1) * (states + 2) / 2 + 2; }

/// The fewest forward steps that reverse `steps` steps in that many slots, their start
/// state included.
static int64_t binomialCost(int64_t slots, int64_t steps) {
  // Step by step: C(k + r, r) of them run at most r times before their record.
  int64_t runs = 0, reach = 1, cost = 0;
  for (int64_t step = 1; step <= steps; ++step) {
    for (; reach < step; reach = reach * (slots + runs) / runs)
      ++runs;
    cost += runs + 1;
  }
  return cost;
}

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
        EqualChain shorter = makeProblem(steps, 1, 4, budget), longer = makeProblem(steps + 1, 1, 4, budget);
        shorter.record = longer.record = record;
        PlanResult a = planChain(Chain(shorter), Policy::Online);
        PlanResult b = planChain(Chain(longer), Policy::Online);
        ASSERT_TRUE(a.ok() && b.ok());
        EXPECT_TRUE(firstSweep(a.list, steps) == firstSweep(b.list, steps)) << shorter;
      }
}

/// All policies there are: none is within one forward step of the optimum further than
/// this one, none is optimal as far as m + 3, and one that is optimal as far as m + 2
/// loses the range for it.
TEST(OnlineTest, NoPolicyIsBetter) {
  for (int64_t states = 2; states <= 5; ++states) {
    int64_t range = provedRange(states);
    OnlineGame game(states, range + 1, /*leavesTape=*/true);
    EXPECT_EQ(game.reach([](int64_t) { return 0; }), states + 2);
    EXPECT_EQ(game.reach([](int64_t) { return 1; }), range);
    EXPECT_EQ(game.reach([&](int64_t steps) { return steps <= states + 1 ? 0 : 1; }), range);
    EXPECT_LT(game.reach([&](int64_t steps) { return steps <= states + 2 ? 0 : 1; }), range - 2);
    for (int64_t steps = 1; steps <= range; ++steps) {
      EqualChain problem = makeProblem(steps, 1, 100000, states);
      int64_t forward = plan(problem, Policy::Online).plan.forward;
      EXPECT_EQ(plan(problem, Policy::Optimal).plan.forward, game.getOptimum(steps)) << problem;
      EXPECT_LE(forward, game.getOptimum(steps) + (steps <= states + 1 ? 0 : 1)) << problem;
      EXPECT_EQ(binomialCost(states, steps), game.getOptimum(steps)) << problem;
    }
  }
}

/// Where the last step leaves no tape, as with Stumm & Walther, the policy is optimal
/// among those that do not know the end, and takes two forward steps more than if it
/// were known. Here the tape would cost a recorded step more, so none is left.
TEST(OnlineTest, WithoutTheLastTape) {
  for (int64_t states = 2; states <= 5; ++states) {
    int64_t range = (states + 1) * (states + 2) / 2;
    OnlineGame game(states, range + 1, /*leavesTape=*/false);
    EXPECT_EQ(game.reach([](int64_t) { return 0; }), range);
    for (int64_t steps = 1; steps <= range; ++steps) {
      EqualChain problem = makeProblem(steps, 1, 100000, states);
      problem.record = 2;
      EXPECT_EQ(planChain(Chain(problem), Policy::Online).plan.forward, game.getOptimum(steps)) << problem;
      if (steps >= states && steps < range) {
        EXPECT_EQ(game.getOptimum(steps), 3 * steps - states);
      }
    }
  }
}

/// Forward steps of a run of `steps` steps that ends with these states kept.
static int64_t costAtEnd(int64_t states, const std::vector<int64_t> &kept, int64_t steps, bool leavesTape) {
  int64_t cost = steps, start = 0, slots = states;
  for (int64_t state : kept) {
    cost += binomialCost(slots--, state - start);
    start = state;
  }
  return cost + binomialCost(slots, steps - start - (leavesTape ? 1 : 0));
}

/// What is proved for all m, for many of them. Without the tape of the last step, T steps
/// cost what T + 1 steps with it do but for that last one.
TEST(OnlineTest, ProvedRange) {
  for (bool leavesTape : {true, false})
    for (int64_t states = 1; states <= (runLongTests() ? 200 : 60); ++states) {
      OnlineSweep sweep(states - 1, leavesTape);
      int64_t range = provedRange(states) - (leavesTape ? 0 : 2), optimal = 0;
      for (int64_t steps = 1; steps <= range; ++steps) {
        std::vector<int64_t> kept = sweep.getKept();
        ASSERT_LT(static_cast<int64_t>(kept.size()), states);
        int64_t best = leavesTape ? binomialCost(states, steps) : binomialCost(states, steps + 1) - 1;
        int64_t excess = costAtEnd(states, kept, steps, leavesTape) - best;
        ASSERT_GE(excess, 0);
        ASSERT_LE(excess, leavesTape && steps > states + 1 ? 1 : 0) << states << " states, " << steps << " steps";
        optimal += excess == 0;
        sweep.pass(steps);
      }
      // Two of three but for the parts of two steps, of which a group has two at most.
      EXPECT_GE(3 * optimal, 2 * range - 2 * states);
    }
}

/// What is measured, not proved.
TEST(OnlineTest, RatioToOffline) {
  for (int64_t slots = 2; slots <= 24; ++slots) {
    int64_t range = provedRange(slots), optimal = 0;
    double worst = 1;
    bool goesOn = slots == 3 || slots == 5 || slots == 10 || slots == 20;
    for (int64_t steps = 1; steps <= (goesOn ? std::min<int64_t>(10 * range, 1000) : range); ++steps) {
      EqualChain problem = makeProblem(steps, 1, 100000, slots);
      PlanResult online = planChain(Chain(problem), Policy::Online);
      PlanResult offline = plan(problem, Policy::Optimal);
      ASSERT_TRUE(online.ok() && offline.ok());
      EXPECT_EQ(online.plan.lowerBound, offline.plan.time) << problem;
      if (steps > range) {
        worst = std::max(worst, static_cast<double>(online.plan.time) / static_cast<double>(offline.plan.time));
        continue;
      }
      EXPECT_LE(online.plan.forward, offline.plan.forward + (steps <= slots + 1 ? 0 : 1)) << problem;
      optimal += online.plan.forward == offline.plan.forward;
    }
    if (goesOn)
      std::cout << slots << " states: optimal at " << optimal << " of " << range
                << " lengths of the range; up to ten times as long, at most " << worst
                << " times the offline optimum\n";
    EXPECT_LE(worst, 1.08);
  }
}

/// The table of a program and the list of one who does not know the end keep the same
/// states if both have the tape of the last step, and so take the same memory and time.
TEST(OnlineTest, TablesAndListsAgree) {
  RandomProblems random(12);
  int64_t problems = testCount(3000, 100000);
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    EqualChain problem = random.problem(i % 10 ? 30 : 150, 4, 9);
    problem.record = problem.advance;
    PlanResult table = plan(problem, Policy::Online);
    PlanResult list = planChain(Chain(problem), Policy::Online);
    ASSERT_EQ(table.ok(), list.ok()) << problem;
    if (!table.ok())
      continue;
    EXPECT_EQ(list.plan.peak, table.plan.peak) << problem;
    EXPECT_EQ(list.plan.forward, table.plan.forward) << problem;
    EXPECT_EQ(list.plan.time, table.plan.time) << problem;
    EXPECT_EQ(list.plan.lowerBound, table.plan.lowerBound) << problem;
  }
}

/// A bound on the size of the problem, not an endless run.
TEST(OnlineTest, LongRuns) {
  EqualChain problem = makeProblem(2000000, 1, 100000, 20);
  PlanResult result = plan(problem, Policy::Online);
  ASSERT_TRUE(result.ok());
  EXPECT_LE(static_cast<double>(result.plan.time), 1.1 * static_cast<double>(result.plan.lowerBound));
  ++problem.steps;
  result = plan(problem, Policy::Online);
  EXPECT_EQ(result.verdict.status, Status::Unsupported);
  EXPECT_EQ(result.verdict.message, "policy online expects at most 2000000 steps");
  EXPECT_EQ(planChain(Chain(problem), Policy::Online).verdict.message, result.verdict.message);
}
