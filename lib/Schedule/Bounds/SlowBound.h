//===- SlowBound.h - a bound for schedules in two memories ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_BOUNDS_SLOWBOUND_H
#define REMAT_LIB_SCHEDULE_BOUNDS_SLOWBOUND_H

#include "remat/Schedule/Chain.h"

namespace remat::schedule {

/// Time that no schedule of a valid problem with at least one step falls below,
/// whatever it offloads. The largest of: what every schedule needs that has the
/// capacity of the slow tier as fast memory; and, for every number R of runs that
/// are counted, what is left of the re-runs after as many states and tapes have
/// been moved as the channel has time for, before the turn and after it.
///
/// Proof: docs/Schedules.md, section 10. O(R log time) on top of RunLimits.
int64_t slowBound(const EqualChain &problem, const SlowTier &slow);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_BOUNDS_SLOWBOUND_H
