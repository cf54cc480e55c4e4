//===- ExtentBounds.cpp - How large a dynamic extent can be ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/ExtentBounds.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;

/// How many elements the extent \p size of \p alloc has at most.
static std::optional<int64_t> getLargestExtent(Value size, Operation *alloc) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return constant;
  std::optional<int64_t> largest;
  auto limit = [&](std::optional<int64_t> bound) {
    if (bound)
      largest = std::min(largest.value_or(*bound), std::max<int64_t>(*bound, 0));
  };
  if (auto min = size.getDefiningOp<arith::MinSIOp>())
    for (Value operand : min.getOperands())
      limit(getConstantIntValue(operand));
  for (Operation *user : size.getUsers()) {
    auto view = dyn_cast<memref::SubViewOp>(user);
    if (!view || !view->getBlock()->findAncestorOpInBlock(*alloc))
      continue;
    for (auto [extent, taken] : llvm::zip_equal(view.getSourceType().getShape(), view.getMixedSizes()))
      if (taken == OpFoldResult(size) && !ShapedType::isDynamic(extent))
        limit(extent);
  }
  return largest;
}

std::optional<int64_t> remat::getLargestBytes(Operation *alloc) {
  auto type = cast<MemRefType>(alloc->getResult(0).getType());
  std::optional<int64_t> bytes = getUnitBytes(type);
  // An allocation has no other operands than its sizes, and symbols of a layout.
  for (Value size : alloc->getOperands().take_front(type.getNumDynamicDims())) {
    std::optional<int64_t> largest = getLargestExtent(size, alloc);
    bytes = bytes && largest ? multiplyBytes(*bytes, *largest) : std::nullopt;
  }
  return bytes ? alignBytes(*bytes) : std::nullopt;
}
