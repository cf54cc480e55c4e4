//===- GraphProblemTest.cpp - graphs that are not problems ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graphs.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static std::string messageOf(const GraphProblem &problem, Status status) {
  Verdict verdict = problem.validate();
  EXPECT_EQ(verdict.status, status);
  EXPECT_EQ(planGraph(problem).verdict.status, status);
  return verdict.message;
}

TEST(GraphProblemTest, NegativeValues) {
  GraphProblem problem = makeChain(3);
  problem.nodes[1].time = -4;
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects a time of node 1 that is not negative, but got -4");
  problem = makeChain(3);
  problem.nodes[2].size = -1;
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects a size of node 2 that is not negative, but got -1");
  problem = makeChain(3);
  problem.budget = -1;
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects a budget that is not negative, but got -1");
  problem = makeChain(3);
  problem.nodes[0].gradient = static_cast<GradientUse>(9);
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects a known use of values by the gradient of node 0, but got 9");
}

TEST(GraphProblemTest, Edges) {
  GraphProblem problem = makeChain(3);
  problem.edges.push_back({1, 3});
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects edge 2 to name nodes below 3, but got 3");
  problem.edges.back() = {-1, 1};
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects edge 2 to name nodes below 3, but got -1");
}

TEST(GraphProblemTest, Cycles) {
  GraphProblem problem = makeChain(5);
  problem.edges.push_back({3, 1});
  std::string message = messageOf(problem, Status::BadValue);
  EXPECT_TRUE(message == "expects a graph without cycles, but node 1 depends on itself" ||
              message == "expects a graph without cycles, but node 2 depends on itself" ||
              message == "expects a graph without cycles, but node 3 depends on itself")
      << message;
  problem = makeChain(2);
  problem.edges.push_back({1, 1});
  EXPECT_EQ(messageOf(problem, Status::BadValue), "expects a graph without cycles, but node 1 depends on itself");
}

TEST(GraphProblemTest, Overflow) {
  GraphProblem problem = makeChain(3);
  problem.nodes[0].size = problem.nodes[1].size = int64_t(1) << 62;
  EXPECT_EQ(messageOf(problem, Status::Overflow), "the size of all values and gradients does not fit in 64 bits");
  problem = makeChain(3);
  problem.nodes[0].time = int64_t(1) << 61;
  EXPECT_EQ(messageOf(problem, Status::Overflow), "the time of all nodes does not fit in 64 bits");
}

TEST(GraphProblemTest, LargestValues) {
  GraphProblem problem = makeChain(4);
  for (GraphNode &node : problem.nodes)
    node = {int64_t(1) << 57, int64_t(1) << 57};
  problem.budget = INT64_MAX;
  EXPECT_TRUE(planGraph(problem).ok());
}

TEST(GraphProblemTest, LargeGraphs) {
  GraphProblem problem = makeChain(100000);
  problem.budget = 1000;
  EXPECT_TRUE(problem.validate().ok());
  EXPECT_EQ(planGraph(problem).verdict.status, Status::Unsupported);
}

TEST(GraphProblemTest, Names) {
  for (GraphPolicy policy : {GraphPolicy::Exact, GraphPolicy::Approximate, GraphPolicy::Chen})
    EXPECT_EQ(parseGraphPolicy(stringifyGraphPolicy(policy)), policy);
  for (GraphObjective objective : {GraphObjective::Time, GraphObjective::Memory})
    EXPECT_EQ(parseGraphObjective(stringifyGraphObjective(objective)), objective);
  EXPECT_FALSE(parseGraphPolicy("best"));
  EXPECT_FALSE(parseGraphObjective(""));
}
