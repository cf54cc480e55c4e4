//===- Contraction.cpp - What a contraction is ---------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The decision looks at maps, iterators and body only, never at layouts: it picks
// the order of summation, which must not differ between two buffers of one value.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Linalg/Contraction.h"

#include "remat/Dialect/Linalg/VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace remat;

/// The block argument behind \p value, through a widening float conversion.
static BlockArgument getExtendedArgument(Value value, Block *body) {
  if (auto extend = value.getDefiningOp<arith::ExtFOp>())
    value = extend.getIn();
  auto argument = dyn_cast<BlockArgument>(value);
  return argument && argument.getOwner() == body ? argument : BlockArgument();
}

/// Matches yield(addf(acc, mulf(a, b))) up to commutation, where a and b may be
/// widened; returns the numbers of the arguments a and b.
static std::optional<std::pair<unsigned, unsigned>> matchBody(linalg::GenericOp op) {
  Block *body = op.getBody();
  BlockArgument acc = body->getArgument(2);
  auto sum = body->getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!sum || !acc.hasOneUse() || sum->getBlock() != body)
    return std::nullopt;
  Value product = sum.getLhs() == acc ? sum.getRhs() : sum.getLhs();
  if ((sum.getLhs() != acc && sum.getRhs() != acc) || product == acc)
    return std::nullopt;
  auto mul = product.getDefiningOp<arith::MulFOp>();
  if (!mul || mul->getBlock() != body)
    return std::nullopt;
  BlockArgument lhs = getExtendedArgument(mul.getLhs(), body);
  BlockArgument rhs = getExtendedArgument(mul.getRhs(), body);
  if (!lhs || !rhs || lhs == acc || rhs == acc || lhs == rhs)
    return std::nullopt;
  // Nothing else may be computed.
  unsigned expected = 3 + (lhs != mul.getLhs()) + (rhs != mul.getRhs());
  if (body->getOperations().size() != expected)
    return std::nullopt;
  return std::make_pair(lhs.getArgNumber(), rhs.getArgNumber());
}

FailureOr<Contraction> Contraction::match(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 || op->hasAttr(vectorLoopAttrName))
    return failure();
  std::optional<std::pair<unsigned, unsigned>> arguments = matchBody(op);
  if (!arguments)
    return failure();
  Contraction result;
  result.lhs = op.getDpsInputOperand(arguments->first);
  result.rhs = op.getDpsInputOperand(arguments->second);
  result.acc = op.getDpsInitOperand(0);
  Type accType = getElementTypeOrSelf(result.acc->get().getType());
  if (!accType.isF32() && !accType.isF64())
    return failure();
  for (OpOperand *operand : {result.lhs, result.rhs, result.acc})
    if (!isa<ShapedType>(operand->get().getType()) || !op.getMatchingIndexingMap(operand).isProjectedPermutation())
      return failure();
  result.lhsMap = op.getMatchingIndexingMap(result.lhs);
  result.rhsMap = op.getMatchingIndexingMap(result.rhs);
  result.accMap = op.getMatchingIndexingMap(result.acc);
  if (result.accMap.getNumResults() == 0)
    return failure();

  // Put the operand that the last dimension of the result runs along on the right.
  unsigned last = cast<AffineDimExpr>(result.accMap.getResults().back()).getPosition();
  if (!result.rhsMap.isFunctionOfDim(last)) {
    std::swap(result.lhs, result.rhs);
    std::swap(result.lhsMap, result.rhsMap);
  }
  if (!result.rhsMap.isFunctionOfDim(last) || result.lhsMap.isFunctionOfDim(last))
    return failure();

  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  for (unsigned dim = 0, e = op.getNumLoops(); dim < e; ++dim) {
    bool inLhs = result.lhsMap.isFunctionOfDim(dim), inRhs = result.rhsMap.isFunctionOfDim(dim),
         inAcc = result.accMap.isFunctionOfDim(dim);
    if (inAcc != (iterators[dim] == utils::IteratorType::parallel))
      return failure();
    if (inAcc && inLhs && inRhs)
      result.batch.push_back(dim);
    else if (inAcc && inLhs)
      result.rows.push_back(dim);
    else if (inAcc && inRhs && dim != last)
      result.columns.push_back(dim);
    else if (!inAcc && inLhs && inRhs)
      result.depth.push_back(dim);
    else if (dim != last)
      return failure();
  }
  result.columns.push_back(last);
  if (result.depth.empty())
    return failure();
  // Without rows the vector dimension has to be the last one of the matrix too:
  // else the product runs along both operands and is a reduction.
  if (result.rows.empty() && result.rhsMap.getResults().back() != getAffineDimExpr(last, op.getContext()))
    return failure();
  return result;
}
