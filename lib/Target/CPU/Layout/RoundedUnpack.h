//===- RoundedUnpack.h - Gradients rounded out of their panels -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ROUNDEDUNPACK_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ROUNDEDUNPACK_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace remat {

/// Where all that happens to \p matrix, which is collapsed from what a transposition makes
/// of panels, is that an operation rounds its elements beside others: rounds them while
/// they are transposed.
void roundWhileUnpacking(mlir::RewriterBase &rewriter, mlir::tensor::CollapseShapeOp matrix);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ROUNDEDUNPACK_H
