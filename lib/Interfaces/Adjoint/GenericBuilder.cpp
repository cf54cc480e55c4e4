//===- GenericBuilder.cpp - Builds linalg.generic body first -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GenericBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace remat;

Value GenericBuilder::addInput(Value operand, AffineMap map) {
  inputs.push_back(operand);
  inputMaps.push_back(map);
  return getBody().addArgument(getElementTypeOrSelf(operand.getType()), loc);
}

Value GenericBuilder::addOutput(Value init, AffineMap map) {
  outputs.push_back(init);
  outputMaps.push_back(map);
  return getBody().addArgument(getElementTypeOrSelf(init.getType()), loc);
}

void GenericBuilder::eraseDeadOperations() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(getBody())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

void GenericBuilder::dropUnusedInputs() {
  for (size_t index = inputs.size(); index-- > 0;) {
    if (!getBody().getArgument(index).use_empty())
      continue;
    SmallVector<AffineMap> remaining(inputMaps);
    remaining.erase(remaining.begin() + index);
    llvm::append_range(remaining, outputMaps);
    if (!inversePermutation(concatAffineMaps(remaining, builder.getContext())))
      continue;
    inputs.erase(inputs.begin() + index);
    inputMaps.erase(inputMaps.begin() + index);
    getBody().eraseArgument(index);
  }
}

/// The block argument that \p value is, looking through an extension.
static BlockArgument getExtendedArgument(Value value) {
  if (auto extension = value.getDefiningOp<arith::ExtFOp>())
    value = extension.getIn();
  return dyn_cast<BlockArgument>(value);
}

/// True if each dimension is one that `linalg.contract` knows: shared by at
/// least two of the operands, and one of them summed over.
static bool areContractionMaps(AffineMap left, AffineMap right, AffineMap output) {
  if (!left.isProjectedPermutation() || !right.isProjectedPermutation() || !output.isProjectedPermutation())
    return false;
  bool isContracting = false;
  for (unsigned dim = 0; dim < output.getNumDims(); ++dim) {
    bool inLeft = left.isFunctionOfDim(dim), inRight = right.isFunctionOfDim(dim);
    bool inOutput = output.isFunctionOfDim(dim);
    if (inLeft + inRight + inOutput < 2)
      return false;
    isContracting |= !inOutput;
  }
  return isContracting;
}

linalg::LinalgOp GenericBuilder::createContraction() {
  if (inputs.size() != 2 || outputs.size() != 1)
    return {};
  Block &body = getBody();
  auto sum = body.getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!sum || sum.getFastmath() != arith::FastMathFlags::none)
    return {};
  Value out = body.getArgument(2);
  if (sum.getLhs() != out && sum.getRhs() != out)
    return {};
  auto product = (sum.getLhs() == out ? sum.getRhs() : sum.getLhs()).getDefiningOp<arith::MulFOp>();
  if (!product || product.getFastmath() != arith::FastMathFlags::none)
    return {};
  BlockArgument left = getExtendedArgument(product.getLhs()), right = getExtendedArgument(product.getRhs());
  if (!left || !right || left == right || left.getOwner() != &body || right.getOwner() != &body || left == out ||
      right == out)
    return {};
  unsigned leftIndex = left.getArgNumber(), rightIndex = right.getArgNumber();
  if (!isa<RankedTensorType>(inputs[leftIndex].getType()) || !isa<RankedTensorType>(inputs[rightIndex].getType()) ||
      !areContractionMaps(inputMaps[leftIndex], inputMaps[rightIndex], outputMaps[0]))
    return {};
  ArrayAttr maps = builder.getAffineMapArrayAttr({inputMaps[leftIndex], inputMaps[rightIndex], outputMaps[0]});
  return linalg::ContractOp::create(builder, loc, outputs[0].getType(),
                                    ValueRange{inputs[leftIndex], inputs[rightIndex]}, outputs, maps);
}

/// A copy through equal maps that are no permutation is one of a part, a diagonal say.
/// The canonicalizer takes it for one of everything, unless an operand has another map.
void GenericBuilder::keepPartialCopy() {
  SmallVector<AffineMap> maps(inputMaps);
  llvm::append_range(maps, outputMaps);
  if (!llvm::all_equal(maps) || maps.front().isPermutation() || !llvm::hasSingleElement(getBody()))
    return;
  Value unused = arith::ConstantOp::create(builder, loc, builder.getBoolAttr(true));
  inputs.push_back(unused);
  inputMaps.push_back(AffineMap::get(iterators.size(), 0, builder.getContext()));
  getBody().insertArgument(inputs.size() - 1, unused.getType(), loc);
}

SmallVector<Value> GenericBuilder::finish(ValueRange yields) {
  OpBuilder bodyBuilder = OpBuilder::atBlockEnd(&getBody());
  linalg::YieldOp::create(bodyBuilder, loc, yields);
  eraseDeadOperations();
  dropUnusedInputs();
  if (linalg::LinalgOp contraction = createContraction())
    return contraction->getResults();

  keepPartialCopy();
  SmallVector<AffineMap> maps(inputMaps);
  llvm::append_range(maps, outputMaps);
  auto generic =
      linalg::GenericOp::create(builder, loc, ValueRange(outputs).getTypes(), inputs, outputs, maps, iterators);
  generic.getRegion().takeBody(scratch->getBodyRegion());
  return generic->getResults();
}
