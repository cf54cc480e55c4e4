//===- MutationTest.cpp - corrupted schedules ------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "StagedProblems.h"
#include "ValueMachine.h"
#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/Simulator.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

/// A problem with unequal steps, or equal ones and a slow tier.
static Chain randomProblem(RandomChains &random) {
  RandomStages like;
  like.maxStages = 8;
  like.maxCount = 2;
  Chain problem = random.chain(like);
  if (random.number(0, 1))
    return problem;
  ChainStage stage = problem.stages.front();
  stage.count = random.number(2, 20);
  stage.modes.resize(1);
  problem.stages = {stage};
  problem.budget = random.number(0, 40);
  problem.slow = SlowTier();
  problem.slow->write = random.number(0, 4);
  problem.slow->read = random.number(0, 4);
  problem.slow->blocking = random.number(0, 3) == 0;
  return problem;
}

/// One to three small changes.
static void corrupt(std::vector<Action> &actions, RandomChains &random, int64_t steps) {
  for (int64_t changes = random.number(1, 3); changes > 0 && !actions.empty(); --changes) {
    size_t last = actions.size() - 1;
    size_t at = static_cast<size_t>(random.number(0, static_cast<int64_t>(last)));
    size_t other = static_cast<size_t>(random.number(0, static_cast<int64_t>(last)));
    switch (random.number(0, 6)) {
    case 0:
      actions.erase(actions.begin() + static_cast<int64_t>(at));
      break;
    case 1:
      actions.insert(actions.begin() + static_cast<int64_t>(at), actions[other]);
      break;
    case 2:
      std::swap(actions[at], actions[other]);
      break;
    case 3:
      std::swap(actions[at], actions[std::min(at + 1, last)]);
      break;
    case 4:
      actions[at].step += random.number(0, 1) ? 1 : -1;
      break;
    case 5:
      actions[at].to = random.number(0, steps);
      break;
    case 6:
      actions[at].kind = static_cast<ActionKind>(random.number(0, static_cast<int64_t>(ActionKind::AwaitTape)));
      break;
    }
  }
}

static constexpr Policy mutatedPolicies[] = {Policy::Optimal,  Policy::StoreAll, Policy::Multistage,
                                             Policy::HRevolve, Policy::Online,   Policy::Mixed};

/// A list that the simulator accepts does what the simulator says and computes
/// the gradient.
static void expectRight(const Chain &problem, const std::vector<Action> &actions, const SimulationResult &played,
                        const ValueResult &reference) {
  ValueResult values = runValues(problem, actions);
  EXPECT_EQ(values.gradient, reference.gradient) << problem;
  EXPECT_TRUE(values.parameterGradients == reference.parameterGradients) << problem;
  EXPECT_EQ(values.peak, played.peak) << problem;
  EXPECT_EQ(values.time, played.time) << problem;
}

TEST(MutationTest, RejectedOrRight) {
  RandomChains random(6);
  int64_t wanted = testCount(60000, 1000000), mutants = 0, accepted = 0, wrong = 0, plans = 0;
  while (mutants < wanted && !HasFailure()) {
    Chain problem = randomProblem(random);
    PlanResult result = planChain(problem, mutatedPolicies[random.number(0, 5)]);
    if (!result.ok())
      continue;
    ++plans;
    ValueResult reference = referenceGradient(problem);
    std::vector<Action> actions = result.actions();
    SimulationResult played = simulate(problem, actions);
    ASSERT_TRUE(played.valid) << played.rule;
    expectRight(problem, actions, played, reference);
    for (int64_t i = 0; i < 30; ++i, ++mutants) {
      std::vector<Action> mutant = actions;
      corrupt(mutant, random, problem.steps());
      played = simulate(problem, mutant);
      if (!played.valid) {
        wrong += runValues(problem, mutant).gradient != reference.gradient;
        continue;
      }
      ++accepted;
      expectRight(problem, mutant, played, reference);
    }
  }
  std::cout << mutants << " mutants of " << plans << " plans, " << accepted << " of them valid; " << wrong
            << " of the others compute something else\n";
  EXPECT_GT(wrong, wanted / 100);
  EXPECT_GT(accepted, wanted / 100);
}
