//===- CheckToRuntime.cpp - Checks call the runtime ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../RuntimeCalls.h"
#include "remat/ABI/Symbols.h"
#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/FormatPlace.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTCHECKTORUNTIMEPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
/// Lowers the checks of one module.
class CheckLowering {
public:
  explicit CheckLowering(ModuleOp module) : module(module), symbols(module) {}

  void lower(CheckIndicesOp check);
  void lower(CheckRangeOp check);

private:
  /// The address of \p text.
  Value createText(OpBuilder &builder, Location loc, StringRef text);

  ModuleOp module;
  SymbolTable symbols;
};
} // namespace

Value CheckLowering::createText(OpBuilder &builder, Location loc, StringRef text) {
  return LLVM::AddressOfOp::create(builder, loc, createRuntimeText(module, symbols, loc, text));
}

static Value toI64(OpBuilder &builder, Location loc, Value index) {
  return arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index);
}

static Value createI64(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantOp::create(builder, loc, builder.getI64IntegerAttr(value));
}

void CheckLowering::lower(CheckIndicesOp check) {
  OpBuilder builder(check);
  Location loc = check.getLoc();
  auto type = cast<MemRefType>(check.getIndices().getType());
  auto size = [&](int64_t dim) {
    return toI64(builder, loc, memref::DimOp::create(builder, loc, check.getIndices(), dim));
  };
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, check.getIndices());
  Type pointerType = LLVM::LLVMPointerType::get(builder.getContext());
  Value pointer = LLVM::IntToPtrOp::create(builder, loc, pointerType, toI64(builder, loc, address));
  bool perStepRows = check.getPerStep();
  Value steps = perStepRows ? size(0) : createI64(builder, loc, 1);
  Value perStep = createI64(builder, loc, 1);
  for (int64_t dim = perStepRows ? 1 : 0; dim < type.getRank(); ++dim)
    perStep = arith::MulIOp::create(builder, loc, perStep, size(dim));
  int64_t bytes = getElementBytes(type.getElementType()).value_or(0);
  Value first = check.getStep() ? toI64(builder, loc, check.getStep()) : createI64(builder, loc, perStepRows ? 0 : -1);
  Value limit = toI64(builder, loc, check.getLimit());
  Value width = createI64(builder, loc, bytes), reversed = createI64(builder, loc, check.getReversed() ? 1 : 0);
  Value place = createText(builder, loc, formatPlace(loc));
  Type i64 = builder.getI64Type();
  LLVM::CallOp::create(builder, loc,
                       getOrDeclareRuntime(module, symbols, remat::symbols::rematCheckIndices,
                                           {pointerType, i64, i64, i64, i64, i64, i64, pointerType}),
                       ValueRange{pointer, steps, perStep, limit, width, first, reversed, place});
  check.erase();
}

void CheckLowering::lower(CheckRangeOp check) {
  OpBuilder builder(check);
  Location loc = check.getLoc();
  Value step = check.getStep() ? toI64(builder, loc, check.getStep()) : createI64(builder, loc, -1);
  LLVM::CallOp::create(builder, loc, getOrDeclareCheckRange(module, symbols),
                       ValueRange{toI64(builder, loc, check.getValue()), toI64(builder, loc, check.getLeast()),
                                  toI64(builder, loc, check.getMost()), step, createText(builder, loc, check.getWhat()),
                                  createText(builder, loc, formatPlace(loc))});
  check.erase();
}

namespace {
struct ConvertCheckToRuntimePass final : remat::impl::ConvertCheckToRuntimePassBase<ConvertCheckToRuntimePass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<CheckIndicesOp> indices;
    SmallVector<CheckRangeOp> ranges;
    // What the device executes calls nobody: its target has another way.
    getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (isa<OnDeviceOp>(op) || op->getName().getDialectNamespace() == "gpu")
        return WalkResult::skip();
      if (auto check = dyn_cast<CheckIndicesOp>(op))
        indices.push_back(check);
      else if (auto check = dyn_cast<CheckRangeOp>(op))
        ranges.push_back(check);
      return WalkResult::advance();
    });
    CheckLowering lowering(getOperation());
    for (CheckIndicesOp check : indices) {
      if (!isa<MemRefType>(check.getIndices().getType())) {
        check.emitOpError("expects its indices in memory, but got ") << check.getIndices().getType();
        return signalPassFailure();
      }
      lowering.lower(check);
    }
    for (CheckRangeOp check : ranges)
      lowering.lower(check);
  }
};
} // namespace
