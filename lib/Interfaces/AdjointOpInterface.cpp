//===- AdjointOpInterface.cpp - Reverse-mode rules ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/AdjointOpInterface.h"

#include "remat/Interfaces/KnownZeros.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace remat;

#include "remat/Interfaces/AdjointOpInterface.cpp.inc"

bool remat::isDifferentiableType(Type type) { return isa<FloatType, ComplexType>(getElementTypeOrSelf(type)); }

bool remat::mayCarryDerivative(Type type) { return !getElementTypeOrSelf(type).isIntOrIndex(); }

Type remat::getCotangentType(Type type) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!element || element.getWidth() >= 32)
    return type;
  Type wide = Float32Type::get(type.getContext());
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? shaped.clone(wide) : wide;
}

Value AdjointBuilder::convert(Value value, Type type, Location loc) {
  if (value.getType() == type)
    return value;
  unsigned from = getElementTypeOrSelf(value.getType()).getIntOrFloatBitWidth();
  unsigned to = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtFOp::create(*this, loc, type, value);
  return arith::TruncFOp::create(*this, loc, type, value);
}

Value AdjointBuilder::widen(Value primal, Location loc) {
  return convert(primal, getCotangentType(primal.getType()), loc);
}

Value AdjointBuilder::addToCotangent(Value sum, Value contribution, Location loc) {
  if (isKnownZero(sum))
    return contribution;
  if (isKnownZero(contribution))
    return sum;
  auto added = arith::AddFOp::create(*this, loc, sum, contribution);
  added->setDiscardableAttr(cotangentSumName, getUnitAttr());
  return added;
}

Value AdjointBuilder::createZero(Value like, Location loc) {
  Type type = getCotangentType(like.getType());
  Type element = getElementTypeOrSelf(type);
  Value zero = arith::ConstantOp::create(*this, loc, getZeroAttr(element));
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return zero;
  Value empty =
      tensor::EmptyOp::create(*this, loc, tensor::getMixedSizes(*this, loc, like), element, tensor.getEncoding());
  return linalg::FillOp::create(*this, loc, zero, empty).getResult(0);
}

Value AdjointBuilder::createSplat(double value, Value like, Location loc) {
  Type type = getCotangentType(like.getType());
  auto tensor = dyn_cast<RankedTensorType>(type);
  TypedAttr element = getFloatAttr(getElementTypeOrSelf(type), value);
  if (!tensor)
    return arith::ConstantOp::create(*this, loc, element);
  if (tensor.hasStaticShape())
    return arith::ConstantOp::create(*this, loc, DenseElementsAttr::get(tensor, element));
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(*this, loc, like);
  SmallVector<Value> dynamicSizes;
  for (OpFoldResult size : sizes)
    if (auto dynamic = dyn_cast<Value>(size))
      dynamicSizes.push_back(dynamic);
  Value scalar = arith::ConstantOp::create(*this, loc, element);
  return tensor::SplatOp::create(*this, loc, scalar, tensor, dynamicSizes);
}
