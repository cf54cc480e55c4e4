//===- UpdateInPlace.h - A new value where the old one is -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An element-wise operation that is the last to read one array and the first to write
// another needs memory for one of them only.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_UPDATEINPLACE_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_UPDATEINPLACE_H

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"

namespace remat {

/// Whether \p target, a buffer that its function allocates, can lie where \p source lies,
/// a buffer of the same block and as many elements: nothing reads the source once the
/// target is written, element by element if one operation does both.
bool canUpdateInPlace(Value source, Value target, const BufferAliases &aliases);

/// Gives the results of the element-wise operations of \p function the places of
/// temporaries that they are the last to read. Fails where aliases are not known.
LogicalResult updateTemporariesInPlace(mlir::func::FuncOp function);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_UPDATEINPLACE_H
