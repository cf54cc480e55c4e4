//===- LinalgToCPUKernels.h - Linalg on memrefs to vector kernels -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Lowers every linalg op on memrefs to loops over vectors. There are four kinds
// of kernels, and one promise: what an op computes, bit for bit, depends on the
// op alone (its maps, iterators, body and shapes), never on the register tile,
// on the layout of its operands or on the function it stands in. Re-run steps
// and steps run for the first time therefore agree.
//
//  * Contraction: C += A * B with any number of batch, row, column and depth
//    dimensions (projected permutations), A and B possibly of a narrower float
//    type; fused multiply-adds.
//  * Transpose: a copy whose input and output are contiguous along different loops.
//  * Elementwise: all iterators parallel, any number of results.
//  * Reduction: the body combines each result with a value that does not depend
//    on it. Let v be the last dimension of the (first) input of highest rank. If
//    v is a reduction dimension, 16 lanes go along it; if it is parallel, vectors
//    do; a body that has no vectors goes element by element.
//
// Other ops (several values reduced together, results at a map of their own) become
// scalar loops. docs/Sums.md defines the order of all sums.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_CPU_LINALGTOCPUKERNELS_H
#define REMAT_TARGET_CPU_LINALGTOCPUKERNELS_H

#include "remat/Support/LLVM.h"
#include "remat/Target/CPU/RegisterFile.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace remat {

/// Replaces \p op by a register-tiled contraction. Fails, leaving the IR as it
/// was, if \p op is none.
LogicalResult lowerContraction(RewriterBase &rewriter, linalg::GenericOp op, const RegisterFile &registers);

/// Replaces the copy \p op, whose input and output are contiguous along different
/// loops, by transposes of squares of full vectors; fails likewise.
LogicalResult lowerTranspose(RewriterBase &rewriter, linalg::GenericOp op, const RegisterFile &registers);

/// Replaces the all-parallel \p op by vector loops; fails likewise, but may leave
/// another operation in its place.
LogicalResult lowerElementwise(RewriterBase &rewriter, linalg::GenericOp &op, const RegisterFile &registers);

/// Replaces the reduction \p op by vector loops; fails likewise.
LogicalResult lowerReduction(RewriterBase &rewriter, linalg::GenericOp op, const RegisterFile &registers);

/// Lowers any linalg op on memrefs by the first of the above that applies, else
/// by scalar loops.
LogicalResult lowerLinalgOp(RewriterBase &rewriter, linalg::LinalgOp op, const RegisterFile &registers);

} // namespace remat

#endif // REMAT_TARGET_CPU_LINALGTOCPUKERNELS_H
