//===- Recurrence.h - Differentiating loops over time ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How `remat.recurrence` becomes `remat.bptt` and `remat.unwind`.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_RECURRENCE_H
#define REMAT_DIALECT_REMAT_TRANSFORMS_RECURRENCE_H

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/IR/PatternMatch.h"

namespace remat {

/// Attaches the derivative rule of `remat.recurrence`: it replaces the recurrence
/// by a `remat.bptt` and emits the `remat.unwind` where the adjoint is built.
void registerRecurrenceAdjointModel(DialectRegistry &registry);

/// Replaces a recurrence that is not differentiated by a `remat.bptt` that only
/// goes forward.
BpttOp lowerToForwardOnly(RecurrenceOp op, RewriterBase &rewriter);

/// Clones what costs nothing (constants, and tensors made of one constant) and is
/// used in \p region into it, so that it is not captured.
void sinkConstants(Region &region);

/// The element of a scan or stacked array that belongs to \p position.
Value extractElement(OpBuilder &builder, Location loc, Value array, Value position);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_RECURRENCE_H
