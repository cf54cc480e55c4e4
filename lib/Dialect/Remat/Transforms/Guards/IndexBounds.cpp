//===- IndexBounds.cpp - What is known of an index ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IndexBounds.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;
using namespace remat;

using Bound = std::optional<int64_t>;

/// A bound that holds if either of \p a and \p b does.
template <typename Choose>
static Bound getEither(Bound a, Bound b, Choose choose) {
  return a && b ? Bound(choose(*a, *b)) : Bound();
}

/// The bound of a value that keeps both.
template <typename Choose>
static Bound getBoth(Bound a, Bound b, Choose choose) {
  return a && b ? Bound(choose(*a, *b)) : a ? a : b;
}

/// Of a loop from \p begin to in front of \p end.
static IndexBounds getLoopBounds(Bound begin, Bound end) {
  return {begin, end && *end > 0 ? Bound(*end - 1) : Bound()};
}

/// Whether \p op gives the number that it takes, whatever that is.
static bool keepsNumber(Operation *op) {
  if (isa<arith::ExtSIOp>(op))
    return true;
  auto cast = dyn_cast<arith::IndexCastOp>(op);
  return cast && cast.getType().isIndex() && cast.getIn().getType().getIntOrFloatBitWidth() <= 64;
}

IndexBounds remat::getBounds(Value index) {
  if (Bound constant = getConstantIntValue(index))
    return {constant, constant};
  if (auto argument = dyn_cast<BlockArgument>(index)) {
    auto loop = dyn_cast<LoopLikeOpInterface>(argument.getOwner()->getParentOp());
    std::optional<SmallVector<Value>> numbers = loop ? loop.getLoopInductionVars() : std::nullopt;
    std::optional<SmallVector<OpFoldResult>> begins = loop ? loop.getLoopLowerBounds() : std::nullopt;
    std::optional<SmallVector<OpFoldResult>> ends = loop ? loop.getLoopUpperBounds() : std::nullopt;
    // Where they are compared without a sign, what lies between two bounds may be negative.
    auto counted = dyn_cast<scf::ForOp>(argument.getOwner()->getParentOp());
    if (!numbers || !begins || !ends || (counted && counted.getUnsignedCmp()))
      return {};
    for (auto [number, begin, end] : llvm::zip_equal(*numbers, *begins, *ends))
      if (number == index)
        return getLoopBounds(getConstantIntValue(begin), getConstantIntValue(end));
    return {};
  }
  Operation *op = index.getDefiningOp();
  if (auto number = dyn_cast<linalg::IndexOp>(op)) {
    int64_t range = cast<linalg::LinalgOp>(number->getParentOp()).getStaticLoopRanges()[number.getDim()];
    return getLoopBounds(0, ShapedType::isDynamic(range) ? Bound() : Bound(range));
  }
  if (keepsNumber(op))
    return getBounds(op->getOperand(0));
  auto smaller = [](int64_t x, int64_t y) { return std::min(x, y); };
  auto larger = [](int64_t x, int64_t y) { return std::max(x, y); };
  if (isa<arith::MinSIOp>(op)) {
    IndexBounds a = getBounds(op->getOperand(0)), b = getBounds(op->getOperand(1));
    return {getEither(a.least, b.least, smaller), getBoth(a.most, b.most, smaller)};
  }
  if (isa<arith::MaxSIOp>(op)) {
    IndexBounds a = getBounds(op->getOperand(0)), b = getBounds(op->getOperand(1));
    return {getBoth(a.least, b.least, larger), getEither(a.most, b.most, larger)};
  }
  return {};
}
