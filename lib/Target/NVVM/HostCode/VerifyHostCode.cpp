//===- VerifyHostCode.cpp - The host leaves the device's memory alone ---------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostKnowledge.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_VERIFYHOSTCODEPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

/// What \p op, of the host, reads or writes of the memory of the device; null if nothing.
static Value getDeviceAccess(Operation *op, const HostKnowledge &knowledge) {
  Value memref;
  if (auto load = dyn_cast<memref::LoadOp>(op))
    memref = load.getMemRef();
  else if (auto store = dyn_cast<memref::StoreOp>(op))
    memref = store.getMemRef();
  else if (auto check = dyn_cast<CheckIndicesOp>(op))
    memref = check.getIndices();
  return memref && !knowledge.isHostMemory(memref) ? memref : Value();
}

/// Code of the device that reads or writes what the host was given; null if \p region has none.
static Operation *findHostAccess(OnDeviceOp region, const HostKnowledge &knowledge) {
  Operation *found = nullptr;
  region.walk([&](Operation *op) {
    if (!isPure(op) && llvm::any_of(op->getOperands(), [&](Value operand) {
          return isa<MemRefType>(operand.getType()) && knowledge.isHostArgument(operand);
        }))
      found = op;
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}

static LogicalResult verify(func::FuncOp function) {
  HostKnowledge knowledge(function);
  WalkResult result = function.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (auto region = dyn_cast<OnDeviceOp>(op))
      if (Operation *access = findHostAccess(region, knowledge)) {
        access->emitOpError("expects memory of the device, but got that of the host");
        return WalkResult::interrupt();
      }
    if (isa<OnDeviceOp, linalg::LinalgOp>(op))
      return WalkResult::skip();
    if (isa<CountOp, ResetCountersOp>(op)) {
      op->emitOpError("expects to stand in the device's code");
      return WalkResult::interrupt();
    }
    Value memref = getDeviceAccess(op, knowledge);
    if (!memref)
      return WalkResult::advance();
    if (function.getName().ends_with(REMAT_COUNTS_SUFFIX))
      op->emitError("the number of steps or an extent depends on an array, which lies in the memory of the device: "
                    "GPUs are given plans from extents and scalars");
    else
      op->emitError("the host would have to read or write an array, which lies in the memory of the device, to know "
                    "what the device is to do next");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct VerifyHostCodePass final : remat::impl::VerifyHostCodePassBase<VerifyHostCodePass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && failed(verify(function)))
        return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
