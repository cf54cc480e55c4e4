//===- Lanes.cpp - Arithmetic on scalars and vectors alike --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lanes.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace remat;

unsigned remat::getWidth(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIndex() ? IndexType::kInternalStorageBitWidth : element.getIntOrFloatBitWidth();
}

Type remat::withElement(Type type, Type element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return vector.clone(element);
  return element;
}

std::optional<APInt> remat::getConstantLanes(Value value) {
  // Kernels broadcast what does not change along the vector.
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    return getConstantLanes(broadcast.getSource());
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant;
  return std::nullopt;
}

/// The attribute for \p element in every lane of \p type.
static TypedAttr splat(Type type, TypedAttr element) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, Attribute(element));
  return element;
}

Value Lanes::integer(Type type, const APInt &value) {
  return arith::ConstantOp::create(*this, splat(type, getIntegerAttr(getElementTypeOrSelf(type), value)));
}

Value Lanes::integer(Type type, int64_t value) {
  return integer(type, APInt(getWidth(type), static_cast<uint64_t>(value), /*isSigned=*/true, /*implicitTrunc=*/true));
}

Value Lanes::real(Type type, const APFloat &value) {
  return arith::ConstantOp::create(*this, splat(type, getFloatAttr(getElementTypeOrSelf(type), value)));
}

Value Lanes::real(Type type, double value) {
  return arith::ConstantOp::create(*this, splat(type, getFloatAttr(getElementTypeOrSelf(type), value)));
}
