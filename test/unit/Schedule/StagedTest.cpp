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

#include <cmath>

using namespace remat::schedule;

/// The sum of the times of all actions of a schedule in one memory.
static int64_t timeOf(const Chain &problem, const std::vector<Action> &actions) {
  std::vector<const ChainStage *> stages(1, nullptr);
  for (const ChainStage &stage : problem.stages)
    stages.insert(stages.end(), stage.count, &stage);
  std::vector<int64_t> inCore(stages.size()), kept(stages.size());
  int64_t time = 0, recorded = 0;
  for (const Action &action : actions) {
    auto step = static_cast<size_t>(action.step);
    switch (action.kind) {
    case ActionKind::Advance:
      for (int64_t i = action.step; i < action.to; ++i)
        time += stages[i + 1]->advance;
      recorded = 0;
      break;
    case ActionKind::Record:
      time += stages[step]->modes[action.to].record;
      inCore[step] = action.to;
      recorded = action.step;
      break;
    case ActionKind::Restore:
      recorded = 0;
      break;
    case ActionKind::Keep:
      kept[step] = inCore[step];
      break;
    case ActionKind::Reverse:
      time += stages[step]->modes[recorded == action.step ? inCore[step] : kept[step]].reverse;
      break;
    default:
      break;
    }
  }
  return time;
}

/// Everything that a plan promises about itself.
///
/// Time and peak of a list come from the simulator in the first place, so that comparing
/// them finds only a simulator that differs from itself; what counts for a list is that it is
/// valid, and that its time is the sum of what its actions take, added up here.
static void expectHonestPlan(const Chain &problem, const PlanResult &result) {
  const Plan &plan = result.plan;
  if (!result.ok()) {
    ASSERT_NE(result.verdict.status, Status::Internal) << result.verdict.message << problem;
    ASSERT_EQ(result.verdict.status, Status::Infeasible) << result.verdict.message << problem;
    EXPECT_LT(problem.budget, plan.minimumBudget) << problem;
    return;
  }
  std::vector<Action> actions = result.actions();
  SimulationResult played = simulate(problem, actions);
  ASSERT_TRUE(played.valid) << played.rule << " at " << played.action << "\n" << problem;
  EXPECT_EQ(played.forward, plan.forward) << problem;
  EXPECT_EQ(played.reverse, problem.steps()) << problem;
  EXPECT_EQ(timeOf(problem, actions), plan.time) << problem;
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
  int64_t problems = testCount(120000, 1000000);
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem = random.chain(like);
    expectHonestPlan(problem, planChain(problem, Policy::Optimal));
    PlanResult all = planChain(problem, Policy::StoreAll);
    expectHonestPlan(problem, all);
  }
}

TEST(StagedTest, AgainstAllSchedules) {
  RandomChains random(2);
  RandomStages like;
  int64_t problems = testCount(1500, 20000), solved = 0, above = 0, infeasible = 0;
  double worst = 1;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem = random.chain(like);
    PlanResult result = planChain(problem, Policy::Optimal);
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
  EXPECT_EQ(infeasible, 0);
  EXPECT_LE(above * 500, solved);
  EXPECT_LT(worst, 1.1);
}

/// Equal steps of which each is recorded faster than it is advanced over.
TEST(StagedTest, RecordingIsFaster) {
  for (int64_t steps = 1; steps <= 5; ++steps)
    for (int64_t tape = 0; tape <= 3; ++tape)
      for (int64_t budget = 1; budget <= 5; ++budget)
        for (bool restartable : {true, false})
          for (Start start : {Start::Releasable, Start::Pinned, Start::External}) {
            EqualChain equal = makeProblem(steps, 1, tape, budget);
            equal.advance = 3;
            equal.restartable = restartable;
            equal.start = start;
            Chain problem(equal);
            PlanResult result = planChain(problem, Policy::Optimal);
            ASSERT_TRUE(result.ok()) << problem;
            expectHonestPlan(problem, result);
            EXPECT_EQ(result.plan.time, searchTime(problem)) << problem;
            expectHonestPlan(problem, planChain(problem, Policy::Online));
          }
}

/// A chain with sizes of a few units, so that its table is exact if it may be wide.
static Chain smallSizes(RandomChains &random, int64_t steps) {
  Chain problem;
  int64_t total = 0, largest = random.number(3, 30);
  for (int64_t i = 0; i < steps; ++i) {
    ChainStage stage;
    stage.advance = random.number(50, 400);
    stage.state = random.number(1, 8);
    stage.modes.clear();
    for (int64_t mode = random.number(1, 2); mode > 0; --mode)
      stage.modes.push_back(
          {stage.advance + random.number(0, 100), random.number(100, 900), random.number(3, largest)});
    total += stage.modes[0].tape;
    problem.stages.push_back(stage);
  }
  problem.initialState = 4;
  double share = std::exp2(-0.01 * static_cast<double>(random.number(100, 600)));
  problem.budget = std::clamp<int64_t>(static_cast<int64_t>(share * static_cast<double>(total)), 40, 2000);
  return problem;
}

/// How plans in coarse units compare with the best ones of the class in 98 % of the
/// budget, where those are known.
struct CoarseUnits {
  int64_t compared = 0;
  int64_t above = 0;
  double worst = 0;
  double sum = 0;

  void compare(RandomChains &random, int64_t steps, double unitsPerStep);
};

void CoarseUnits::compare(RandomChains &random, int64_t steps, double unitsPerStep) {
  Chain problem = smallSizes(random, steps), smaller = problem;
  smaller.budget = problem.budget * 98 / 100;
  ChainOptions exact, options;
  exact.effort = 1e14;
  exact.tableBytes = int64_t(16) << 30;
  PlanResult best = planChain(smaller, Policy::Optimal, exact);
  options.effort = unitsPerStep * std::pow(static_cast<double>(steps), 4);
  PlanResult coarse = planChain(problem, Policy::Optimal, options);
  expectHonestPlan(problem, coarse);
  if (!best.ok() || best.plan.planningUnit > 1 || coarse.plan.planningUnit < 2)
    return;
  EXPECT_TRUE(best.plan.isCertified()) << smaller;
  // Sizes rounded down.
  if (steps <= 100) {
    EXPECT_LE(coarse.plan.lowerBound, planChain(problem, Policy::Optimal, exact).plan.time) << problem;
  }
  ++compared;
  double gap = static_cast<double>(coarse.plan.time) / static_cast<double>(best.plan.time) - 1;
  above += gap > 0;
  sum += gap;
  worst = std::max(worst, gap);
}

static std::ostream &operator<<(std::ostream &os, const CoarseUnits &all) {
  return os << all.above << " of " << all.compared << " plans in coarse units are above the best one in 98 % of the "
            << "budget, by at most " << all.worst * 100 << " %, on average "
            << all.sum / static_cast<double>(all.compared) * 100 << " %\n";
}

/// With fewer units for each step than 1,000 different steps get, plans are not slower
/// than the best ones of the class in 98 % of the budget.
TEST(StagedTest, CoarseUnitsCostLessThanTwoPercent) {
  RandomChains random(8);
  CoarseUnits all;
  for (int64_t i = testCount(12, 150); i > 0; --i)
    all.compare(random, random.number(220, 256), 0.15);
  std::cout << all;
  EXPECT_GT(all.compared, 0);
  EXPECT_EQ(all.above, 0);
  EXPECT_LT(all.sum, 0);
}

/// A thousand different steps with what they get by default.
TEST(StagedTest, LongThousandSteps) {
  if (!runLongTests())
    GTEST_SKIP() << "set REMAT_LONG_TESTS to compare with exact tables of up to 12 GiB";
  RandomChains random(8);
  CoarseUnits all;
  for (int64_t i = 0; i < 12; ++i)
    all.compare(random, 1000, ChainOptions().effort / 1e12);
  std::cout << all;
  EXPECT_GT(all.compared, 0);
  EXPECT_EQ(all.above, 0);
}

/// Nor are nearly all of shorter chains with a unit for each step, which are some 40 units.
TEST(StagedTest, FewCoarseUnits) {
  RandomChains random(8);
  CoarseUnits all;
  for (int64_t i = testCount(60, 2000); i > 0; --i)
    all.compare(random, random.number(40, 100), 1);
  std::cout << all;
  EXPECT_GT(all.compared, 0);
  EXPECT_LE(100 * all.above, all.compared);
  EXPECT_LT(all.worst, 0.001);
  EXPECT_LT(all.sum, 0);
}

/// Runs of equal steps are no worse planned than the same steps one by one, and any budget
/// that holds the initial state has a plan.
TEST(StagedTest, RunsAreNotWorseThanSteps) {
  Chain runs, steps;
  runs.stages.resize(2);
  runs.stages[0].count = 599;
  runs.stages[0].modes = {{1, 2, 5}};
  runs.stages[1].modes = {{1, 2, 6}};
  steps = runs;
  steps.stages.assign(599, runs.stages[0]);
  for (ChainStage &stage : steps.stages)
    stage.count = 1;
  steps.stages.push_back(runs.stages[1]);
  for (int64_t budget : {1, 2, 10, 60, 150}) {
    runs.budget = steps.budget = budget;
    PlanResult one = planChain(runs, Policy::Optimal), other = planChain(steps, Policy::Optimal);
    ASSERT_TRUE(one.ok() && other.ok());
    expectHonestPlan(runs, one);
    EXPECT_LE(one.plan.time, other.plan.time) << budget;
    EXPECT_EQ(one.plan.minimumBudget, 1);
  }
}

/// Chains that are planned in blocks, in the least memory, are not worse than as many
/// of their largest steps.
TEST(StagedTest, BlocksAreNotWorseThanEqualSteps) {
  ChainOptions options;
  options.maxItems = 64;
  options.effort = 1e9;
  for (int64_t count : {70, 300}) {
    Chain problem;
    for (int64_t i = 0; i < count; ++i) {
      ChainStage stage;
      stage.count = count < 100 ? 3 : 1;
      stage.state = 1000 + i;
      stage.modes = {{1, 2, 5000 + i}};
      problem.stages.push_back(stage);
    }
    problem.initialState = 10;
    for (int64_t budget : {10, 900, 4100, 40000}) {
      problem.budget = budget;
      EqualChain equal = makeProblem(problem.steps(), 999 + count, 4999 + count, budget);
      equal.initialState = 10;
      equal.reverse = 2;
      PlanResult same = plan(equal, Policy::Optimal);
      PlanResult result = planChain(problem, Policy::Optimal, options);
      ASSERT_TRUE(same.ok() && result.ok()) << result.verdict.message;
      expectHonestPlan(problem, result);
      EXPECT_LE(result.plan.time, same.plan.time);
      EXPECT_EQ(result.plan.minimumBudget, 10);
    }
  }
}

/// Lists of actions have limits, which are said.
TEST(StagedTest, TooManySteps) {
  Chain problem;
  problem.stages.resize(2);
  problem.stages[0].count = problem.stages[1].count = 1000000000;
  problem.stages[1].state = 2;
  problem.budget = 100;
  for (Policy policy : {Policy::Optimal, Policy::StoreAll}) {
    PlanResult result = planChain(problem, policy);
    EXPECT_EQ(result.verdict.status, Status::Unsupported);
    EXPECT_NE(result.verdict.message.find("4000000 steps"), std::string::npos) << result.verdict.message;
  }
}

TEST(StagedTest, FewUnits) {
  // Fewer units than anything takes: a plan is still found, and is not a bad one.
  RandomChains random(9);
  Chain problem = smallSizes(random, 100);
  ChainOptions options;
  options.effort = 0;
  PlanResult coarse = planChain(problem, Policy::Optimal, options);
  expectHonestPlan(problem, coarse);
  EXPECT_LT(coarse.plan.time, 2 * planChain(problem, Policy::Optimal).plan.time) << problem;
}

TEST(StagedTest, ReportsProgressAndCanBeInterrupted) {
  RandomChains random(10);
  Chain problem = smallSizes(random, 100);
  double last = -1;
  int64_t calls = 0;
  ChainOptions options;
  options.progress = [&](double share) {
    EXPECT_GE(share, 0);
    EXPECT_LE(share, 1);
    last = std::max(last, share);
    return ++calls < 1000000;
  };
  ASSERT_TRUE(planChain(problem, Policy::Optimal, options).ok());
  EXPECT_GT(calls, 10);
  EXPECT_GT(last, 0.5);
  int64_t most = calls / 2;
  calls = 0;
  options.progress = [&](double) { return ++calls < most; };
  EXPECT_EQ(planChain(problem, Policy::Optimal, options).verdict.status, Status::Interrupted);
  EXPECT_EQ(calls, most);
}

TEST(StagedTest, BlocksOfDifferentSteps) {
  // Small blocks, with all kinds of steps, starts and runs.
  RandomChains random(11);
  RandomStages like;
  like.maxStages = 24;
  like.maxCount = 4;
  int64_t problems = testCount(4000, 100000), solved = 0;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem = random.chain(like);
    ChainOptions options;
    options.maxItems = random.number(1, 8);
    PlanResult result = planChain(problem, Policy::Optimal, options);
    expectHonestPlan(problem, result);
    solved += result.ok();
  }
  EXPECT_GT(solved, problems / 4);
}

TEST(StagedTest, ManyDifferentSteps) {
  RandomChains random(12);
  Chain problem = smallSizes(random, 10000);
  int64_t everything = 0;
  for (const ChainStage &stage : problem.stages)
    everything += stage.modes.front().tape;
  problem.budget = everything / 10;
  PlanResult result = planChain(problem, Policy::Optimal);
  ASSERT_TRUE(result.ok());
  expectHonestPlan(problem, result);
  double gap = static_cast<double>(result.plan.time) / static_cast<double>(result.plan.lowerBound) - 1;
  std::cout << "10,000 different steps: " << gap * 100 << " % above the bound for any schedule\n";
  EXPECT_LT(gap, 0.03);
}

/// States only, with steps that differ in what no schedule can change: the bound counts
/// every run.
TEST(StagedTest, BoundCountsThirdRuns) {
  for (int64_t steps : {2, 10, 60})
    for (int64_t budget = 1; budget <= 6; ++budget) {
      Chain problem;
      for (int64_t i = 0; i < steps; ++i) {
        ChainStage stage;
        stage.modes = {{1, i % 3, 100 + i}};
        problem.stages.push_back(stage);
      }
      problem.start = Start::External;
      problem.budget = budget;
      PlanResult result = planChain(problem, Policy::Optimal);
      ASSERT_TRUE(result.ok());
      EXPECT_EQ(result.plan.boundAnySchedule, result.plan.time) << steps << " steps, " << budget << " slots";
    }
}
