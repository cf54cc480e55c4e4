//===- PricedOffload.h - offload what is worth its transfer -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_PRICEDOFFLOAD_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_PRICEDOFFLOAD_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

namespace remat::schedule {

/// Objective: a schedule with less makespan than `best`, the best plan so far of a
/// problem with a slow tier, whose states and tapes are both offloaded where that
/// gains more than it costs (SlowModes.h). Of all choices of a price, of fast memory for
/// transfers and of what may move, the one that is the fastest when played.
///
/// Guarantee: `best` gets no worse. Nothing is done with more steps than
/// maxPricedSteps, with times whose sums might not fit, or if it meets its bound.
/// Complexity: that of some 30 plans of planStaged with coarse units; with few steps a
/// few hundred that take microseconds. Source: prices on the channel are ours; the problem
/// is strongly NP-hard (Beaumont, Eyraud-Dubois & Shilova 2020).
void improveByPrices(const Chain &problem, const ChainOptions &options, PlanResult &best);

inline constexpr int64_t maxPricedSteps = 400;

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_PRICEDOFFLOAD_H
