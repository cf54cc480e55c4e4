//===- WholeBuffer.cpp - All of a buffer in another shape -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WholeBuffer.h"

using namespace mlir;
using namespace remat;

Value remat::stripCasts(Value value) {
  while (auto cast = value.getDefiningOp<memref::CastOp>())
    value = cast.getSource();
  return value;
}

memref::AllocOp remat::getWholeAllocation(Value value) {
  Operation *op = value.getDefiningOp();
  while (isa_and_nonnull<memref::CastOp, memref::ExpandShapeOp, memref::CollapseShapeOp>(op))
    op = op->getOperand(0).getDefiningOp();
  return dyn_cast_or_null<memref::AllocOp>(op);
}

bool remat::isWhole(MemRefType from, MemRefType to) {
  return from.hasStaticShape() && to.hasStaticShape() && from.getLayout().isIdentity() && to.getLayout().isIdentity() &&
         from.getNumElements() == to.getNumElements() && from.getElementType() == to.getElementType();
}

Value remat::viewWhole(OpBuilder &builder, Location loc, Value buffer, MemRefType type) {
  auto from = cast<MemRefType>(buffer.getType());
  if (from == type)
    return buffer;
  if (!isWhole(from, type))
    return {};
  auto [strides, offset] = type.getStridesAndOffset();
  return memref::ReinterpretCastOp::create(builder, loc, type, buffer, offset, type.getShape(), strides);
}
