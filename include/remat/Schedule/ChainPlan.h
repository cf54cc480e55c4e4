//===- ChainPlan.h - the plan of a chain, and how to plan it ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_CHAINPLAN_H
#define REMAT_SCHEDULE_CHAINPLAN_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/EqualChain.h"
#include "remat/Schedule/Plan.h"
#include "remat/Schedule/PlanTable.h"

#include <functional>
#include <optional>
#include <vector>

namespace remat::schedule {

/// A plan with its schedule, or the reason why there is none. Times are in the
/// unit of the problem, of which timeScale make one of its own.
struct PlanResult {
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

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_CHAINPLAN_H
