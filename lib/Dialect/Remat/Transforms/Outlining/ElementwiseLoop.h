//===- ElementwiseLoop.h - One loop for many operations ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISELOOP_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISELOOP_H

#include "ElementAccess.h"
#include "ElementwiseDestinations.h"

namespace remat {

/// Writes one `linalg.generic` in place of \p members, which are fusible, of one
/// shape, side by side, and in order; erases them. One result per value that is
/// read elsewhere.
void emitElementwiseLoop(ArrayRef<Operation *> members, const WritableArguments &writable);

/// The loops of a reduction and the elements that are computed in them.
struct FusedReduction {
  /// A structured operation on tensors, which reads what the members compute.
  Operation *op;
  /// From points of its loops to elements of the members.
  AffineMap element;
};

/// Writes one `linalg.generic` in place of \p reduction and \p members, which are fusible,
/// side by side, in order, and read by nothing else; erases them. The order of its sums
/// stays what it was.
void emitFusedReduction(ArrayRef<Operation *> members, const FusedReduction &reduction);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISELOOP_H
