//===- LoopViews.cpp - Slices that a loop reads where they lie -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopViews.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace remat;

/// Whether a part of the slice \p op that has the type \p part consists of rows whose
/// elements lie side by side, or of one element.
static bool hasWholeRows(tensor::ExtractSliceOp op, RankedTensorType part) {
  if (part.hasStaticShape() && part.getNumElements() == 1)
    return true;
  int64_t last = op.getSourceType().getRank() - 1;
  return last >= 0 && !op.getDroppedDims().test(last) && isOneInteger(op.getMixedStrides()[last]);
}

void remat::sinkViews(Region &region) {
  OpBuilder builder(region.getContext());
  // Sinking a slice uncovers the slice that it is taken from.
  for (bool changed = true; changed;) {
    changed = false;
    SetVector<Value> captures;
    getUsedValuesDefinedAbove(region, captures);
    for (Value capture : captures) {
      auto slice = capture.getDefiningOp<tensor::ExtractSliceOp>();
      if (!slice || !hasWholeRows(slice, slice.getType()))
        continue;
      builder.setInsertionPointToStart(&region.front());
      Operation *copy = builder.clone(*slice);
      replaceAllUsesInRegionWith(capture, copy->getResult(0), region);
      changed = true;
    }
  }
}

/// The dimension of the array that the first dimension of the slice is.
static unsigned getLeadingDim(tensor::ExtractSliceOp view) {
  llvm::SmallBitVector dropped = view.getDroppedDims();
  return dropped.flip().find_first();
}

tensor::ExtractSliceOp remat::getScannedView(Value scan, Value count) {
  auto view = scan.getDefiningOp<tensor::ExtractSliceOp>();
  if (!view || view.getSource().getDefiningOp<tensor::ExtractSliceOp>())
    return {};
  // Whether a loop has one step per element is checked for what it scans.
  OpFoldResult size = view.getMixedSizes()[getLeadingDim(view)];
  std::optional<int64_t> steps = getConstantIntValue(count);
  if (size != OpFoldResult(count) && (!steps || getConstantIntValue(size) != steps))
    return {};
  auto element = cast<RankedTensorType>(getElementOverTime(view.getType()));
  // A row that is scanned element by element has its last dimension over time.
  bool isInner = getLeadingDim(view) + 1 == unsigned(view.getSourceType().getRank());
  return hasWholeRows(view, element) && (!isInner || element.getNumElements() == 1) ? view : nullptr;
}

Value remat::extractFromView(OpBuilder &builder, tensor::ExtractSliceOp view, const IRMapping &mapping,
                             Value position) {
  Location loc = view.getLoc();
  auto map = [&](SmallVector<OpFoldResult> values) {
    for (OpFoldResult &value : values)
      if (auto dynamic = dyn_cast<Value>(value))
        value = mapping.lookupOrDefault(dynamic);
    return values;
  };
  SmallVector<OpFoldResult> offsets = map(view.getMixedOffsets()), sizes = map(view.getMixedSizes());
  SmallVector<OpFoldResult> strides = map(view.getMixedStrides());
  unsigned dim = getLeadingDim(view);
  Value stride = getValueOrCreateConstantIndexOp(builder, loc, strides[dim]);
  Value first = getValueOrCreateConstantIndexOp(builder, loc, offsets[dim]);
  Value distance = arith::MulIOp::create(builder, loc, position, stride);
  offsets[dim] = arith::AddIOp::create(builder, loc, first, distance).getResult();
  sizes[dim] = strides[dim] = builder.getIndexAttr(1);
  return tensor::ExtractSliceOp::create(builder, loc, cast<RankedTensorType>(getElementOverTime(view.getType())),
                                        mapping.lookupOrDefault(view.getSource()), offsets, sizes, strides);
}
