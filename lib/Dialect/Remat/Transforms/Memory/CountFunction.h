//===- CountFunction.h - Trip counts from arguments --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COUNTFUNCTION_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COUNTFUNCTION_H

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace remat {

/// Adds, behind \p entry, the function that a caller asks before it plans:
///
///   @<entry>_counts(arguments of the entry..., counts: memref<?xi64>)
///
/// It checks the arguments (trip counts are not negative, scanned and stacked
/// arrays have one element per step) and writes the values of \p counts. Fails where
/// a count depends on more than extents and scalars of the arguments. \p aliases are
/// those of the entry. Returns the function.
FailureOr<func::FuncOp> createCountFunction(func::FuncOp entry, ArrayRef<Value> counts, const BufferAliases &aliases);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COUNTFUNCTION_H
