//===- SlowSearchTest.cpp - plans and bounds in two memories ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The best schedule of small problems, by search of all of them, lies between the
// bound and the plan.
//
//===----------------------------------------------------------------------===//

#include "SlowSearch.h"
#include "Bounds/TapeBound.h"
#include "Problems.h"
#include "StagedProblems.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static Chain smallProblem(RandomChains &random, int64_t maxSteps) {
  EqualChain problem;
  problem.steps = random.number(2, maxSteps);
  problem.state = problem.initialState = random.number(1, 2);
  problem.tape = random.number(1, 4);
  problem.advance = random.number(1, 3);
  problem.record = problem.advance + (random.number(0, 3) == 0 ? random.number(1, 5) : 0);
  problem.reverse = random.number(0, 4);
  problem.restartable = random.number(0, 1);
  problem.start = static_cast<Start>(random.number(0, 2));
  problem.budget = problem.fixedSize() + random.number(0, 4);
  Chain chain(problem);
  chain.slow = SlowTier();
  chain.slow->latency = random.number(0, 1);
  int64_t most = (5 - chain.slow->latency) / std::max(problem.tape, problem.state);
  chain.slow->write = random.number(0, most);
  chain.slow->read = random.number(0, most);
  chain.slow->blocking = random.number(0, 2) == 0;
  if (random.number(0, 2) == 0)
    chain.slow->capacity = random.number(0, 6);
  return chain;
}

TEST(SlowSearchTest, BestIsBetweenBoundAndPlan) {
  RandomChains random(17);
  int64_t problems = testCount(2000, 10000), solvable = 0, certified = 0, boundMet = 0, planMet = 0;
  double worst = 1, weakest = 1;
  for (int64_t i = 0; i < problems; ++i) {
    Chain chain = smallProblem(random, runLongTests() ? 5 : 4);
    int64_t best = searchMakespan(*chain.equalSteps(), *chain.slow);
    PlanResult result = planChain(chain, Policy::Optimal);
    ASSERT_EQ(result.ok(), best >= 0) << chain;
    if (!result.ok())
      continue;
    ++solvable;
    ASSERT_LE(result.plan.boundAnySchedule, best) << chain;
    ASSERT_LE(tapeBound(chain), best) << chain;
    ASSERT_LE(best, result.plan.time) << chain;
    certified += result.plan.isCertified();
    boundMet += result.plan.boundAnySchedule == best;
    planMet += result.plan.time == best;
    worst = std::max(worst, static_cast<double>(result.plan.time) / static_cast<double>(best));
    weakest = std::max(weakest, static_cast<double>(best) / static_cast<double>(result.plan.boundAnySchedule));
  }
  std::cout << "of " << solvable << " problems the plan is the best schedule in " << planMet << " (at most " << worst
            << " times it), the bound is met in " << boundMet << " (at most " << weakest << " times it), certified are "
            << certified << "\n";
  EXPECT_EQ(solvable, problems);
  EXPECT_GT(10 * planMet, 9 * solvable);
  EXPECT_GT(4 * boundMet, 3 * solvable);
  EXPECT_LT(worst, 1.5);
}

/// H-Revolve is the best of all schedules that keep states if steps wait for transfers,
/// whether the initial state may be moved or not; disk-revolve if nothing is written
/// again.
TEST(SlowSearchTest, HierarchiesAreTheBest) {
  int64_t cases = 0, disk = 0;
  for (Start start : {Start::Pinned, Start::Releasable}) {
    EqualChain problem = makeProblem(0, 1, 100, 0, start);
    problem.reverse = 2;
    for (problem.steps = 1; problem.steps <= 5; ++problem.steps)
      for (problem.budget = 1; problem.budget <= 3; ++problem.budget)
        for (problem.advance = 1; problem.advance <= 3; ++problem.advance)
          for (int64_t write = 0; write <= 4; ++write)
            for (int64_t read = 0; read <= 4; ++read)
              for (int64_t capacity = 0; capacity <= 3; ++capacity) {
                problem.record = problem.advance + (write + read) % 2;
                Chain chain(problem);
                chain.slow = SlowTier();
                chain.slow->write = write;
                chain.slow->read = read;
                chain.slow->blocking = true;
                if (capacity < 3)
                  chain.slow->capacity = capacity;
                int64_t best = searchMakespan(problem, *chain.slow, Offloadable::States);
                PlanResult nested = planChain(chain, Policy::HRevolve);
                ASSERT_TRUE(nested.ok());
                EXPECT_EQ(nested.plan.time, best) << chain << write << " " << read << " " << capacity;
                ++cases;
                PlanResult flat = planChain(chain, Policy::DiskRevolve);
                if (flat.ok()) {
                  EXPECT_GE(flat.plan.time, best);
                  disk += flat.plan.time == best;
                }
              }
  }
  std::cout << "h-revolve is the best schedule in all " << cases << " cases, disk-revolve in " << disk << "\n";
}
