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

#ifndef REMAT_LIB_SCHEDULE_EQUAL_POLICYSOLVERS_H
#define REMAT_LIB_SCHEDULE_EQUAL_POLICYSOLVERS_H

#include "remat/Schedule/EqualChain.h"
#include "remat/Schedule/PlanTable.h"
#include "remat/Schedule/Policy.h"
#include "remat/Schedule/Solvers.h"

namespace remat::schedule {

/// A schedule and what is known about its class.
struct Solution {
  PlanTable table;
  /// No schedule of the class has fewer forward steps.
  int64_t forwardBound = 0;
  int64_t planningUnit = 1;
};

/// Every tape but the last one is kept.
///
/// Objective: forward steps, of which there are T. Guarantee: no schedule has fewer. Complexity:
/// O(1), a table of one node. Source: classical, the limit of every policy in much memory.
Solution solveStoreAll(const EqualChain &problem);

/// A state is kept every p steps, and each period keeps its tapes while it is reversed.
///
/// Objective: fewest forward steps over all p that fit, then the lowest peak. Guarantee: the
/// best p. Complexity: O(sqrt(T)), a table of a few nodes. Source: Chen, Xu, Zhang & Guestrin 2016,
/// whose p is sqrt(T); the free choice is ours.
Solution solvePeriodic(const EqualChain &problem);
/// The smallest peak of any period. O(sqrt(T)).
int64_t periodicMinimum(const EqualChain &problem);

/// States only, in as many slots as fit.
///
/// Objective: fewest forward steps. Guarantee: the best of all schedules of states that keep the
/// start state. Complexity: that of the table, O(slots * repetitions). Source: Griewank & Walther 2000.
Solution solveRevolve(const EqualChain &problem);

/// Tapes only, from which the chain is started again.
///
/// Objective: fewest forward steps. Guarantee: the best of its class, whose recurrence has a closed form.
/// Complexity: as solveRevolve. Source: Gruslys, Munos, Danihelka, Lanctot & Graves 2016, ISM.
Solution solveIsm(const EqualChain &problem);

/// Policy::Msm and Policy::Optimal: states and tapes; with Optimal slots are used again and a
/// releasable start state is given up.
///
/// Objective: fewest forward steps. Guarantee: forwardBound holds for the class, and is met by all plans
/// in small problems, where the exact table decides (steps^2 * rows up to 2^28), and by all where the bound of
/// docs/Schedules.md, section 5, is met by two sweeps; otherwise the gap is what the bound says.
/// Complexity: O(rows * slopes) for at most 10^6 rows, one for each distinct amount of free memory, beyond
/// which sizes are rounded up to a coarser unit; O(log) nodes by two sweeps. Source: Gruslys et al.
/// 2016 (MSM, the recurrence); the dual method, the two sweeps and the reuse of slots are ours,
/// docs/Schedules.md, sections 3 to 6.
Solution solveStatesAndTapes(const EqualChain &problem, Policy policy);

/// Policy::Online, for a length that checkOnlineSteps accepts: the states that a sweep keeps that
/// does not know how long the chain is (OnlineSweep.h), and the best way back from them.
///
/// Objective: few forward steps whatever the length turns out to be. Guarantee: that of planOnline
/// (Online.h) where steps are recorded as fast as they are passed, whatever times are;
/// forwardBound is that of the offline optimum. Complexity: O(T m) for m states, and a solveStatesAndTapes for
/// each. Source: as planOnline.
Solution solveOnline(const EqualChain &problem);
Verdict checkOnlineSteps(int64_t steps);

/// plan() for a part of a schedule: without boundAnySchedule, which may take longer than the
/// plan. There is a table even where its time does not fit in 64 bits.
PlanResult planSegment(const EqualChain &problem, Policy policy);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_POLICYSOLVERS_H
