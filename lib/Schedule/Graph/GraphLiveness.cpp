//===- GraphLiveness.cpp - the peak after liveness --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every operation gets its moment on one time axis. A value lives from the
// moment it is computed to that of its last reader; a value that is computed again
// has two such lives. The peak is the highest sum of the sizes alive.
//
// A value is cached if it has a reader in a later block, or if its block is the
// last one: it has one life.
//
//===----------------------------------------------------------------------===//

#include "Graph/GraphLiveness.h"

#include <algorithm>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

namespace {
class Timeline {
public:
  Timeline(const GraphIndex &graph, const std::vector<int32_t> &blockOf, int32_t blocks)
      : graph(graph), blockOf(blockOf), blocks(blocks), firstBlockOfReaders(graph.size(), blocks),
        kept(graph.size(), false), computed(graph.size()), again(graph.size(), -1), differentiated(graph.size()),
        lastGroupRead(graph.size(), -1), lastOwnRead(graph.size(), -1) {}

  int64_t peak() {
    assignMoments();
    findReads();
    addLives();
    int64_t alive = 0, most = 0;
    for (int64_t change : changes)
      most = std::max(most, alive += change);
    return most;
  }

private:
  bool isCached(NodeId node) const { return again[node] < 0; }

  void assignMoments() {
    std::vector<std::vector<NodeId>> members(blocks);
    for (NodeId node = 0; node < graph.size(); ++node)
      members[blockOf[node]].push_back(node);
    int64_t moment = 0;
    for (const std::vector<NodeId> &block : members)
      for (NodeId node : block)
        computed[node] = moment++;
    for (int32_t block = blocks - 1; block >= 0; --block) {
      for (NodeId node : members[block]) {
        GraphIndex::Range readers = graph.successors(node);
        bool staysInBlock = std::all_of(readers.begin(), readers.end(), [&](NodeId r) { return blockOf[r] == block; });
        if (block != blocks - 1 && staysInBlock)
          again[node] = moment++;
      }
      for (auto it = members[block].rbegin(); it != members[block].rend(); ++it)
        differentiated[*it] = moment++;
    }
    changes.assign(moment + 1, 0);
  }

  /// Whether the canonical schedule still has the value of `node` when `block` is
  /// differentiated: it is of that block, or read together with a value of that block or of an
  /// earlier one.
  bool isAtHand(NodeId node, int32_t block) const {
    return blockOf[node] == block || firstBlockOfReaders[node] <= block;
  }

  /// Finds the last gradient that reads the values in front of a node, and the
  /// last one that reads its own.
  void findReads() {
    for (NodeId node = 0; node < graph.size(); ++node) {
      int32_t first = blocks;
      for (NodeId before : graph.predecessors(node))
        first = std::min(first, blockOf[before]);
      for (NodeId before : graph.predecessors(node)) {
        firstBlockOfReaders[before] = std::min(firstBlockOfReaders[before], first);
        if (graph.gradientOf(node) == GradientUse::Inputs)
          kept[before] = true;
      }
    }
    for (NodeId node = 0; node < graph.size(); ++node) {
      GradientUse use = graph.gradientOf(node);
      if (use == GradientUse::Nothing)
        continue;
      for (NodeId before : graph.predecessors(node)) {
        bool own = use == GradientUse::Output && kept[node] && isAtHand(node, blockOf[before]);
        int64_t &last = own ? lastOwnRead[node] : lastGroupRead[node];
        last = std::max(last, differentiated[before]);
      }
    }
  }

  void addLife(int64_t from, int64_t to, int64_t size) {
    changes[from] += size;
    changes[std::max(from, to) + 1] -= size;
  }

  void addLives() {
    for (NodeId node = 0; node < graph.size(); ++node) {
      int64_t size = graph.sizeOf(node);
      int64_t lastRead = -1, lastReadAgain = lastOwnRead[node], lastGradientRead = -1;
      for (NodeId reader : graph.successors(node)) {
        lastRead = std::max(lastRead, computed[reader]);
        lastReadAgain = std::max({lastReadAgain, again[reader], lastGroupRead[reader]});
      }
      for (NodeId before : graph.predecessors(node))
        lastGradientRead = std::max(lastGradientRead, differentiated[before]);

      addLife(differentiated[node], lastGradientRead, size);
      if (isCached(node)) {
        addLife(computed[node], std::max(lastRead, lastReadAgain), size);
      } else {
        addLife(computed[node], lastRead, size);
        addLife(again[node], lastReadAgain, size);
      }
    }
  }

  const GraphIndex &graph;
  const std::vector<int32_t> &blockOf;
  int32_t blocks;
  /// Per node: the first block that has a value which is read together with its own.
  std::vector<int32_t> firstBlockOfReaders;
  /// Whether some gradient reads the value in any case.
  std::vector<bool> kept;
  /// Moments of the first computation, of the second or -1, and of the gradient.
  std::vector<int64_t> computed, again, differentiated;
  std::vector<int64_t> lastGroupRead, lastOwnRead;
  /// By how much the sum of sizes changes at each moment.
  std::vector<int64_t> changes;
};
} // namespace

int64_t remat::schedule::peakAfterLiveness(const GraphIndex &graph, const std::vector<int32_t> &blockOf,
                                           int32_t blocks) {
  return Timeline(graph, blockOf, blocks).peak();
}
