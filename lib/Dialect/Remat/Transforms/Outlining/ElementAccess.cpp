//===- ElementAccess.cpp - What element-wise code reads ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementAccess.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace remat;

/// True for a generic over parallel loops whose body only computes on scalars.
static bool isElementwiseGeneric(linalg::LinalgOp op) {
  if (op.getNumReductionLoops() != 0 || !op.hasPureTensorSemantics() || op.getNumDpsInits() == 0)
    return false;
  ArrayRef<int64_t> shape = op.getShape(op.getDpsInitOperand(0));
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  for (OpOperand &init : op.getDpsInitsMutable())
    if (!map.isPermutation() || op.getMatchingIndexingMap(&init) != map || op.getShape(&init) != shape)
      return false;
  for (OpOperand *input : op.getDpsInputOperands())
    if (!op.getMatchingIndexingMap(input).isProjectedPermutation(/*allowZeroInResults=*/true))
      return false;
  return llvm::all_of(op.getBlock()->without_terminator(), [](Operation &nested) {
    return OpTrait::hasElementwiseMappableTraits(&nested) || nested.hasTrait<OpTrait::ConstantLike>();
  });
}

/// The input that \p op copies to its only result, through whatever map; null if it
/// computes something.
static OpOperand *getCopiedInput(linalg::LinalgOp op) {
  if (!isElementwiseGeneric(op) || op.getNumDpsInits() != 1)
    return nullptr;
  auto argument = dyn_cast<BlockArgument>(op.getBlock()->getTerminator()->getOperand(0));
  if (!argument || argument.getOwner() != op.getBlock() || argument.getArgNumber() >= op.getNumDpsInputs())
    return nullptr;
  return &op->getOpOperand(argument.getArgNumber());
}

/// From elements of the results of \p op, which is element-wise, to points of its loops.
static AffineMap getPointOfElement(linalg::LinalgOp op) {
  return inversePermutation(op.getMatchingIndexingMap(op.getDpsInitOperand(0)));
}

void remat::forEachRead(Operation *op, function_ref<void(OpOperand &, AffineMap)> visit) {
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  auto rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  AffineMap point = structured ? getPointOfElement(structured) : AffineMap();
  for (OpOperand &operand : op->getOpOperands())
    if (!structured)
      visit(operand, AffineMap::getMultiDimIdentityMap(rank, op->getContext()));
    else if (structured.payloadUsesValueFromOperand(&operand))
      visit(operand, structured.getMatchingIndexingMap(&operand).compose(point));
}

bool remat::readsInPlace(AffineMap map, ArrayRef<int64_t> shape) {
  return map.getNumResults() == shape.size() && llvm::all_of(llvm::enumerate(map.getResults()), [&](auto result) {
           return shape[result.index()] == 1 || result.value() == getAffineDimExpr(result.index(), map.getContext());
         });
}

bool remat::readsOnlyInPlace(Operation *op, Operation *producer) {
  bool inPlace = true;
  forEachRead(op, [&](OpOperand &operand, AffineMap map) {
    if (operand.get().getDefiningOp() == producer)
      inPlace &= readsInPlace(map, cast<RankedTensorType>(operand.get().getType()).getShape());
  });
  return inPlace;
}

/// True for an operation that becomes part of a fused loop.
bool remat::isElementwiseFusible(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return isElementwiseGeneric(structured) && !getCopiedInput(structured);
  if (!OpTrait::hasElementwiseMappableTraits(op) || op->getNumResults() != 1)
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return type && !type.getEncoding() && llvm::all_of(op->getOperandTypes(), [&](Type operand) {
           auto tensor = dyn_cast<RankedTensorType>(operand);
           return tensor ? tensor.getShape() == type.getShape() : operand.isIntOrIndexOrFloat();
         });
}

ElementAccess remat::resolveAccess(Value value, AffineMap map) {
  while (true) {
    // One condition for all elements of a select.
    if (!isa<RankedTensorType>(value.getType()))
      return {value, {}, {}};
    DenseElementsAttr constant;
    if (matchPattern(value, m_Constant(&constant)) && constant.isSplat())
      return {{}, {}, constant.getSplatValue<Attribute>()};
    if (auto splat = value.getDefiningOp<tensor::SplatOp>())
      return {splat.getInput(), {}, {}};
    auto copy = value.getDefiningOp<linalg::LinalgOp>();
    OpOperand *input = copy ? getCopiedInput(copy) : nullptr;
    if (!input)
      return {value, map, {}};
    if (!isa<RankedTensorType>(input->get().getType())) {
      Attribute scalar;
      if (matchPattern(input->get(), m_Constant(&scalar)))
        return {{}, {}, scalar};
      return {input->get(), {}, {}};
    }
    map = copy.getMatchingIndexingMap(input).compose(getPointOfElement(copy)).compose(map);
    value = input->get();
  }
}

Value remat::getReadArray(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? resolveAccess(value, AffineMap::getMultiDimIdentityMap(type.getRank(), value.getContext())).source
              : Value();
}
