//===- MinCut.h - Cheapest set of values to keep -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A minimum vertex cut in a directed graph: the cheapest set of nodes that every
// path from a source to a sink passes through. Nodes are values with a size,
// sources are values that cannot be computed again, sinks are values that are
// needed later, and the edges lead from operands to the results that can be
// computed again from them.
//
// Solved as a maximum flow after splitting every node in two (Ford and
// Fulkerson 1962; shortest augmenting paths, Edmonds and Karp 1972). The graphs
// are the operations of one step, so plain is fast enough.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_MINCUT_H
#define REMAT_DIALECT_REMAT_ANALYSIS_MINCUT_H

#include <cstdint>
#include <optional>
#include <vector>

namespace remat {

class MinCut {
public:
  /// The weight of a node that may not be cut.
  static constexpr int64_t unbounded = int64_t(1) << 60;

  /// Adds a node and returns its number. Weights are not negative.
  unsigned addNode(int64_t weight);
  /// Whoever has \p from has \p to.
  void addEdge(unsigned from, unsigned to);
  void addSource(unsigned node);
  void addSink(unsigned node);

  struct Cut {
    std::vector<unsigned> nodes; // in ascending order
    int64_t weight = 0;
  };

  /// The cut of minimum weight; among those of equal weight the one nearest to the
  /// sinks. Nothing if every cut would contain an unbounded node. Adds weights up
  /// to `unbounded`, so their sum must stay below it. O(V E^2).
  std::optional<Cut> solve() const;

private:
  struct Edge {
    unsigned from, to;
  };
  std::vector<int64_t> weights;
  std::vector<Edge> edges;
  std::vector<unsigned> sources, sinks;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_MINCUT_H
