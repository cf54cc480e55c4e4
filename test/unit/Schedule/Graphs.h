//===- Graphs.h - graph problems for tests ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_GRAPHS_H
#define REMAT_TEST_UNIT_SCHEDULE_GRAPHS_H

#include "remat/Schedule/GraphPlan.h"

#include <ostream>
#include <random>

namespace remat::schedule {

using GraphSequence = std::vector<std::vector<GraphProblem::NodeId>>;

/// For messages.
inline std::ostream &operator<<(std::ostream &os, const GraphProblem &problem) {
  os << "nodes (time, size, use):";
  for (const GraphNode &node : problem.nodes)
    os << " (" << node.time << "," << node.size << "," << int(node.gradient) << ")";
  os << " edges:";
  for (auto [from, to] : problem.edges)
    os << " " << from << ">" << to;
  return os << " budget " << problem.budget << " ";
}

/// A chain of `length` nodes; every `skip`-th node is also read three nodes on.
inline GraphProblem makeChain(int32_t length, int32_t skip = 0) {
  GraphProblem problem;
  problem.nodes.resize(length);
  for (int32_t i = 0; i + 1 < length; ++i) {
    problem.edges.push_back({i, i + 1});
    if (skip && i % skip == 0 && i + 3 < length)
      problem.edges.push_back({i, i + 3});
  }
  return problem;
}

/// Calls visit(problem) for every acyclic graph of 1 to `maxNodes` nodes whose edges lead to larger numbers.
template <typename Visit>
void forEachGraph(int32_t maxNodes, Visit visit) {
  for (int32_t count = 1; count <= maxNodes; ++count)
    for (uint32_t mask = 0; mask < uint32_t(1) << count * (count - 1) / 2; ++mask) {
      GraphProblem problem;
      problem.nodes.resize(count);
      uint32_t bit = 0;
      for (int32_t to = 1; to < count; ++to)
        for (int32_t from = 0; from < to; ++from)
          if (mask >> bit++ & 1)
            problem.edges.push_back({from, to});
      visit(problem);
    }
}

class RandomGraphs {
public:
  explicit RandomGraphs(uint32_t seed) : engine(seed) {}

  int64_t number(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(engine); }

  /// Any kind of acyclic graph, its nodes in any order, with a budget between nothing and that of
  /// keeping everything.
  GraphProblem problem(int32_t maxNodes) {
    GraphProblem result;
    int32_t count = static_cast<int32_t>(number(1, maxNodes));
    int64_t density = number(1, 9);
    std::vector<int32_t> name(count);
    for (int32_t i = 0; i < count; ++i) {
      name[i] = i;
      result.nodes.push_back({number(0, 10), number(0, 6), static_cast<GradientUse>(number(0, 2))});
    }
    if (number(0, 1))
      std::shuffle(name.begin(), name.end(), engine);
    for (int32_t to = 0; to < count; ++to)
      for (int32_t from = 0; from < to; ++from)
        if (number(0, 9) < density && (to - from < 4 || number(0, 2) == 0))
          result.edges.push_back({name[from], name[to]});
    if (!result.edges.empty() && number(0, 3) == 0)
      result.edges.push_back(result.edges.front());
    result.budget = number(0, 2 * result.totalSize());
    return result;
  }

private:
  std::mt19937 engine;
};

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_GRAPHS_H
