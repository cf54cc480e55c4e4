//===- LoopVerifiers.h - Constraints that loops share ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `remat.recurrence` and `remat.bptt` are loops over time with the same
// carries, scans and stacked results.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_LOOPVERIFIERS_H
#define REMAT_DIALECT_REMAT_IR_LOOPVERIFIERS_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Carries are tensors of static shape with float or integer elements, scans
/// have a time dimension before such a shape, a constant trip count is not
/// negative and agrees with the static leading dimensions of the scans.
LogicalResult verifyLoopOperands(Operation *op, Value count, ValueRange inits, ValueRange scans);

/// The results are the carries, then one array over time per emitted value,
/// whose leading dimension agrees with the trip count.
LogicalResult verifyLoopResults(Operation *op, Value count, ValueRange inits, ValueRange emits, ValueRange results);

/// The step takes the step number, the carries and the scan elements. \p what
/// names the region in the message.
LogicalResult verifyStepArguments(Operation *op, StringRef what, Block &step, ValueRange inits, ValueRange scans);

/// The yielded carries have the types of the carries of \p op.
LogicalResult verifyStepYield(Operation *op, YieldOp yield, ValueRange inits);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_LOOPVERIFIERS_H
