//===- LaneForm.cpp - Sixteen threads per element of the result ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reduction along the last dimension of its input: each thread is one of the 16 lanes of
// docs/Sums.md, so neighbours read neighbours. Then the lanes meet in shared memory, and
// half of them, a quarter and so on go up the tree.
//
//===----------------------------------------------------------------------===//

#include "../../Kernels/SumLoops.h"
#include "KernelForm.h"
#include "remat/Dialect/Linalg/SumOrder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace remat;

namespace {

constexpr int64_t resultsPerBlock = threadsPerBlock / reductionLanes;

class LaneReduction : public SumLoops {
public:
  using SumLoops::SumLoops;
  void emit(Value block, Value thread, SharedMemory &memory);

private:
  /// The lane of this thread of each result.
  SmallVector<Value> sumLane(Value lane);
  void emitTree(ArrayRef<Value> shared, Value thread, Value lane);
};

class LaneForm final : public KernelForm {
public:
  LaneForm(linalg::GenericOp op, Reduction reduction) : KernelForm(op), reduction(std::move(reduction)) {}

  llvm::StringRef getName() override { return "lane_reduction"; }
  Value countBlocks(KernelBuilder &b) override {
    SmallVector<OpFoldResult> extents = getExtents(b, op);
    Value blocks = ceilDiv(b, countPoints(b, reduction.parallel, extents), resultsPerBlock);
    return b.createOrFold<arith::MaxUIOp>(blocks, b.index(1));
  }
  void emit(KernelBuilder &b, Value block, Value thread, SharedMemory &shared) override {
    LaneReduction(b, op, reduction).emit(block, thread, shared);
  }

private:
  Reduction reduction;
};

} // namespace

SmallVector<Value> LaneReduction::sumLane(Value lane) {
  auto iterate = [&](OpFoldResult first, OpFoldResult count, ValueRange start) {
    return b.loop(lane, count, reductionLanes, start, [&](Value offset, ValueRange carried) {
      point[*reduction.vectorDim] = b.add(b.index(first), offset);
      return emitScalarBody(carried);
    });
  };
  return sumOver(reduction.getOthers(reduction.sequential), /*lanes=*/0, createNeutral(0),
                 [&](ValueRange carried) { return sumAlongVector(/*lanes=*/0, carried, iterate); });
}

/// Lane i with lane i + 8, and so on down to the first, which has the sum.
void LaneReduction::emitTree(ArrayRef<Value> shared, Value thread, Value lane) {
  for (int64_t half = reductionLanes / 2; half >= 1; half /= 2) {
    gpu::BarrierOp::create(b);
    emitIf(b, isLess(b, lane, b.index(half)), [&] {
      for (auto [combiner, array] : llvm::zip_equal(reduction.combiners, shared)) {
        Value low = memref::LoadOp::create(b, array, thread);
        Value high = memref::LoadOp::create(b, array, b.add(thread, half));
        memref::StoreOp::create(b, emitCombine(combiner, low, high), array, thread);
      }
    });
  }
}

void LaneReduction::emit(Value block, Value thread, SharedMemory &memory) {
  Value width = b.index(reductionLanes);
  Value lane = arith::RemUIOp::create(b, thread, width);
  Value result = b.add(b.mul(block, resultsPerBlock), arith::DivUIOp::create(b, thread, width));
  Value exists = isLess(b, result, countPoints(b, reduction.parallel, extents));
  setPoint(b, result, reduction.parallel, extents, point);

  SmallVector<Value> sums = emitIf(b, exists, createNeutral(0), [&] { return sumLane(lane); });
  SmallVector<Value> shared;
  for (Value sum : sums) {
    shared.push_back(memory.addArray(b, {threadsPerBlock}, sum.getType()));
    memref::StoreOp::create(b, sum, shared.back(), thread);
  }
  emitTree(shared, thread, lane);
  Value isFirst = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, lane, b.index(0));
  emitIf(b, arith::AndIOp::create(b, exists, isFirst), [&] {
    for (auto [combiner, array] : llvm::zip_equal(reduction.combiners, shared)) {
      Value memref = combiner.init->get();
      SmallVector<Value> at = b.indices(op.getMatchingIndexingMap(combiner.init), point);
      Value sum = memref::LoadOp::create(b, array, thread);
      memref::StoreOp::create(b, emitCombine(combiner, b.loadScalar(memref, at), sum), memref, at);
    }
  });
}

std::unique_ptr<KernelForm> remat::matchLaneForm(linalg::GenericOp op) {
  FailureOr<Reduction> reduction = Reduction::match(op);
  if (failed(reduction) || !reduction->inLanes)
    return nullptr;
  return std::make_unique<LaneForm>(op, std::move(*reduction));
}
