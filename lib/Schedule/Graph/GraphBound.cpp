//===- GraphBound.cpp - what no graph schedule can beat ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// When node v is differentiated, v and all it depends on have been computed, and
// none of those it depends on is differentiated. At hand at that moment are
//
//   the gradient of v, and those of nodes behind v that a node in front of v still needs;
//   the values that the gradient of v is computed from.
//
// What is left of the budget can hold other values. A value that its own gradient is
// computed from, and that is not held, has to be computed again.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphBound.h"

#include <algorithm>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

namespace {
class Moments {
public:
  explicit Moments(const GraphIndex &graph);

  /// What has to be at hand when the node is computed.
  int64_t sizeToCompute(NodeId node) const;
  /// Prepares the questions below.
  void enter(NodeId node);
  int64_t sizeToDifferentiate() const { return gradients + values + leastOutput; }
  /// The time of what has to be computed again after this moment.
  int64_t overhead(int64_t budget) const;

private:
  template <typename Next>
  void mark(NodeId from, std::vector<bool> &marks, Next next);

  const GraphIndex &graph;
  /// Nodes whose gradient is computed from their own value; those first that take the most time for their size.
  std::vector<NodeId> needed;
  std::vector<bool> isBefore, isBehind, isValue;
  std::vector<NodeId> stack;
  int64_t gradients = 0, values = 0, leastOutput = 0;
};
} // namespace

Moments::Moments(const GraphIndex &graph)
    : graph(graph), isBefore(graph.size()), isBehind(graph.size()), isValue(graph.size()) {
  for (NodeId node = 0; node < graph.size(); ++node) {
    GraphIndex::Range readers = graph.successors(node);
    if (std::any_of(readers.begin(), readers.end(),
                    [&](NodeId reader) { return graph.gradientOf(reader) == GradientUse::Inputs; }))
      needed.push_back(node);
  }
  using Wide = __int128;
  std::sort(needed.begin(), needed.end(), [&](NodeId a, NodeId b) {
    Wide left = Wide(graph.timeOf(a)) * graph.sizeOf(b), right = Wide(graph.timeOf(b)) * graph.sizeOf(a);
    bool isFree = graph.sizeOf(a) == 0, isOtherFree = graph.sizeOf(b) == 0;
    if (isFree != isOtherFree)
      return isFree;
    return left != right ? left > right : a < b;
  });
}

int64_t Moments::sizeToCompute(NodeId node) const {
  int64_t size = graph.sizeOf(node);
  for (NodeId before : graph.predecessors(node))
    size += graph.sizeOf(before);
  return size;
}

/// Marks all nodes that are reached from `from`, and itself.
template <typename Next>
void Moments::mark(NodeId from, std::vector<bool> &marks, Next next) {
  std::fill(marks.begin(), marks.end(), false);
  marks[from] = true;
  stack = {from};
  while (!stack.empty()) {
    NodeId node = stack.back();
    stack.pop_back();
    for (NodeId other : next(node)) {
      if (marks[other])
        continue;
      marks[other] = true;
      stack.push_back(other);
    }
  }
}

void Moments::enter(NodeId node) {
  mark(node, isBefore, [&](NodeId n) { return graph.predecessors(n); });
  mark(node, isBehind, [&](NodeId n) { return graph.successors(n); });
  gradients = graph.sizeOf(node);
  for (NodeId other = node + 1; other < graph.size(); ++other) {
    GraphIndex::Range inputs = graph.predecessors(other);
    if (isBehind[other] && std::any_of(inputs.begin(), inputs.end(), [&](NodeId input) { return isBefore[input]; }))
      gradients += graph.sizeOf(other);
  }

  std::fill(isValue.begin(), isValue.end(), false);
  values = leastOutput = 0;
  for (NodeId reader : graph.successors(node))
    if (graph.gradientOf(reader) == GradientUse::Inputs)
      for (NodeId input : graph.predecessors(reader)) {
        values += isValue[input] ? 0 : graph.sizeOf(input);
        isValue[input] = true;
      }
  for (NodeId reader : graph.successors(node)) {
    if (graph.gradientOf(reader) != GradientUse::Output)
      continue;
    int64_t inputs = 0;
    for (NodeId input : graph.predecessors(reader))
      inputs += isValue[input] ? 0 : graph.sizeOf(input);
    int64_t own = isValue[reader] ? 0 : graph.sizeOf(reader);
    leastOutput = std::max(leastOutput, std::min(inputs, own));
  }
}

int64_t Moments::overhead(int64_t budget) const {
  int64_t room = budget - gradients - values;
  if (room < 0)
    return 0;
  int64_t again = 0;
  bool isFull = false;
  for (NodeId node : needed) {
    if (!isBefore[node] || isValue[node])
      continue;
    int64_t time = graph.timeOf(node), size = graph.sizeOf(node);
    if (!isFull && size <= room) {
      room -= size;
      continue;
    }
    // Of the first that does not fit, a part.
    again += isFull ? time : time - static_cast<int64_t>(__int128(room) * time / size);
    isFull = true;
  }
  return again;
}

GraphBound remat::schedule::boundAnySchedule(const GraphIndex &graph, int64_t budget) {
  constexpr int64_t maxSteps = int64_t(1) << 27;
  Moments moments(graph);
  GraphBound bound;
  int64_t stepsPerNode = graph.size();
  for (NodeId node = 0; node < graph.size(); ++node) {
    bound.time += graph.timeOf(node);
    bound.budget = std::max(bound.budget, moments.sizeToCompute(node));
    stepsPerNode += graph.predecessors(node).size();
  }
  int64_t stride = 1 + int64_t(graph.size()) * stepsPerNode / maxSteps;
  int64_t overhead = 0;
  for (int64_t node = graph.size() - 1; node >= 0; node -= stride) {
    moments.enter(static_cast<NodeId>(node));
    bound.budget = std::max(bound.budget, moments.sizeToDifferentiate());
    overhead = std::max(overhead, moments.overhead(budget));
  }
  bound.time += overhead;
  return bound;
}
