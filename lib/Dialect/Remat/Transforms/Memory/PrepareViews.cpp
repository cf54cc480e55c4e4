//===- PrepareViews.cpp - Slices that memory can express -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A slice is a view: bufferization makes strides of it and copies nothing. Two
// things it cannot say. A type of strides does not tell which of several extents
// of one was dropped, so such slices change their rank in a step of its own. And a
// step function has one type for what the schedule passes to it, so a view that
// reaches a sweep becomes an array first: one copy, planned like every buffer.
//
//===----------------------------------------------------------------------===//

#include "../Source/RankReducedSlices.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace remat {
#define GEN_PASS_DEF_PREPAREVIEWSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// Extents of one
//===----------------------------------------------------------------------===//

/// The strides of a slice of \p sizes, where one element has the stride one.
static SmallVector<OpFoldResult> getPlainStrides(ArrayRef<OpFoldResult> sizes, ArrayRef<OpFoldResult> strides) {
  SmallVector<OpFoldResult> plain(strides);
  for (auto [size, stride] : llvm::zip_equal(sizes, plain))
    if (isOneInteger(size))
      stride = Builder(size.getContext()).getIndexAttr(1);
  return plain;
}

/// Whether the strides of the reduced type leave open which extents of one were
/// dropped: some are dropped, some are left, and some stride is not the array's.
static bool isAmbiguous(const llvm::SmallBitVector &dropped, ArrayRef<OpFoldResult> sizes,
                        ArrayRef<OpFoldResult> strides) {
  return dropped.any() && !llvm::all_of(strides, isOneInteger) &&
         int64_t(dropped.count()) < llvm::count_if(sizes, isOneInteger);
}

static void rewriteExtraction(tensor::ExtractSliceOp op) {
  OpBuilder builder(op);
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets(), sizes = op.getMixedSizes();
  SmallVector<OpFoldResult> strides = getPlainStrides(sizes, op.getMixedStrides());
  llvm::SmallBitVector dropped = op.getDroppedDims();
  RankedTensorType type = op.getType();
  bool splits = isAmbiguous(dropped, sizes, strides);
  if (!splits && strides == op.getMixedStrides())
    return;
  Value slice = tensor::ExtractSliceOp::create(
      builder, op.getLoc(), splits ? tensor::ExtractSliceOp::inferResultType(op.getSourceType(), sizes) : type,
      op.getSource(), offsets, sizes, strides);
  if (splits)
    slice = tensor::CollapseShapeOp::create(builder, op.getLoc(), type, slice, groupDroppedExtents(dropped));
  op.replaceAllUsesWith(slice);
  op.erase();
}

static void rewriteInsertion(tensor::InsertSliceOp op) {
  OpBuilder builder(op);
  SmallVector<OpFoldResult> offsets = op.getMixedOffsets(), sizes = op.getMixedSizes();
  SmallVector<OpFoldResult> strides = getPlainStrides(sizes, op.getMixedStrides());
  llvm::SmallBitVector dropped = op.getDroppedDims();
  Value source = op.getSource();
  bool splits = isAmbiguous(dropped, sizes, strides);
  if (!splits && strides == op.getMixedStrides())
    return;
  if (splits)
    source = tensor::ExpandShapeOp::create(builder, op.getLoc(),
                                           tensor::ExtractSliceOp::inferResultType(op.getDestType(), sizes), source,
                                           groupDroppedExtents(dropped), sizes);
  Value inserted = tensor::InsertSliceOp::create(builder, op.getLoc(), source, op.getDest(), offsets, sizes, strides);
  op.replaceAllUsesWith(inserted);
  op.erase();
}

//===----------------------------------------------------------------------===//
// Views at sweeps
//===----------------------------------------------------------------------===//

namespace {
/// Copies the views that sweeps use.
class ViewCopier {
public:
  ViewCopier() {
    // What remat-to-cpu bufferizes with; the layout of a value depends on it.
    options.bufferizeFunctionBoundaries = true;
    options.setFunctionBoundaryTypeConversion(bufferization::LayoutMapOption::IdentityLayoutMap);
    options.unknownTypeConverterFn = [](TensorType type, Attribute memorySpace, const auto &) {
      return bufferization::getMemRefTypeWithStaticIdentityLayout(type, memorySpace);
    };
  }

  LogicalResult run(func::FuncOp entry);

private:
  bool isView(Value value) const;
  LogicalResult copyOperand(OpOperand &operand, bool isWritten);
  FailureOr<Value> createCopy(OpBuilder &builder, Location loc, Value value);

  bufferization::OneShotBufferizationOptions options;
  bufferization::BufferizationState state;
  /// Both sweeps of a loop must see the same initial carry.
  DenseMap<Value, Value> copies;
};
} // namespace

/// True if \p value may bufferize to something else than a whole array.
bool ViewCopier::isView(Value value) const {
  FailureOr<bufferization::BufferLikeType> type = bufferization::getBufferType(value, options, state);
  auto memref = succeeded(type) ? dyn_cast<MemRefType>(*type) : MemRefType();
  return !memref || !memref.getLayout().isIdentity();
}

FailureOr<Value> ViewCopier::createCopy(OpBuilder &builder, Location loc, Value value) {
  return bufferization::allocateTensorForShapedValue(builder, loc, value, options, state, /*copy=*/true);
}

/// A destination is written, so its copy is for this sweep alone.
LogicalResult ViewCopier::copyOperand(OpOperand &operand, bool isWritten) {
  Value value = operand.get();
  if (!isa<RankedTensorType>(value.getType()) || !isView(value))
    return success();
  Value known = isWritten ? Value() : copies.lookup(value);
  if (!known) {
    OpBuilder builder(operand.getOwner());
    FailureOr<Value> copy = createCopy(builder, operand.getOwner()->getLoc(), value);
    if (failed(copy))
      return failure();
    known = *copy;
    if (!isWritten)
      copies[value] = known;
  }
  operand.set(known);
  return success();
}

LogicalResult ViewCopier::run(func::FuncOp entry) {
  WalkResult result = entry.walk([&](Operation *op) {
    if (!isa<ForwardSweepOp, BackwardSweepOp>(op))
      return WalkResult::advance();
    // The outputs of a sweep stand for its last operands.
    auto forward = dyn_cast<ForwardSweepOp>(op);
    unsigned outputs = forward ? forward.getOutputs().size() : op->getNumResults();
    for (OpOperand &operand : op->getOpOperands())
      if (failed(copyOperand(operand, operand.getOperandNumber() >= op->getNumOperands() - outputs)))
        return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct PrepareViewsPass final : remat::impl::PrepareViewsPassBase<PrepareViewsPass> {
  using Base::Base;

  void runOnOperation() override {
    getOperation().walk(rewriteExtraction);
    getOperation().walk(rewriteInsertion);
    for (func::FuncOp entry : getEntryFunctions(getOperation()))
      if (failed(ViewCopier().run(entry)))
        return signalPassFailure();
  }
};
} // namespace
