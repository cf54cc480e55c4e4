//===- Graph.h - a computation graph and a budget ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input of the graph planner (Kusumoto et al. 2019, section 2): a directed
// acyclic graph whose nodes are the operations of a forward pass. A node has a
// time, that of computing its value, and a size, that of its value and also of
// the gradient of its value. Inputs and parameters are not nodes and are not
// counted.
//
// The machine keeps values and gradients. Computing a value needs the values of
// the predecessors. The gradient of a node is computed once, after those of all
// its successors; for each successor it needs the gradient and what
// GradientUse says.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_GRAPH_H
#define REMAT_SCHEDULE_GRAPH_H

#include "remat/Schedule/EqualChain.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace remat::schedule {

/// What a node's own derivative is computed from, and therefore what must be at
/// hand when the gradients of its predecessors are computed.
enum class GradientUse : uint8_t {
  /// The values of all its predecessors.
  Inputs,
  /// Its own value, or the values of all its predecessors (rectifier, tanh).
  Output,
  /// No value (sum, concatenation, mean, change of shape).
  Nothing
};

struct GraphNode {
  int64_t time = 1;
  int64_t size = 1;
  GradientUse gradient = GradientUse::Inputs;
};

/// A graph problem (docs/Contracts.md, "Graph problem"). Sizes are in one unit and
/// times in another; both are whole numbers.
struct GraphProblem {
  using NodeId = int32_t;

  std::vector<GraphNode> nodes;
  /// From a node to one that reads its value. Naming an edge twice is the same
  /// as naming it once.
  std::vector<std::pair<NodeId, NodeId>> edges;
  int64_t budget = 0;

  /// What validate(), the simulator and the verifier take. planGraph() takes far
  /// fewer: 20,000 nodes, because its sets have a bit for each node.
  static constexpr int64_t maxNodes = int64_t(1) << 24;
  static constexpr int64_t maxEdges = int64_t(1) << 27;

  /// Checks every value, that there is no cycle, and that no sum of sizes or
  /// times that a planner forms can overflow. O(nodes + edges).
  Verdict validate() const;

  /// Sums over all nodes, of a valid problem.
  int64_t totalTime() const;
  int64_t totalSize() const;
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_GRAPH_H
