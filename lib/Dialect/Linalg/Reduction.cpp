//===- Reduction.cpp - What a reduction is ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Linalg/Reduction.h"

#include "remat/Dialect/Linalg/VectorLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace remat;

/// Whether \p value depends on an accumulator of \p op.
static bool dependsOnInit(linalg::GenericOp op, Value value) {
  SmallVector<Value> work{value};
  llvm::DenseSet<Value> seen;
  while (!work.empty()) {
    Value next = work.pop_back_val();
    if (!seen.insert(next).second || next.getParentBlock() != op.getBody())
      continue;
    if (auto argument = dyn_cast<BlockArgument>(next)) {
      if (argument.getArgNumber() >= op.getNumDpsInputs())
        return true;
      continue;
    }
    llvm::append_range(work, next.getDefiningOp()->getOperands());
  }
  return false;
}

/// What \p combine leaves any other operand as it is with. An index has no width that
/// MLIR would tell its own function, and 0 is not neutral to a sum: it loses the sign of -0.
static std::optional<TypedAttr> getNeutral(Operation *combine) {
  Type type = combine->getResult(0).getType();
  if (isa<arith::AddFOp>(combine))
    return FloatAttr::get(type, APFloat::getZero(cast<FloatType>(type).getFloatSemantics(), /*Negative=*/true));
  if (!type.isIndex())
    return arith::getNeutralElement(combine);
  constexpr unsigned width = IndexType::kInternalStorageBitWidth;
  auto make = [&](const APInt &value) -> std::optional<TypedAttr> { return IntegerAttr::get(type, value); };
  return llvm::TypeSwitch<Operation *, std::optional<TypedAttr>>(combine)
      .Case<arith::AddIOp, arith::OrIOp, arith::XOrIOp, arith::MaxUIOp>(
          [&](Operation *) { return make(APInt::getZero(width)); })
      .Case([&](arith::MulIOp) { return make(APInt(width, 1)); })
      .Case<arith::AndIOp, arith::MinUIOp>([&](Operation *) { return make(APInt::getAllOnes(width)); })
      .Case([&](arith::MaxSIOp) { return make(APInt::getSignedMinValue(width)); })
      .Case([&](arith::MinSIOp) { return make(APInt::getSignedMaxValue(width)); })
      .Default([](Operation *) { return std::nullopt; });
}

static std::optional<Combiner> matchCombiner(linalg::GenericOp op, OpOperand &init, Value yielded) {
  BlockArgument acc = op.getMatchingBlockArgument(&init);
  Operation *combine = yielded.getDefiningOp();
  if (!combine || combine->getBlock() != op.getBody() || combine->getNumOperands() != 2 ||
      combine->getNumResults() != 1 || !acc.hasOneUse() || !yielded.hasOneUse() ||
      !combine->hasTrait<OpTrait::IsCommutative>() || !OpTrait::hasElementwiseMappableTraits(combine))
    return std::nullopt;
  std::optional<TypedAttr> neutral = getNeutral(combine);
  if (!neutral)
    return std::nullopt;
  bool first = combine->getOperand(0) == acc;
  if (!first && combine->getOperand(1) != acc)
    return std::nullopt;
  Value value = combine->getOperand(first ? 1 : 0);
  if (dependsOnInit(op, value))
    return std::nullopt;
  return Combiner{&init, acc.getArgNumber(), combine, value, *neutral};
}

/// Whether the result behind \p init has a place for each point of the parallel loops, and
/// is written at no other: a dimension that no loop runs along has one place, of index 0.
static bool coversParallelLoops(linalg::GenericOp op, OpOperand &init) {
  AffineMap map = op.getMatchingIndexingMap(&init);
  if (!map.isProjectedPermutation(/*allowZeroInResults=*/true))
    return false;
  for (auto [dim, iterator] : llvm::enumerate(op.getIteratorTypesArray()))
    if (map.isFunctionOfDim(dim) != (iterator == utils::IteratorType::parallel))
      return false;
  return true;
}

SmallVector<unsigned> Reduction::getOthers(ArrayRef<unsigned> dims) const {
  return llvm::to_vector(llvm::make_filter_range(dims, [&](unsigned dim) { return dim != vectorDim; }));
}

FailureOr<Reduction> Reduction::match(linalg::GenericOp op) {
  Reduction result;
  if (op.getNumReductionLoops() == 0)
    return failure();
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  for (auto [init, value] : llvm::zip_equal(op.getDpsInitsMutable(), yield.getOperands())) {
    std::optional<Combiner> combiner = matchCombiner(op, init, value);
    if (!combiner || !coversParallelLoops(op, init))
      return failure();
    result.combiners.push_back(*combiner);
  }
  for (auto [dim, iterator] : llvm::enumerate(op.getIteratorTypesArray()))
    (iterator == utils::IteratorType::parallel ? result.parallel : result.sequential).push_back(dim);
  result.isSum =
      llvm::any_of(result.combiners, [](const Combiner &combiner) { return isa<arith::AddFOp>(combiner.combine); });
  result.vectorDim = getVectorLoop(op);
  result.inLanes = result.vectorDim && llvm::is_contained(result.sequential, *result.vectorDim) &&
                   VectorBody(op, *result.vectorDim).isVectorizable;
  return result;
}
