//===- PrepareBufferization.cpp - What may be overwritten ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One-shot bufferization takes every function argument to be writable. A step
// function that overwrote its carry would destroy a checkpoint, so the arguments
// are marked by role. And it makes a global of every constant tensor: a zero
// array as long as the sequence would escape the budget, so it becomes a fill.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace remat {
#define GEN_PASS_DEF_PREPAREBUFFERIZATIONPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static void markArguments(StepFunction step) {
  Builder builder(step.function.getContext());
  for (auto [index, type] : llvm::enumerate(step.function.getArgumentTypes()))
    if (isa<TensorType>(type))
      step.function.setArgAttr(index, bufferization::BufferizationDialect::kWritableAttrName,
                               builder.getBoolAttr(step.isWritable(index)));
}

/// Replaces a splat constant by an empty tensor that is filled.
static void fillSplat(arith::ConstantOp constant) {
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  auto type = dyn_cast<RankedTensorType>(constant.getType());
  if (!splat || !type)
    return;
  OpBuilder builder(constant);
  Location loc = constant.getLoc();
  Value scalar = arith::ConstantOp::create(builder, loc, cast<TypedAttr>(splat.getSplatValue<Attribute>()));
  Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType());
  auto fill = linalg::FillOp::create(builder, loc, scalar, empty);
  constant.replaceAllUsesWith(fill.getResult(0));
  constant.erase();
}

namespace {
struct PrepareBufferizationPass final : remat::impl::PrepareBufferizationPassBase<PrepareBufferizationPass> {
  using Base::Base;

  void runOnOperation() override {
    for (ChainOp chain : getChains(getOperation()))
      for (StepFunction &step : getStepFunctions(chain))
        markArguments(step);
    getOperation().walk(fillSplat);
  }
};
} // namespace
