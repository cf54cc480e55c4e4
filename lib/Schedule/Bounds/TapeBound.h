//===- TapeBound.h - a bound for every schedule whatsoever ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_BOUNDS_TAPEBOUND_H
#define REMAT_LIB_SCHEDULE_BOUNDS_TAPEBOUND_H

#include "remat/Schedule/Chain.h"

namespace remat::schedule {

/// Time that no schedule of a valid problem with at least one step falls below.
///
/// A step runs only once if its first tape survives until it is reversed. When
/// the last step is reversed all these tapes exist at once, that of the last
/// step perhaps in the core. Which steps and modes these are is a knapsack with
/// a choice for each step, of which this is the linear relaxation; every other
/// step runs at least once more. O(S log S) for S stages.
///
/// With a slow tier, tapes in it survive too. Their copies out have ended before
/// the turn, and are read after it, so that their sizes are at most what the
/// channels move in the time before and after; the bound is the least time for
/// which that agrees. If steps wait for transfers, each tape costs both of them.
int64_t tapeBound(const Chain &problem);

/// The time that another unit of memory would save in that relaxation, without the
/// slow tier; 0 if all tapes fit.
double tapePrice(const Chain &problem);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_BOUNDS_TAPEBOUND_H
