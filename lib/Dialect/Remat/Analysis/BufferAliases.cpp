//===- BufferAliases.cpp - Which values are one buffer ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"

#include "mlir/Dialect/Bufferization/IR/BufferViewFlowOpInterface.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace remat;

/// Whether it is known where the buffers that \p op gives come from: new memory, a
/// constant, what it views, chooses between or hands out of its regions.
static bool isKnown(Operation *op) {
  if (isa<bufferization::BufferViewFlowOpInterface, ViewLikeOpInterface, RegionBranchOpInterface, memref::GetGlobalOp>(
          op))
    return true;
  return llvm::all_of(op->getOpResults(), [&](OpResult result) {
    return !isa<BaseMemRefType>(result.getType()) || hasEffect<MemoryEffects::Allocate>(op, result);
  });
}

FailureOr<BufferAliases> BufferAliases::analyze(func::FuncOp function) {
  WalkResult result = function.walk([](Operation *op) {
    if (isKnown(op))
      return WalkResult::advance();
    op->emitError("internal: makes a buffer that the alias analysis does not know; this is a bug in remat");
    return WalkResult::interrupt();
  });
  if (result.wasInterrupted())
    return failure();
  return BufferAliases(function);
}
