//===- SourceToSCF.cpp - Source operations as plain loops ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A second, simple implementation of what a program means. Central differences
// are taken of this one, so that an error in the planned form cannot hide on both
// sides of the comparison.
//
//===----------------------------------------------------------------------===//

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTREMATSOURCETOSCFPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace remat;

namespace {

/// One position of an array over time: offsets, sizes and strides of a slice.
struct TimeSlice {
  SmallVector<OpFoldResult> offsets, sizes, strides;

  TimeSlice(OpBuilder &builder, RankedTensorType element, Value position) {
    Attribute zero = builder.getIndexAttr(0);
    Attribute one = builder.getIndexAttr(1);
    offsets.push_back(position);
    sizes.push_back(one);
    strides.push_back(one);
    for (int64_t extent : element.getShape()) {
      offsets.push_back(zero);
      sizes.push_back(builder.getIndexAttr(extent));
      strides.push_back(one);
    }
  }
};

} // namespace

/// The uninitialised stacked results of \p loop.
static SmallVector<Value> createStacked(OpBuilder &builder, RecurrenceOp loop) {
  SmallVector<Value> stacked;
  for (Value result : loop.getStacked()) {
    auto type = cast<RankedTensorType>(result.getType());
    SmallVector<Value> extents;
    if (type.isDynamicDim(0))
      extents.push_back(loop.getCount());
    stacked.push_back(tensor::EmptyOp::create(builder, loop.getLoc(), type, extents));
  }
  return stacked;
}

/// Fills the body of the new loop: \p step in execution order, \p state its carries
/// and stacked results. Returns their next values.
static SmallVector<Value> cloneStep(OpBuilder &builder, RecurrenceOp loop, Value step, ValueRange state) {
  Location loc = loop.getLoc();
  Value position = step;
  if (loop.getReversed()) {
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    Value last = arith::SubIOp::create(builder, loc, loop.getCount(), one);
    position = arith::SubIOp::create(builder, loc, last, step);
  }

  IRMapping mapping;
  size_t carries = loop.getInits().size();
  mapping.map(loop.getStepNumber(), step);
  // A copy of each carry: the step may yield it as another carry or emit it, and then
  // reads it after the buffer of the carry has its next value.
  for (auto [inside, value] : llvm::zip(loop.getCarries(), state.take_front(carries)))
    mapping.map(inside, bufferization::AllocTensorOp::create(builder, loc, cast<RankedTensorType>(inside.getType()),
                                                             /*dynamicSizes=*/ValueRange(), /*copy=*/value)
                            .getResult());
  for (auto [inside, scan] : llvm::zip(loop.getElements(), loop.getScans())) {
    auto type = cast<RankedTensorType>(inside.getType());
    TimeSlice slice(builder, type, position);
    mapping.map(inside,
                tensor::ExtractSliceOp::create(builder, loc, type, scan, slice.offsets, slice.sizes, slice.strides));
  }
  for (Operation &op : loop.getStep().without_terminator())
    builder.clone(op, mapping);

  // Said explicitly, each carry stays in one buffer for the whole loop.
  SmallVector<Value> next;
  for (auto [carry, buffer] : llvm::zip(loop.getYield().getCarries(), state.take_front(carries)))
    next.push_back(
        bufferization::MaterializeInDestinationOp::create(builder, loc, mapping.lookupOrDefault(carry), buffer)
            ->getResult(0));
  for (auto [emitted, stacked] : llvm::zip(loop.getYield().getEmits(), state.drop_front(carries))) {
    TimeSlice slice(builder, cast<RankedTensorType>(emitted.getType()), position);
    next.push_back(tensor::InsertSliceOp::create(builder, loc, mapping.lookupOrDefault(emitted), stacked, slice.offsets,
                                                 slice.sizes, slice.strides));
  }
  return next;
}

static void lowerRecurrence(RecurrenceOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  Value one = arith::ConstantIndexOp::create(builder, loc, 1);
  // The carries' buffers are the loop's own, whatever the initial values are.
  SmallVector<Value> state;
  for (Value init : loop.getInits())
    state.push_back(bufferization::AllocTensorOp::create(builder, loc, cast<RankedTensorType>(init.getType()),
                                                         /*dynamicSizes=*/ValueRange(), /*copy=*/init));
  llvm::append_range(state, createStacked(builder, loop));
  auto result = scf::ForOp::create(builder, loc, zero, loop.getCount(), one, state,
                                   [&](OpBuilder &inside, Location, Value step, ValueRange values) {
                                     scf::YieldOp::create(inside, loc, cloneStep(inside, loop, step, values));
                                   });
  loop.replaceAllUsesWith(result.getResults());
  loop.erase();
}

namespace {

struct ConvertRematSourceToSCFPass final : remat::impl::ConvertRematSourceToSCFPassBase<ConvertRematSourceToSCFPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> worklist;
    // Inner loops first: the body of an outer one is cloned.
    getOperation().walk<WalkOrder::PostOrder>([&](Operation *op) {
      if (isa<RecurrenceOp, CustomVjpOp, StopGradientOp>(op))
        worklist.push_back(op);
    });
    for (Operation *op : worklist) {
      if (auto loop = dyn_cast<RecurrenceOp>(op)) {
        lowerRecurrence(loop);
      } else if (auto call = dyn_cast<CustomVjpOp>(op)) {
        OpBuilder builder(op);
        auto plain =
            func::CallOp::create(builder, op->getLoc(), call.getCallee(), op->getResultTypes(), call.getArgs());
        op->replaceAllUsesWith(plain);
        op->erase();
      } else {
        op->getResult(0).replaceAllUsesWith(op->getOperand(0));
        op->erase();
      }
    }
  }
};

} // namespace
