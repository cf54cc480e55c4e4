//===- ExtentOrigin.cpp - Where an extent comes from ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where several operands have to agree the first one is followed: that the others do
// is checked in front of the operation.
//
//===----------------------------------------------------------------------===//

#include "ExtentOrigin.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

using namespace mlir;
using namespace remat;

std::optional<int64_t> ExtentOrigin::getConstant() const {
  return isAxis() ? std::optional<int64_t>() : getConstantIntValue(source);
}

/// The operand of \p result's operation that has its shape; null if there is none.
static Value getShapeSource(OpResult result) {
  Operation *op = result.getOwner();
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return destination.getTiedOpOperand(result)->get();
  if (isa<tensor::CastOp, StopGradientOp>(op))
    return op->getOperand(0);
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return insert.getDest();
  if (!OpTrait::hasElementwiseMappableTraits(op))
    return {};
  auto isArray = [](Value operand) { return isa<RankedTensorType>(operand.getType()); };
  auto operand = llvm::find_if(op->getOperands(), isArray);
  return operand == op->operand_end() ? Value() : *operand;
}

/// The size that \p result is made with along \p axis; null if it takes that from
/// elsewhere.
static OpFoldResult getMadeSize(OpResult result, int64_t axis) {
  Operation *op = result.getOwner();
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return empty.getMixedSizes()[axis];
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return getMixedValues(expand.getStaticOutputShape(), expand.getOutputShape(), op->getContext())[axis];
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op); slice && slice.getDroppedDims().none())
    return slice.getMixedSizes()[axis];
  auto loop = dyn_cast<RecurrenceOp>(op);
  if (loop && axis == 0 && result.getResultNumber() >= loop.getInits().size())
    return OpFoldResult(loop.getCount());
  return {};
}

ExtentOrigin ExtentOrigin::of(OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size)) {
    auto context = isa<Attribute>(size) ? cast<Attribute>(size).getContext() : cast<Value>(size).getContext();
    return {IntegerAttr::get(IndexType::get(context), *constant), -1};
  }
  if (auto dim = cast<Value>(size).getDefiningOp<tensor::DimOp>())
    if (std::optional<int64_t> axis = dim.getConstantIndex())
      if (isa<RankedTensorType>(dim.getSource().getType()))
        return of(dim.getSource(), *axis);
  return {size, -1};
}

ExtentOrigin ExtentOrigin::of(Value tensor, int64_t axis) {
  while (true) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.isDynamicDim(axis))
      return {IntegerAttr::get(IndexType::get(type.getContext()), type.getDimSize(axis)), -1};
    auto result = dyn_cast<OpResult>(tensor);
    if (!result)
      return {tensor, axis};
    if (OpFoldResult size = getMadeSize(result, axis))
      return of(size);
    Value source = getShapeSource(result);
    if (!source || !isa<RankedTensorType>(source.getType()))
      return {tensor, axis};
    tensor = source;
  }
}

OpFoldResult ExtentOrigin::materialize(OpBuilder &builder, Location loc) const {
  if (!isAxis())
    return source;
  return builder.createOrFold<tensor::DimOp>(loc, cast<Value>(source), axis);
}
