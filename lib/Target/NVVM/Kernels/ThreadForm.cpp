//===- ThreadForm.cpp - A thread per element of the result --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A loop whose variable is a dimension of every result by itself writes other elements at
// each of its points: a thread owns such points. It goes through the other loops in order,
// as one thread on the CPU goes through all of them: convolution, pooling, reductions across
// rows, and whatever maps a program has. Neighbours are neighbours in the first result.
//
//===----------------------------------------------------------------------===//

#include "../../Kernels/SumLoops.h"
#include "KernelForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace remat;

namespace {

/// One accumulator per result.
class ThreadReduction : public SumLoops {
public:
  using SumLoops::SumLoops;

  void emit(ArrayRef<Value> ownedPoint) {
    llvm::copy(ownedPoint, point.begin());
    SmallVector<Value> init;
    for (const Combiner &combiner : reduction.combiners)
      init.push_back(b.loadScalar(combiner.init->get(), b.indices(op.getMatchingIndexingMap(combiner.init), point)));
    SmallVector<Value> sums =
        sumOver(reduction.sequential, /*lanes=*/0, init, [&](ValueRange carried) { return emitScalarBody(carried); });
    for (auto [combiner, value] : llvm::zip_equal(reduction.combiners, sums))
      memref::StoreOp::create(b, value, combiner.init->get(),
                              b.indices(op.getMatchingIndexingMap(combiner.init), point));
  }
};

class ThreadForm final : public KernelForm {
public:
  explicit ThreadForm(linalg::GenericOp op);

  llvm::StringRef getName() override;
  Value countBlocks(KernelBuilder &b) override;
  void emit(KernelBuilder &b, Value block, Value thread, SharedMemory &shared) override;

private:
  void emitPoint(KernelBuilder &b, ArrayRef<Value> point);

  /// In the order of the first result's dimensions.
  SmallVector<unsigned> owned;
  /// In loop order.
  SmallVector<unsigned> walked;
  FailureOr<Reduction> reduction;
};

} // namespace

ThreadForm::ThreadForm(linalg::GenericOp op) : KernelForm(op), reduction(Reduction::match(op)) {
  auto isOwned = [&](AffineExpr dim) {
    return llvm::all_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
      return llvm::is_contained(op.getMatchingIndexingMap(&init).getResults(), dim);
    });
  };
  for (AffineExpr expr : op.getMatchingIndexingMap(op.getDpsInitOperand(0)).getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && isOwned(dim) && !llvm::is_contained(owned, dim.getPosition()))
      owned.push_back(dim.getPosition());
  for (unsigned dim = 0, e = op.getNumLoops(); dim < e; ++dim)
    if (!llvm::is_contained(owned, dim))
      walked.push_back(dim);
}

llvm::StringRef ThreadForm::getName() {
  if (succeeded(reduction))
    return "reduction";
  if (!walked.empty())
    return "loops";
  return llvm::hasSingleElement(*op.getBody()) ? "copy" : "elementwise";
}

Value ThreadForm::countBlocks(KernelBuilder &b) {
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  Value blocks = ceilDiv(b, countPoints(b, owned, extents), threadsPerBlock);
  return b.createOrFold<arith::MaxUIOp>(blocks, b.index(1));
}

void ThreadForm::emit(KernelBuilder &b, Value block, Value thread, SharedMemory &) {
  SmallVector<OpFoldResult> extents = getExtents(b, op);
  Value number = b.add(b.mul(block, threadsPerBlock), thread);
  emitIf(b, isLess(b, number, countPoints(b, owned, extents)), [&] {
    SmallVector<Value> point(op.getNumLoops());
    setPoint(b, number, owned, extents, point);
    if (succeeded(reduction))
      ThreadReduction(b, op, *reduction).emit(point);
    else
      b.nest(walked, extents, point, [&] { emitPoint(b, point); });
  });
}

/// The body at a point, from memory to memory. All reads come before the first write:
/// results may share buffers with inputs that have the same map.
void ThreadForm::emitPoint(KernelBuilder &b, ArrayRef<Value> point) {
  SmallVector<Value> arguments;
  for (OpOperand &operand : op->getOpOperands()) {
    bool isRead = !op.getMatchingBlockArgument(&operand).use_empty();
    arguments.push_back(isRead ? b.loadScalar(operand.get(), b.indices(op.getMatchingIndexingMap(&operand), point))
                               : Value());
  }
  SmallVector<Value> results = b.inlineBody(op, point, arguments);
  for (auto [init, value] : llvm::zip_equal(op.getDpsInitsMutable(), results))
    memref::StoreOp::create(b, value, init.get(), b.indices(op.getMatchingIndexingMap(&init), point));
}

std::unique_ptr<KernelForm> remat::createThreadForm(linalg::GenericOp op) { return std::make_unique<ThreadForm>(op); }
