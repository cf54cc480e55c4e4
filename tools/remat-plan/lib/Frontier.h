//===- Frontier.h - Time over memory ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A budget is useful if no smaller one gives a plan that is as fast: a plan fits any
// larger budget too. The least time that any smaller budget can have is known at each
// planned one: of a planner to which more memory never does harm it is the time of the
// plan, of others the lower bound of the plan. Budgets between two planned ones are
// settled if that is the time that the smaller one has, and bisection finds all useful
// budgets. If there are too many, the largest steps in time and in budget are resolved
// first. What is left is a sample, in which the smallest budget for a certain time is
// not the smallest there is; so these budgets, the knees, are bisected for themselves.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_FRONTIER_H
#define REMAT_TOOLS_REMAT_PLAN_FRONTIER_H

#include "ChainLoader.h"
#include "Progress.h"

namespace remat::plantool {

struct FrontierPoint {
  int64_t budget = 0;
  int64_t forward = 0;
  int64_t time = 0;
  int64_t lowerBound = 0;
  int64_t boundAnySchedule = 0;
  double timeRatio = 1;
  /// No plan at this budget or below takes less.
  int64_t leastBelow = 0;
};

/// A budget from which on a plan takes at most a certain time.
struct Knee {
  /// "one third more time"
  std::string name;
  FrontierPoint point;
  /// Share of the peak of keeping everything.
  double share = 0;
  /// Whether no smaller budget does; else it is at most this one.
  bool isExact = true;
};

struct FrontierCurve {
  schedule::Policy policy = schedule::Policy::Optimal;
  /// Useful budgets, ascending; times fall. Empty if the policy does not apply.
  std::vector<FrontierPoint> points;
  /// Whether these are all of them.
  bool isComplete = true;
  /// By falling budget; none if they were not looked for.
  std::vector<Knee> knees;
  /// Why the policy has no plan, if so.
  schedule::Verdict verdict;
};

struct FrontierLimits {
  int64_t plans = 0;
  /// More plans, for the knees only.
  int64_t kneePlans = 0;
  /// How hard each plan is searched.
  schedule::ChainOptions search;
};

/// Plans budgets from the smallest feasible one to that of keeping everything.
FrontierCurve computeFrontier(const LoadedChain &loaded, schedule::Policy policy, const FrontierLimits &limits,
                              Progress &progress);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_FRONTIER_H
