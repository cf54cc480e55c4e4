//===- PolicySolvers.h - one solver per policy ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The solvers behind plan(). Each gets a valid problem with at least one step
// and a budget that is at least its smallest one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_POLICYSOLVERS_H
#define REMAT_LIB_SCHEDULE_POLICYSOLVERS_H

#include "remat/Schedule/Plan.h"
#include "remat/Schedule/PlanTable.h"
#include "remat/Schedule/Problem.h"

namespace remat::schedule {

/// A schedule and what is known about its class.
struct Solution {
  PlanTable table;
  /// No schedule of the class has fewer forward steps.
  int64_t forwardBound = 0;
  int64_t planningUnit = 1;
};

Solution solveStoreAll(const ChainProblem &problem);

Solution solvePeriodic(const ChainProblem &problem);
/// The smallest peak of any period.
int64_t periodicMinimum(const ChainProblem &problem);

/// Griewank & Walther 2000: binomial schedules.
Solution solveRevolve(const ChainProblem &problem);
/// The same for tapes (Gruslys et al. 2016, ISM).
Solution solveIsm(const ChainProblem &problem);

/// Policy::Msm and Policy::Optimal.
Solution solveMixed(const ChainProblem &problem, Policy policy);

/// Policy::Online, for a length that checkOnlineSteps accepts: the states that a sweep keeps that
/// does not know how long the chain is, and the best way back from them. The bound
/// is that of the offline optimum. O(T m) for m states.
Solution solveOnline(const ChainProblem &problem);
Verdict checkOnlineSteps(int64_t steps);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_POLICYSOLVERS_H
