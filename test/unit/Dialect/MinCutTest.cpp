//===- MinCutTest.cpp - Cheapest set of values to keep -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/MinCut.h"

#include <gtest/gtest.h>
#include <random>

using namespace remat;

namespace {
/// A graph, so that a cut can be checked and found by trying every set of nodes.
struct Graph {
  std::vector<int64_t> weights;
  std::vector<std::pair<unsigned, unsigned>> edges; // from lower to higher numbers
  std::vector<unsigned> sources, sinks;

  MinCut build() const {
    MinCut cut;
    for (int64_t weight : weights)
      cut.addNode(weight);
    for (auto [from, to] : edges)
      cut.addEdge(from, to);
    for (unsigned node : sources)
      cut.addSource(node);
    for (unsigned node : sinks)
      cut.addSink(node);
    return cut;
  }

  /// True if no path leads from a source to a sink outside of \p cut.
  bool isCut(unsigned cut) const {
    unsigned reached = 0;
    for (unsigned node : sources)
      reached |= 1u << node;
    reached &= ~cut;
    for (size_t round = 0; round < weights.size(); ++round)
      for (auto [from, to] : edges)
        if ((reached >> from & 1) && !(cut >> to & 1))
          reached |= 1u << to;
    for (unsigned node : sinks)
      if (reached >> node & 1)
        return false;
    return true;
  }

  int64_t getWeight(unsigned cut) const {
    int64_t sum = 0;
    for (size_t node = 0; node < weights.size(); ++node)
      if (cut >> node & 1)
        sum += weights[node];
    return sum;
  }
};
} // namespace

static unsigned toMask(const MinCut::Cut &cut) {
  unsigned mask = 0;
  for (unsigned node : cut.nodes)
    mask |= 1u << node;
  return mask;
}

TEST(MinCutTest, NothingIsNeeded) {
  MinCut cut;
  cut.addSource(cut.addNode(64));
  std::optional<MinCut::Cut> found = cut.solve();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->weight, 0);
  EXPECT_TRUE(found->nodes.empty());
}

TEST(MinCutTest, PrefersTheValueNearestToTheSink) {
  // A chain of equal values: the last one leaves nothing to compute again.
  Graph chain{{64, 64, 64}, {{0, 1}, {1, 2}}, {0}, {2}};
  std::optional<MinCut::Cut> found = chain.build().solve();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->weight, 64);
  EXPECT_EQ(found->nodes, std::vector<unsigned>{2});
}

TEST(MinCutTest, TakesTheNarrowPlace) {
  // Two large values are both made from one small one.
  Graph fan{{640, 64, 128, 128}, {{0, 1}, {1, 2}, {1, 3}}, {0}, {2, 3}};
  std::optional<MinCut::Cut> found = fan.build().solve();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->weight, 64);
  EXPECT_EQ(found->nodes, std::vector<unsigned>{1});
}

TEST(MinCutTest, UnboundedNodesAreNotCut) {
  Graph between{{64, MinCut::unbounded, 128}, {{0, 1}, {1, 2}}, {0}, {2}};
  std::optional<MinCut::Cut> found = between.build().solve();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->nodes, std::vector<unsigned>{0});

  Graph alone{{MinCut::unbounded}, {}, {0}, {0}};
  EXPECT_FALSE(alone.build().solve());
}

TEST(MinCutTest, EmptyValuesCostNothing) {
  Graph empty{{64, 0}, {{0, 1}}, {0}, {1}};
  std::optional<MinCut::Cut> found = empty.build().solve();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->weight, 0);
  EXPECT_EQ(found->nodes, std::vector<unsigned>{1});
}

TEST(MinCutTest, EqualsExhaustiveSearch) {
  std::mt19937 random(1);
  auto draw = [&](unsigned below) { return unsigned(random() % below); };
  for (int instance = 0; instance < 3000; ++instance) {
    Graph graph;
    unsigned size = 2 + draw(8);
    for (unsigned node = 0; node < size; ++node) {
      graph.weights.push_back(64 * draw(4));
      if (draw(3) == 0)
        graph.sources.push_back(node);
      if (draw(3) == 0)
        graph.sinks.push_back(node);
      for (unsigned from = 0; from < node; ++from)
        if (draw(3) == 0)
          graph.edges.push_back({from, node});
    }
    int64_t best = graph.getWeight((1u << size) - 1);
    for (unsigned candidate = 0; candidate < 1u << size; ++candidate)
      if (graph.isCut(candidate))
        best = std::min(best, graph.getWeight(candidate));
    std::optional<MinCut::Cut> found = graph.build().solve();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->weight, best);
    EXPECT_EQ(graph.getWeight(toMask(*found)), best);
    EXPECT_TRUE(graph.isCut(toMask(*found)));
  }
}
