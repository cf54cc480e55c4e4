//===- AssertToRuntime.cpp - Assertions become runtime failures ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A failed assertion must stop the call, not the process, and its message must
// reach the caller. Upstream's lowering does neither.
//
//===----------------------------------------------------------------------===//

#include "../RuntimeCalls.h"
#include "remat/Conversion/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTASSERTTORUNTIMEPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace mlir;

static void lowerAssertion(cf::AssertOp assertion, LLVM::LLVMFuncOp failure, LLVM::GlobalOp message) {
  Location loc = assertion.getLoc();
  OpBuilder builder(assertion);
  Block *before = assertion->getBlock();
  Block *after = before->splitBlock(assertion);
  Block *fail = builder.createBlock(after);

  builder.setInsertionPointToEnd(before);
  cf::CondBranchOp::create(builder, loc, assertion.getArg(), after, fail);
  builder.setInsertionPointToEnd(fail);
  Value text = LLVM::AddressOfOp::create(builder, loc, message);
  LLVM::CallOp::create(builder, loc, failure, text);
  LLVM::UnreachableOp::create(builder, loc);
  assertion.erase();
}

namespace {

struct ConvertAssertToRuntimePass final : remat::impl::ConvertAssertToRuntimePassBase<ConvertAssertToRuntimePass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::SmallVector<cf::AssertOp> assertions;
    module.walk([&](cf::AssertOp assertion) { assertions.push_back(assertion); });
    if (assertions.empty())
      return;
    for (cf::AssertOp assertion : assertions) {
      if (isa<FunctionOpInterface>(assertion->getParentOp()))
        continue;
      assertion.emitOpError("expects flat control flow, but is nested in '")
          << assertion->getParentOp()->getName() << "'";
      return signalPassFailure();
    }
    SymbolTable symbols(module);
    LLVM::LLVMFuncOp failure = remat::getOrDeclareFail(module, symbols);
    for (cf::AssertOp assertion : assertions)
      lowerAssertion(assertion, failure,
                     remat::createRuntimeText(module, symbols, assertion.getLoc(),
                                              remat::getAssertionText(assertion.getMsg(), assertion.getLoc())));
  }
};

} // namespace
