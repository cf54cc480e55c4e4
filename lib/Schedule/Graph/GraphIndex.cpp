//===- GraphIndex.cpp - neighbours and a topological order ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A heap of the nodes whose predecessors are all numbered gives the order.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphIndex.h"

#include <algorithm>
#include <functional>
#include <queue>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

GraphIndex::Adjacency GraphIndex::makeAdjacency(NodeId count, const std::vector<std::pair<NodeId, NodeId>> &edges) {
  Adjacency result;
  result.begin.assign(count + 1, 0);
  result.ends.reserve(edges.size());
  for (auto [from, to] : edges) {
    ++result.begin[from + 1];
    result.ends.push_back(to);
  }
  for (NodeId node = 0; node < count; ++node)
    result.begin[node + 1] += result.begin[node];
  return result;
}

static void sortUnique(std::vector<std::pair<NodeId, NodeId>> &edges) {
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
}

GraphIndex::GraphIndex(const GraphProblem &problem) : problem(problem) {
  NodeId count = static_cast<NodeId>(problem.nodes.size());
  std::vector<std::pair<NodeId, NodeId>> edges = problem.edges;
  sortUnique(edges);
  Adjacency given = makeAdjacency(count, edges);

  std::vector<int32_t> open(count, 0);
  for (auto [from, to] : edges)
    ++open[to];
  std::priority_queue<NodeId, std::vector<NodeId>, std::greater<NodeId>> ready;
  for (NodeId node = 0; node < count; ++node)
    if (open[node] == 0)
      ready.push(node);
  std::vector<NodeId> position(count);
  while (!ready.empty()) {
    NodeId node = ready.top();
    ready.pop();
    position[node] = static_cast<NodeId>(order.size());
    order.push_back(node);
    for (NodeId successor : given.of(node))
      if (--open[successor] == 0)
        ready.push(successor);
  }

  for (auto &[from, to] : edges) {
    from = position[from];
    to = position[to];
  }
  sortUnique(edges);
  forward = makeAdjacency(count, edges);
  for (auto &[from, to] : edges)
    std::swap(from, to);
  sortUnique(edges);
  backward = makeAdjacency(count, edges);
}
