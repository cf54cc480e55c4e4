//===- RankReducedSlices.cpp - Which extents a slice drops -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RankReducedSlices.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/SmallBitVector.h"

using namespace mlir;
using namespace remat;

SmallVector<ReassociationIndices> remat::groupDroppedExtents(const llvm::SmallBitVector &dropped) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (unsigned axis = 0; axis < dropped.size(); ++axis) {
    if (!dropped.test(axis))
      groups.emplace_back();
    (groups.empty() ? leading : groups.back()).push_back(axis);
    if (groups.size() == 1 && !dropped.test(axis)) {
      groups.front().insert(groups.front().begin(), leading.begin(), leading.end());
      leading.clear();
    }
  }
  return groups;
}

/// Whether \p reduced is the type that canonicalization takes for a slice of type \p full.
static bool isFirstGuess(RankedTensorType full, RankedTensorType reduced) {
  if (full.getRank() == reduced.getRank())
    return true;
  SmallVector<int64_t> shape;
  int64_t toDrop = full.getRank() - reduced.getRank();
  for (int64_t extent : full.getShape()) {
    if (extent == 1 && toDrop > 0)
      --toDrop;
    else
      shape.push_back(extent);
  }
  return ArrayRef(shape) == reduced.getShape();
}

static void keepRank(tensor::ExtractSliceOp slice) {
  RankedTensorType full = tensor::ExtractSliceOp::inferResultType(slice.getSourceType(), slice.getMixedSizes());
  if (isFirstGuess(full, slice.getType()))
    return;
  OpBuilder builder(slice);
  Value whole = tensor::ExtractSliceOp::create(builder, slice.getLoc(), full, slice.getSource(),
                                               slice.getMixedOffsets(), slice.getMixedSizes(), slice.getMixedStrides());
  Value reduced = tensor::CollapseShapeOp::create(builder, slice.getLoc(), slice.getType(), whole,
                                                  groupDroppedExtents(slice.getDroppedDims()));
  slice.replaceAllUsesWith(reduced);
  slice.erase();
}

static void keepRank(tensor::InsertSliceOp slice) {
  RankedTensorType full = tensor::ExtractSliceOp::inferResultType(slice.getDestType(), slice.getMixedSizes());
  if (isFirstGuess(full, slice.getSourceType()))
    return;
  OpBuilder builder(slice);
  Value whole = tensor::ExpandShapeOp::create(builder, slice.getLoc(), full, slice.getSource(),
                                              groupDroppedExtents(slice.getDroppedDims()), slice.getMixedSizes());
  Value inserted =
      tensor::InsertSliceOp::create(builder, slice.getLoc(), whole, slice.getDest(), slice.getMixedOffsets(),
                                    slice.getMixedSizes(), slice.getMixedStrides());
  slice.replaceAllUsesWith(inserted);
  slice.erase();
}

void remat::keepRankOfAmbiguousSlices(Operation *root) {
  root->walk([](Operation *op) {
    if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
      keepRank(slice);
    else if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
      keepRank(slice);
  });
}
