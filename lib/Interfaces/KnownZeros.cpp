//===- KnownZeros.cpp - Tensors that are zero ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/KnownZeros.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace remat;

std::optional<SliceBox> SliceBox::get(OffsetSizeAndStrideOpInterface slice) {
  std::optional<SmallVector<int64_t>> offsets = getConstantIntValues(slice.getMixedOffsets());
  std::optional<SmallVector<int64_t>> sizes = getConstantIntValues(slice.getMixedSizes());
  if (!offsets || !sizes || !slice.hasUnitStride())
    return std::nullopt;
  SliceBox box;
  box.offsets = std::move(*offsets);
  box.sizes = std::move(*sizes);
  return box;
}

int64_t SliceBox::getNumElements() const { return ShapedType::getNumElements(sizes); }

bool SliceBox::isDisjointFrom(const SliceBox &other) const {
  for (size_t dim = 0; dim < offsets.size(); ++dim)
    if (offsets[dim] + sizes[dim] <= other.offsets[dim] || other.offsets[dim] + other.sizes[dim] <= offsets[dim])
      return true;
  return false;
}

/// What \p slice reads from, past insertions that it does not see.
static Value getSourceBelowInsertions(tensor::ExtractSliceOp slice) {
  Value source = slice.getSource();
  std::optional<SliceBox> read = SliceBox::get(slice);
  while (auto insert = read ? source.getDefiningOp<tensor::InsertSliceOp>() : tensor::InsertSliceOp()) {
    std::optional<SliceBox> written = SliceBox::get(insert);
    if (!written || !read->isDisjointFrom(*written))
      break;
    source = insert.getDest();
  }
  return source;
}

bool remat::isKnownZero(Value value) {
  if (matchPattern(value, m_AnyZeroFloat()))
    return true;
  Operation *op = value.getDefiningOp();
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(op))
    return isKnownZero(fill.value());
  if (auto splat = dyn_cast_or_null<tensor::SplatOp>(op))
    return isKnownZero(splat.getInput());
  if (auto slice = dyn_cast_or_null<tensor::ExtractSliceOp>(op))
    return isKnownZero(getSourceBelowInsertions(slice));
  if (isa_and_nonnull<tensor::CastOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return isKnownZero(op->getOperand(0));
  return false;
}
