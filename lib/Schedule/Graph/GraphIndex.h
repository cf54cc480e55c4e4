//===- GraphIndex.h - neighbours and a topological order --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the graph planner reads instead of the problem: nodes renumbered in
// topological order, so that a lower set is close to a prefix, and neighbours in
// flat arrays. Among the topological orders it is the one that stays closest to the
// numbers of the problem.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_GRAPH_GRAPHINDEX_H
#define REMAT_LIB_SCHEDULE_GRAPH_GRAPHINDEX_H

#include "remat/Schedule/Graph.h"

namespace remat::schedule {

class GraphIndex {
public:
  using NodeId = GraphProblem::NodeId;

  struct Range {
    const NodeId *first, *last;
    const NodeId *begin() const { return first; }
    const NodeId *end() const { return last; }
    bool empty() const { return first == last; }
    int64_t size() const { return last - first; }
  };

  /// `problem` must be valid and outlive the index.
  explicit GraphIndex(const GraphProblem &problem);

  NodeId size() const { return static_cast<NodeId>(order.size()); }
  /// Ascending, without duplicates.
  Range successors(NodeId node) const { return forward.of(node); }
  Range predecessors(NodeId node) const { return backward.of(node); }
  int64_t timeOf(NodeId node) const { return problem.nodes[order[node]].time; }
  int64_t sizeOf(NodeId node) const { return problem.nodes[order[node]].size; }
  GradientUse gradientOf(NodeId node) const { return problem.nodes[order[node]].gradient; }
  /// The number of a node in the problem.
  NodeId original(NodeId node) const { return order[node]; }

private:
  struct Adjacency {
    std::vector<int64_t> begin;
    std::vector<NodeId> ends;
    Range of(NodeId node) const { return {ends.data() + begin[node], ends.data() + begin[node + 1]}; }
  };

  /// Takes edges sorted without duplicates.
  static Adjacency makeAdjacency(NodeId count, const std::vector<std::pair<NodeId, NodeId>> &edges);

  const GraphProblem &problem;
  std::vector<NodeId> order;
  Adjacency forward, backward;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_GRAPH_GRAPHINDEX_H
