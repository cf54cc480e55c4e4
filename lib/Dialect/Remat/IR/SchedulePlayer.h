//===- SchedulePlayer.h - Plays spelled-out schedules ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_IR_SCHEDULEPLAYER_H
#define REMAT_LIB_DIALECT_REMAT_IR_SCHEDULEPLAYER_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Checks (C5) of remat.backward_sweep: the form of the schedules of \p backward and
/// its forward sweep and, if they are spelled out, the rules (S1) to (S10) of the
/// dialect. Reports the first operation that breaks one. Takes O(log n) per operation
/// with n things kept.
LogicalResult verifySchedules(ForwardSweepOp forward, BackwardSweepOp backward, ChainOp chain);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_IR_SCHEDULEPLAYER_H
