//===- LoopViews.h - Slices that a loop reads where they lie ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Step functions take whole arrays. A slice that a loop captures or scans is
// therefore taken in the step: the loop captures what it is a slice of, and
// nothing is copied. That is done where the elements of a row lie side by side,
// for which the kernels are made; any other slice is copied once in front of the
// loop (PrepareViews.cpp).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_LOOPVIEWS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_LOOPVIEWS_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace remat {

/// Takes the slices that \p region captures inside of it.
void sinkViews(mlir::Region &region);

/// The slice that is scanned by a loop of \p count steps, if its elements can be taken
/// from what it is a slice of; null otherwise.
mlir::tensor::ExtractSliceOp getScannedView(mlir::Value scan, mlir::Value count);

/// The element of the slice \p view at \p position of its first dimension, from the
/// values that \p mapping gives for the operands of \p view.
mlir::Value extractFromView(mlir::OpBuilder &builder, mlir::tensor::ExtractSliceOp view, const mlir::IRMapping &mapping,
                            mlir::Value position);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_LOOPVIEWS_H
