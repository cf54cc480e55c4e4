//===- IndexTensor.h - The indices that an operation uses ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXTENSOR_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXTENSOR_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallBitVector.h"

namespace remat {

/// The integer that \p index is a sign-preserving conversion of.
Value skipConversions(Value index);

/// The loops of the operation around \p user on which \p index, an operand of \p user
/// in its body, depends. Nothing if its computation cannot be separated.
std::optional<llvm::SmallBitVector> findIndexLoops(Value index, Operation *user);

/// Computes all values that \p index takes, for which findIndexLoops() has an answer:
/// emits an operation whose result has an element per point of those loops. Where
/// \p user stands in a branch that is not taken, the element is 0.
Value computeIndexTensor(OpBuilder &builder, Value index, Operation *user);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXTENSOR_H
