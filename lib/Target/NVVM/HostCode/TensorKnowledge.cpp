//===- TensorKnowledge.cpp - What the host will know ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorKnowledge.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace remat;

bool TensorKnowledge::isKnown(Value value) {
  Operation *definition = value.getDefiningOp();
  if (!definition)
    return true;
  auto [entry, isNew] = known.try_emplace(value, true);
  if (!isNew)
    return entry->second;
  bool result = isa<RankedTensorType>(value.getType())
                    ? isKnownTensor(definition, cast<OpResult>(value).getResultNumber())
                    : isKnownScalar(definition);
  known[value] = result;
  return result;
}

bool TensorKnowledge::isKnownScalar(Operation *op) {
  if (isa<tensor::ExtractOp>(op))
    return false;
  // The extent of an array is known wherever the array may lie.
  if (isa<tensor::DimOp>(op) && isKnown(op->getOperand(0)))
    return true;
  if (op->getNumRegions() == 0)
    return areKnown(op->getOperands());
  // A loop or a choice is known if all is that it uses.
  return !op->walk([&](Operation *nested) {
              bool isOpen = isa<tensor::ExtractOp>(nested) || llvm::any_of(nested->getOperands(), [&](Value operand) {
                              return !isa<RankedTensorType>(operand.getType()) && !isKnown(operand);
                            });
              return isOpen ? WalkResult::interrupt() : WalkResult::advance();
            }).wasInterrupted();
}

bool TensorKnowledge::isKnownTensor(Operation *op, unsigned result) {
  if (auto choice = dyn_cast<scf::IfOp>(op))
    return isKnown(choice.getCondition()) && isKnown(choice.thenYield().getOperand(result)) &&
           isKnown(choice.elseYield().getOperand(result));
  if (auto choice = dyn_cast<scf::IndexSwitchOp>(op))
    return isKnown(choice.getArg()) && llvm::all_of(choice->getRegions(), [&](Region &region) {
             return isKnown(region.front().getTerminator()->getOperand(result));
           });
  // What chooses an array or a part of one; all else makes a new one.
  if (isa<arith::SelectOp, tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::ExtractSliceOp,
          tensor::ReshapeOp>(op))
    return areKnown(op->getOperands());
  return true;
}

bool remat::isElementOfArgument(Value scalar) {
  auto extract = scalar.getDefiningOp<tensor::ExtractOp>();
  return extract && isa<BlockArgument>(extract.getTensor()) &&
         isa<func::FuncOp>(extract.getTensor().getParentBlock()->getParentOp()) &&
         llvm::all_of(extract.getIndices(), [](Value index) { return getConstantIntValue(index).has_value(); });
}

bool TensorKnowledge::isReadableAnywhere(Value scalar) {
  if (isKnown(scalar) || isElementOfArgument(scalar))
    return true;
  Operation *definition = scalar.getDefiningOp();
  return definition->getNumRegions() == 0 && llvm::all_of(definition->getOperands(), [&](Value operand) {
           return !isa<RankedTensorType>(operand.getType()) && isReadableAnywhere(operand);
         });
}

bool TensorKnowledge::isFilledWithLost(Value tensor) {
  Operation *op = tensor.getDefiningOp();
  if (isa_and_present<linalg::FillOp, tensor::SplatOp>(op))
    return !isReadableAnywhere(op->getOperand(0));
  if (isa_and_present<tensor::FromElementsOp>(op))
    return !llvm::all_of(op->getOperands(), [&](Value element) { return isReadableAnywhere(element); });
  return isa_and_present<tensor::CastOp, tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::ExtractSliceOp,
                         linalg::BroadcastOp, linalg::TransposeOp>(op) &&
         isFilledWithLost(op->getOperand(0));
}
