//===- GraphVerifierTest.cpp - the referee for graphs -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/GraphVerifier.h"
#include "Graphs.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static GraphSequence chainSequence() { return {{0, 1}, {0, 1, 2, 3}}; }

static GraphVerification verify(const GraphSequence &sequence, int64_t budget = 100, GraphClaim claim = {}) {
  GraphProblem problem = makeChain(4);
  problem.budget = budget;
  return verifyGraphSequence(problem, sequence, claim);
}

static std::string describe(GraphActionKind kind) {
  switch (kind) {
  case GraphActionKind::Compute:
    return "compute";
  case GraphActionKind::Differentiate:
    return "differentiate";
  case GraphActionKind::DropValue:
    return "drop_value";
  case GraphActionKind::DropGradient:
    return "drop_gradient";
  }
  return "unknown";
}

TEST(GraphVerifierTest, CanonicalSchedule) {
  GraphProblem problem = makeChain(4);
  std::optional<std::vector<GraphAction>> actions = canonicalActions(problem, chainSequence());
  ASSERT_TRUE(actions);
  std::string text;
  for (const GraphAction &action : *actions)
    text += describe(action.kind) + " " + std::to_string(action.node) + "\n";
  EXPECT_EQ(text, "compute 0\ncompute 1\ndrop_value 0\n"
                  "compute 2\ncompute 3\ndifferentiate 3\ndifferentiate 2\n"
                  "drop_value 2\ndrop_value 3\ndrop_gradient 3\n"
                  "compute 0\ndifferentiate 1\ndifferentiate 0\n"
                  "drop_value 0\ndrop_value 1\ndrop_gradient 2\ndrop_gradient 0\ndrop_gradient 1\n");
  GraphVerification result = verify(chainSequence());
  EXPECT_TRUE(result.valid);
  EXPECT_EQ(result.overhead, 1);
  EXPECT_EQ(result.forward, 5);
  EXPECT_EQ(result.peak, 5);
  EXPECT_EQ(result.peakAfterLiveness, 4);
}

TEST(GraphVerifierTest, BrokenSequences) {
  EXPECT_EQ(verify({{0, 1}}).rule, "expects the last set to contain all 4 nodes, but got 2");
  EXPECT_EQ(verify({{0, 2}, {0, 1, 2, 3}}).rule, "expects set 1 to contain node 1, which node 2 reads");
  EXPECT_EQ(verify({{0, 1, 2}, {0, 1}, {0, 1, 2, 3}}).rule, "expects set 2 to contain the one before it and more");
  EXPECT_EQ(verify({{0, 1}, {0, 1}, {0, 1, 2, 3}}).rule, "expects set 2 to contain the one before it and more");
  EXPECT_EQ(verify({{}, {0, 1, 2, 3}}).rule, "expects set 1 to contain the one before it and more");
  EXPECT_EQ(verify({{0, 0}, {0, 1, 2, 3}}).rule, "expects set 1 to name every node once, but got 0 again");
  EXPECT_EQ(verify({{0, 4}}).rule, "expects set 1 to name nodes below 4, but got 4");
  EXPECT_EQ(verify({{-1}}).rule, "expects set 1 to name nodes below 4, but got -1");
  EXPECT_EQ(verify({}).rule, "expects the last set to contain all 4 nodes, but got 0");
}

TEST(GraphVerifierTest, Budget) {
  GraphVerification result = verify(chainSequence(), 4);
  EXPECT_FALSE(result.valid);
  EXPECT_EQ(result.action, 7);
  EXPECT_EQ(result.rule, "expects at most 4 to be kept, but this makes it 5");
}

TEST(GraphVerifierTest, Claims) {
  EXPECT_TRUE(verify(chainSequence(), 100, {1, 5, 4}).valid);
  EXPECT_EQ(verify(chainSequence(), 100, {0, 5, 4}).rule, "expects the overhead that the plan claims, 0, but got 1");
  EXPECT_EQ(verify(chainSequence(), 100, {1, 4, 4}).rule, "expects the peak that the plan claims, 4, but got 5");
  EXPECT_EQ(verify(chainSequence(), 100, {1, 5, 3}).rule,
            "expects the peak after liveness that the plan claims, 3, but got 4");
}

TEST(GraphVerifierTest, InvalidProblem) {
  GraphProblem problem = makeChain(2);
  problem.edges.push_back({1, 0});
  EXPECT_FALSE(verifyGraphSequence(problem, {{0, 1}}).valid);
}

static std::string ruleOf(const GraphProblem &problem, const std::vector<GraphAction> &actions) {
  return simulateGraph(problem, actions, 1000).rule;
}

TEST(GraphVerifierTest, Rules) {
  using Kind = GraphActionKind;
  GraphProblem problem = makeChain(2);
  EXPECT_EQ(ruleOf(problem, {{Kind::Compute, 1}}), "expects the value of node 0");
  EXPECT_EQ(ruleOf(problem, {{Kind::Compute, 2}}), "expects a node below 2, but got 2");
  EXPECT_EQ(ruleOf(problem, {{Kind::Compute, 0}, {Kind::Compute, 0}}),
            "expects a node whose value is not at hand, but got 0");
  EXPECT_EQ(ruleOf(problem, {{Kind::DropValue, 0}}), "expects the value of node 0");
  EXPECT_EQ(ruleOf(problem, {{Kind::DropGradient, 1}}), "expects the gradient of node 1");
  EXPECT_EQ(ruleOf(problem, {{Kind::Differentiate, 1}}), "expects a node that has been computed, but got 1");
  std::vector<GraphAction> forward = {{Kind::Compute, 0}, {Kind::Compute, 1}};
  auto after = [&](std::vector<GraphAction> rest) {
    rest.insert(rest.begin(), forward.begin(), forward.end());
    return ruleOf(problem, rest);
  };
  EXPECT_EQ(after({{Kind::Differentiate, 0}}), "expects the gradient of node 1");
  EXPECT_EQ(after({{Kind::Differentiate, 1}}), "expects the gradient of node 0 to be computed");
  EXPECT_EQ(after({{Kind::Differentiate, 1}, {Kind::Differentiate, 1}}),
            "expects a node that is not differentiated yet, but got 1");
  EXPECT_EQ(after({{Kind::Differentiate, 1}, {Kind::DropValue, 0}, {Kind::Differentiate, 0}}),
            "expects the value of node 0, which the derivative of node 1 is computed from");
  EXPECT_EQ(after({{Kind::Differentiate, 1}, {Kind::Differentiate, 0}}), "");
  EXPECT_EQ(ruleOf(problem, {{static_cast<Kind>(9), 0}}), "expects a known kind of action");
  problem.nodes[1].gradient = GradientUse::Output;
  EXPECT_EQ(after({{Kind::Differentiate, 1}, {Kind::DropValue, 0}, {Kind::Differentiate, 0}}), "");
  problem.nodes[1].gradient = GradientUse::Nothing;
  EXPECT_EQ(after({{Kind::DropValue, 1}, {Kind::Differentiate, 1}, {Kind::DropValue, 0}, {Kind::Differentiate, 0}}),
            "");
}

// Whatever is left out of a schedule after liveness is missed: nothing in it is idle but the
// drops, without which the peak can only grow.
TEST(GraphVerifierTest, EveryActionCounts) {
  RandomGraphs random(8);
  int64_t mutants = 0;
  for (int64_t i = 0; i < 200; ++i) {
    GraphProblem problem = random.problem(8);
    problem.budget = 2 * problem.totalSize();
    GraphPlanResult plan = planGraph(problem);
    ASSERT_TRUE(plan.ok());
    std::vector<GraphAction> actions = dropAfterLastUse(problem, *canonicalActions(problem, plan.plan.sequence));
    for (size_t k = 0; k < actions.size(); ++k) {
      std::vector<GraphAction> mutant = actions;
      mutant.erase(mutant.begin() + k);
      GraphSimulationResult result = simulateGraph(problem, mutant, problem.budget);
      ++mutants;
      bool isDrop = actions[k].kind == GraphActionKind::DropValue || actions[k].kind == GraphActionKind::DropGradient;
      if (isDrop && result.valid) {
        EXPECT_GE(result.peak, plan.plan.peakAfterLiveness) << problem << k;
      } else if (!isDrop) {
        EXPECT_FALSE(result.valid) << problem << k;
      }
    }
  }
  EXPECT_GT(mutants, 3000);
}
