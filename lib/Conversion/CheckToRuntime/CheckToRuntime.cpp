//===- CheckToRuntime.cpp - Index checks call the runtime ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTCHECKTORUNTIMEPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// The declaration of the runtime's check.
static LLVM::LLVMFuncOp getOrDeclareCheck(ModuleOp module) {
  constexpr llvm::StringLiteral name = "rematCheckIndices";
  if (auto existing = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return existing;
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  Type i64 = builder.getI64Type();
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()),
                                  {LLVM::LLVMPointerType::get(module.getContext()), i64, i64, i64, i64, i64, i64});
  return LLVM::LLVMFuncOp::create(builder, module.getLoc(), name, type);
}

static void lowerCheck(CheckIndicesOp check, LLVM::LLVMFuncOp callee) {
  OpBuilder builder(check);
  Location loc = check.getLoc();
  auto type = cast<MemRefType>(check.getIndices().getType());
  Type i64 = builder.getI64Type();
  auto toI64 = [&](Value index) -> Value { return arith::IndexCastOp::create(builder, loc, i64, index); };

  Value address = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, check.getIndices());
  Value pointer =
      LLVM::IntToPtrOp::create(builder, loc, LLVM::LLVMPointerType::get(builder.getContext()), toI64(address));
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(value));
  };
  bool perStepRows = check.getPerStep();
  Value steps = perStepRows ? toI64(memref::DimOp::create(builder, loc, check.getIndices(), 0)) : constant(1);
  Value perStep = constant(1);
  for (int64_t dim = perStepRows ? 1 : 0; dim < type.getRank(); ++dim)
    perStep = arith::MulIOp::create(builder, loc, perStep,
                                    toI64(memref::DimOp::create(builder, loc, check.getIndices(), dim)));
  unsigned bytes = type.getElementType().isIndex() ? 8 : type.getElementTypeBitWidth() / 8;
  Value first = check.getStep() ? toI64(check.getStep()) : constant(perStepRows ? 0 : -1);
  LLVM::CallOp::create(builder, loc, callee,
                       ValueRange{pointer, steps, perStep, toI64(check.getLimit()), constant(bytes), first,
                                  constant(check.getReversed() ? 1 : 0)});
  check.erase();
}

namespace {
struct ConvertCheckToRuntimePass final : remat::impl::ConvertCheckToRuntimePassBase<ConvertCheckToRuntimePass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<CheckIndicesOp> checks;
    getOperation().walk([&](CheckIndicesOp check) { checks.push_back(check); });
    for (CheckIndicesOp check : checks) {
      if (!isa<MemRefType>(check.getIndices().getType())) {
        check.emitOpError("expects its indices in memory, but got ") << check.getIndices().getType();
        return signalPassFailure();
      }
      lowerCheck(check, getOrDeclareCheck(getOperation()));
    }
  }
};
} // namespace
