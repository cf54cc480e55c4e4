//===- AssertToReturn.cpp - Assertions end kernels ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In nested regions nothing leaves a kernel early; in branches it is one branch more.
//
//===----------------------------------------------------------------------===//

#include "remat/Support/LLVM.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTASSERTTORETURNPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

/// A block at the end of \p kernel that returns.
static Block *createExit(gpu::GPUFuncOp kernel) {
  OpBuilder builder(kernel.getContext());
  Block *exit = builder.createBlock(&kernel.getBody(), kernel.getBody().end());
  gpu::ReturnOp::create(builder, kernel.getLoc());
  return exit;
}

static void branchTo(Block *exit, cf::AssertOp assertion) {
  Block *before = assertion->getBlock(), *after = before->splitBlock(assertion);
  OpBuilder builder = OpBuilder::atBlockEnd(before);
  cf::CondBranchOp::create(builder, assertion.getLoc(), assertion.getArg(), after, exit);
  assertion.erase();
}

namespace {

struct ConvertAssertToReturnPass final : remat::impl::ConvertAssertToReturnPassBase<ConvertAssertToReturnPass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto kernel : getOperation().getOps<gpu::GPUFuncOp>()) {
      SmallVector<cf::AssertOp> assertions;
      kernel.walk([&](cf::AssertOp assertion) { assertions.push_back(assertion); });
      if (assertions.empty())
        continue;
      Block *exit = createExit(kernel);
      for (cf::AssertOp assertion : assertions) {
        if (assertion->getParentOp() != kernel) {
          assertion.emitOpError("expects flat control flow, but is nested in '")
              << assertion->getParentOp()->getName() << "'";
          return signalPassFailure();
        }
        branchTo(exit, assertion);
      }
    }
  }
};

} // namespace
