//===- LowerSets.cpp - families of lower sets of a graph --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sets are rows of bits in topological order of the nodes. All lower sets of
// size s + 1 come from those of size s by adding a node whose predecessors are in
// the set; duplicates arise only within a size.
//
//===----------------------------------------------------------------------===//

#include "Graph/LowerSets.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <unordered_set>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

LowerSets LowerSets::all(const GraphIndex &graph, int64_t limit, const std::function<bool()> &goOn) {
  LowerSets sets(graph);
  sets.bits.assign(sets.words, 0);
  int64_t first = 0;
  for (NodeId size = 0; size < graph.size(); ++size) {
    int64_t next = sets.stored();
    if (!sets.addLevel(first, limit, goOn))
      return LowerSets(graph);
    first = next;
  }
  sets.describe();
  return sets;
}

/// Spreads the bits of a word over the whole value.
static uint64_t mix(uint64_t value, uint64_t word) {
  value = (value ^ word) * 0x9e3779b97f4a7c15u;
  return value ^ value >> 29;
}

bool LowerSets::addLevel(int64_t first, int64_t limit, const std::function<bool()> &goOn) {
  auto hash = [this](int64_t set) {
    uint64_t value = 0;
    for (int64_t i = 0; i < words; ++i)
      value = mix(value, bits[set * words + i]);
    return static_cast<size_t>(value);
  };
  auto equal = [this](int64_t a, int64_t b) {
    return std::equal(bits.begin() + a * words, bits.begin() + (a + 1) * words, bits.begin() + b * words);
  };
  std::unordered_set<int64_t, decltype(hash), decltype(equal)> known(16, hash, equal);

  int64_t end = stored();
  for (int64_t set = first; set < end; ++set) {
    if (set % 256 == 0 && !goOn())
      return false;
    for (NodeId node = 0; node < graph->size(); ++node) {
      if (contains(set, node))
        continue;
      GraphIndex::Range before = graph->predecessors(node);
      if (!std::all_of(before.begin(), before.end(), [&](NodeId other) { return contains(set, other); }))
        continue;
      int64_t added = stored();
      bits.resize(bits.size() + words);
      std::copy_n(bits.begin() + set * words, words, bits.begin() + added * words);
      insert(added, node);
      if (!known.insert(added).second)
        bits.resize(bits.size() - words);
      else if (added >= limit)
        return false;
    }
  }
  return true;
}

LowerSets LowerSets::closures(const GraphIndex &graph) {
  LowerSets sets(graph);
  sets.bits.assign(sets.words * (int64_t(graph.size()) + 1), 0);
  std::vector<int64_t> counts(graph.size() + 1, 0);
  for (NodeId node = 0; node < graph.size(); ++node) {
    uint64_t *row = sets.bits.data() + (node + 1) * sets.words;
    for (NodeId before : graph.predecessors(node))
      for (int64_t i = 0; i < sets.words; ++i)
        row[i] |= sets.bits[(before + 1) * sets.words + i];
    sets.insert(node + 1, node);
    for (int64_t i = 0; i < sets.words; ++i)
      counts[node + 1] += __builtin_popcountll(row[i]);
  }
  std::vector<int64_t> sorted(counts.size());
  std::iota(sorted.begin(), sorted.end(), 0);
  std::sort(sorted.begin(), sorted.end(),
            [&](int64_t a, int64_t b) { return std::tie(counts[a], a) < std::tie(counts[b], b); });
  sets.select(sorted);
  sets.addAllNodes();
  sets.describe();
  return sets;
}

LowerSets LowerSets::cuts(const GraphIndex &graph) {
  LowerSets sets = closures(graph);
  std::vector<int64_t> chosen = {0};
  for (int64_t set = 1; set < sets.size(); ++set)
    if (sets.boundaryOf(set).size() == 1 && sets.isSubset(chosen.back(), set))
      chosen.push_back(set);
  sets.select(chosen);
  sets.addAllNodes();
  sets.describe();
  return sets;
}

void LowerSets::select(const std::vector<int64_t> &sets) {
  std::vector<uint64_t> chosen;
  chosen.reserve(sets.size() * words);
  for (int64_t set : sets)
    chosen.insert(chosen.end(), bits.begin() + set * words, bits.begin() + (set + 1) * words);
  bits = std::move(chosen);
}

void LowerSets::addAllNodes() {
  int64_t last = stored() - 1;
  NodeId node = 0;
  while (node < graph->size() && contains(last, node))
    ++node;
  if (node == graph->size())
    return;
  bits.resize(bits.size() + words);
  for (node = 0; node < graph->size(); ++node)
    insert(last + 1, node);
}

void LowerSets::describe() {
  facts.assign(stored(), {});
  boundary.clear();
  maxima.clear();
  std::vector<int64_t> seen(graph->size(), -1);
  for (int64_t set = 0; set < size(); ++set)
    facts[set] = describe(set, seen);
}

LowerSets::Facts LowerSets::describe(int64_t set, std::vector<int64_t> &seen) {
  Facts fact;
  fact.boundaryBegin = static_cast<int64_t>(boundary.size());
  fact.maximaBegin = static_cast<int64_t>(maxima.size());
  std::vector<NodeId> next;
  for (NodeId node = 0; node < graph->size(); ++node) {
    if (!contains(set, node))
      continue;
    fact.time += graph->timeOf(node);
    fact.size += graph->sizeOf(node);
    int64_t outside = 0;
    for (NodeId successor : graph->successors(node)) {
      if (contains(set, successor))
        continue;
      ++outside;
      if (seen[successor] == set)
        continue;
      seen[successor] = set;
      next.push_back(successor);
      fact.carry += graph->sizeOf(successor);
    }
    if (outside)
      boundary.push_back(node);
    if (outside == graph->successors(node).size())
      maxima.push_back(node);
  }
  fact.boundaryEnd = static_cast<int64_t>(boundary.size());
  fact.maximaEnd = static_cast<int64_t>(maxima.size());

  // A node behind the set can count twice: its gradient, and its value.
  std::vector<NodeId> side;
  for (NodeId successor : next)
    for (NodeId other : graph->predecessors(successor))
      if (!contains(set, other))
        side.push_back(other);
  std::sort(side.begin(), side.end());
  side.erase(std::unique(side.begin(), side.end()), side.end());
  for (NodeId other : side)
    fact.carry += graph->sizeOf(other);
  return fact;
}
