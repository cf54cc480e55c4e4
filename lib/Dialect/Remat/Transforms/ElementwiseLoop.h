//===- ElementwiseLoop.h - One loop for many operations ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISELOOP_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISELOOP_H

#include "ElementwiseDestinations.h"

namespace remat {

/// True for an operation that can become part of a fused loop: element-wise on
/// tensors of one shape, or a structured operation over parallel loops that only
/// computes on scalars and does more than copy.
bool isElementwiseFusible(Operation *op);

/// True if \p op, which is fusible, reads the results of \p producer only at the point
/// that it computes: not transposed, not as a row for every row.
bool readsOnlyInPlace(Operation *op, Operation *producer);

/// The array that a loop reads for \p value, which may be a broadcast or transposed copy of
/// it; null if it is a scalar or a constant.
Value getReadArray(Value value);

/// Writes one `linalg.generic` in place of \p members, which are fusible, of one
/// shape, side by side, and in order; erases them. One result per value that is
/// read elsewhere.
void emitElementwiseLoop(ArrayRef<Operation *> members, const WritableArguments &writable);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISELOOP_H
