//===- VerifyPhase.cpp - A program is as its phase leaves it -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The operations that are left, and what they have, say how far a program got. This
// pass stands between phases and says which operation was left behind, where the
// next pass would only say that it cannot go on.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"

namespace remat {
#define GEN_PASS_DEF_VERIFYPHASEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// What each phase is called, in order.
static constexpr StringLiteral names[] = {"source",  "adjoint",  "outlined", "bufferized",
                                          "planned", "expanded", "kernels",  "machine"};

/// The last phase that a program with \p op in it can be in.
static Phase getLastPhase(Operation *op) {
  if (isa<RecurrenceOp, ValueAndGradientOp, CustomVjpOp, StopGradientOp>(op))
    return Phase::Source;
  if (isa<BpttOp, UnwindOp, YieldOp, YieldAdjointOp>(op))
    return Phase::Adjoint;
  if (isa<CheckIndicesOp, CheckRangeOp, CountOp, ResetCountersOp>(op))
    return Phase::Expanded;
  if (isa_and_nonnull<RematDialect>(op->getDialect()))
    return Phase::Planned;
  if (isa<linalg::LinalgOp>(op) || isa_and_nonnull<scf::SCFDialect>(op->getDialect()))
    return Phase::Expanded;
  return isa_and_nonnull<LLVM::LLVMDialect>(op->getDialect()) || isa<ModuleOp>(op) ? Phase::Machine : Phase::Kernels;
}

static bool hasTensor(Operation *op) {
  auto hasTensorArgument = [](Block &block) {
    return llvm::any_of(block.getArgumentTypes(), llvm::IsaPred<TensorType>);
  };
  return llvm::any_of(op->getResultTypes(), llvm::IsaPred<TensorType>) ||
         llvm::any_of(op->getOperandTypes(), llvm::IsaPred<TensorType>) ||
         llvm::any_of(op->getRegions(), [&](Region &region) { return llvm::any_of(region, hasTensorArgument); });
}

static bool lacksProblem(Operation *op) {
  auto function = dyn_cast<func::FuncOp>(op);
  return function && function.isPublic() && !function.isExternal() && !function->hasAttr(problemAttrName);
}

namespace {
struct VerifyPhasePass final : remat::impl::VerifyPhasePassBase<VerifyPhasePass> {
  using Base::Base;

  void runOnOperation() override {
    // Nothing changes, so that MLIR need not verify it all once more.
    markAllAnalysesPreserved();
    WalkResult result = getOperation()->walk<WalkOrder::PreOrder>(
        [&](Operation *op) { return failed(verify(op)) ? WalkResult::interrupt() : WalkResult::advance(); });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LogicalResult verify(Operation *op) {
    StringRef name = names[static_cast<size_t>(phase.getValue())];
    if (getLastPhase(op) < phase)
      return op->emitOpError("is of an earlier phase than '") << name << "'";
    if (phase >= Phase::Bufferized && hasTensor(op))
      return op->emitOpError("has a tensor, which a program in phase '") << name << "' has not";
    if (auto chain = dyn_cast<ChainOp>(op); chain && phase >= Phase::Bufferized && !chain.isFinalized())
      return op->emitOpError("expects a workspace in phase '") << name << "'";
    if (phase == Phase::Planned && lacksProblem(op))
      return op->emitOpError("expects '") << problemAttrName << "' in phase '" << name << "'";
    return success();
  }
};
} // namespace
