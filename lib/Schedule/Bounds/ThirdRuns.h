//===- ThirdRuns.h - what unequal steps run more than twice -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_BOUNDS_THIRDRUNS_H
#define REMAT_LIB_SCHEDULE_BOUNDS_THIRDRUNS_H

#include "remat/Schedule/Chain.h"

namespace remat::schedule {

/// The least time that third and later runs of steps take in any schedule in one
/// memory of that size, of a valid problem with at least one step.
///
/// Guarantee: no schedule takes less. Complexity: O(S log S log T) for S stages of T steps, and
/// O(log T) times RunLimits.
int64_t thirdRuns(const Chain &problem, int64_t memory);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_BOUNDS_THIRDRUNS_H
