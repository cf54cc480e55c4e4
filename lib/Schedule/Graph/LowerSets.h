//===- LowerSets.h - families of lower sets of a graph ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The state space of the graph planner: a family of lower sets, smallest first,
// with everything about a set that does not depend on the one before it.
//
// The order matters. A sequence goes from sets to larger sets; a search that
// visits the sets in order of discovery instead misses sequences.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_GRAPH_LOWERSETS_H
#define REMAT_LIB_SCHEDULE_GRAPH_LOWERSETS_H

#include "Graph/GraphIndex.h"

#include <functional>

namespace remat::schedule {

class LowerSets {
public:
  using NodeId = GraphProblem::NodeId;

  /// All lower sets; none at all if there are more than `limit`, or if `goOn`
  /// ends the enumeration.
  static LowerSets all(const GraphIndex &graph, int64_t limit, const std::function<bool()> &goOn);
  /// The empty set, that of all nodes, and each node with all it depends on.
  static LowerSets closures(const GraphIndex &graph);
  /// The empty set, that of all nodes, and the closures with one boundary node,
  /// as far as each contains the one before.
  static LowerSets cuts(const GraphIndex &graph);

  /// Set 0 is empty; the last one has all nodes.
  int64_t size() const { return static_cast<int64_t>(facts.size()); }
  int64_t last() const { return size() - 1; }

  /// Sums over the nodes of the set.
  int64_t timeOf(int64_t set) const { return facts[set].time; }
  int64_t sizeOf(int64_t set) const { return facts[set].size; }
  /// What earlier blocks still need of what lies behind the set: gradients of the
  /// successors, and values read together with those of the set.
  int64_t carryOf(int64_t set) const { return facts[set].carry; }
  GraphIndex::Range boundaryOf(int64_t set) const {
    return {boundary.data() + facts[set].boundaryBegin, boundary.data() + facts[set].boundaryEnd};
  }

  NodeId numNodes() const { return graph->size(); }
  int64_t nodeTime(NodeId node) const { return graph->timeOf(node); }
  int64_t nodeSize(NodeId node) const { return graph->sizeOf(node); }
  /// The nodes of the set without a successor in it.
  GraphIndex::Range maximaOf(int64_t set) const {
    return {maxima.data() + facts[set].maximaBegin, maxima.data() + facts[set].maximaEnd};
  }

  /// Bits of 64 nodes.
  int64_t numWords() const { return words; }
  uint64_t wordOf(int64_t set, int64_t word) const { return bits[set * words + word]; }

  bool contains(int64_t set, NodeId node) const { return bits[set * words + node / 64] >> (node % 64) & 1; }
  /// A lower set is inside another one if its maximal nodes are.
  bool isSubset(int64_t inner, int64_t outer) const {
    for (NodeId node : maximaOf(inner))
      if (!contains(outer, node))
        return false;
    return true;
  }

private:
  struct Facts {
    int64_t time = 0, size = 0, carry = 0;
    int64_t boundaryBegin = 0, boundaryEnd = 0;
    int64_t maximaBegin = 0, maximaEnd = 0;
  };

  explicit LowerSets(const GraphIndex &graph) : graph(&graph), words((graph.size() + 63) / 64) {}
  void insert(int64_t set, NodeId node) { bits[set * words + node / 64] |= uint64_t(1) << (node % 64); }
  /// The number of sets in `bits`.
  int64_t stored() const { return words ? static_cast<int64_t>(bits.size()) / words : 1; }
  /// Adds the sets that have one node more than those from `first` up to the end.
  bool addLevel(int64_t first, int64_t limit, const std::function<bool()> &goOn);
  /// Keeps the sets of these numbers, in this order.
  void select(const std::vector<int64_t> &sets);
  /// Adds the set of all nodes unless the last one is.
  void addAllNodes();
  /// Computes the facts of all sets.
  void describe();
  Facts describe(int64_t set, std::vector<int64_t> &seen);

  const GraphIndex *graph;
  int64_t words;
  std::vector<uint64_t> bits;
  std::vector<Facts> facts;
  /// The lists of all sets, one after the other.
  std::vector<NodeId> boundary, maxima;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_GRAPH_LOWERSETS_H
