//===- VerifyPhase.cpp - Nothing of an earlier phase is left -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each phase has operations of its own, so the operations that are left say how
// far a program got. This pass stands between phases and says which operation
// was left behind, where the next pass would only say that it can not go on.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/IR/BuiltinOps.h"

namespace remat {
#define GEN_PASS_DEF_VERIFYPHASEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {

struct VerifyPhasePass final : remat::impl::VerifyPhasePassBase<VerifyPhasePass> {
  using Base::Base;

  void runOnOperation() override {
    WalkResult result = getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isa_and_nonnull<RematDialect>(op->getDialect()) || getLastPhase(op) >= phase)
        return WalkResult::advance();
      op->emitOpError("is of an earlier phase than '") << getName(phase) << "'";
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  /// The last phase that a program with \p op in it can be in.
  static Phase getLastPhase(Operation *op) {
    if (isa<RecurrenceOp, ValueAndGradientOp, CustomVjpOp, StopGradientOp>(op))
      return Phase::source;
    if (isa<BpttOp, UnwindOp, YieldOp, YieldAdjointOp>(op))
      return Phase::adjoint;
    return Phase::outlined;
  }

  static StringRef getName(Phase phase) {
    switch (phase) {
    case Phase::source:
      return "source";
    case Phase::adjoint:
      return "adjoint";
    case Phase::outlined:
      return "outlined";
    case Phase::scheduled:
      return "scheduled";
    }
    return "unknown";
  }
};

} // namespace
