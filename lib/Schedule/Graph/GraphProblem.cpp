//===- GraphProblem.cpp - a computation graph and a budget ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Validation is where hostile input is dealt with: in a graph that passes every
// node number is in range, there is no cycle, and eight times the size of all
// nodes fits in 64 bits, which is more than any peak.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Graph.h"

#include "Table/CheckedMath.h"

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

static Verdict bad(const std::string &what, int64_t value) {
  return {Status::BadValue, "expects " + what + ", but got " + std::to_string(value)};
}

static Verdict checkNodes(const std::vector<GraphNode> &nodes) {
  Checked time = 0, size = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const GraphNode &node = nodes[i];
    std::string of = " of node " + std::to_string(i);
    if (node.time < 0)
      return bad("a time" + of + " that is not negative", node.time);
    if (node.size < 0)
      return bad("a size" + of + " that is not negative", node.size);
    if (node.gradient > GradientUse::Nothing)
      return bad("a known use of values by the gradient" + of, static_cast<int64_t>(node.gradient));
    time = time + node.time;
    size = size + node.size;
  }
  if ((time * 8).hasOverflowed())
    return {Status::Overflow, "the time of all nodes does not fit in 64 bits"};
  if ((size * 8).hasOverflowed())
    return {Status::Overflow, "the size of all values and gradients does not fit in 64 bits"};
  return {};
}

/// A node of a cycle, or -1. Nodes without open predecessors are removed until none is
/// left; from what remains, a walk along open predecessors must come back.
static NodeId findCycle(NodeId count, const std::vector<std::pair<NodeId, NodeId>> &edges) {
  std::vector<int64_t> begin(count + 1, 0);
  std::vector<int32_t> open(count, 0);
  for (auto [from, to] : edges) {
    ++begin[from + 1];
    ++open[to];
  }
  for (NodeId node = 0; node < count; ++node)
    begin[node + 1] += begin[node];
  std::vector<NodeId> successors(edges.size());
  std::vector<int64_t> next(begin.begin(), begin.end() - 1);
  for (auto [from, to] : edges)
    successors[next[from]++] = to;

  std::vector<NodeId> ready;
  for (NodeId node = 0; node < count; ++node)
    if (open[node] == 0)
      ready.push_back(node);
  NodeId removed = 0;
  for (; !ready.empty(); ++removed) {
    NodeId node = ready.back();
    ready.pop_back();
    for (int64_t i = begin[node]; i < begin[node + 1]; ++i)
      if (--open[successors[i]] == 0)
        ready.push_back(successors[i]);
  }
  if (removed == count)
    return -1;

  std::vector<NodeId> openPredecessor(count, -1);
  for (auto [from, to] : edges)
    if (open[from] > 0)
      openPredecessor[to] = from;
  NodeId node = 0;
  while (open[node] == 0)
    ++node;
  for (NodeId step = 0; step < count; ++step)
    node = openPredecessor[node];
  return node;
}

Verdict GraphProblem::validate() const {
  if (budget < 0)
    return bad("a budget that is not negative", budget);
  if (static_cast<int64_t>(nodes.size()) > maxNodes)
    return bad("at most " + std::to_string(maxNodes) + " nodes", nodes.size());
  if (static_cast<int64_t>(edges.size()) > maxEdges)
    return bad("at most " + std::to_string(maxEdges) + " edges", edges.size());
  if (Verdict verdict = checkNodes(nodes); !verdict.ok())
    return verdict;

  NodeId count = static_cast<NodeId>(nodes.size());
  for (size_t i = 0; i < edges.size(); ++i)
    for (NodeId end : {edges[i].first, edges[i].second})
      if (end < 0 || end >= count)
        return bad("edge " + std::to_string(i) + " to name nodes below " + std::to_string(count), end);
  if (NodeId node = findCycle(count, edges); node >= 0)
    return {Status::BadValue,
            "expects a graph without cycles, but node " + std::to_string(node) + " depends on itself"};
  return {};
}

int64_t GraphProblem::totalTime() const {
  int64_t total = 0;
  for (const GraphNode &node : nodes)
    total += node.time;
  return total;
}

int64_t GraphProblem::totalSize() const {
  int64_t total = 0;
  for (const GraphNode &node : nodes)
    total += node.size;
  return total;
}
