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

#include "Graph/LowerSetSearch.h"

#include <algorithm>
#include <numeric>
#include <tuple>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

static constexpr int64_t none = std::numeric_limits<int64_t>::max();
static constexpr int64_t maxStates = 60000000;

LowerSetSearch::LowerSetSearch(const LowerSets &sets, int64_t precision, std::function<bool(double)> goOn)
    : sets(sets), precision(precision), goOn(std::move(goOn)), key(sets.size()), byKey(sets.size()) {
  for (int64_t set = 0; set < sets.size(); ++set)
    key[set] = 2 * sets.sizeOf(set) + sets.carryOf(set);
  std::iota(byKey.begin(), byKey.end(), 0);
  std::sort(byKey.begin(), byKey.end(),
            [&](int64_t a, int64_t b) { return std::tie(key[a], a) < std::tie(key[b], b); });
  for (int64_t set : byKey)
    sortedKeys.push_back(key[set]);
  columns.resize(sets.numWords());
  for (int64_t word = 0; word < sets.numWords(); ++word)
    for (int64_t set : byKey)
      columns[word].push_back(sets.wordOf(set, word));

  byDensity.resize(sets.numNodes());
  std::iota(byDensity.begin(), byDensity.end(), 0);
  std::sort(byDensity.begin(), byDensity.end(), [&](NodeId a, NodeId b) {
    if ((sets.nodeSize(a) == 0) != (sets.nodeSize(b) == 0))
      return sets.nodeSize(a) == 0;
    __int128 left = __int128(sets.nodeTime(a)) * sets.nodeSize(b);
    __int128 right = __int128(sets.nodeTime(b)) * sets.nodeSize(a);
    return left != right ? left > right : a < b;
  });
}

template <typename Visit>
void LowerSetSearch::visitSupersets(int64_t from, Visit visit) const {
  // A set is a superset if it has the maximal nodes, which are in few words.
  struct Mask {
    const uint64_t *column;
    uint64_t bits;
  };
  std::vector<Mask> masks;
  for (NodeId node : sets.maximaOf(from)) {
    const uint64_t *column = columns[node / 64].data();
    uint64_t bit = uint64_t(1) << (node % 64);
    if (!masks.empty() && masks.back().column == column)
      masks.back().bits |= bit;
    else
      masks.push_back({column, bit});
  }
  auto begin = std::lower_bound(sortedKeys.begin(), sortedKeys.end(), 2 * sets.sizeOf(from));
  for (size_t i = begin - sortedKeys.begin(); i < byKey.size(); ++i) {
    bool isSuperset = true;
    for (const Mask &mask : masks)
      isSuperset = isSuperset && (mask.column[i] & mask.bits) == mask.bits;
    if (isSuperset && byKey[i] != from && !visit(byKey[i]))
      return;
  }
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

bool LowerSetSearch::shouldGoOn(int64_t set, double share) {
  if (set % 64 == 0 && !goOn(share))
    stopped = true;
  return !stopped;
}

LowerSetSearch::Reach LowerSetSearch::reach(int64_t budget) {
  Reach result;
  std::vector<int64_t> &cached = result.cached;
  std::vector<int64_t> peak(sets.size(), 0);
  cached.assign(sets.size(), none);
  cached[0] = 0;
  int64_t exceeding = none;
  for (int64_t set = 0; set < sets.last(); ++set) {
    if (!shouldGoOn(set, double(set) / sets.size()))
      return result;
    if (cached[set] == none)
      continue;
    int64_t base = cached[set] - 2 * sets.sizeOf(set);
    visitSupersets(set, [&](int64_t next) {
      int64_t blockPeak = base + key[next];
      if (blockPeak > budget) {
        exceeding = std::min(exceeding, blockPeak);
        return false;
      }
      if (cached[set] > cached[next])
        return true;
      int64_t sum = cached[set] + stepTo(set, next).cached;
      int64_t nextPeak = std::max(peak[set], blockPeak);
      if (sum < cached[next] || (sum == cached[next] && nextPeak < peak[next])) {
        cached[next] = sum;
        peak[next] = nextPeak;
      }
      return true;
    });
  }
  result.feasible = cached[sets.last()] != none;
  result.peak = result.feasible ? peak[sets.last()] : exceeding;
  return result;
}

std::optional<int64_t> LowerSetSearch::minimumPeak() { return minimumPeak(key[sets.last()]); }

std::optional<int64_t> LowerSetSearch::minimumPeak(int64_t high) {
  // A sequence that does not fit in the budget has a first block that does not, in front of
  // which at least the least possible is cached. So what exceeds the budget least bounds
  // every sequence from below. The step down doubles until it is too far.
  int64_t low = 0, step = std::max<int64_t>(high / 64, 1);
  while (low < high && !stopped) {
    Reach result = reach(std::max(low + (high - low) / 2, high - step));
    (result.feasible ? high : low) = result.peak;
    step = result.feasible ? 2 * step : std::max<int64_t>(step / 2, 1);
  }
  if (stopped)
    return std::nullopt;
  return high;
}

LowerSetSearch::Outlook LowerSetSearch::lookBack(int64_t budget, SearchCost cost, const Reach &reach) {
  Outlook result = {std::vector<int64_t>(sets.size(), -1), std::vector<int64_t>(sets.size(), none)};
  result.mostCached[sets.last()] = none;
  result.leastCost[sets.last()] = 0;
  for (int64_t set = sets.last() - 1; set >= 0; --set) {
    if (!shouldGoOn(set, 1 - double(set) / sets.size()))
      break;
    if (reach.cached[set] == none)
      continue;
    visitSupersets(set, [&](int64_t next) {
      int64_t most = budget - key[next] + 2 * sets.sizeOf(set);
      if (reach.cached[set] > most)
        return false;
      if (result.mostCached[next] < reach.cached[set])
        return true;
      Step step = stepTo(set, next);
      most = std::min(most, result.mostCached[next] - step.cached);
      if (most < reach.cached[set])
        return true;
      result.mostCached[set] = std::max(result.mostCached[set], most);
      int64_t rest = result.leastCost[next] + costOfStep(set, next, step, cost);
      result.leastCost[set] = std::min(result.leastCost[set], rest);
      return true;
    });
  }
  return result;
}

/// Adds to the states of a set those that come from another one. Both lists ascend in cost and
/// descend in what is cached.
void LowerSetSearch::merge(std::vector<State> &into, const std::vector<State> &from, const Transition &transition) {
  int64_t most = std::min(transition.mostCachedBefore, transition.mostCachedAfter - transition.cached);
  auto first = std::partition_point(from.begin(), from.end(), [&](const State &s) { return s.cached > most; });
  merged.clear();
  size_t old = 0;
  int64_t least = none;
  auto take = [&](const State &state) {
    if (state.cached >= least)
      return;
    least = state.cached;
    if (!merged.empty() && merged.back().cost / transition.grain == state.cost / transition.grain)
      merged.back() = state;
    else
      merged.push_back(state);
  };
  for (auto it = first; it != from.end() && it->cost <= transition.mostCostAfter - transition.cost; ++it) {
    State state = {it->cost + transition.cost, it->cached + transition.cached, static_cast<int32_t>(transition.set),
                   static_cast<int32_t>(it - from.begin())};
    while (old < into.size() &&
           (into[old].cost < state.cost || (into[old].cost == state.cost && into[old].cached <= state.cached)))
      take(into[old++]);
    take(state);
  }
  while (old < into.size())
    take(into[old++]);
  states += static_cast<int64_t>(merged.size()) - static_cast<int64_t>(into.size());
  into.swap(merged);
}

/// What follows a set and is neither cached nor in the last block is computed again. With
/// `cached` at hand already, the rest can save the time of at most what fits in budget - cached,
/// densest nodes first.
void LowerSetSearch::dropHopeless(std::vector<State> &list, int64_t set, int64_t budget, int64_t mostCost) const {
  int64_t room = 0, overhead = sets.timeOf(sets.last()) - sets.timeOf(set);
  std::vector<std::pair<int64_t, int64_t>> steps = {{0, overhead}};
  for (NodeId node : byDensity)
    if (!sets.contains(set, node))
      steps.push_back({room += sets.nodeSize(node), overhead -= sets.nodeTime(node)});
  auto isHopeless = [&](const State &state) {
    auto next = std::upper_bound(steps.begin(), steps.end(), std::make_pair(budget - state.cached, none));
    // The next node counts as saved entirely.
    int64_t rest = next == steps.end() ? steps.back().second : next->second;
    return state.cost > mostCost - rest;
  };
  list.erase(std::remove_if(list.begin(), list.end(), isHopeless), list.end());
}

std::optional<LowerSetSearch::Sequence> LowerSetSearch::best(int64_t budget, SearchCost cost, int64_t mostCost) {
  Reach reached = reach(budget);
  if (!reached.feasible)
    return std::nullopt;
  Outlook outlook = lookBack(budget, cost, reached);
  // States that cost more than the optimum are of no use, and there are many of them. So the
  // search begins with a limit not far above the least conceivable cost and raises it.
  int64_t least = outlook.leastCost[0];
  if (stopped || least > mostCost)
    return std::nullopt;
  int64_t all = cost == SearchCost::CachedSize ? sets.sizeOf(sets.last()) : sets.timeOf(sets.last());
  int64_t room = std::min(mostCost, all) - least;
  for (int64_t slack = std::max<int64_t>(room / 64, 1);; slack *= 2) {
    int64_t limit = slack < room ? least + slack : mostCost;
    std::optional<Sequence> found = search(budget, cost, limit, 1 + std::min(slack, room) / precision, outlook);
    if (found || stopped || tooLarge || limit == mostCost)
      return found;
  }
}

std::optional<LowerSetSearch::Sequence> LowerSetSearch::search(int64_t budget, SearchCost cost, int64_t mostCost,
                                                               int64_t grain, const Outlook &outlook) {
  std::vector<std::vector<State>> lists(sets.size());
  lists[0] = {{0, 0, 0, 0}};
  states = 1;
  tooLarge = false;
  for (int64_t set = 0; set < sets.last(); ++set) {
    if (!shouldGoOn(set, double(set) / sets.size()))
      return std::nullopt;
    if (states > maxStates) {
      tooLarge = true;
      return std::nullopt;
    }
    if (cost == SearchCost::Overhead && mostCost != none)
      dropHopeless(lists[set], set, budget, mostCost);
    const std::vector<State> &from = lists[set];
    if (from.empty())
      continue;
    visitSupersets(set, [&](int64_t next) {
      int64_t mostCached = budget - key[next] + 2 * sets.sizeOf(set);
      if (from.back().cached > mostCached)
        return false;
      if (from.back().cached > outlook.mostCached[next])
        return true;
      Step step = stepTo(set, next);
      int64_t added = costOfStep(set, next, step, cost);
      int64_t mostCostAfter = mostCost - outlook.leastCost[next];
      if (from.front().cost <= mostCostAfter - added)
        merge(lists[next], from,
              {set, step.cached, added, mostCached, outlook.mostCached[next], mostCostAfter,
               next == sets.last() ? 1 : grain});
      return true;
    });
  }
  if (lists[sets.last()].empty())
    return std::nullopt;

  bestCost = lists[sets.last()].front().cost;
  Sequence sequence;
  int64_t set = sets.last(), index = 0;
  while (set != 0) {
    sequence.push_back(set);
    State state = lists[set][index];
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
