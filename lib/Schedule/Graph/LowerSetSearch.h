//===- LowerSetSearch.h - the best sequence of lower sets -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dynamic program of Kusumoto et al. 2019, section 4, over a family of lower
// sets. A state is a set L that a sequence has reached, with what is cached for it
// (the sizes of the boundaries so far) and what the sequence has cost. Of the
// sequences that reach L only the Pareto-optimal ones are kept.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_GRAPH_LOWERSETSEARCH_H
#define REMAT_LIB_SCHEDULE_GRAPH_LOWERSETSEARCH_H

#include "Graph/LowerSets.h"

#include <limits>
#include <optional>

namespace remat::schedule {

/// What a search minimises.
enum class SearchCost {
  /// Time of what is computed again. The last block is not.
  Overhead,
  /// Time, or size, of what is cached; with the least of it the blocks are coarse.
  CachedTime,
  CachedSize
};

class LowerSetSearch {
public:
  /// The numbers of the lower sets, without the empty one.
  using Sequence = std::vector<int64_t>;
  using NodeId = GraphProblem::NodeId;

  /// Costs are told apart exactly.
  static constexpr int64_t exactly = std::numeric_limits<int64_t>::max();

  /// `goOn` is asked now and then, with the share that is done, whether to continue. The costs between the
  /// least conceivable one and the limit of a search are told apart in so many steps.
  LowerSetSearch(const LowerSets &sets, int64_t precision, std::function<bool(double)> goOn);

  /// The smallest peak of any sequence; nothing if stopped.
  std::optional<int64_t> minimumPeak();
  /// The same if it is known to be at most `high`.
  std::optional<int64_t> minimumPeak(int64_t high);
  /// The best sequence with a peak of at most `budget`, of those that cost at most `mostCost`;
  /// nothing if there is none or if stopped. Equal costs are decided by the order of the sets. With fewer
  /// steps than costs it is within one step for each block of the best.
  std::optional<Sequence> best(int64_t budget, SearchCost cost, int64_t mostCost = std::numeric_limits<int64_t>::max());

  bool hasStopped() const { return stopped; }
  /// The cost of what the last search found.
  int64_t costOfBest() const { return bestCost; }
  /// Whether the last search ended because it needed too many states.
  bool isTooLarge() const { return tooLarge; }

private:
  struct State {
    int64_t cost, cached;
    /// Where the sequence came from.
    int32_t set, index;
  };
  /// What a block adds to a state.
  struct Step {
    int64_t cached, cachedTime;
  };
  /// What one pass with a budget finds.
  struct Reach {
    bool feasible = false;
    /// The peak of a sequence within the budget; or else a lower bound on the peak of every
    /// sequence.
    int64_t peak = 0;
    /// The least that a sequence can have cached at a set, or `none`.
    std::vector<int64_t> cached;
  };
  /// From what a set can still be completed.
  struct Outlook {
    /// The most that may be cached, or -1.
    std::vector<int64_t> mostCached;
    /// The least cost of the rest.
    std::vector<int64_t> leastCost;
  };

  Reach reach(int64_t budget);
  Outlook lookBack(int64_t budget, SearchCost cost, const Reach &reach);
  /// `best` among the sequences that cost at most `mostCost`.
  std::optional<Sequence> search(int64_t budget, SearchCost cost, int64_t mostCost, int64_t grain,
                                 const Outlook &outlook);
  bool shouldGoOn(int64_t set, double share);
  /// Removes states of a set that must end with more than `mostCost` of overhead.
  void dropHopeless(std::vector<State> &list, int64_t set, int64_t budget, int64_t mostCost) const;
  Step stepTo(int64_t from, int64_t to) const;
  int64_t costOfStep(int64_t from, int64_t to, Step step, SearchCost cost) const;
  /// Calls visit(set) for the supersets of `from` in order of key while it returns true.
  template <typename Visit>
  void visitSupersets(int64_t from, Visit visit) const;
  /// What is added to one side of a transition, and which states may be there.
  struct Transition {
    int64_t set, cached, cost;
    int64_t mostCachedBefore, mostCachedAfter, mostCostAfter;
    /// Of states whose costs are the same multiple of this, rounded down, the one that caches least stays.
    int64_t grain;
  };
  void merge(std::vector<State> &into, const std::vector<State> &from, const Transition &transition);

  const LowerSets &sets;
  int64_t precision;
  std::function<bool(double)> goOn;
  /// The part of the peak that only depends on the end of a block, and the sets in that order.
  std::vector<int64_t> key, byKey, sortedKeys;
  /// The bits of the sets in that order, one list for each word.
  std::vector<std::vector<uint64_t>> columns;
  /// The nodes, those first that take the most time for their size.
  std::vector<NodeId> byDensity;
  std::vector<State> merged;
  int64_t states = 0;
  int64_t bestCost = 0;
  bool stopped = false, tooLarge = false;
};

/// Overhead and peak of a sequence, by the formulas of GraphPlan.h.
struct SequenceCost {
  int64_t overhead = 0;
  int64_t peak = 0;
};
SequenceCost costOf(const LowerSets &sets, const LowerSetSearch::Sequence &sequence);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_GRAPH_LOWERSETSEARCH_H
