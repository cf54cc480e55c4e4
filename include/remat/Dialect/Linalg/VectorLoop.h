//===- VectorLoop.h - The loop along which lanes lie ---------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of the sums of a reduction depends on which of its loops runs along the last
// dimension of its input (docs/Sums.md). A reduction that computes the elements of this
// input itself does not read it any more, so it says which loop that is.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_LINALG_VECTORLOOP_H
#define REMAT_DIALECT_LINALG_VECTORLOOP_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/DenseSet.h"

namespace remat {

/// The number of the loop, on a reduction that computes what it reduces. Whatever its body
/// looks like, it is no contraction: the products in it are rounded.
inline constexpr llvm::StringLiteral vectorLoopAttrName = "remat.vector_loop";

/// The loop over the last dimension of the first input of highest rank of \p op, or what
/// it says; nothing if no loop runs along that dimension alone.
std::optional<unsigned> getVectorLoop(linalg::LinalgOp op);

/// Whether a scalar operation of a body has the same result in each lane of a vector,
/// as kernels emit it: LLVM raises vectors to one power only, and divides no integers.
bool hasVectorForm(Operation &op);

/// What of a body differs between the lanes of a vector along a loop.
struct VectorBody {
  VectorBody(linalg::GenericOp op, unsigned vectorLoop);

  llvm::DenseSet<Value> varying;
  /// Whether every op that differs has a vector form: elementwise ops, reads of memrefs
  /// that move in the last index only; no control flow, no integer division (a masked
  /// lane could trap).
  bool isVectorizable = true;
};

} // namespace remat

#endif // REMAT_DIALECT_LINALG_VECTORLOOP_H
