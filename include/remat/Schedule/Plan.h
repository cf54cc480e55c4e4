//===- Plan.h - the record of a plan ----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a planner promises about a schedule: its counts, time, peak, and a lower
// bound that says how far from the best it can be. The fields are those of the
// plan JSON of docs/Contracts.md.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_PLAN_H
#define REMAT_SCHEDULE_PLAN_H

#include "remat/Schedule/Policy.h"

#include <cstdint>
#include <string_view>

namespace remat::schedule {

/// How a plan uses the slow tier: not at all, for a state every interval, for
/// tapes beside them, or as in the papers on synchronous transfers.
enum class OffloadScheme { None, EveryInterval, StatesAndTapes, HRevolve, DiskRevolve };

/// Its name in JSON.
std::string_view stringifyScheme(OffloadScheme scheme);

/// The time of a plan over the time of keeping everything; 1 if that is zero.
inline double getTimeRatio(int64_t time, int64_t storeAllTime) {
  return storeAllTime > 0 ? static_cast<double>(time) / static_cast<double>(storeAllTime) : 1;
}

struct Plan {
  Policy policy = Policy::Optimal;
  int64_t steps = 0;
  int64_t budget = 0;

  /// Executions of the forward step: advance + record. Each step is reversed once, and recorded
  /// once unless runs that keep no tape are records too: all of them where recording is faster
  /// than advancing, and the first sweep of online where it is as fast.
  int64_t forward = 0;
  int64_t advance = 0;
  int64_t record = 0;
  int64_t reverse = 0;
  /// States computed from a kept tape, and states copied out of a slot that
  /// their own tape takes over. Neither has a time in the model.
  int64_t resume = 0;
  int64_t copy = 0;

  /// With a slow tier, the time until everything has ended.
  int64_t time = 0;
  /// See getTimeRatio.
  double timeRatio = 1;
  /// No schedule of the class that the policy searches takes less time.
  int64_t lowerBound = 0;
  /// The plan is proved to be the best of its class.
  bool isCertified() const { return time == lowerBound; }
  /// No schedule of the model whatsoever takes less time.
  int64_t boundAnySchedule = 0;

  /// Exact peak, start state and workspace included.
  int64_t peak = 0;
  /// The smallest budget at which the policy has a plan.
  int64_t minimumBudget = 0;
  /// Sizes were planned in multiples of this unit (1: exact).
  int64_t planningUnit = 1;
  double solveSeconds = 0;

  /// With a slow tier: time in which steps wait for transfers, numbers of
  /// states and tapes copied to it, and the most that was in it.
  int64_t stall = 0;
  int64_t offloadedStates = 0;
  int64_t offloadedTapes = 0;
  int64_t slowPeak = 0;
  /// Which kind of schedule this is; the steps of an interval and how many of
  /// its tapes are offloaded; and the time by the closed formula.
  OffloadScheme scheme = OffloadScheme::None;
  int64_t interval = 0;
  int64_t intervalTapes = 0;
  int64_t predictedTime = 0;
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_PLAN_H
