//===- MemoryPlaces.h - Where memrefs lie ---------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two memrefs are apart if they come from different arguments, or are different parts of one
// block. A function is never given two arguments of which it writes one and the other
// overlaps: buffers have places of their own, and what a step updates in place is one
// argument.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_NVVM_HOSTCODE_MEMORYPLACES_H
#define REMAT_LIB_TARGET_NVVM_HOSTCODE_MEMORYPLACES_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"

namespace remat {

/// Where a memref may lie.
struct MemoryPlace {
  /// The argument, global or allocation that it is a part of; null if that is not known.
  Value root;
  /// Its bytes in the root, if they are known.
  std::optional<std::pair<int64_t, int64_t>> bytes = std::nullopt;
};

/// All places where \p memref may lie.
SmallVector<MemoryPlace> findPlaces(Value memref);

/// Whether a byte may be part of both.
bool mayOverlap(Value first, Value second);

/// Whether what \p load reads from \p memref may be overwritten before \p use, which follows
/// from it, has been executed.
bool mayBeWrittenBetween(Value memref, Operation *load, Operation *use);

} // namespace remat

#endif // REMAT_LIB_TARGET_NVVM_HOSTCODE_MEMORYPLACES_H
