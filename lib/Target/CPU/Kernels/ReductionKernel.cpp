//===- ReductionKernel.cpp - Vector loops of reductions ------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of every reduction is a function of maps, iterator types and shapes alone
// and stands in docs/Sums.md. Reductions along the last dimension use 16 lanes on
// every target: LLVM splits the vectors where registers are narrower. What has no
// vectors is reduced element by element, over the same loops.
//
//===----------------------------------------------------------------------===//

#include "BodyEmitter.h"
#include "KernelBuilder.h"
#include "remat/Dialect/Linalg/SumOrder.h"
#include "remat/Dialect/Linalg/VectorLoop.h"
#include "remat/Target/CPU/LinalgToCPUKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
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
  SmallVector<unsigned> parallel, sequential; ///< in loop order, with the vector dimension
  std::optional<unsigned> vectorDim;          ///< none if no input ends in a loop of its own
  bool isSum = false;                         ///< some result is a sum of floats, which rounds
};

/// Emits the loops of one reduction.
class ReductionEmitter {
public:
  ReductionEmitter(KernelBuilder &builder, linalg::GenericOp op, const Reduction &reduction)
      : b(builder), op(op), reduction(reduction), extents(getExtents(builder, op)), point(op.getNumLoops()) {}

  /// Reduction along the vector dimension: 16 lanes, a tree, the result.
  void emitAlongVector(BodyEmitter &body);
  /// Reduction across rows: one accumulator per lane.
  void emitAcrossVector(BodyEmitter &body, const KernelTarget &target);
  /// One accumulator per result, and the body as it is.
  void emitScalar();

private:
  /// Calls the body with the sum so far; it returns the next one.
  using Body = function_ref<SmallVector<Value>(ValueRange)>;

  Value emitCombine(const Combiner &combiner, Value lhs, Value rhs);
  SmallVector<Value> emitCombineAll(ArrayRef<Value> lhs, ArrayRef<Value> rhs);
  Value emitTree(const Combiner &combiner, Value lanes);
  SmallVector<Value> createNeutral(int64_t lanes);
  /// Loops over \p dims around \p body, in the order of SumOrder.h.
  SmallVector<Value> sumOver(ArrayRef<unsigned> dims, int64_t lanes, ValueRange init, Body body);
  SmallVector<Value> sumAlongVector(ValueRange init, BodyEmitter &body);
  SmallVector<Value> emitBodyInLanes(BodyEmitter &body, const VectorBlock &block, ValueRange carried);
  SmallVector<Value> emitScalarBody(ValueRange carried);
  SmallVector<unsigned> getOthers(ArrayRef<unsigned> dims) const;
  std::optional<int64_t> getSize(unsigned dim) const { return getConstantIntValue(extents[dim]); }

  KernelBuilder &b;
  linalg::GenericOp op;
  const Reduction &reduction;
  SmallVector<OpFoldResult> extents;
  /// The values of the loops that are open.
  SmallVector<Value> point;
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

static FailureOr<Reduction> matchReduction(linalg::GenericOp op) {
  Reduction result;
  if (op.getNumReductionLoops() == 0)
    return failure();
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  for (auto [init, value] : llvm::zip_equal(op.getDpsInitsMutable(), yield.getOperands())) {
    std::optional<Combiner> combiner = matchCombiner(op, init, value);
    // A dimension of the result that no loop runs along has one place, of index 0.
    if (!combiner || !op.getMatchingIndexingMap(&init).isProjectedPermutation(/*allowZeroInResults=*/true))
      return failure();
    result.combiners.push_back(*combiner);
  }
  result.vectorDim = getVectorLoop(op);
  // Every result goes over all parallel loops, or it would be written repeatedly.
  for (const Combiner &combiner : result.combiners)
    if (llvm::count_if(op.getMatchingIndexingMap(combiner.init).getResults(), llvm::IsaPred<AffineDimExpr>) !=
        op.getNumParallelLoops())
      return failure();
  for (auto [dim, iterator] : llvm::enumerate(op.getIteratorTypesArray()))
    (iterator == utils::IteratorType::parallel ? result.parallel : result.sequential).push_back(dim);
  result.isSum =
      llvm::any_of(result.combiners, [](const Combiner &combiner) { return isa<arith::AddFOp>(combiner.combine); });
  return result;
}

//===----------------------------------------------------------------------===//
// Combining
//===----------------------------------------------------------------------===//

/// combine(lhs, rhs), on scalars or vectors.
Value ReductionEmitter::emitCombine(const Combiner &combiner, Value lhs, Value rhs) {
  OperationState state(b.getLoc(), combiner.combine->getName());
  state.addAttributes(combiner.combine->getDiscardableAttrDictionary().getValue());
  state.propertiesAttr = combiner.combine->getPropertiesAsAttribute();
  state.addOperands({lhs, rhs});
  state.addTypes(lhs.getType());
  return b.create(state)->getResult(0);
}

SmallVector<Value> ReductionEmitter::emitCombineAll(ArrayRef<Value> lhs, ArrayRef<Value> rhs) {
  SmallVector<Value> result;
  for (auto [combiner, left, right] : llvm::zip_equal(reduction.combiners, lhs, rhs))
    result.push_back(emitCombine(combiner, left, right));
  return result;
}

/// Lane i with lane i + n/2, and so on down to one.
Value ReductionEmitter::emitTree(const Combiner &combiner, Value lanes) {
  for (int64_t half = reductionLanes / 2; half >= 1; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < half; ++i) {
      low.push_back(i);
      high.push_back(i + half);
    }
    lanes = emitCombine(combiner, vector::ShuffleOp::create(b, lanes, lanes, low),
                        vector::ShuffleOp::create(b, lanes, lanes, high));
  }
  return vector::ExtractOp::create(b, lanes, ArrayRef<int64_t>{0});
}

/// The neutral elements: scalars, or vectors of \p lanes lanes.
SmallVector<Value> ReductionEmitter::createNeutral(int64_t lanes) {
  SmallVector<Value> result;
  for (const Combiner &combiner : reduction.combiners) {
    TypedAttr value = combiner.neutral;
    if (lanes > 0)
      value = DenseElementsAttr::get(VectorType::get({lanes}, combiner.value.getType()), Attribute(combiner.neutral));
    result.push_back(arith::ConstantOp::create(b, value));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Loops that sum
//===----------------------------------------------------------------------===//

SmallVector<Value> ReductionEmitter::sumOver(ArrayRef<unsigned> dims, int64_t lanes, ValueRange init, Body body) {
  if (dims.empty())
    return body(init);
  unsigned dim = dims.front();
  OpFoldResult extent = extents[dim];
  auto iterate = [&](OpFoldResult from, OpFoldResult to, ValueRange start) {
    return b.loop(from, to, 1, start, [&](Value iv, ValueRange carried) {
      point[dim] = iv;
      return sumOver(dims.drop_front(), lanes, carried, body);
    });
  };
  int64_t size = getSize(dim).value_or(-1);
  if (!reduction.isSum || !startsFromZero(size))
    return iterate(b.getIndexAttr(0), extent, init);
  // One loop if it is one block.
  if (size >= 0 && size <= sumBlock)
    return emitCombineAll(llvm::to_vector(init), iterate(b.getIndexAttr(0), extent, createNeutral(lanes)));
  return b.loop(b.getIndexAttr(0), extent, sumBlock, init, [&](Value start, ValueRange carried) {
    Value end = b.min(b.add(start, sumBlock), b.index(extent));
    return emitCombineAll(llvm::to_vector(carried), iterate(start, end, createNeutral(lanes)));
  });
}

/// The innermost loop of a reduction along the vector dimension; an iteration takes
/// a value in each lane.
SmallVector<Value> ReductionEmitter::sumAlongVector(ValueRange init, BodyEmitter &body) {
  OpFoldResult extent = extents[*reduction.vectorDim];
  // The lanes are the same on every target, and so is the masked tail.
  KernelTarget lanesTarget{0, 0, /*hasMasks=*/true};
  auto iterate = [&](OpFoldResult first, OpFoldResult count, ValueRange start) {
    return b.vectorLoop(count, reductionLanes, lanesTarget, start, [&](VectorBlock block, ValueRange carried) {
      block.start = b.add(b.index(first), block.start);
      return emitBodyInLanes(body, block, carried);
    });
  };
  constexpr int64_t blockSize = sumBlock * reductionLanes;
  int64_t size = getSize(*reduction.vectorDim).value_or(-1);
  if (!reduction.isSum || !startsFromZero(size < 0 ? size : (size + reductionLanes - 1) / reductionLanes))
    return iterate(b.getIndexAttr(0), extent, init);
  OpFoldResult full = b.floorTo(extent, blockSize);
  SmallVector<Value> sums = b.loop(b.getIndexAttr(0), full, blockSize, init, [&](Value start, ValueRange carried) {
    SmallVector<Value> block = iterate(start, b.getIndexAttr(blockSize), createNeutral(reductionLanes));
    return emitCombineAll(llvm::to_vector(carried), block);
  });
  if (size >= 0 && size % blockSize == 0)
    return sums;
  OpFoldResult rest =
      size >= 0 ? OpFoldResult(b.getIndexAttr(size % blockSize)) : b.sub(b.index(extent), b.index(full));
  return emitCombineAll(sums, iterate(full, rest, createNeutral(reductionLanes)));
}

/// Combines the values of a block of all 16 lanes, of which some may be masked.
SmallVector<Value> ReductionEmitter::emitBodyInLanes(BodyEmitter &body, const VectorBlock &block, ValueRange carried) {
  point[*reduction.vectorDim] = block.start;
  body.begin(b, point, block);
  SmallVector<Value> next;
  for (auto [combiner, old] : llvm::zip_equal(reduction.combiners, carried)) {
    Value combined = emitCombine(combiner, old, body.getVector(combiner.value));
    next.push_back(block.mask ? arith::SelectOp::create(b, block.mask, combined, old).getResult() : combined);
  }
  return next;
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// \p dims without the vector dimension.
SmallVector<unsigned> ReductionEmitter::getOthers(ArrayRef<unsigned> dims) const {
  return llvm::to_vector(llvm::make_filter_range(dims, [&](unsigned dim) { return dim != reduction.vectorDim; }));
}

void ReductionEmitter::emitAlongVector(BodyEmitter &body) {
  SmallVector<unsigned> outer = getOthers(reduction.sequential);
  b.nest(reduction.parallel, extents, point, [&] {
    SmallVector<Value> lanes = sumOver(outer, reductionLanes, createNeutral(reductionLanes),
                                       [&](ValueRange carried) { return sumAlongVector(carried, body); });
    for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, lanes)) {
      Value memref = combiner.init->get();
      SmallVector<Value> at = b.indices(op.getMatchingIndexingMap(combiner.init), point);
      Value result = emitCombine(combiner, b.loadScalar(memref, at), emitTree(combiner, value));
      memref::StoreOp::create(b, result, memref, at);
    }
  });
}

void ReductionEmitter::emitAcrossVector(BodyEmitter &body, const KernelTarget &target) {
  int64_t lanes = target.getLanes(reduction.combiners.front().value.getType());
  b.nest(getOthers(reduction.parallel), extents, point, [&] {
    b.vectorLoop(extents[*reduction.vectorDim], lanes, target, [&](VectorBlock block) {
      point[*reduction.vectorDim] = block.start;
      SmallVector<Value> init;
      for (const Combiner &combiner : reduction.combiners)
        init.push_back(
            b.loadVector(combiner.init->get(), b.indices(op.getMatchingIndexingMap(combiner.init), point), block));
      SmallVector<Value> sums = sumOver(reduction.sequential, block.lanes, init, [&](ValueRange carried) {
        body.begin(b, point, block);
        SmallVector<Value> next;
        for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, carried))
          next.push_back(emitCombine(combiner, value, body.getVector(combiner.value)));
        return next;
      });
      for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, sums))
        b.storeVector(value, combiner.init->get(), b.indices(op.getMatchingIndexingMap(combiner.init), point), block);
    });
  });
}

/// The body at the point, combined with \p carried.
SmallVector<Value> ReductionEmitter::emitScalarBody(ValueRange carried) {
  IRMapping values;
  for (OpOperand *input : op.getDpsInputOperands())
    values.map(op.getMatchingBlockArgument(input),
               b.loadScalar(input->get(), b.indices(op.getMatchingIndexingMap(input), point)));
  // What stands for the sum is combined below; nothing else reads it.
  for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, carried))
    values.map(op.getBody()->getArgument(combiner.argument), value);
  for (Operation &operation : op.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(operation)) {
      values.map(index.getResult(), point[index.getDim()]);
      continue;
    }
    Operation *clone = b.clone(operation, values);
    clone->walk([&](linalg::IndexOp index) {
      index.replaceAllUsesWith(point[index.getDim()]);
      index.erase();
    });
  }
  return llvm::map_to_vector(reduction.combiners,
                             [&](const Combiner &combiner) { return values.lookup(combiner.combine->getResult(0)); });
}

void ReductionEmitter::emitScalar() {
  b.nest(reduction.parallel, extents, point, [&] {
    SmallVector<Value> init;
    for (const Combiner &combiner : reduction.combiners)
      init.push_back(b.loadScalar(combiner.init->get(), b.indices(op.getMatchingIndexingMap(combiner.init), point)));
    SmallVector<Value> sums =
        sumOver(reduction.sequential, /*lanes=*/0, init, [&](ValueRange carried) { return emitScalarBody(carried); });
    for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, sums))
      memref::StoreOp::create(b, value, combiner.init->get(),
                              b.indices(op.getMatchingIndexingMap(combiner.init), point));
  });
}

LogicalResult remat::lowerReduction(RewriterBase &rewriter, linalg::GenericOp op, const KernelTarget &target) {
  FailureOr<Reduction> reduction = matchReduction(op);
  if (failed(reduction))
    return failure();
  KernelBuilder b(op);
  ReductionEmitter emitter(b, op, *reduction);
  std::optional<BodyEmitter> body;
  if (reduction->vectorDim)
    body.emplace(op, *reduction->vectorDim);
  bool alongVector = reduction->vectorDim && llvm::is_contained(reduction->sequential, *reduction->vectorDim);
  bool resultsHaveVectors = reduction->vectorDim && llvm::all_of(reduction->combiners, [&](const Combiner &combiner) {
                              return isContiguousAlong(combiner.init->get().getType(),
                                                       op.getMatchingIndexingMap(combiner.init), *reduction->vectorDim);
                            });
  if (body && body->isVectorizable() && alongVector)
    emitter.emitAlongVector(*body);
  else if (body && body->isVectorizable() && resultsHaveVectors)
    emitter.emitAcrossVector(*body, target);
  else
    emitter.emitScalar();
  rewriter.eraseOp(op);
  return success();
}
