//===- GraphPlanTest.cpp - graph plans against all sequences ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphReference.h"
#include "Graphs.h"
#include "Problems.h"
#include "remat/Schedule/GraphVerifier.h"

#include <gtest/gtest.h>

#include <map>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

static GraphPlanResult planBy(const GraphProblem &problem, GraphPolicy policy,
                              GraphObjective objective = GraphObjective::Time) {
  GraphOptions options;
  options.policy = policy;
  options.objective = objective;
  return planGraph(problem, options);
}

static constexpr GraphPolicy graphPolicies[] = {GraphPolicy::Exact, GraphPolicy::Approximate, GraphPolicy::Chen};
static constexpr GraphObjective graphObjectives[] = {GraphObjective::Time, GraphObjective::Memory};

static GraphSequence nodesOf(const GraphReference::Sequence &masks) {
  GraphSequence sequence;
  for (GraphReference::Mask mask : masks) {
    sequence.emplace_back();
    for (NodeId node = 0; node < 32; ++node)
      if (mask >> node & 1)
        sequence.back().push_back(node);
  }
  return sequence;
}

/// Everything that a plan promises about itself.
static void expectHonestPlan(const GraphProblem &problem, const GraphPlanResult &result) {
  const GraphPlan &plan = result.plan;
  ASSERT_EQ(result.ok(), problem.budget >= plan.minimumBudget) << problem << result.verdict.message;
  EXPECT_LE(plan.minimumBudgetAnySchedule, plan.minimumBudget) << problem;
  if (!result.ok()) {
    EXPECT_EQ(result.verdict.status, Status::Infeasible) << problem;
    return;
  }
  GraphVerification played = verifyGraphPlan(problem, plan);
  ASSERT_TRUE(played.valid) << problem << played.action << " " << played.rule;
  EXPECT_LE(plan.peak, problem.budget) << problem;
  EXPECT_LE(plan.peakAfterLiveness, plan.peak) << problem;
  EXPECT_GE(plan.peak, plan.minimumBudget) << problem;
  EXPECT_EQ(plan.time, problem.totalTime() + plan.overhead) << problem;
  EXPECT_LE(plan.boundAnySchedule, plan.lowerBound) << problem;
  EXPECT_LE(plan.lowerBound, plan.time) << problem;
  EXPECT_EQ(plan.certified, plan.lowerBound == plan.time) << problem;
}

TEST(GraphPlanTest, PlansAreTheBestOfAllSequences) {
  RandomGraphs random(1);
  int64_t feasible = 0;
  for (int64_t i = 0; i < 1500; ++i) {
    GraphProblem problem = random.problem(7);
    for (GraphPolicy policy : {GraphPolicy::Exact, GraphPolicy::Approximate}) {
      GraphReference reference(problem, policy == GraphPolicy::Approximate);
      GraphPlanResult result = planBy(problem, policy);
      EXPECT_EQ(result.plan.minimumBudget, reference.leastPeak()) << problem;
      int64_t least = reference.leastOverhead();
      ASSERT_EQ(result.ok(), least >= 0) << problem;
      if (!result.ok())
        continue;
      ++feasible;
      ASSERT_EQ(result.plan.overhead, least) << problem;
    }
  }
  EXPECT_GT(feasible, 1000);
}

// Every graph of up to four nodes (five in the long run) with sizes of 1 and 3, at every budget.
TEST(GraphPlanTest, PlansOfAllSmallGraphsAreTheBest) {
  int64_t compared = 0;
  forEachGraph(runLongTests() ? 5 : 4, [&](GraphProblem problem) {
    for (uint32_t mask = 0; mask < uint32_t(1) << problem.nodes.size(); ++mask) {
      for (size_t node = 0; node < problem.nodes.size(); ++node)
        problem.nodes[node] = {node % 2 ? 1 : 4, mask >> node & 1 ? 3 : 1, GradientUse::Inputs};
      for (bool onlyClosures : {false, true}) {
        GraphReference reference(problem, onlyClosures);
        // The least overhead at each peak.
        std::map<int64_t, int64_t> frontier;
        reference.forEachSequence([&](const GraphReference::Sequence &sequence) {
          auto [at, isNew] = frontier.try_emplace(reference.peakOf(sequence), INT64_MAX);
          at->second = std::min(at->second, reference.overheadOf(sequence));
        });
        int64_t least = INT64_MAX;
        for (auto [peak, overhead] : frontier) {
          least = std::min(least, overhead);
          problem.budget = peak;
          GraphPlanResult result = planBy(problem, onlyClosures ? GraphPolicy::Approximate : GraphPolicy::Exact);
          ASSERT_TRUE(result.ok()) << problem;
          ASSERT_EQ(result.plan.minimumBudget, frontier.begin()->first) << problem;
          ASSERT_EQ(result.plan.overhead, least) << problem;
          ++compared;
        }
      }
    }
  });
  EXPECT_GT(compared, 4000);
  RecordProperty("compared", std::to_string(compared));
}

// Of many different times the policy approximate tells 4096 apart: one step for each block.
TEST(GraphPlanTest, ClosuresAreTheBestToWithinOneStepABlock) {
  RandomGraphs random(10);
  int64_t compared = 0, equal = 0;
  for (int64_t i = 0; i < 1000; ++i) {
    GraphProblem problem = random.problem(10);
    for (GraphNode &node : problem.nodes)
      node.time = random.number(0, 1000000000);
    int64_t least = GraphReference(problem, true).leastOverhead();
    GraphPlanResult result = planBy(problem, GraphPolicy::Approximate);
    ASSERT_EQ(result.ok(), least >= 0) << problem;
    if (!result.ok())
      continue;
    expectHonestPlan(problem, result);
    int64_t step = 1 + problem.totalTime() / 4096;
    EXPECT_GE(result.plan.overhead, least) << problem;
    EXPECT_LE(result.plan.overhead - least, step * int64_t(result.plan.nodes)) << problem;
    // The exact policy tells all times apart.
    EXPECT_LE(planBy(problem, GraphPolicy::Exact).plan.overhead, least) << problem;
    ++compared;
    equal += result.plan.overhead == least;
  }
  RecordProperty("closuresCompared", std::to_string(compared));
  RecordProperty("closuresEqual", std::to_string(equal));
  EXPECT_GT(compared, 200);
}

// The bound that the approximate plan and Chen's segments come with holds for all sequences.
TEST(GraphPlanTest, TheBoundHoldsForAllSequences) {
  RandomGraphs random(2);
  for (int64_t i = 0; i < 500; ++i) {
    GraphProblem problem = random.problem(6);
    GraphPlanResult result = planBy(problem, GraphPolicy::Approximate);
    if (!result.ok())
      continue;
    EXPECT_LE(result.plan.lowerBound, problem.totalTime() + GraphReference(problem, false).leastOverhead()) << problem;
  }
}

TEST(GraphPlanTest, EverySequenceRunsAsItsFormulasSay) {
  RandomGraphs random(3);
  int64_t played = 0;
  for (int64_t i = 0; i < 400; ++i) {
    GraphProblem problem = random.problem(6);
    problem.budget = 5 * problem.totalSize();
    GraphReference reference(problem, false);
    reference.forEachSequence([&](const GraphReference::Sequence &sequence) {
      if (++played % 7)
        return;
      GraphClaim claim = {reference.overheadOf(sequence), reference.peakOf(sequence), std::nullopt};
      GraphVerification result = verifyGraphSequence(problem, nodesOf(sequence), claim);
      ASSERT_TRUE(result.valid) << problem << result.action << " " << result.rule;
      EXPECT_LE(result.peakAfterLiveness, result.peak) << problem;
    });
    if (HasFatalFailure())
      return;
  }
  EXPECT_GT(played, 10000);
}

TEST(GraphPlanTest, PlansAreHonest) {
  RandomGraphs random(4);
  for (int64_t i = 0; i < 1500; ++i) {
    GraphProblem problem = random.problem(i % 10 ? 9 : 16);
    for (GraphPolicy policy : graphPolicies)
      for (GraphObjective objective : graphObjectives) {
        expectHonestPlan(problem, planBy(problem, policy, objective));
        if (HasFatalFailure())
          return;
      }
  }
}

// Many problems, each by one policy and objective in turn, all of them played, at the smallest
// budget where their own is too small; a million in the long run.
TEST(GraphPlanTest, ManyPlansAreHonest) {
  RandomGraphs random(8);
  int64_t count = testCount(100000, 1000000), played = 0;
  for (int64_t i = 0; i < count; ++i) {
    GraphProblem problem = random.problem(i % 100 ? 8 : 14);
    GraphPlanResult result = planBy(problem, graphPolicies[i % 3], graphObjectives[i / 3 % 2]);
    expectHonestPlan(problem, result);
    if (HasFatalFailure())
      return;
    if (!result.ok()) {
      problem.budget = result.plan.minimumBudget;
      result = planBy(problem, graphPolicies[i % 3], graphObjectives[i / 3 % 2]);
      expectHonestPlan(problem, result);
    }
    played += result.ok();
  }
  EXPECT_EQ(played, count);
  RecordProperty("played", std::to_string(played));
}

// More freedom never costs more: all lower sets, closures, cuts; and more budget.
TEST(GraphPlanTest, FamiliesAndBudgetsAreOrdered) {
  RandomGraphs random(5);
  for (int64_t i = 0; i < 500; ++i) {
    GraphProblem problem = random.problem(9);
    GraphPlanResult exact = planBy(problem, GraphPolicy::Exact);
    GraphPlanResult approximate = planBy(problem, GraphPolicy::Approximate);
    GraphPlanResult chen = planBy(problem, GraphPolicy::Chen);
    EXPECT_LE(exact.plan.minimumBudget, approximate.plan.minimumBudget) << problem;
    EXPECT_LE(approximate.plan.minimumBudget, chen.plan.minimumBudget) << problem;
    if (!chen.ok())
      continue;
    EXPECT_LE(exact.plan.overhead, approximate.plan.overhead) << problem;
    EXPECT_LE(approximate.plan.overhead, chen.plan.overhead) << problem;
    ++problem.budget;
    EXPECT_LE(planBy(problem, GraphPolicy::Exact).plan.overhead, exact.plan.overhead) << problem;
  }
}

TEST(GraphPlanTest, MemoryObjectiveNeedsNoMoreMemory) {
  RandomGraphs random(6);
  for (int64_t i = 0; i < 500; ++i) {
    GraphProblem problem = random.problem(9);
    for (GraphPolicy policy : graphPolicies) {
      GraphPlanResult time = planBy(problem, policy, GraphObjective::Time);
      GraphPlanResult memory = planBy(problem, policy, GraphObjective::Memory);
      ASSERT_EQ(time.ok(), memory.ok()) << problem;
      if (!time.ok())
        continue;
      EXPECT_LE(memory.plan.peakAfterLiveness, time.plan.peakAfterLiveness) << problem;
      EXPECT_GE(memory.plan.overhead, time.plan.overhead) << problem;
    }
  }
}

TEST(GraphPlanTest, ChainOfNine) {
  GraphProblem problem = makeChain(9);
  problem.budget = 7;
  GraphPlanResult result = planBy(problem, GraphPolicy::Exact);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.plan.overhead, GraphReference(problem, false).leastOverhead());
  EXPECT_EQ(result.plan.peak, 7);
  EXPECT_EQ(result.plan.minimumBudget, 7);
  EXPECT_EQ(result.plan.forward, 9 + result.plan.overhead);
  EXPECT_TRUE(result.plan.certified);
}

TEST(GraphPlanTest, KeepingEverythingCostsNothing) {
  GraphProblem problem = makeChain(50, 4);
  problem.budget = 2 * problem.totalSize();
  for (GraphPolicy policy : graphPolicies) {
    GraphPlanResult result = planBy(problem, policy);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result.plan.overhead, 0);
    EXPECT_EQ(result.plan.timeRatio, 1);
    EXPECT_TRUE(result.plan.certified);
  }
}

TEST(GraphPlanTest, TheSameProblemHasTheSamePlan) {
  RandomGraphs random(7);
  for (int64_t i = 0; i < 100; ++i) {
    GraphProblem problem = random.problem(12);
    for (GraphPolicy policy : graphPolicies)
      for (GraphObjective objective : graphObjectives)
        EXPECT_EQ(planBy(problem, policy, objective).plan.sequence, planBy(problem, policy, objective).plan.sequence);
  }
}

TEST(GraphPlanTest, NothingToDo) {
  GraphProblem problem;
  for (GraphPolicy policy : graphPolicies) {
    GraphPlanResult result = planBy(problem, policy, GraphObjective::Memory);
    ASSERT_TRUE(result.ok());
    EXPECT_TRUE(result.plan.sequence.empty());
    EXPECT_EQ(result.plan.peak, 0);
    EXPECT_EQ(result.plan.minimumBudget, 0);
    EXPECT_EQ(result.plan.timeRatio, 1);
    EXPECT_TRUE(result.plan.certified);
    EXPECT_TRUE(verifyGraphPlan(problem, result.plan).valid);
  }
  problem.nodes = {{0, 0}};
  EXPECT_TRUE(planBy(problem, GraphPolicy::Exact).ok());
}

// Sizes of 0 need no budget, whatever the shape; one node needs its value and its gradient.
TEST(GraphPlanTest, NothingToKeep) {
  GraphProblem problem = makeChain(6, 2);
  for (GraphNode &node : problem.nodes)
    node.size = 0;
  GraphProblem one;
  one.nodes = {{5, 3}};
  for (GraphPolicy policy : graphPolicies)
    for (GraphObjective objective : graphObjectives) {
      GraphPlanResult result = planBy(problem, policy, objective);
      expectHonestPlan(problem, result);
      EXPECT_EQ(result.plan.minimumBudget, 0);
      EXPECT_EQ(result.plan.minimumBudgetAnySchedule, 0);
      EXPECT_TRUE(result.ok());

      one.budget = 0;
      EXPECT_EQ(planBy(one, policy, objective).plan.minimumBudget, 6);
      one.budget = 6;
      result = planBy(one, policy, objective);
      expectHonestPlan(one, result);
      EXPECT_EQ(result.plan.overhead, 0);
      EXPECT_EQ(result.plan.sequence, (GraphSequence{{0}}));
    }
}

TEST(GraphPlanTest, AnEdgeNamedTwiceIsOneEdge) {
  RandomGraphs random(9);
  for (int64_t i = 0; i < 200; ++i) {
    GraphProblem problem = random.problem(9), twice = problem;
    twice.edges.insert(twice.edges.end(), problem.edges.begin(), problem.edges.end());
    for (GraphPolicy policy : graphPolicies) {
      GraphPlan plan = planBy(problem, policy).plan, other = planBy(twice, policy).plan;
      EXPECT_EQ(plan.sequence, other.sequence) << problem;
      EXPECT_EQ(plan.minimumBudget, other.minimumBudget) << problem;
      EXPECT_EQ(plan.boundAnySchedule, other.boundAnySchedule) << problem;
    }
  }
}

TEST(GraphPlanTest, Infeasible) {
  GraphProblem problem = makeChain(10);
  GraphPlanResult result = planBy(problem, GraphPolicy::Exact);
  EXPECT_EQ(result.verdict.status, Status::Infeasible);
  problem.budget = result.plan.minimumBudget - 1;
  EXPECT_FALSE(planBy(problem, GraphPolicy::Exact).ok());
  ++problem.budget;
  EXPECT_TRUE(planBy(problem, GraphPolicy::Exact).ok());
}

TEST(GraphPlanTest, SaysWhenThereAreTooManyLowerSets) {
  GraphProblem problem;
  problem.nodes.resize(40);
  problem.budget = 80;
  GraphPlanResult result = planBy(problem, GraphPolicy::Exact);
  EXPECT_EQ(result.verdict.status, Status::Unsupported);
  EXPECT_NE(result.verdict.message.find("at most 100000 lower sets"), std::string::npos) << result.verdict.message;
  EXPECT_TRUE(planBy(problem, GraphPolicy::Approximate).ok());
}

TEST(GraphPlanTest, CanBeInterrupted) {
  GraphProblem problem = makeChain(100);
  problem.budget = 100;
  for (GraphPolicy policy : {GraphPolicy::Exact, GraphPolicy::Approximate})
    for (int64_t calls : {0, 1, 3, 7}) {
      GraphOptions options;
      options.policy = policy;
      options.progress = [&](double share) {
        EXPECT_GE(share, 0);
        EXPECT_LE(share, 1);
        return calls-- > 0;
      };
      EXPECT_EQ(planGraph(problem, options).verdict.status, Status::Interrupted);
    }
}

// Large graphs; how long they take is recorded, not tested.
TEST(GraphPlanTest, Scale) {
  GraphProblem wide = makeChain(600, 5);
  for (size_t i = 0; i < wide.nodes.size(); ++i)
    wide.nodes[i] = {i % 3 ? 1 : 10, int64_t(1000 + i * 37 % 501), GradientUse::Inputs};
  wide.budget = wide.totalSize() / 4;
  GraphPlanResult result = planBy(wide, GraphPolicy::Approximate);
  expectHonestPlan(wide, result);
  EXPECT_TRUE(result.ok());
  RecordProperty("approximate600", std::to_string(result.plan.solveSeconds));

  GraphProblem chain = makeChain(200, 5);
  for (size_t i = 0; i < chain.nodes.size(); ++i)
    chain.nodes[i] = {i % 3 ? 1 : 10, int64_t(1000 + i * 37 % 501), GradientUse::Inputs};
  chain.budget = chain.totalSize() / 3;
  result = planBy(chain, GraphPolicy::Exact);
  expectHonestPlan(chain, result);
  EXPECT_TRUE(result.ok());
  RecordProperty("exact200", std::to_string(result.plan.solveSeconds));
}
