//===- LoopVerifiers.cpp - Constraints that loops share ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVerifiers.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;

/// True for a tensor of static shape with float or integer elements.
static bool isCarryType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getElementType().isIntOrFloat();
}

/// MLIR's slices cannot address an array whose elements are empty.
static LogicalResult verifyNotEmpty(Operation *op, Type element, Twine what, Type type) {
  // recurrence_c9
  if (cast<RankedTensorType>(element).getNumElements() > 0)
    return success();
  return op->emitOpError("expects ") << what << " to have at least one number per step, but got " << type;
}

/// A static leading dimension is equal to a constant trip count; that of a
/// result is dynamic when the trip count is no constant.
static LogicalResult verifyLeadingDimension(Operation *op, Value count, Type type, StringRef what, bool isResult) {
  int64_t leading = cast<RankedTensorType>(type).getDimSize(0);
  if (ShapedType::isDynamic(leading))
    return success();
  std::optional<int64_t> constant = getConstantIntValue(count);
  if (constant && leading != *constant)
    return op->emitOpError("expects the leading dimension of ")
           << what << " to be the trip count " << *constant << ", but got " << type;
  if (!constant && isResult)
    return op->emitOpError("expects the leading dimension of ")
           << what << " to be dynamic because the trip count is no constant, but got " << type;
  return success();
}

LogicalResult remat::verifyLoopOperands(Operation *op, Value count, ValueRange inits, ValueRange scans) {
  for (auto [index, type] : llvm::enumerate(inits.getTypes()))
    if (!isCarryType(type))
      return op->emitOpError("expects carry #") << index
                                                << " to be a tensor of static shape with float or integer "
                                                   "elements, but got "
                                                << type;
  for (auto [index, type] : llvm::enumerate(scans.getTypes())) {
    Type element = getElementOverTime(type);
    if (!element || !isCarryType(element))
      return op->emitOpError("expects scan #") << index
                                               << " to be a tensor of float or integer elements with a time "
                                                  "dimension and otherwise static shape, but got "
                                               << type;
    if (failed(verifyNotEmpty(op, element, "scan #" + Twine(index), type)))
      return failure();
  }
  if (std::optional<int64_t> constant = getConstantIntValue(count); constant && *constant < 0)
    return op->emitOpError("expects a trip count that is not negative, but got ") << *constant;
  for (Type type : scans.getTypes())
    if (failed(verifyLeadingDimension(op, count, type, "a scan",
                                      /*isResult=*/false)))
      return failure();
  return success();
}

LogicalResult remat::verifyLoopResults(Operation *op, Value count, ValueRange inits, ValueRange emits,
                                       ValueRange results) {
  if (results.size() != inits.size() + emits.size())
    return op->emitOpError("expects ") << emits.size() << " stacked results, one per emitted value, but got "
                                       << int64_t(results.size()) - int64_t(inits.size());
  if (results.take_front(inits.size()).getTypes() != inits.getTypes())
    return op->emitOpError("expects the leading results to have the carry types");
  TypeRange stackedTypes = results.drop_front(inits.size()).getTypes();
  for (auto [index, type, emitted] : llvm::enumerate(stackedTypes, emits.getTypes())) {
    if (!isCarryType(emitted) || getElementOverTime(type) != emitted)
      return op->emitOpError("expects stacked result #")
             << index << " to be " << emitted << " with a leading time dimension, but got " << type;
    if (failed(verifyNotEmpty(op, emitted, "stacked result #" + Twine(index), type)))
      return failure();
    if (failed(verifyLeadingDimension(op, count, type, "a stacked result",
                                      /*isResult=*/true)))
      return failure();
  }
  return success();
}

LogicalResult remat::verifyStepArguments(Operation *op, StringRef what, Block &step, ValueRange inits,
                                         ValueRange scans) {
  SmallVector<Type> expected = {IndexType::get(op->getContext())};
  llvm::append_range(expected, inits.getTypes());
  for (Type type : scans.getTypes())
    expected.push_back(getElementOverTime(type));
  if (step.getArgumentTypes() == TypeRange(expected))
    return success();
  return op->emitOpError("expects ") << what << " arguments (" << TypeRange(expected) << "), but got ("
                                     << step.getArgumentTypes() << ")";
}

LogicalResult remat::verifyStepYield(Operation *op, YieldOp yield, ValueRange inits) {
  if (yield.getCarries().getTypes() == inits.getTypes())
    return success();
  return (yield.emitOpError("expects carries (")
          << inits.getTypes() << "), but got (" << yield.getCarries().getTypes() << ")")
             .attachNote(op->getLoc())
         << "carries of this recurrence";
}
