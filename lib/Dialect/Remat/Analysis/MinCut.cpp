//===- MinCut.cpp - Cheapest set of values to keep ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/MinCut.h"

#include <algorithm>
#include <queue>

using namespace remat;

namespace {
/// A residual network; arc i and its reverse i ^ 1 lie side by side.
class Network {
public:
  explicit Network(unsigned numNodes) : outgoing(numNodes) {}

  void addArc(unsigned from, unsigned to, int64_t capacity) {
    outgoing[from].push_back(arcs.size());
    arcs.push_back({to, capacity});
    outgoing[to].push_back(arcs.size());
    arcs.push_back({from, 0});
  }

  /// Sends as much as possible along one shortest path; 0 if there is none.
  int64_t augment(unsigned source, unsigned sink) {
    std::vector<int64_t> arrival(outgoing.size(), -1); // the arc that reached the node
    std::vector<bool> seen(outgoing.size());
    std::queue<unsigned> queue;
    queue.push(source);
    seen[source] = true;
    while (!queue.empty() && !seen[sink]) {
      unsigned node = queue.front();
      queue.pop();
      for (unsigned arc : outgoing[node]) {
        if (arcs[arc].capacity == 0 || seen[arcs[arc].to])
          continue;
        seen[arcs[arc].to] = true;
        arrival[arcs[arc].to] = arc;
        queue.push(arcs[arc].to);
      }
    }
    if (!seen[sink])
      return 0;
    int64_t amount = MinCut::unbounded;
    for (unsigned node = sink; node != source; node = arcs[arrival[node] ^ 1].to)
      amount = std::min(amount, arcs[arrival[node]].capacity);
    for (unsigned node = sink; node != source; node = arcs[arrival[node] ^ 1].to) {
      arcs[arrival[node]].capacity -= amount;
      arcs[arrival[node] ^ 1].capacity += amount;
    }
    return amount;
  }

  /// The nodes from which \p sink can still be reached.
  std::vector<bool> findNodesThatReach(unsigned sink) const {
    std::vector<bool> reaches(outgoing.size());
    std::vector<unsigned> stack = {sink};
    reaches[sink] = true;
    while (!stack.empty()) {
      unsigned node = stack.back();
      stack.pop_back();
      for (unsigned arc : outgoing[node]) {
        unsigned from = arcs[arc].to;
        if (arcs[arc ^ 1].capacity == 0 || reaches[from])
          continue;
        reaches[from] = true;
        stack.push_back(from);
      }
    }
    return reaches;
  }

private:
  struct Arc {
    unsigned to;
    int64_t capacity;
  };
  std::vector<Arc> arcs;
  std::vector<std::vector<unsigned>> outgoing;
};
} // namespace

unsigned MinCut::addNode(int64_t weight) {
  weights.push_back(std::min(weight, unbounded));
  return weights.size() - 1;
}

void MinCut::addEdge(unsigned from, unsigned to) { edges.push_back({from, to}); }

void MinCut::addSource(unsigned node) { sources.push_back(node); }

void MinCut::addSink(unsigned node) { sinks.push_back(node); }

std::optional<MinCut::Cut> MinCut::solve() const {
  // Node v is the arc 2v -> 2v+1.
  unsigned numNodes = weights.size(), source = 2 * numNodes, sink = source + 1;
  Network network(sink + 1);
  for (unsigned node = 0; node < numNodes; ++node)
    network.addArc(2 * node, 2 * node + 1, weights[node]);
  for (Edge edge : edges)
    network.addArc(2 * edge.from + 1, 2 * edge.to, unbounded);
  for (unsigned node : sources)
    network.addArc(source, 2 * node, unbounded);
  for (unsigned node : sinks)
    network.addArc(2 * node + 1, sink, unbounded);

  Cut cut;
  while (int64_t amount = network.augment(source, sink)) {
    cut.weight += amount;
    if (cut.weight >= unbounded)
      return std::nullopt;
  }
  std::vector<bool> reaches = network.findNodesThatReach(sink);
  for (unsigned node = 0; node < numNodes; ++node)
    if (!reaches[2 * node] && reaches[2 * node + 1])
      cut.nodes.push_back(node);
  return cut;
}
