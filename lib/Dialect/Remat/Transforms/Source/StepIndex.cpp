//===- StepIndex.cpp - Numbers that grow with the steps of a loop -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StepIndex.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat;

/// Constants and products of them beyond are left alone, so that no number of 32 bits overflows where the
/// count is known, and none of 64 bits anywhere. Where the count is not known, a number of 32 bits that
/// comes around was out of range of every array before.
static constexpr int64_t largest = int64_t(1) << 30;

OpFoldResult remat::materializeStart(const StepIndex &index, OpBuilder &builder, Location loc) {
  if (!index.base)
    return builder.getIndexAttr(index.constant);
  Value start = index.base;
  if (isa<RankedTensorType>(start.getType()))
    start = tensor::ExtractOp::create(builder, loc, start, ValueRange());
  if (!start.getType().isIndex())
    start = arith::IndexCastOp::create(builder, loc, builder.getIndexType(), start);
  if (index.constant != 0)
    start =
        builder.createOrFold<arith::AddIOp>(loc, start, arith::ConstantIndexOp::create(builder, loc, index.constant));
  return getAsOpFoldResult(start);
}

Value remat::lookThroughWrapping(Value value) {
  while (true) {
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto structured = dyn_cast<linalg::LinalgOp>(argument.getOwner()->getParentOp());
      if (!structured || structured.getNumLoops() != 0)
        return value;
      value = structured.getMatchingOpOperand(argument)->get();
      continue;
    }
    Operation *op = value.getDefiningOp();
    if (auto extract = dyn_cast<tensor::ExtractOp>(op); extract && extract.getIndices().empty())
      value = extract.getTensor();
    else if (auto made = dyn_cast<tensor::FromElementsOp>(op); made && made.getType().getRank() == 0)
      value = made.getElements()[0];
    else if (auto structured = dyn_cast<linalg::LinalgOp>(op); structured && structured.getNumLoops() == 0)
      value = structured.getBlock()->getTerminator()->getOperand(cast<OpResult>(value).getResultNumber());
    else
      return value;
  }
}

/// Whether \p type is that of one number with at least 32 bits.
static bool isNumber(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    if (tensor.getRank() != 0)
      return false;
    type = tensor.getElementType();
  }
  auto integer = dyn_cast<IntegerType>(type);
  return type.isIndex() || (integer && integer.getWidth() >= 32 && integer.getWidth() <= 64);
}

static std::optional<StepIndex> checked(const StepIndex &index) {
  if (std::abs(index.factor) > largest || std::abs(index.constant) > largest)
    return std::nullopt;
  return index;
}

static std::optional<StepIndex> add(const std::optional<StepIndex> &left, const std::optional<StepIndex> &right) {
  if (!left || !right || (left->base && right->base))
    return std::nullopt;
  return checked(
      {left->factor + right->factor, left->constant + right->constant, left->base ? left->base : right->base});
}

static std::optional<StepIndex> scale(const std::optional<StepIndex> &index, std::optional<int64_t> by) {
  if (!index || !by || (index->base && *by != 1))
    return std::nullopt;
  StepIndex scaled = *index;
  if (llvm::MulOverflow(index->factor, *by, scaled.factor) || llvm::MulOverflow(index->constant, *by, scaled.constant))
    return std::nullopt;
  return checked(scaled);
}

StepIndices::Range StepIndices::getRange(const StepIndex &index) const {
  Range range;
  if (index.isInvariant() && !index.base)
    range.least = range.most = index.constant;
  if (index.isInvariant() || index.base || !count || *count < 1)
    return range;
  int64_t end;
  bool isTooLarge = llvm::MulOverflow(index.factor, *count - 1, end) || llvm::AddOverflow(end, index.constant, end);
  // Numbers of 32 bits come around.
  if (isTooLarge || end != int32_t(end))
    return range;
  range.least = std::min(index.constant, end);
  range.most = std::max(index.constant, end);
  return range;
}

/// Whether \p left < \p right in every step or in none.
static std::optional<bool> isLess(std::optional<int64_t> leftLeast, std::optional<int64_t> leftMost,
                                  std::optional<int64_t> rightLeast, std::optional<int64_t> rightMost) {
  if (leftMost && rightLeast && *leftMost < *rightLeast)
    return true;
  if (leftLeast && rightMost && *leftLeast >= *rightMost)
    return false;
  return std::nullopt;
}

std::optional<bool> StepIndices::decide(Value condition) const {
  auto comparison = lookThroughWrapping(condition).getDefiningOp<arith::CmpIOp>();
  if (!comparison)
    return std::nullopt;
  std::optional<StepIndex> left = get(comparison.getLhs()), right = get(comparison.getRhs());
  if (!left || !right)
    return std::nullopt;
  Range a = getRange(*left), b = getRange(*right);
  std::optional<bool> less = isLess(a.least, a.most, b.least, b.most),
                      greater = isLess(b.least, b.most, a.least, a.most);
  switch (comparison.getPredicate()) {
  case arith::CmpIPredicate::slt:
    return less;
  case arith::CmpIPredicate::sgt:
    return greater;
  case arith::CmpIPredicate::sge:
    return less ? std::optional<bool>(!*less) : std::nullopt;
  case arith::CmpIPredicate::sle:
    return greater ? std::optional<bool>(!*greater) : std::nullopt;
  default:
    return std::nullopt;
  }
}

std::optional<StepIndex> StepIndices::choose(Operation *op, bool isSmaller) const {
  std::optional<StepIndex> left = get(op->getOperand(0)), right = get(op->getOperand(1));
  if (!left || !right)
    return std::nullopt;
  Range a = getRange(*left), b = getRange(*right);
  auto isAtMost = [](const Range &low, const Range &high) {
    return low.most && high.least && *low.most <= *high.least;
  };
  if (isAtMost(a, b))
    return isSmaller ? left : right;
  if (isAtMost(b, a))
    return isSmaller ? right : left;
  return std::nullopt;
}

/// What \p expression is for the \p operands of its dimensions and symbols.
static std::optional<StepIndex> evaluate(AffineExpr expression, unsigned numDims,
                                         ArrayRef<std::optional<StepIndex>> operands) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expression))
    return checked({0, constant.getValue(), {}});
  if (auto dim = dyn_cast<AffineDimExpr>(expression))
    return operands[dim.getPosition()];
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expression))
    return operands[numDims + symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expression);
  std::optional<StepIndex> left = evaluate(binary.getLHS(), numDims, operands),
                           right = evaluate(binary.getRHS(), numDims, operands);
  if (expression.getKind() == AffineExprKind::Add)
    return add(left, right);
  if (expression.getKind() == AffineExprKind::Mul)
    return scale(left, right ? right->getConstant() : std::nullopt);
  return std::nullopt;
}

std::optional<StepIndex> StepIndices::getComputed(Operation *op) const {
  auto operand = [&](unsigned number) { return get(op->getOperand(number)); };
  if (isa<arith::AddIOp>(op))
    return add(operand(0), operand(1));
  if (isa<arith::SubIOp>(op))
    return add(operand(0), scale(operand(1), -1));
  if (isa<arith::MulIOp>(op)) {
    std::optional<StepIndex> left = operand(0), right = operand(1);
    std::optional<int64_t> constant = left ? left->getConstant() : std::nullopt;
    return constant ? scale(right, constant) : scale(left, right ? right->getConstant() : std::nullopt);
  }
  if (isa<arith::IndexCastOp, arith::ExtSIOp>(op)) {
    std::optional<StepIndex> index = operand(0);
    auto getWidth = [](Value value) {
      Type type = getElementTypeOrSelf(value.getType());
      return type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
    };
    // Of a number that is not known bits may be lost.
    bool isNarrower = getWidth(op->getResult(0)) < getWidth(op->getOperand(0));
    return index && index->base && isNarrower ? std::nullopt : index;
  }
  if (isa<arith::MinSIOp>(op))
    return choose(op, /*isSmaller=*/true);
  if (isa<arith::MaxSIOp>(op))
    return choose(op, /*isSmaller=*/false);
  if (auto select = dyn_cast<arith::SelectOp>(op)) {
    std::optional<bool> taken = decide(select.getCondition());
    return taken ? get(*taken ? select.getTrueValue() : select.getFalseValue()) : std::nullopt;
  }
  if (auto apply = dyn_cast<affine::AffineApplyOp>(op)) {
    auto operands = llvm::map_to_vector(apply.getOperands(), [&](Value value) { return get(value); });
    return evaluate(apply.getAffineMap().getResult(0), apply.getAffineMap().getNumDims(), operands);
  }
  return std::nullopt;
}

/// A constant in front of the loop, through conversions of it.
static std::optional<int64_t> getConstantOutside(Value value) {
  APInt constant;
  while (!matchPattern(value, m_ConstantInt(&constant))) {
    Value inner = lookThroughWrapping(value);
    Operation *op = inner.getDefiningOp();
    if (isa_and_nonnull<arith::IndexCastOp, arith::ExtSIOp>(op))
      inner = op->getOperand(0);
    if (inner == value)
      return std::nullopt;
    value = inner;
  }
  return constant.getSignificantBits() <= 32 ? std::optional<int64_t>(constant.getSExtValue()) : std::nullopt;
}

std::optional<StepIndex> StepIndices::get(Value value) const {
  constexpr int deepest = 64;
  if (auto found = answers.find(value); found != answers.end())
    return found->second;
  if (depth == deepest)
    return std::nullopt;
  ++depth;
  std::optional<StepIndex> answer = find(value);
  --depth;
  answers[value] = answer;
  return answer;
}

std::optional<StepIndex> StepIndices::find(Value value) const {
  if (auto found = known.find(value); found != known.end())
    return found->second;
  if (!isNumber(value.getType()))
    return std::nullopt;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSignificantBits() <= 32 ? checked({0, constant.getSExtValue(), {}}) : std::nullopt;
  if (!loop->isAncestor(value.getParentRegion()->getParentOp())) {
    if (std::optional<int64_t> outside = getConstantOutside(value))
      return checked({0, *outside, {}});
    return StepIndex{0, 0, value};
  }
  if (Value inner = lookThroughWrapping(value); inner != value)
    return get(inner);
  Operation *op = value.getDefiningOp();
  return op ? getComputed(op) : std::nullopt;
}
