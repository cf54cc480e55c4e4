//===- GraphPlan.h - plan a graph within a budget ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kusumoto et al. 2019 (arXiv 1905.11722). A *lower set* L is a set of nodes
// that contains the predecessors of its nodes; its boundary d(L) are the nodes
// of L with a successor outside. A sequence of growing lower sets L_1 ... L_k,
// the last one all nodes, cuts the graph into blocks V_i = L_i \ L_(i-1) and
// stands for one *canonical* schedule:
//
//   forward    for each block: compute it, then drop it but for d(L_i); the
//              last block is not dropped
//   backward   from the last block to the first: compute again what was
//              dropped, then all gradients of the block, then drop all values
//              and gradients that no earlier block needs
//
// With U_i = d(L_1) | ... | d(L_i), next(L) = the successors of L outside L,
// and side(L) = the predecessors of next(L) outside L,
//
//   overhead = sum over i < k of time(V_i \ d(L_i))
//   peak     = max over i of     size(U_(i-1)) + 2 size(V_i)
//                                + size(next(L_i)) + size(side(L_i))
//
// The peak is that of the schedule as described. Dropping every value and
// gradient right after its last use (liveness) lowers it; peakAfterLiveness is
// the peak that is left. docs/Graphs.md has the mathematics and measurements.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_GRAPHPLAN_H
#define REMAT_SCHEDULE_GRAPHPLAN_H

#include "remat/Schedule/Graph.h"

#include <functional>
#include <optional>
#include <string_view>

namespace remat::schedule {

/// Which lower sets a sequence may consist of.
enum class GraphPolicy {
  /// All of them. Their number can be exponential in the width of the graph.
  Exact,
  /// Those that consist of a node and all it depends on: at most one a node. The
  /// costs that matter are told apart in 4096 steps, so that the best of these
  /// sequences is met to the unit, or, if times have many digits, to within one
  /// step for each block.
  Approximate,
  /// Segments of about equal size between the nodes through which everything
  /// flows (Chen et al. 2016), the best size.
  Chen
};

/// What is best among the sequences whose peak is within the budget.
enum class GraphObjective {
  /// The least overhead ("time-centric").
  Time,
  /// The least peak after liveness found ("memory-centric"): of the sequences
  /// that cache the least time under a few budgets down to the smallest feasible one,
  /// and of the plan for Time, the one with the least peak after liveness. A
  /// coarse sequence profits more from liveness than a fine one.
  Memory
};

/// The names in options and JSON: "exact", "approximate", "chen"; "time",
/// "memory".
std::string_view stringifyGraphPolicy(GraphPolicy policy);
std::optional<GraphPolicy> parseGraphPolicy(std::string_view name);
std::string_view stringifyGraphObjective(GraphObjective objective);
std::optional<GraphObjective> parseGraphObjective(std::string_view name);

struct GraphOptions {
  GraphPolicy policy = GraphPolicy::Exact;
  GraphObjective objective = GraphObjective::Time;
  /// The exact policy gives up, with Status::Unsupported, on a graph that has
  /// more lower sets than this.
  int64_t maxLowerSets = 100000;
  /// Called now and then with the share of the search that is done, from 0 to
  /// 1; it may start again from 0. Returning false ends the search with
  /// Status::Interrupted.
  std::function<bool(double)> progress;
};

/// The record of a plan; the fields are those of the plan JSON of docs/Contracts.md.
struct GraphPlan {
  GraphPolicy policy = GraphPolicy::Exact;
  GraphObjective objective = GraphObjective::Time;
  int64_t nodes = 0;
  int64_t budget = 0;

  /// The growing lower sets, each the ascending numbers of its nodes.
  std::vector<std::vector<GraphProblem::NodeId>> sequence;

  /// Values computed, the first time and again.
  int64_t forward = 0;
  /// Time of the values computed again.
  int64_t overhead = 0;
  /// Time of all values computed: that of all nodes, and the overhead.
  int64_t time = 0;
  /// Time over the time of all nodes; 1 if that is zero.
  double timeRatio = 1;
  /// No sequence of the policy's lower sets takes less time within the budget
  /// (Exact); for the others a bound for all canonical sequences, from how much can be
  /// at hand when the last block is reversed.
  int64_t lowerBound = 0;
  /// time == lowerBound.
  bool certified = false;
  /// No schedule of the machine of Graph.h within the budget takes less time, canonical or not.
  int64_t boundAnySchedule = 0;

  int64_t peak = 0;
  int64_t peakAfterLiveness = 0;
  /// The smallest budget at which the policy has a plan.
  int64_t minimumBudget = 0;
  /// No schedule of the machine runs within a smaller budget.
  int64_t minimumBudgetAnySchedule = 0;
  /// The number of lower sets that were searched.
  int64_t lowerSets = 0;
  double solveSeconds = 0;
};

/// A plan, or the reason why there is none.
struct GraphPlanResult {
  Verdict verdict;
  GraphPlan plan;

  bool ok() const { return verdict.ok(); }
};

/// Plans `problem`. If the budget is too small the status is Infeasible and
/// plan.minimumBudget says what would do. More than 20,000 nodes are Unsupported,
/// and so are more lower sets than GraphOptions::maxLowerSets by the policy exact.
///
/// Guarantee: the peak of the plan is within the budget, and its counts, times and
/// peaks are exact for the schedule that it stands for. Objective Time: by Exact no
/// sequence of lower sets within the budget takes less; by Approximate none of
/// those that it searches, to within what GraphPolicy says of long times; Chen is
/// the best of its sizes of a segment, and nothing is promised beside lowerBound.
/// Objective Memory: the peak after liveness is no more than that of the plan for
/// Time, and not proved least. minimumBudget is the least of the sequences that the
/// policy searches. boundAnySchedule and minimumBudgetAnySchedule hold for every
/// schedule of the machine (docs/Graphs.md).
///
/// With F lower sets: O(F^2 P) time,
/// where P is the number of Pareto-optimal (overhead, cached size) of a lower
/// set; F nodes / 8 bytes and O(F P) for the sets. A graph without nodes has
/// the empty sequence.
GraphPlanResult planGraph(const GraphProblem &problem, const GraphOptions &options = {});

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_GRAPHPLAN_H
