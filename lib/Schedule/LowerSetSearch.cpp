//===- LowerSetSearch.cpp - the best sequence of lower sets -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The peak of a block from L to L' is
//
//   cached + 2 size(L') - 2 size(L) + carry(L') = cached - 2 size(L) + key(L'),
//
// so with the sets sorted by key the candidates for L' end at the first one that does
// not fit. They begin at 2 size(L), for a superset is not smaller.
//
//===----------------------------------------------------------------------===//

#include "LowerSetSearch.h"

#include <algorithm>
#include <limits>
#include <numeric>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

static constexpr int64_t none = std::numeric_limits<int64_t>::max();
static constexpr int64_t maxStates = 60000000;

LowerSetSearch::LowerSetSearch(const LowerSets &sets, std::function<bool(double)> goOn)
    : sets(sets), goOn(std::move(goOn)), key(sets.size()), byKey(sets.size()) {
  for (int64_t set = 0; set < sets.size(); ++set)
    key[set] = 2 * sets.sizeOf(set) + sets.carryOf(set);
  std::iota(byKey.begin(), byKey.end(), 0);
  std::stable_sort(byKey.begin(), byKey.end(), [&](int64_t a, int64_t b) { return key[a] < key[b]; });
  for (int64_t set : byKey)
    sortedKeys.push_back(key[set]);
}

template <typename Visit>
void LowerSetSearch::visitSupersets(int64_t from, Visit visit) const {
  auto begin = std::lower_bound(sortedKeys.begin(), sortedKeys.end(), 2 * sets.sizeOf(from));
  for (size_t i = begin - sortedKeys.begin(); i < byKey.size(); ++i)
    if (byKey[i] > from && sets.isSubset(from, byKey[i]) && !visit(byKey[i]))
      return;
}

LowerSetSearch::Step LowerSetSearch::stepTo(int64_t from, int64_t to) const {
  Step step = {0, 0};
  for (NodeId node : sets.boundaryOf(to)) {
    if (sets.contains(from, node))
      continue;
    step.cached += sets.nodeSize(node);
    step.cachedTime += sets.nodeTime(node);
  }
  return step;
}

int64_t LowerSetSearch::costOfStep(int64_t from, int64_t to, Step step, SearchCost cost) const {
  switch (cost) {
  case SearchCost::CachedTime:
    return step.cachedTime;
  case SearchCost::CachedSize:
    return step.cached;
  case SearchCost::Overhead:
    break;
  }
  return to == sets.last() ? 0 : sets.timeOf(to) - sets.timeOf(from) - step.cachedTime;
}

LowerSetSearch::Reach LowerSetSearch::reach(int64_t budget) {
  // The least that can be cached at each set, and the peak on the way there.
  std::vector<int64_t> cached(sets.size(), none), peak(sets.size(), 0);
  int64_t exceeding = none;
  cached[0] = 0;
  for (int64_t set = 0; set < sets.last(); ++set) {
    if (set % 1024 == 0 && !goOn(double(set) / sets.size())) {
      stopped = true;
      break;
    }
    if (cached[set] == none)
      continue;
    int64_t base = cached[set] - 2 * sets.sizeOf(set);
    visitSupersets(set, [&](int64_t next) {
      int64_t blockPeak = base + key[next];
      if (blockPeak > budget) {
        exceeding = std::min(exceeding, blockPeak);
        return false;
      }
      int64_t sum = cached[set] + stepTo(set, next).cached;
      int64_t nextPeak = std::max(peak[set], blockPeak);
      if (sum < cached[next] || (sum == cached[next] && nextPeak < peak[next])) {
        cached[next] = sum;
        peak[next] = nextPeak;
      }
      return true;
    });
  }
  if (cached[sets.last()] != none)
    return {true, peak[sets.last()]};
  return {false, exceeding};
}

std::optional<int64_t> LowerSetSearch::minimumPeak() {
  // A sequence that does not fit in the budget has a first block that does not, in front of
  // which at least the least possible is cached. So what exceeds the budget least bounds
  // every sequence from below.
  int64_t low = 0, high = key[sets.last()];
  while (low < high && !stopped) {
    Reach result = reach(low + (high - low) / 2);
    (result.feasible ? high : low) = result.peak;
  }
  if (stopped)
    return std::nullopt;
  return high;
}

/// Adds to the states of a set those that come from another set with at most `mostCached`.
/// Both lists ascend in cost and descend in what is cached.
void LowerSetSearch::merge(std::vector<State> &into, const std::vector<State> &from, int64_t set, int64_t mostCached,
                           Step step, int64_t cost) {
  auto first = std::partition_point(from.begin(), from.end(), [&](const State &s) { return s.cached > mostCached; });
  if (first == from.end())
    return;
  merged.clear();
  size_t old = 0;
  int64_t least = none;
  auto takeOld = [&](const State &state) {
    if (state.cached >= least)
      return;
    least = state.cached;
    merged.push_back(state);
  };
  for (auto it = first; it != from.end(); ++it) {
    State state = {it->cost + cost, it->cached + step.cached, static_cast<int32_t>(set),
                   static_cast<int32_t>(it - from.begin())};
    while (old < into.size() &&
           (into[old].cost < state.cost || (into[old].cost == state.cost && into[old].cached <= state.cached)))
      takeOld(into[old++]);
    takeOld(state);
  }
  while (old < into.size())
    takeOld(into[old++]);
  states += static_cast<int64_t>(merged.size()) - static_cast<int64_t>(into.size());
  into.swap(merged);
}

std::optional<LowerSetSearch::Sequence> LowerSetSearch::best(int64_t budget, SearchCost cost) {
  std::vector<std::vector<State>> reached(sets.size());
  reached[0] = {{0, 0, 0, 0}};
  states = 1;
  tooLarge = false;
  for (int64_t set = 0; set < sets.last(); ++set) {
    if (set % 64 == 0 && !goOn(double(set) / sets.size())) {
      stopped = true;
      return std::nullopt;
    }
    if (states > maxStates) {
      tooLarge = true;
      return std::nullopt;
    }
    const std::vector<State> &from = reached[set];
    if (from.empty())
      continue;
    visitSupersets(set, [&](int64_t next) {
      int64_t mostCached = budget - key[next] + 2 * sets.sizeOf(set);
      if (from.back().cached > mostCached)
        return false;
      Step step = stepTo(set, next);
      int64_t added = costOfStep(set, next, step, cost);
      merge(reached[next], from, set, mostCached, step, added);
      return true;
    });
  }
  if (reached[sets.last()].empty())
    return std::nullopt;

  Sequence sequence;
  int64_t set = sets.last(), index = 0;
  while (set != 0) {
    sequence.push_back(set);
    State state = reached[set][index];
    set = state.set;
    index = state.index;
  }
  std::reverse(sequence.begin(), sequence.end());
  return sequence;
}

SequenceCost remat::schedule::costOf(const LowerSets &sets, const LowerSetSearch::Sequence &sequence) {
  SequenceCost result;
  int64_t cached = 0, previous = 0;
  for (int64_t set : sequence) {
    int64_t size = sets.sizeOf(set) - sets.sizeOf(previous);
    result.peak = std::max(result.peak, cached + 2 * size + sets.carryOf(set));
    int64_t again = sets.timeOf(set) - sets.timeOf(previous);
    for (NodeId node : sets.boundaryOf(set)) {
      if (sets.contains(previous, node))
        continue;
      cached += sets.nodeSize(node);
      again -= sets.nodeTime(node);
    }
    if (set != sets.last())
      result.overhead += again;
    previous = set;
  }
  return result;
}
