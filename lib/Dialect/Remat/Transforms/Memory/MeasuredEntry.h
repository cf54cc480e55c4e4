//===- MeasuredEntry.h - What was measured of an entry ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// remat-plan-schedule measures an entry function once and leaves what it found: the
// problem on the function, numbers on its allocations. This finds the operations again.
// What can be seen without measuring is compared (sizes, positions, that no buffer is
// used outside of its time); the rest of a problem is taken at its word.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_MEASUREDENTRY_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_MEASUREDENTRY_H

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Schedule/Program.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {

struct MeasuredEntry {
  /// Reads the attributes of \p entry. Reports a function that is not the one that was measured.
  static FailureOr<MeasuredEntry> read(func::FuncOp entry, const BufferAliases &aliases);

  schedule::ProgramProblem problem;
  /// In the order of the problem's loops, buffers and counts.
  SmallVector<ForwardSweepOp> loops;
  SmallVector<ChainOp> chains;
  SmallVector<memref::AllocOp> allocations;
  SmallVector<Value> counts;
  /// Copies of parameters and their offsets in a block of their own.
  SmallVector<std::pair<memref::AllocOp, int64_t>> parameterCopies;
};

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_MEASUREDENTRY_H
