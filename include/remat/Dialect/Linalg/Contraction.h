//===- Contraction.h - What a contraction is ------------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which loops of a linalg.generic are batch, rows, columns and depth of a product.
// Shared by the contraction kernels and by the pass that packs
// parameters.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_LINALG_CONTRACTION_H
#define REMAT_DIALECT_LINALG_CONTRACTION_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace remat {

/// Columns of a panel of a packed matrix: [columns/32][depth][32].
inline constexpr int64_t panelColumns = 32;

/// acc += lhs * rhs. `rhs` is the operand that the last dimension of `acc` runs
/// along; the product commutes, so `lhs` and `rhs` need not be the op's first and
/// second operand.
struct Contraction {
  OpOperand *lhs;
  OpOperand *rhs;
  OpOperand *acc;
  AffineMap lhsMap, rhsMap, accMap;
  /// Loops of the op, each list in loop order, but for the vector dimension (the
  /// last dimension of acc), which is the last of `columns`.
  SmallVector<unsigned> batch;   ///< in lhs, rhs and acc
  SmallVector<unsigned> rows;    ///< in lhs and acc
  SmallVector<unsigned> columns; ///< in rhs and acc; not empty
  SmallVector<unsigned> depth;   ///< in lhs and rhs; not empty

  unsigned getVectorDim() const { return columns.back(); }

  /// The contraction that \p op is, on tensors or memrefs. A matrix-vector
  /// product along the last dimension of both operands is none (it is a
  /// reduction), nor is a product of narrow floats accumulated in narrow floats.
  static FailureOr<Contraction> match(linalg::GenericOp op);
};

} // namespace remat

#endif // REMAT_DIALECT_LINALG_CONTRACTION_H
