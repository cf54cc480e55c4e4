//===- SlowTierTest.cpp - offload and hierarchies ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "SlowProblems.h"

using namespace remat::schedule;

/// Equal steps with a reverse time of 2, a tape that never fits, and a slow tier.
static Chain kukreja(int64_t steps, int64_t transfer, int64_t slots) {
  Chain chain;
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

static Chain randomProblem(RandomChains &random, int64_t maxSteps) {
  Chain problem;
  ChainStage stage;
  stage.count = random.number(1, maxSteps);
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
  return problem;
}

/// The published policies for two memories are tried with every problem, the others with one
/// in 20, and optimal, which takes longer than all of them, with one in 200. A million problems with
/// REMAT_LONG_TESTS.
TEST(SlowTierTest, RandomProblems) {
  RandomChains random(3);
  int64_t problems = testCount(100000, 1000000);
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    bool searches = i % 20 == 0;
    Chain problem = randomProblem(random, searches ? 60 : 16);
    std::vector<PlanResult> results;
    for (Policy policy : {Policy::EveryInterval, Policy::HRevolve, Policy::DiskRevolve})
      results.push_back(planChain(problem, policy));
    if (searches)
      for (Policy policy :
           {Policy::Multistage, Policy::Optimal, Policy::Online, Policy::Mixed, Policy::Revolve, Policy::StoreAll})
        if (policy != Policy::Optimal || i % 200 == 0)
          results.push_back(planChain(problem, policy));
    int64_t best = INT64_MAX;
    for (const PlanResult &result : results) {
      expectHonestPlan(problem, result);
      if (result.ok())
        best = std::min(best, result.plan.time);
    }
    for (const PlanResult &result : results) {
      if (!result.ok())
        continue;
      EXPECT_LE(result.plan.boundAnySchedule, best) << problem;
      if (result.plan.policy == Policy::Optimal) {
        EXPECT_EQ(result.plan.time, best) << problem;
      }
    }
  }
}

static Chain withTimesScaled(Chain problem, int64_t factor) {
  for (ChainStage &stage : problem.stages) {
    stage.advance *= factor;
    for (StageMode &mode : stage.modes) {
      mode.record *= factor;
      mode.reverse *= factor;
    }
  }
  for (int64_t *time : {&problem.slow->write, &problem.slow->read, &problem.slow->latency})
    *time *= factor;
  return problem;
}

/// Times near 2^63 have the plans of small ones, as far as they fit.
TEST(SlowTierTest, TimesNearTheLimit) {
  RandomChains random(9);
  int64_t problems = testCount(1000, 50000), fit = 0, tooLong = 0;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem = randomProblem(random, 100);
    // Little memory, so that most of the time is that of runs again.
    problem.stages[0].advance += 4;
    problem.stages[0].modes[0].record += 4;
    problem.budget = random.number(0, 12);
    problem.slow->write = random.number(0, 1);
    problem.slow->read = random.number(0, 1);
    problem.slow->latency = 0;
    std::vector<PlanResult> small;
    int64_t least = INT64_MAX;
    for (Policy policy : {Policy::EveryInterval, Policy::HRevolve, Policy::DiskRevolve, Policy::Multistage}) {
      small.push_back(planChain(problem, policy));
      if (small.back().ok())
        least = std::min(least, small.back().plan.time);
    }
    int64_t factor = INT64_MAX / least / random.number(1, 2);
    Chain large = withTimesScaled(problem, factor);
    if (least == INT64_MAX || !large.validate().ok())
      continue;
    for (const PlanResult &expected : small) {
      PlanResult result = planChain(large, expected.plan.policy);
      if (expected.ok() && expected.plan.time > INT64_MAX / factor) {
        EXPECT_EQ(result.verdict.status, Status::Overflow) << result.verdict.message << large;
        ++tooLong;
        continue;
      }
      EXPECT_EQ(result.verdict.status, expected.verdict.status) << result.verdict.message << large;
      if (!result.ok())
        continue;
      expectHonestPlan(large, result);
      EXPECT_EQ(result.plan.time, expected.plan.time * factor) << large;
      ++fit;
    }
    if (i % 20 > 0)
      continue;
    PlanResult optimal = planChain(large, Policy::Optimal);
    expectHonestPlan(large, optimal);
    EXPECT_LE(optimal.plan.time, least * factor) << large;
  }
  std::cout << fit << " plans fit in 64 bits, " << tooLong << " do not\n";
  EXPECT_GT(fit, problems / 10);
  EXPECT_GT(tooLong, 0);
}

/// Longer chains have no table for each number of states in a limited slow tier.
TEST(SlowTierTest, LimitedTiersOfLongChains) {
  Chain problem = kukreja(5000, 2, 10);
  problem.slow->blocking = true;
  PlanResult unlimited = planChain(problem, Policy::HRevolve);
  ASSERT_TRUE(unlimited.ok());
  problem.slow->capacity = unlimited.plan.slowPeak;
  EXPECT_EQ(planChain(problem, Policy::HRevolve).plan.time, unlimited.plan.time);
  --*problem.slow->capacity;
  PlanResult limited = planChain(problem, Policy::HRevolve);
  expectHonestPlan(problem, limited);
  EXPECT_FALSE(limited.plan.isCertified());
  problem.slow->capacity = 100;
  problem.stages[0].count = 500;
  EXPECT_TRUE(planChain(problem, Policy::HRevolve).plan.isCertified());
}

/// What is added to a problem raises no bound for it.
TEST(SlowTierTest, ASlowTierRaisesNoBound) {
  RandomChains random(7);
  int64_t problems = testCount(3000, 100000);
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem = randomProblem(random, 400), without = problem;
    without.slow.reset();
    PlanResult with = planChain(problem, Policy::Revolve), plain = planChain(without, Policy::Revolve);
    ASSERT_EQ(with.ok(), plain.ok()) << problem;
    EXPECT_LE(with.plan.boundAnySchedule, plain.plan.boundAnySchedule) << problem;
  }
}

TEST(SlowTierTest, ReportsProgressAndCanBeInterrupted) {
  Chain problem = kukreja(20000, 8, 11);
  for (Policy policy : {Policy::Multistage, Policy::Optimal})
    for (int64_t steps : {100, 1000, 20000}) {
      problem.stages[0].count = steps;
      int64_t calls = 0;
      ChainOptions options;
      options.progress = [&](double share) {
        EXPECT_GE(share, 0);
        EXPECT_LE(share, 1);
        return ++calls < 1000000;
      };
      ASSERT_TRUE(planChain(problem, policy, options).ok());
      EXPECT_GE(calls, 4);
      for (int64_t most = 1, all = calls; most <= all; most += 1 + all / 20) {
        calls = 0;
        options.progress = [&](double) { return ++calls < most; };
        EXPECT_EQ(planChain(problem, policy, options).verdict.status, Status::Interrupted) << steps << " " << most;
        EXPECT_EQ(calls, most);
      }
    }
}

/// No plan that leaves the slow tier alone without a word.
TEST(SlowTierTest, TooManyStepsForAList) {
  for (Policy policy : {Policy::Multistage, Policy::Optimal, Policy::EveryInterval}) {
    PlanResult result = planChain(kukreja(10000001, 8, 11), policy);
    EXPECT_EQ(result.verdict.status, Status::Unsupported);
    EXPECT_EQ(result.verdict.message,
              "a schedule that offloads expects at most 10000000 steps; without the slow tier there is no such limit");
  }
  Chain without = kukreja(10000001, 8, 11);
  without.slow.reset();
  EXPECT_TRUE(planChain(without, Policy::Optimal).ok());
}

TEST(SlowTierTest, UnequalSteps) {
  RandomChains random(6);
  int64_t problems = testCount(10, 2000), faster = 0;
  for (int64_t i = 0; i < problems && !HasFailure(); ++i) {
    Chain problem;
    for (int64_t stages = random.number(1, 120); stages > 0; --stages) {
      ChainStage stage;
      stage.count = random.number(0, 9) == 0 ? random.number(0, 20) : 1;
      stage.advance = random.number(0, 5);
      stage.state = random.number(1, 4);
      stage.restartable = random.number(0, 1);
      stage.modes = {{random.number(0, 5), random.number(0, 5), random.number(5, 20)}};
      problem.stages.push_back(stage);
    }
    problem.start = static_cast<Start>(random.number(0, 2));
    problem.initialState = random.number(1, 4);
    problem.budget = random.number(0, 30);
    problem.slow = SlowTier();
    problem.slow->write = random.number(0, 2);
    problem.slow->read = random.number(0, 2);
    problem.slow->latency = random.number(0, 2);
    problem.slow->blocking = random.number(0, 3) == 0;
    Chain without = problem;
    without.slow.reset();
    PlanResult result = planChain(problem, Policy::Optimal), plain = planChain(without, Policy::Optimal);
    ASSERT_EQ(result.ok(), plain.ok()) << problem;
    expectHonestPlan(problem, result);
    if (!result.ok())
      continue;
    EXPECT_LE(result.plan.time, plain.plan.time) << problem;
    faster += result.plan.time < plain.plan.time;
  }
  std::cout << "offloading is faster in " << faster << " of " << problems << " problems\n";
  EXPECT_GT(faster, 0);
}

TEST(SlowTierTest, NeverWorseThanWithout) {
  RandomChains random(4);
  for (int64_t i = 0; i < 100; ++i) {
    Chain problem = kukreja(random.number(10, 400), random.number(1, 50), random.number(1, 20));
    PlanResult with = planChain(problem, Policy::Multistage);
    PlanResult without = planChain(problem, Policy::Revolve);
    ASSERT_TRUE(with.ok() && without.ok());
    EXPECT_LE(with.plan.time, without.plan.time) << problem;
  }
}

/// Ten slots and a buffer for one transfer, the initial state offloaded like the
/// others. The totals of the published scheme at b = 2; Revolve has ten slots.
TEST(SlowTierTest, Kukreja) {
  struct Case {
    int64_t steps, transfer, published, revolve;
  };
  for (Case c : {Case{100, 8, 483, 522}, Case{1000, 8, 4867, 6636}, Case{10000, 8, 48742, 87624},
                 Case{100000, 8, 487492, 1132040}, Case{100, 40, 543, 522}, Case{1000, 40, 5659, 6636},
                 Case{10000, 40, 56959, 87624}, Case{100000, 40, 569959, 1132040}}) {
    Chain problem = kukreja(c.steps, c.transfer, 11);
    problem.start = Start::Releasable;
    PlanResult published = planChain(problem, Policy::EveryInterval);
    expectHonestPlan(problem, published);
    ASSERT_TRUE(published.ok());
    EXPECT_EQ(published.plan.time, c.published);
    EXPECT_EQ(published.plan.predictedTime, c.published);
    EXPECT_EQ(published.plan.stall, 0);
    EXPECT_EQ(published.plan.interval, c.transfer);
    EXPECT_EQ(published.plan.offloadedStates, (c.steps - 1) / c.transfer);
    EXPECT_EQ(planChain(kukreja(c.steps, c.transfer, 10), Policy::Revolve).plan.time, c.revolve);
    PlanResult best = planChain(problem, Policy::Multistage);
    expectHonestPlan(problem, best);
    EXPECT_LE(best.plan.time, std::min(c.published, planChain(problem, Policy::Revolve).plan.time));
  }
}

/// The formula and the simulation agree on which kind of schedule is the fastest.
TEST(SlowTierTest, Schemes) {
  auto schemeOf = [](Chain problem) {
    problem.start = Start::Releasable;
    return planChain(problem, Policy::Multistage).plan.scheme;
  };
  EXPECT_EQ(schemeOf(kukreja(100, 40, 11)), OffloadScheme::None);
  EXPECT_EQ(schemeOf(kukreja(100, 8, 11)), OffloadScheme::EveryInterval);
}

TEST(SlowTierTest, TapesAreStreamed) {
  // A channel that is fast enough for all tapes: nothing is run again.
  Chain problem;
  ChainStage stage;
  stage.count = 200;
  stage.modes = {{1, 2, 5}};
  problem.stages = {stage};
  problem.budget = 30;
  problem.slow = SlowTier();
  problem.slow->write = problem.slow->read = 0;
  problem.slow->latency = 1;
  PlanResult result = planChain(problem, Policy::Multistage);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.plan.time, 600);
  EXPECT_GT(result.plan.offloadedTapes, 0);
  EXPECT_TRUE(result.plan.isCertified());
}

/// Tapes leave as far as the channel has time, beside states.
TEST(SlowTierTest, TapesAreOffloadedWhereThatIsFaster) {
  Chain problem;
  ChainStage stage;
  stage.count = 400;
  stage.modes = {{1, 2, 4}};
  problem.stages = {stage};
  problem.budget = 40;
  problem.slow = SlowTier();
  problem.slow->write = problem.slow->read = 1;
  PlanResult with = planChain(problem, Policy::Multistage);
  expectHonestPlan(problem, with);
  EXPECT_EQ(with.plan.scheme, OffloadScheme::StatesAndTapes);
  EXPECT_GT(with.plan.offloadedTapes, 50);
  // The best without any tape in the slow tier cannot be below one run again of each
  // step whose tape does not survive in fast memory.
  EXPECT_LT(with.plan.time, planChain(problem, Policy::EveryInterval).plan.time);
  // A slow channel is left to the states.
  problem.slow->write = problem.slow->read = 8;
  EXPECT_EQ(planChain(problem, Policy::Multistage).plan.offloadedTapes, 0);
}

TEST(SlowTierTest, HierarchiesAreOrdered) {
  RandomChains random(5);
  for (int64_t i = 0; i < 200; ++i) {
    Chain problem = kukreja(random.number(1, 120), random.number(0, 9), random.number(1, 6));
    int64_t disk = planChain(problem, Policy::DiskRevolve).plan.time;
    int64_t nested = planChain(problem, Policy::HRevolve).plan.time;
    int64_t plain = planChain(problem, Policy::Revolve).plan.time;
    EXPECT_LE(nested, disk) << problem;
    EXPECT_LE(disk, plain) << problem;
    problem.slow->capacity = random.number(0, 20);
    PlanResult limited = planChain(problem, Policy::HRevolve);
    EXPECT_GE(limited.plan.time, nested) << problem;
    EXPECT_LE(limited.plan.time, plain) << problem;
    EXPECT_TRUE(limited.plan.isCertified());
  }
}

TEST(SlowTierTest, TheInitialStateMoves) {
  // Room for one state: without moving the initial one, every step runs from it.
  Chain problem = kukreja(100, 2, 1);
  problem.slow->blocking = true;
  auto plan = [&](Policy policy, Start start) {
    problem.start = start;
    PlanResult result = planChain(problem, policy);
    expectHonestPlan(problem, result);
    EXPECT_EQ(result.plan.peak, 1);
    return result.plan.time;
  };
  for (Policy policy : {Policy::HRevolve, Policy::DiskRevolve}) {
    EXPECT_EQ(plan(policy, Start::Pinned), 5250);
    EXPECT_EQ(plan(policy, Start::Releasable), 626);
  }
  EXPECT_LE(plan(Policy::Optimal, Start::Releasable), 626);
}

/// The actions until the state after `steps` steps is in the core.
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
      PlanResult result = planChain(Chain(makeProblem(n, 1, 1, s)), Policy::Mixed);
      ASSERT_TRUE(result.ok());
      EXPECT_EQ(result.plan.forward, p[n][s]) << n << " " << s;
    }
}
