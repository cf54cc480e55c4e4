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

namespace remat {

/// The integer that \p index is a sign-preserving conversion of.
Value skipConversions(Value index);

/// Computes all values that \p index, an operand of \p user in the body of a linalg
/// operation, takes there: emits an operation in front of that one whose result has
/// an element per point of the loops that the index depends on. Where \p user stands
/// in a branch that is not taken, the element is 0. Null, with nothing emitted, if
/// the computation can not be separated.
Value computeIndexTensor(Value index, Operation *user);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_INDEXTENSOR_H
