//===- ChainPlanner.h - plan any chain problem ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One entry point for every policy of contracts.md on every chain problem.
// Equal steps in one memory go to plan() (Solvers.h), whose plans are compact
// tables; all other plans are lists of actions.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_CHAINPLANNER_H
#define REMAT_SCHEDULE_CHAINPLANNER_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Plan.h"
#include "remat/Schedule/StagedChain.h"

#include <functional>

namespace remat::schedule {

/// A plan with its schedule, or the reason why there is none. Times are in the
/// unit of the problem, of which timeScale make one of its own.
struct ChainResult {
  Verdict verdict;
  Plan plan;
  /// The schedule, as a table or as a list.
  std::optional<PlanTable> table;
  std::vector<Action> list;
  /// Whether its advances stand for records, one for each step, because that is
  /// faster.
  bool recordsAdvances = false;

  bool ok() const { return verdict.ok(); }

  /// Calls `visit` for each action in order, without making a list of the
  /// actions of a table, until it returns false.
  void forEachAction(const std::function<bool(const Action &)> &visit) const;

  /// All actions.
  std::vector<Action> actions() const;
};

struct ChainOptions {
  /// Called now and then with the share of the search that is done, from 0 to
  /// 1; it may start again from 0. Returning false ends the search with
  /// Status::Interrupted. Called on the thread that plans: for unequal steps, and by
  /// policies optimal and multistage with a slow tier. No other plan takes long enough.
  std::function<bool(double)> progress;
  /// About how many sums a plan of unequal steps may take; a processor adds up
  /// some 1e10 a second. With more of them the units of memory are finer.
  double effort = 1.8e11;
  /// Bytes that the largest table of a plan of unequal steps may take. All of the planner takes
  /// about half as many again, and twice as many for a million different stages.
  int64_t tableBytes = int64_t(2) << 30;
  /// More unequal stages than this are planned in blocks of neighbours.
  int64_t maxItems = 2048;

  /// Calls `progress`, if there is one. Whether to go on.
  bool reportProgress(double share) const { return !progress || progress(share); }
};

/// Plans `problem` by `policy`. Policies other than store-all and optimal need
/// equal steps with one mode; multistage, h-revolve and disk-revolve need a
/// slow tier, which the others but optimal leave alone. If the budget is too
/// small the status is Infeasible and plan.minimumBudget says what would do.
///
/// Schedules that offload are lists, some hundred bytes for a step. With a slow tier, optimal,
/// multistage and every-interval take at most 10^7 equal steps and are Unsupported beyond;
/// of more than 10^5 unequal steps optimal offloads nothing (plan.scheme is None).
ChainResult planChain(const StagedChain &problem, Policy policy, const ChainOptions &options = {});

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_CHAINPLANNER_H
