//===- StagedOffload.h - plan unequal steps with a slow tier ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_STAGEDOFFLOAD_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_STAGEDOFFLOAD_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

#include <functional>

namespace remat::schedule {

/// Plans a few steps in fast memory.
using SegmentPlanner = std::function<PlanResult(const Chain &, const ChainOptions &)>;

/// Objective: least makespan with a slow tier, which the problem has. The best of
/// planStaged, of improveByPrices, and of schedules that offload a state from time to
/// time, in intervals of several lengths (StagedOffload.cpp).
///
/// Guarantee: never worse than planStaged; the bound holds for any schedule
/// (tapeBound). Intervals are of at most 64 unequal steps. Errors: as planStaged.
///
/// Complexity: that of planStaged and of improveByPrices, and for at most 14 lengths of
/// intervals a plan of each interval by `planInterval`, with a thousandth of options.effort, and O(T) actions
/// that are played. Beyond 10^5 steps there is only planStaged.
///
/// Source: Kukreja, Hueckelheim & Gorman 2018 for the intervals; unequal ones and prices are
/// ours.
PlanResult planStagedOffload(const Chain &problem, const ChainOptions &options, const SegmentPlanner &planInterval);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_STAGEDOFFLOAD_H
