//===- ScheduledChainTest.cpp - Planned programs run as planned --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient is the same, bit for bit, for every budget and policy; the steps
// run as often as planned; the highest byte in use is the one that was planned.
//
//===----------------------------------------------------------------------===//

#include "CompiledChain.h"

#include "gtest/gtest.h"

using namespace remat::test;

/// Compares a run with its plan and with a run that keeps everything.
static void expectAsPlanned(const ChainRun &run, const ChainRun &reference, const ChainProgram &program) {
  ASSERT_TRUE(run.ok()) << run.error;
  int64_t loops = program.stackedTwice ? 2 : 1;
  EXPECT_EQ(run.results, reference.results);
  EXPECT_LE(run.plannedPeak, run.budget);
  // The last bytes of the topmost buffer may be padding.
  EXPECT_EQ(run.measuredPeak, run.plannedPeak);
  EXPECT_EQ(run.counters[0] + run.counters[1], run.plannedAdvances);
  EXPECT_EQ(run.counters[2] + run.counters[3], run.plannedRecords);
  EXPECT_EQ(run.counters[0] + run.counters[2], loops * program.steps) << "each step runs for the first time once";
  EXPECT_EQ(run.counters[4], loops * program.steps) << "each step is reversed once";
}

/// Runs a program from the smallest feasible budget to keeping everything.
static void sweepBudgets(const ChainProgram &program, const std::string &policy, int points) {
  ChainRun reference = compileAndRun(program, "policy=store-all");
  ASSERT_TRUE(reference.ok()) << reference.error;
  EXPECT_EQ(reference.counters[2], reference.counters[4]);
  EXPECT_EQ(reference.plannedPeak, reference.storeAllPeak);
  expectAsPlanned(reference, reference, program);

  ChainRun tooSmall = compileAndRun(program, "budget=1 policy=" + policy);
  ASSERT_FALSE(tooSmall.ok());
  ASSERT_TRUE(tooSmall.minimumBudget) << tooSmall.error;
  int64_t low = *tooSmall.minimumBudget, high = reference.storeAllPeak;
  int64_t forwardBefore = std::numeric_limits<int64_t>::max(), forwardAtLow = 0;
  for (int point = 0; point <= points; ++point) {
    int64_t budget = low + (high - low) * point / points;
    SCOPED_TRACE(policy + " with a budget of " + std::to_string(budget));
    ChainRun run = compileAndRun(program, "budget=" + std::to_string(budget) + " policy=" + policy);
    expectAsPlanned(run, reference, program);
    if (!run.ok())
      return;
    EXPECT_EQ(run.budget, budget);
    EXPECT_LE(run.forwardSteps(), forwardBefore) << "more memory must not cost more steps";
    forwardBefore = run.forwardSteps();
    if (point == 0)
      forwardAtLow = run.forwardSteps();
  }
  if (program.steps > 2 && policy == "optimal") {
    EXPECT_GT(forwardAtLow, forwardBefore) << "the budget must make a difference";
  }
}

TEST(ScheduledChain, AnyBudget) {
  ChainProgram program;
  program.steps = 23;
  program.tapes = 3;
  sweepBudgets(program, "optimal", 6);
}

TEST(ScheduledChain, ComputedStartIsReleased) {
  ChainProgram program;
  program.steps = 19;
  program.tapes = 2;
  program.computedStart = true;
  sweepBudgets(program, "optimal", 6);
}

TEST(ScheduledChain, NotRestartable) {
  ChainProgram program;
  program.steps = 17;
  program.restartable = false;
  program.computedStart = true;
  sweepBudgets(program, "optimal", 5);
}

TEST(ScheduledChain, Reversed) {
  ChainProgram program;
  program.steps = 14;
  program.tapes = 2;
  program.reversed = true;
  sweepBudgets(program, "optimal", 3);
}

TEST(ScheduledChain, UnreadFinalCarry) {
  ChainProgram program;
  program.steps = 11;
  program.returnsFinal = false;
  sweepBudgets(program, "optimal", 3);
}

TEST(ScheduledChain, TwoChainsShareOneBudget) {
  ChainProgram program;
  program.steps = 12;
  program.tapes = 2;
  program.stackedTwice = true;
  sweepBudgets(program, "optimal", 5);
}

TEST(ScheduledChain, EveryPolicy) {
  for (const char *policy : {"periodic", "revolve", "ism", "msm", "mixed", "online"}) {
    ChainProgram program;
    program.steps = 13;
    program.tapes = 3;
    sweepBudgets(program, policy, 3);
  }
}

/// A tape that takes over the unit of its start state must not overwrite what the
/// step still reads, whatever the sizes.
TEST(ScheduledChain, TakeOverWithOddSizes) {
  for (int64_t size : {5, 37, 50}) {
    for (int64_t tapes : {1, 2, 5}) {
      ChainProgram program;
      program.steps = 10;
      program.size = size;
      program.tapes = tapes;
      program.computedStart = true;
      sweepBudgets(program, "optimal", 4);
    }
  }
}

/// Runs a program in both forms with the smallest budget, with half of what keeping
/// everything takes, and with everything kept.
static void compareForms(const ChainProgram &program, const std::string &policy) {
  ChainRun reference = compileAndRun(program, "policy=store-all");
  ChainRun tooSmall = compileAndRun(program, "budget=1 policy=" + policy);
  ASSERT_TRUE(reference.ok() && tooSmall.minimumBudget) << reference.error << tooSmall.error;
  for (int64_t budget :
       {*tooSmall.minimumBudget, (*tooSmall.minimumBudget + reference.storeAllPeak) / 2, reference.storeAllPeak}) {
    SCOPED_TRACE(policy + " with a budget of " + std::to_string(budget));
    std::string options = "budget=" + std::to_string(budget) + " policy=" + policy;
    ChainRun table = compileAndRun(program, options);
    ChainRun unrolled = compileAndRun(program, options, "expansion=unrolled");
    expectAsPlanned(unrolled, reference, program);
    EXPECT_EQ(unrolled.counters, table.counters);
    // Nobody walks what is spelled out.
    EXPECT_EQ(unrolled.measuredWalk, 0);
    EXPECT_GT(table.measuredWalk, 0);
    EXPECT_EQ(unrolled.measuredPeak, table.measuredPeak - table.measuredWalk);
  }
}

TEST(ScheduledChain, UnrolledMakesTheSameMoves) {
  for (const char *policy : {"periodic", "revolve", "ism", "msm", "mixed", "online", "optimal"}) {
    ChainProgram program;
    program.steps = 7;
    program.tapes = 3;
    program.computedStart = std::string(policy) == "optimal";
    compareForms(program, policy);
  }
  for (bool restartable : {false, true}) {
    ChainProgram program;
    program.steps = 6;
    program.size = 37;
    program.tapes = 2;
    program.restartable = restartable;
    program.reversed = true;
    program.stackedTwice = true;
    program.returnsFinal = false;
    compareForms(program, "optimal");
  }
}

TEST(ScheduledChain, FewSteps) {
  for (bool computed : {false, true}) {
    for (int64_t steps : {0, 1, 2, 3}) {
      SCOPED_TRACE(steps);
      ChainProgram program;
      program.steps = steps;
      program.computedStart = computed;
      ChainRun run = compileAndRun(program, "");
      ASSERT_TRUE(run.ok()) << run.error;
      if (steps == 0) {
        EXPECT_EQ(run.counters, std::vector<int64_t>(5, 0));
        continue;
      }
      expectAsPlanned(run, run, program);
      // Two steps are the fewest with a choice: the tape of the first may take over
      // the start state.
      if (steps == 2)
        sweepBudgets(program, "optimal", 3);
    }
  }
}

TEST(ScheduledChain, ThousandSteps) {
  ChainProgram program;
  program.steps = 1000;
  program.size = 40;
  program.tapes = 5;
  ChainRun reference = compileAndRun(program, "policy=store-all");
  ASSERT_TRUE(reference.ok()) << reference.error;
  for (const char *share : {"20%", "5%", "2%"}) {
    SCOPED_TRACE(share);
    ChainRun run = compileAndRun(program, std::string("budget=") + share);
    expectAsPlanned(run, reference, program);
    EXPECT_TRUE(run.certified);
  }
}
