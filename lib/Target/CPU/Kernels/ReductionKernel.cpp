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

#include "../../Kernels/SumLoops.h"
#include "BodyEmitter.h"
#include "remat/Dialect/Linalg/SumOrder.h"
#include "remat/Target/CPU/LinalgToCPUKernels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace remat;

namespace {

/// Emits the loops of one reduction.
class ReductionEmitter : public SumLoops {
public:
  using SumLoops::SumLoops;

  /// Reduction along the vector dimension: 16 lanes, a tree, the result.
  void emitAlongVector(BodyEmitter &body);
  /// Reduction across rows: one accumulator per lane.
  void emitAcrossVector(BodyEmitter &body, const RegisterFile &registers);
  /// One accumulator per result, and the body as it is.
  void emitScalar();

private:
  Value emitTree(const Combiner &combiner, Value lanes);
  SmallVector<Value> emitBodyInLanes(BodyEmitter &body, const VectorBlock &block, ValueRange carried);
};

} // namespace

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

void ReductionEmitter::emitAlongVector(BodyEmitter &body) {
  SmallVector<unsigned> outer = reduction.getOthers(reduction.sequential);
  auto iterate = [&](OpFoldResult first, OpFoldResult count, ValueRange start) {
    // The lanes are the same on every processor, and so is the masked tail.
    return b.vectorLoop(count, reductionLanes, /*hasMasks=*/true, start, [&](VectorBlock block, ValueRange carried) {
      block.start = b.add(b.index(first), block.start);
      return emitBodyInLanes(body, block, carried);
    });
  };
  b.nest(reduction.parallel, extents, point, [&] {
    SmallVector<Value> lanes = sumOver(outer, reductionLanes, createNeutral(reductionLanes), [&](ValueRange carried) {
      return sumAlongVector(reductionLanes, carried, iterate);
    });
    for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, lanes)) {
      Value memref = combiner.init->get();
      SmallVector<Value> at = b.indices(op.getMatchingIndexingMap(combiner.init), point);
      Value result = emitCombine(combiner, b.loadScalar(memref, at), emitTree(combiner, value));
      memref::StoreOp::create(b, result, memref, at);
    }
  });
}

void ReductionEmitter::emitAcrossVector(BodyEmitter &body, const RegisterFile &registers) {
  int64_t lanes = registers.getLanes(reduction.combiners.front().value.getType());
  b.nest(reduction.getOthers(reduction.parallel), extents, point, [&] {
    b.vectorLoop(extents[*reduction.vectorDim], lanes, registers.hasMasks, [&](VectorBlock block) {
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

LogicalResult remat::lowerReduction(RewriterBase &rewriter, linalg::GenericOp op, const RegisterFile &registers) {
  FailureOr<Reduction> reduction = Reduction::match(op);
  if (failed(reduction))
    return failure();
  KernelBuilder b(op);
  ReductionEmitter emitter(b, op, *reduction);
  std::optional<BodyEmitter> body;
  if (reduction->vectorDim)
    body.emplace(op, *reduction->vectorDim);
  bool resultsHaveVectors = reduction->vectorDim && llvm::all_of(reduction->combiners, [&](const Combiner &combiner) {
                              return isContiguousAlong(combiner.init->get().getType(),
                                                       op.getMatchingIndexingMap(combiner.init), *reduction->vectorDim);
                            });
  if (reduction->inLanes)
    emitter.emitAlongVector(*body);
  else if (body && body->isVectorizable() && resultsHaveVectors)
    emitter.emitAcrossVector(*body, registers);
  else
    emitter.emitScalar();
  rewriter.eraseOp(op);
  return success();
}
