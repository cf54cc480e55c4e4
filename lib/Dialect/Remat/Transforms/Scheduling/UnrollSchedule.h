//===- UnrollSchedule.h - Schedules move by move ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_UNROLLSCHEDULE_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_UNROLLSCHEDULE_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// The moves of a plan that become code; the largest number if they are more.
uint64_t countMoves(PlanAttr plan);

/// Writes the plan of \p chain into the empty schedules of its sweeps, one operation
/// per move; consecutive steps without a tape are one operation.
void unrollSchedule(ForwardSweepOp forward, BackwardSweepOp backward, ChainOp chain);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_UNROLLSCHEDULE_H
