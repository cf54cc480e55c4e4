//===- HostValues.cpp - What the host can compute of a region -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostValues.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"

using namespace remat;

Value HostValues::createIndex(int64_t value) { return arith::ConstantIndexOp::create(builder, region.getLoc(), value); }

Value HostValues::toValue(OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return createIndex(*constant);
  return find(cast<Value>(size));
}

/// The dimension of what \p view is a view of that dimension \p dim of it is.
static int64_t getSourceDim(memref::SubViewOp view, int64_t dim) {
  llvm::SmallBitVector dropped = view.getDroppedDims();
  for (int64_t source = 0;; ++source)
    if (!dropped[source] && dim-- == 0)
      return source;
}

Value HostValues::findSize(Value memref, int64_t dim) {
  auto type = cast<MemRefType>(memref.getType());
  if (!type.isDynamicDim(dim))
    return createIndex(type.getDimSize(dim));
  if (isOutside(memref))
    return memref::DimOp::create(builder, memref.getLoc(), memref, dim);
  Operation *op = memref.getDefiningOp();
  if (auto view = dyn_cast_or_null<memref::SubViewOp>(op))
    return toValue(view.getMixedSizes()[getSourceDim(view, dim)]);
  if (auto cast = dyn_cast_or_null<memref::CastOp>(op))
    return findSize(cast.getSource(), dim);
  if (auto cast = dyn_cast_or_null<memref::ReinterpretCastOp>(op))
    return toValue(cast.getMixedSizes()[dim]);
  if (auto expand = dyn_cast_or_null<memref::ExpandShapeOp>(op))
    return toValue(expand.getMixedOutputShape()[dim]);
  if (auto view = dyn_cast_or_null<memref::ViewOp>(op))
    return find(view.getDynamicSizes()[type.getDynamicDimIndex(dim)]);
  auto collapse = dyn_cast_or_null<memref::CollapseShapeOp>(op);
  if (!collapse)
    return Value();
  Value product = createIndex(1);
  for (int64_t source : collapse.getReassociationIndices()[dim]) {
    Value size = findSize(collapse.getSrc(), source);
    if (!size)
      return Value();
    product = arith::MulIOp::create(builder, memref.getLoc(), product, size);
  }
  return product;
}

Value HostValues::compute(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto dim = dyn_cast_or_null<memref::DimOp>(op)) {
    std::optional<int64_t> number = getConstantIntValue(dim.getDimension());
    return number ? findSize(dim.getSource(), *number) : Value();
  }
  if (!op || op->getNumRegions() != 0 || !isPure(op) || !value.getType().isIntOrIndexOrFloat())
    return Value();
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Value host = operand.getType().isIntOrIndexOrFloat() ? find(operand) : Value();
    if (!host)
      return Value();
    mapping.map(operand, host);
  }
  return builder.clone(*op, mapping)->getResult(cast<OpResult>(value).getResultNumber());
}

Value HostValues::find(Value value) {
  if (isOutside(value))
    return value;
  auto [entry, isNew] = known.try_emplace(value);
  if (!isNew)
    return entry->second;
  Value host = compute(value);
  known[value] = host;
  return host;
}
