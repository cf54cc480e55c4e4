//===- ReductionKernel.cpp - Vector loops of reductions ------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of every reduction is a function of maps and iterator types alone and
// stands in LinalgToCPUKernels.h. Reductions along the last dimension use 16 lanes
// on every target: LLVM splits the vectors where registers are narrower.
//
//===----------------------------------------------------------------------===//

#include "BodyEmitter.h"
#include "KernelBuilder.h"
#include "remat/Conversion/LinalgToCPUKernels/LinalgToCPUKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace remat;

namespace {

/// One result of a reduction: init = combine(init, value).
struct Combiner {
  OpOperand *init;
  unsigned argument; ///< number of the block argument of init
  Operation *combine;
  Value value;
  TypedAttr neutral;
};

/// How a reduction goes, decided by its structure.
struct Reduction {
  SmallVector<Combiner> combiners;
  SmallVector<unsigned> parallel, sequential; ///< loops but for the vector dimension
  unsigned vectorDim;
  bool alongVector; ///< the vector dimension is reduced
};

} // namespace

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
/// MLIR would tell its own function.
static std::optional<TypedAttr> getNeutral(Operation *combine) {
  Type type = combine->getResult(0).getType();
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

static FailureOr<Reduction> matchReduction(linalg::GenericOp op) {
  Reduction result;
  if (op.getNumReductionLoops() == 0)
    return failure();
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  for (auto [init, value] : llvm::zip_equal(op.getDpsInitsMutable(), yield.getOperands())) {
    std::optional<Combiner> combiner = matchCombiner(op, init, value);
    if (!combiner || !op.getMatchingIndexingMap(&init).isProjectedPermutation())
      return failure();
    result.combiners.push_back(*combiner);
  }
  // The last dimension of the first input of highest rank.
  AffineMap widest;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    if (!widest || map.getNumResults() > widest.getNumResults())
      widest = map;
  }
  if (!widest || widest.getNumResults() == 0)
    return failure();
  auto last = dyn_cast<AffineDimExpr>(widest.getResults().back());
  if (!last)
    return failure();
  result.vectorDim = last.getPosition();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  result.alongVector = iterators[result.vectorDim] == utils::IteratorType::reduction;
  // Every result goes over all parallel loops, or it would be written repeatedly.
  for (const Combiner &combiner : result.combiners)
    if (op.getMatchingIndexingMap(combiner.init).getNumResults() != op.getNumParallelLoops())
      return failure();
  for (unsigned dim = 0, e = op.getNumLoops(); dim < e; ++dim) {
    if (dim == result.vectorDim)
      continue;
    if (iterators[dim] == utils::IteratorType::parallel)
      result.parallel.push_back(dim);
    else
      result.sequential.push_back(dim);
  }
  return result;
}

/// combine(lhs, rhs), on scalars or vectors.
static Value emitCombine(KernelBuilder &b, const Combiner &combiner, Value lhs, Value rhs) {
  OperationState state(b.getLoc(), combiner.combine->getName());
  state.addAttributes(combiner.combine->getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = combiner.combine->getPropertiesAsAttribute();
  state.addOperands({lhs, rhs});
  state.addTypes(lhs.getType());
  return b.create(state)->getResult(0);
}

/// Lane i with lane i + n/2, and so on down to one.
static Value emitTree(KernelBuilder &b, const Combiner &combiner, Value lanes) {
  for (int64_t half = kReductionLanes / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < half; ++i) {
      low.push_back(i);
      high.push_back(i + half);
    }
    lanes = emitCombine(b, combiner, vector::ShuffleOp::create(b, lanes, lanes, low),
                        vector::ShuffleOp::create(b, lanes, lanes, high));
  }
  return vector::ExtractOp::create(b, lanes, ArrayRef<int64_t>{0});
}

/// Combines the values of a block of all 16 lanes, of which some may be masked.
static Value emitCombineBlock(KernelBuilder &b, const Combiner &combiner, Value lanes, Value values,
                              const VectorBlock &block) {
  Value combined = emitCombine(b, combiner, lanes, values);
  return block.mask ? arith::SelectOp::create(b, block.mask, combined, lanes).getResult() : combined;
}

/// Reduction along the vector dimension: 16 lanes, a tree, the result.
static void emitAlongVector(KernelBuilder &b, linalg::GenericOp op, const Reduction &reduction, BodyEmitter &body) {
  // The lanes are the same on every target, and so is the masked tail.
  KernelTarget lanesTarget{0, 0, /*hasMasks=*/true};
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  SmallVector<Value> point(op.getNumLoops());
  b.nest(reduction.parallel, extents, point, [&] {
    SmallVector<Value> init;
    for (const Combiner &combiner : reduction.combiners) {
      auto type = VectorType::get({kReductionLanes}, combiner.value.getType());
      init.push_back(arith::ConstantOp::create(b, DenseElementsAttr::get(type, Attribute(combiner.neutral))));
    }
    SmallVector<Value> lanes = b.nest(reduction.sequential, extents, point, init, [&](ValueRange outer) {
      return b.vectorLoop(extents[reduction.vectorDim], kReductionLanes, lanesTarget, outer,
                          [&](VectorBlock block, ValueRange carried) {
                            point[reduction.vectorDim] = block.start;
                            body.begin(b, point, block);
                            SmallVector<Value> next;
                            for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, carried))
                              next.push_back(
                                  emitCombineBlock(b, combiner, value, body.getVector(combiner.value), block));
                            return next;
                          });
    });
    for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, lanes)) {
      Value memref = combiner.init->get();
      SmallVector<Value> at = b.indices(op.getMatchingIndexingMap(combiner.init), point);
      Value result = emitCombine(b, combiner, b.loadScalar(memref, at), emitTree(b, combiner, value));
      memref::StoreOp::create(b, result, memref, at);
    }
  });
}

/// Reduction across rows: one accumulator per lane.
static void emitAcrossVector(KernelBuilder &b, linalg::GenericOp op, const Reduction &reduction, BodyEmitter &body,
                             const KernelTarget &target) {
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  SmallVector<Value> point(op.getNumLoops());
  int64_t lanes = target.getLanes(reduction.combiners.front().value.getType());
  b.nest(reduction.parallel, extents, point, [&] {
    b.vectorLoop(extents[reduction.vectorDim], lanes, target, [&](VectorBlock block) {
      point[reduction.vectorDim] = block.start;
      SmallVector<Value> init;
      for (const Combiner &combiner : reduction.combiners)
        init.push_back(
            b.loadVector(combiner.init->get(), b.indices(op.getMatchingIndexingMap(combiner.init), point), block));
      SmallVector<Value> sums = b.nest(reduction.sequential, extents, point, init, [&](ValueRange carried) {
        body.begin(b, point, block);
        SmallVector<Value> next;
        for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, carried))
          next.push_back(emitCombine(b, combiner, value, body.getVector(combiner.value)));
        return next;
      });
      for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, sums))
        b.storeVector(value, combiner.init->get(), b.indices(op.getMatchingIndexingMap(combiner.init), point), block);
    });
  });
}

LogicalResult remat::lowerReduction(RewriterBase &rewriter, linalg::GenericOp op, const KernelTarget &target) {
  FailureOr<Reduction> reduction = matchReduction(op);
  if (failed(reduction))
    return failure();
  BodyEmitter body(op, reduction->vectorDim);
  if (!body.isVectorizable())
    return failure();
  KernelBuilder b(op);
  if (reduction->alongVector) {
    emitAlongVector(b, op, *reduction, body);
  } else {
    // Scalar loops reduce in the same order; they serve results with strides.
    for (const Combiner &combiner : reduction->combiners)
      if (!isContiguousAlong(combiner.init->get().getType(), op.getMatchingIndexingMap(combiner.init),
                             reduction->vectorDim))
        return failure();
    emitAcrossVector(b, op, *reduction, body, target);
  }
  rewriter.eraseOp(op);
  return success();
}
