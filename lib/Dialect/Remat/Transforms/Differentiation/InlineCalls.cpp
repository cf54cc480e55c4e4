//===- InlineCalls.cpp - Inlines all calls -------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The inliner of MLIR works by cost and leaves recursion alone; differentiation
// needs every call gone, or a reason why it cannot be.
//
//===----------------------------------------------------------------------===//

#include "CalleesFirst.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace remat {
#define GEN_PASS_DEF_INLINECALLSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static LogicalResult inlineCall(func::CallOp call, FunctionOpInterface callee) {
  OpBuilder builder(call);
  call.replaceAllUsesWith(copyFunctionBody(callee, call.getOperands(), builder));
  call.erase();
  return success();
}

namespace {
struct InlineCallsPass final : remat::impl::InlineCallsPassBase<InlineCallsPass> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(CalleesFirst<func::CallOp>::run(getOperation(), inlineCall)))
      return signalPassFailure();
    for (auto function : getOperation().getOps<FunctionOpInterface>())
      if (size_t numBlocks = function.getFunctionBody().getBlocks().size(); numBlocks > 1) {
        function.emitOpError("expects a body of one block, with 'scf.if' and 'scf.while' in place of branches between "
                             "blocks, but got ")
            << numBlocks;
        return signalPassFailure();
      }
    // What a step does has to be known: it runs again, and must have no side effects.
    WalkResult result = getOperation().walk([](func::CallOp call) {
      if (!call->getParentOfType<RecurrenceOp>())
        return WalkResult::advance();
      call.emitOpError("expects ") << call.getCalleeAttr()
                                   << " to have a body, because a step of a recurrence calls it";
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
