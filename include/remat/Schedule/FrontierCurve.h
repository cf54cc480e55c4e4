//===- FrontierCurve.h - time over memory of a chain ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A budget is useful if no smaller one gives a plan that is as fast: a plan fits
// any larger budget too. The least time that any smaller budget can have is known
// at each planned one: of a planner to which more memory never does harm it is the
// time of the plan, of others the lower bound of the plan. Budgets between two
// planned ones are settled if that is the time that the smaller one has, and
// bisection finds all useful budgets. If there are too many, the largest steps in
// time and in budget are resolved first. What is left is a sample, in which the
// smallest budget for a certain time is not the smallest there is; so these
// budgets, the knees, are bisected for themselves.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_FRONTIERCURVE_H
#define REMAT_SCHEDULE_FRONTIERCURVE_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

#include <functional>
#include <string>
#include <vector>

namespace remat::schedule {

/// What a plan needs at one budget. Sizes and times are in the units of the chain.
struct CurvePoint {
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
  CurvePoint point;
  /// Share of the peak of keeping everything.
  double share = 0;
  /// Whether no smaller budget does; else it is at most this one.
  bool isExact = true;
};

struct FrontierCurve {
  Policy policy = Policy::Optimal;
  /// Useful budgets, ascending; times fall. Empty if the policy does not apply.
  std::vector<CurvePoint> points;
  /// Whether these are all of them.
  bool isComplete = true;
  /// By falling budget; none if they were not looked for.
  std::vector<Knee> knees;
  /// Why the policy has no plan, if so.
  Verdict verdict;
};

struct CurveOptions {
  int64_t plans = 0;
  /// More plans, for the knees only; with 0 they are not looked for.
  int64_t kneePlans = 0;
  /// How hard each plan is searched.
  ChainOptions search;
  /// Called with the share of the plans that are done, from 0 to 1.
  std::function<void(double)> progress;
  /// Called when only the knees are left.
  std::function<void()> beginKnees;
};

/// Plans budgets from the smallest feasible one to `storeAll`, the peak of keeping
/// everything. Takes at most about `plans` + `kneePlans` plans. The budget of the
/// chain itself is not read.
FrontierCurve computeFrontierCurve(const Chain &chain, int64_t storeAll, Policy policy, const CurveOptions &options);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_FRONTIERCURVE_H
