//===- Recurrence.cpp - Shared by the passes over recurrences ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Recurrence.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace remat;

/// True for a constant, and for a tensor made of one.
static bool isMadeOfConstants(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (op->hasTrait<OpTrait::ConstantLike>())
    return true;
  return isa<tensor::EmptyOp, tensor::SplatOp, linalg::FillOp>(op) &&
         llvm::all_of(op->getOperands(), isMadeOfConstants);
}

void remat::sinkConstants(Region &region) {
  OpBuilder builder(region.getContext());
  // Sinking a tensor uncovers the constants that it is made of.
  for (bool changed = true; changed;) {
    changed = false;
    SetVector<Value> captures;
    getUsedValuesDefinedAbove(region, captures);
    builder.setInsertionPointToStart(&region.front());
    for (Value capture : captures) {
      if (!isMadeOfConstants(capture))
        continue;
      Operation *copy = builder.clone(*capture.getDefiningOp());
      replaceAllUsesInRegionWith(capture, copy->getResult(cast<OpResult>(capture).getResultNumber()), region);
      builder.setInsertionPointToStart(&region.front());
      changed = true;
    }
  }
}

BpttOp remat::lowerToForwardOnly(RecurrenceOp op, RewriterBase &rewriter) {
  sinkConstants(op.getBody());
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  auto forward = BpttOp::create(rewriter, op.getLoc(), op.getResultTypes(), op.getCount(), op.getInits(), op.getScans(),
                                op.getReversed());
  forward->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  rewriter.inlineRegionBefore(op.getBody(), forward.getAdvance(), forward.getAdvance().end());
  rewriter.replaceOp(op, forward.getResults());
  return forward;
}

Value remat::extractElement(OpBuilder &builder, Location loc, Value array, Value position) {
  auto element = cast<RankedTensorType>(getElementOverTime(array.getType()));
  SmallVector<OpFoldResult> offsets = {position}, sizes = {builder.getIndexAttr(1)};
  for (int64_t size : element.getShape()) {
    offsets.push_back(builder.getIndexAttr(0));
    sizes.push_back(builder.getIndexAttr(size));
  }
  SmallVector<OpFoldResult> strides(sizes.size(), builder.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(builder, loc, element, array, offsets, sizes, strides);
}
