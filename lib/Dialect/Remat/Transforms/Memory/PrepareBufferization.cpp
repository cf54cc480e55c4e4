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
// What is written over an empty tensor or such a fill gets one of its own, and an initial
// carry that is one needs no array at all: its number will do.
//
// It also takes an init that no body reads as overwritten. Where a structured
// operation writes only a part of its output, the rest is the init: its body is made
// to read it.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SmallBitVector.h"

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

/// True for an empty tensor, also in another shape.
static bool isEmpty(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return cast<RankedTensorType>(value.getType()).hasStaticShape() && isEmpty(op->getOperand(0));
  return isa_and_nonnull<tensor::EmptyOp>(op);
}

static Value cloneEmpty(OpBuilder &builder, Value value) {
  Operation *op = value.getDefiningOp();
  if (isa<tensor::EmptyOp>(op))
    return builder.clone(*op)->getResult(0);
  auto type = cast<RankedTensorType>(value.getType());
  return tensor::EmptyOp::create(builder, op->getLoc(), type.getShape(), type.getElementType());
}

/// A copy of an empty or filled tensor for one use, or \p value if it is neither. What
/// is copied for its last use is dead; see eraseDead.
static Value cloneFresh(Value value) {
  auto fill = value.getDefiningOp<linalg::FillOp>();
  Value empty = fill ? fill.getOutputs()[0] : value;
  if (!isEmpty(empty))
    return value;
  OpBuilder builder(value.getDefiningOp());
  Value own = cloneEmpty(builder, empty);
  return fill ? linalg::FillOp::create(builder, fill.getLoc(), fill.getInputs()[0], own).getResult(0) : own;
}

/// Gives everything that is written over an empty or filled tensor one of its own,
/// directly in front of it. What one fill starts several times would be copied from a
/// buffer that is in use from the first time to the last.
static void separateInits(func::FuncOp function) {
  SmallVector<OpOperand *> inits;
  function.walk([&](DestinationStyleOpInterface op) {
    for (OpOperand &init : op.getDpsInitsMutable())
      inits.push_back(&init);
  });
  for (OpOperand *init : inits) {
    Value own = cloneFresh(init->get());
    if (own == init->get())
      continue;
    own.getDefiningOp()->moveBefore(init->getOwner());
    init->set(own);
  }
}

/// The number that all elements of \p value are, or null if nothing says so.
static Value getSplatNumber(Value value) {
  Operation *op = value.getDefiningOp();
  Value number;
  if (auto fill = dyn_cast_if_present<linalg::FillOp>(op))
    number = fill.getInputs()[0];
  else if (auto splat = dyn_cast_if_present<tensor::SplatOp>(op))
    number = splat.getInput();
  else if (auto list = dyn_cast_if_present<tensor::FromElementsOp>(op))
    number = list.getElements().empty() || !llvm::all_equal(list.getElements()) ? Value() : list.getElements()[0];
  else if (auto copy = dyn_cast_if_present<bufferization::AllocTensorOp>(op))
    return copy.getCopy() ? getSplatNumber(copy.getCopy()) : Value();
  else if (isa_and_present<tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::ExtractSliceOp,
                           linalg::BroadcastOp, linalg::TransposeOp>(op))
    return getSplatNumber(op->getOperand(0));
  // A fill may convert its number.
  return number && number.getType() == getElementTypeOrSelf(value) ? number : Value();
}

/// Gives initial carries as numbers where they are, and each of the others a tensor of its
/// own, so that the schedule can give its memory to others. Both sweeps must see the same.
static void separateInitialCarries(ForwardSweepOp forward) {
  SmallVector<BackwardSweepOp> backward;
  if (forward.getHistory())
    for (Operation *user : forward.getHistory().getUsers())
      if (auto sweep = dyn_cast<BackwardSweepOp>(user))
        backward.push_back(sweep);
  for (auto [index, init] : llvm::enumerate(SmallVector<Value>(forward.getInits()))) {
    Value own = getSplatNumber(init);
    // A loop that is not differentiated reads an array once, where it is.
    if (!own)
      own = forward.getHistory() ? cloneFresh(init) : init;
    forward.getInitsMutable()[index].set(own);
    for (BackwardSweepOp sweep : backward)
      if (sweep.getInits()[index] == init)
        sweep.getInitsMutable()[index].set(own);
  }
}

/// Gives each destination a tensor of its own: two that shared one would be copied,
/// or, if one of them is not read, overwrite each other.
static void separateDestinations(Operation *sweep, unsigned destinations) {
  for (OpOperand &operand : sweep->getOpOperands().take_back(destinations))
    operand.set(cloneFresh(operand.get()));
}

/// True if \p op is sure to write every element of the output of \p init.
static bool writesAll(linalg::LinalgOp op, OpOperand &init) {
  AffineMap map = op.getMatchingIndexingMap(&init);
  ArrayRef<int64_t> shape = op.getShape(&init);
  llvm::SmallBitVector written(op.getNumLoops());
  for (auto [size, place] : llvm::zip_equal(shape, map.getResults())) {
    auto loop = dyn_cast<AffineDimExpr>(place);
    // The same loop twice is a diagonal.
    if (loop && !written.test(loop.getPosition()))
      written.set(loop.getPosition());
    else if (size != 1)
      return false;
  }
  // Nothing is written where a loop over something else has no turn.
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (auto [loop, range] : llvm::enumerate(ranges))
    if (!written.test(loop) && (range == 0 || ShapedType::isDynamic(range)))
      return false;
  return true;
}

/// Makes the body of \p op read what it may not write. The choice is folded away
/// once there is memory, where an element that nobody writes keeps its value.
static void readKeptInits(linalg::LinalgOp op) {
  // The other structured operations write every element, or read them all.
  if (!isa<linalg::GenericOp, linalg::ReduceOp>(op) || !op.hasPureTensorSemantics())
    return;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    if (op.payloadUsesValueFromOperand(&init) || writesAll(op, init))
      continue;
    OpOperand *yielded = op.getMatchingYieldValue(&init);
    OpBuilder builder(yielded->getOwner());
    Location loc = op.getLoc();
    Value isWritten = arith::ConstantIntOp::create(builder, loc, 1, /*width=*/1);
    yielded->set(arith::SelectOp::create(builder, loc, isWritten, yielded->get(), op.getMatchingBlockArgument(&init)));
  }
}

/// Reads the extents of arguments in front of everything: a plan knows them, and arrays of
/// such an extent in a branch or loop with it.
static void hoistExtents(func::FuncOp entry) {
  Block *front = &entry.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(front);
  entry.walk([&](tensor::DimOp op) {
    std::optional<int64_t> dimension = op.getConstantIndex();
    auto argument = dyn_cast<BlockArgument>(op.getSource());
    if (!dimension || !argument || argument.getOwner() != front || op->getBlock() == front)
      return;
    op.replaceAllUsesWith(tensor::DimOp::create(builder, op.getLoc(), argument, *dimension).getResult());
    op.erase();
  });
}

/// Erases the fills, empty tensors and views that nobody uses any more: bufferization would
/// give each a buffer, written and never read, as large as the accumulator it once was.
static void eraseDead(func::FuncOp function) {
  function.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (!isa<ForwardSweepOp, BackwardSweepOp>(op) && isOpTriviallyDead(op))
      op->erase();
  });
}

namespace {
struct PrepareBufferizationPass final : remat::impl::PrepareBufferizationPassBase<PrepareBufferizationPass> {
  using Base::Base;

  void runOnOperation() override {
    for (ChainOp chain : getChains(getOperation()))
      for (StepFunction &step : getStepFunctions(chain))
        markArguments(step);
    getOperation().walk(fillSplat);
    getOperation().walk(readKeptInits);
    getOperation().walk(separateInits);
    for (func::FuncOp entry : getEntryFunctions(getOperation())) {
      hoistExtents(entry);
      entry.walk(separateInitialCarries);
      entry.walk([](ForwardSweepOp sweep) { separateDestinations(sweep, sweep.getOutputs().size()); });
      entry.walk([](BackwardSweepOp sweep) { separateDestinations(sweep, sweep.getOutputs().size()); });
    }
    getOperation().walk(eraseDead);
  }
};
} // namespace
