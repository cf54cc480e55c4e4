//===- StagedSolver.h - plan unequal steps ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDSOLVER_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDSOLVER_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

namespace remat::schedule {

/// Objective: least time within the budget, over schedules of nested segments in
/// which slots are used again (StagedChoice.h). The slow tier is left alone.
///
/// Guarantee: never above the budget, feasible from plan.minimumBudget on, which
/// is the least of the class. With few steps, or sizes that are multiples of a
/// coarse unit, the plan is the best of the class. Otherwise times are estimated in
/// units of `planningUnit` and memory is counted in bytes; the
/// bound comes from sizes rounded down. Runs of equal steps are written out up to
/// 1,000 steps, or planned in blocks, but never worse than as many steps of the
/// largest sizes. The class is not always the best: 4 of 15,388 random small chains
/// have a better schedule, in which a state that was given up is computed again.
/// Errors: Unsupported beyond 4,000,000 steps, Infeasible, Interrupted, Overflow.
///
/// Complexity: O(N^3 M) time and O(N^2 M) memory for N items and M units, where M
/// is chosen from options.effort and options.tableBytes, seconds and 2 GiB by default. More than
/// options.maxItems stages are planned in blocks of neighbours, at most maxUnequalStages in each:
/// some 15 seconds for 10^5, some minutes and 4 GiB for 10^6.
///
/// Source: Beaumont et al. 2019 for the segments; slots used again is ours.
PlanResult planStaged(const Chain &problem, const ChainOptions &options = {});

/// Objective: keep the tape of every step but the last, in its fastest mode.
///
/// Guarantee: no schedule is faster. Errors: as planStaged. O(T) actions.
PlanResult planStagedStoreAll(const Chain &problem);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDSOLVER_H
