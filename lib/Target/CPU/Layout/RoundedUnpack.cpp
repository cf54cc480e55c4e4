//===- RoundedUnpack.cpp - Gradients rounded out of their panels -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The gradient of a weight of narrow floats is accumulated in f32 and rounded once, in the
// end. Out of panels it would be transposed first, into an array of f32 that lies beside
// those of all other weights that one operation rounds. Rounded one by one as they leave
// their panels, they need no array but their own.
//
//===----------------------------------------------------------------------===//

#include "RoundedUnpack.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace remat;

namespace {
/// One of the roundings of an element-wise operation: it reads one input alone, and its
/// value is one result alone.
struct Rounding {
  linalg::GenericOp op;
  unsigned input, output;
  arith::TruncFOp body;
};
} // namespace

static FailureOr<Rounding> matchRounding(Value matrix) {
  if (!matrix.hasOneUse())
    return failure();
  OpOperand &use = *matrix.use_begin();
  auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!op || !op.isDpsInput(&use) || op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getMatchingIndexingMap(&use).isIdentity())
    return failure();
  BlockArgument element = op.getMatchingBlockArgument(&use);
  auto rounding = element.hasOneUse() ? dyn_cast<arith::TruncFOp>(*element.user_begin()) : arith::TruncFOp();
  if (!rounding || rounding->getBlock() != op.getBody() || !rounding->hasOneUse())
    return failure();
  OpOperand &yielded = *rounding->use_begin();
  if (!isa<linalg::YieldOp>(yielded.getOwner()))
    return failure();
  unsigned output = yielded.getOperandNumber();
  OpOperand *init = op.getDpsInitOperand(output);
  if (!op.getMatchingIndexingMap(init).isIdentity() || !op.getMatchingBlockArgument(init).use_empty())
    return failure();
  return Rounding{op, use.getOperandNumber(), output, rounding};
}

/// The operation of \p rounding without it.
static void dropRounding(RewriterBase &rewriter, const Rounding &rounding) {
  linalg::GenericOp op = rounding.op;
  if (op.getNumResults() == 1)
    return rewriter.eraseOp(op);
  unsigned numInputs = op.getNumDpsInputs();
  SmallVector<Value> inputs = op.getDpsInputs(), inits = llvm::to_vector(op.getDpsInits());
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<Type> types(op.getResultTypes());
  maps.erase(maps.begin() + numInputs + rounding.output);
  maps.erase(maps.begin() + rounding.input);
  inputs.erase(inputs.begin() + rounding.input);
  inits.erase(inits.begin() + rounding.output);
  types.erase(types.begin() + rounding.output);
  rewriter.setInsertionPoint(op);
  auto rest = linalg::GenericOp::create(rewriter, op.getLoc(), types, inputs, inits, maps, op.getIteratorTypesArray(),
                                        [&](OpBuilder &builder, Location loc, ValueRange arguments) {
                                          IRMapping mapping;
                                          unsigned next = 0;
                                          for (BlockArgument argument : op.getBody()->getArguments()) {
                                            unsigned number = argument.getArgNumber();
                                            if (number != rounding.input && number != numInputs + rounding.output)
                                              mapping.map(argument, arguments[next++]);
                                          }
                                          SmallVector<Value> yielded;
                                          for (Operation &inner : op.getBody()->without_terminator())
                                            if (&inner != rounding.body)
                                              builder.clone(inner, mapping);
                                          for (auto [number, value] :
                                               llvm::enumerate(op.getBody()->getTerminator()->getOperands()))
                                            if (number != rounding.output)
                                              yielded.push_back(mapping.lookupOrDefault(value));
                                          linalg::YieldOp::create(builder, loc, yielded);
                                        });
  unsigned next = 0;
  for (OpResult result : op->getResults())
    if (result.getResultNumber() != rounding.output)
      rewriter.replaceAllUsesWith(result, rest->getResult(next++));
  rewriter.eraseOp(op);
}

void remat::roundWhileUnpacking(RewriterBase &rewriter, tensor::CollapseShapeOp matrix) {
  auto transpose = matrix.getSrc().getDefiningOp<linalg::TransposeOp>();
  FailureOr<Rounding> rounding = matchRounding(matrix.getResult());
  if (!transpose || !transpose->hasOneUse() || failed(rounding))
    return;
  Location loc = rounding->op.getLoc();
  auto type = cast<RankedTensorType>(rounding->op->getResult(rounding->output).getType());
  auto partsType = cast<RankedTensorType>(matrix.getSrcType()).clone(type.getElementType());
  unsigned rank = partsType.getRank();
  AffineMap identity = AffineMap::getMultiDimIdentityMap(rank, rewriter.getContext());
  AffineMap permutation = AffineMap::getPermutationMap(transpose.getPermutation(), rewriter.getContext());
  rewriter.setInsertionPoint(rounding->op);
  Value empty = tensor::EmptyOp::create(rewriter, loc, partsType.getShape(), partsType.getElementType());
  auto parts = linalg::GenericOp::create(
      rewriter, loc, partsType, transpose.getInput(), empty, {inversePermutation(permutation), identity},
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &builder, Location loc, ValueRange arguments) {
        IRMapping mapping;
        mapping.map(rounding->body.getIn(), arguments[0]);
        linalg::YieldOp::create(builder, loc, builder.clone(*rounding->body, mapping)->getResult(0));
      });
  Value rounded =
      tensor::CollapseShapeOp::create(rewriter, loc, type, parts.getResult(0), matrix.getReassociationIndices());
  rewriter.replaceAllUsesWith(rounding->op->getResult(rounding->output), rounded);
  dropRounding(rewriter, *rounding);
  rewriter.eraseOp(matrix);
  rewriter.eraseOp(transpose);
}
