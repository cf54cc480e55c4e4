//===- WholeBuffer.h - All of a buffer in another shape ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A result of a step function is computed in a buffer that may have another shape
// than the result. If it is all of that buffer, an argument can take its place.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_WHOLEBUFFER_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_WHOLEBUFFER_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {

/// Looks through casts.
Value stripCasts(Value value);

/// The allocation that \p value is all of: itself, or through casts and changes of
/// shape. Null if there is none.
mlir::memref::AllocOp getWholeAllocation(Value value);

/// Whether a buffer of type \p from is all of one of type \p to, element by element
/// in the order of memory.
bool isWhole(mlir::MemRefType from, mlir::MemRefType to);

/// \p buffer as one of type \p type; null if that takes more than another view of
/// the same static shape.
Value viewWhole(OpBuilder &builder, Location loc, Value buffer, mlir::MemRefType type);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_WHOLEBUFFER_H
