//===- BufferLifetimes.h - When the buffers of a function live ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input of every memory layout: for each allocation of a function, its bytes
// and the first and last operation of the entry block that may touch it.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_BUFFERLIFETIMES_H
#define REMAT_DIALECT_REMAT_ANALYSIS_BUFFERLIFETIMES_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {

/// Bytes of a memref of static shape with identity layout and elements of a
/// whole number of bytes (i1 counts as one); nothing if it is not one or the
/// size overflows.
std::optional<int64_t> getStaticBytes(MemRefType type);

/// One `memref.alloc` of a function.
struct BufferLifetime {
  memref::AllocOp alloc;
  /// Indices of operations of the entry block. An operation that touches the
  /// buffer inside a region counts as the enclosing operation of the block.
  int64_t first = 0;
  int64_t last = 0;
};

/// The lifetimes of all allocations in \p function, in their order in the text.
/// Views, casts and values carried by loops and branches count as uses. Emits an
/// error and fails for an allocation inside a region whose buffer outlives one
/// run of that region, because one place could then not serve it.
FailureOr<SmallVector<BufferLifetime>> computeBufferLifetimes(func::FuncOp function);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_BUFFERLIFETIMES_H
