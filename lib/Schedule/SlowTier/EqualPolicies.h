//===- EqualPolicies.h - policies whose plans are lists -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Policies for equal steps and a slow tier, which plan() has no tables for. Each gets
// a valid problem with at least one step.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_EQUALPOLICIES_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_EQUALPOLICIES_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

namespace remat::schedule {

/// Objective: least time of schedules that keep states in two memories, where
/// steps wait for transfers. h-revolve: both limited, states of the slow tier
/// may be read more than once and written at any time. disk-revolve: an
/// unlimited slow tier that is written in the first sweep only.
///
/// Guarantee: the best of its class. The start state stays in fast memory throughout
/// or, if it is releasable and of the size of the others, is moved like any other.
/// Complexity: O(T^2 c) time for c slow slots (disk-revolve: O(T^2)), for at most
/// maxHierarchicalSteps steps. Source: Herrmann & Pallez 2020; Aupy, Herrmann,
/// Hovland & Robert 2016.
PlanResult planHierarchical(const EqualChain &problem, const SlowTier &slow, Policy policy);
inline constexpr int64_t maxHierarchicalSteps = 20000;

/// Objective: least makespan when transfers run beside the steps. States are
/// offloaded every I steps, with the tapes of the last steps of each interval as
/// far as the channel has time; intervals and the rest of the chain are reversed
/// by the best plans in what memory remains. The best of no offload and of all
/// intervals, numbers of tapes and lengths of the rest by a closed formula; the
/// first few of them are simulated.
///
/// Guarantee: never worse than not to offload, nor than planEveryInterval;
/// lowerBound holds for any schedule (SlowBound.h). Complexity: some ten thousand
/// calls of plan() and a few schedules, which are lists: at most maxOffloadedSteps
/// steps. `options.progress` is called between them. Source: Kukreja, Hueckelheim & Gorman 2018;
/// the tapes and the free length of the rest are ours.
PlanResult planMultistage(const EqualChain &problem, const SlowTier &slow, const ChainOptions &options = {});
inline constexpr int64_t maxOffloadedSteps = 10000000;

/// The published scheme: a state is offloaded every ceil(transfer / advance) steps,
/// each interval is reversed by the best plan in the memory beside one buffer, and
/// the last one shares its first run with the sweep. Not to offload if the chain
/// is not longer than an interval. Guarantee: none on the time. Complexity: that of
/// three plans and O(T). Source: as above.
PlanResult planEveryInterval(const EqualChain &problem, const SlowTier &slow);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_EQUALPOLICIES_H
