//===- RematCanonicalization.cpp - Simplifications ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a reader expects to vanish from a loop over time does: a differentiated loop
// that does not run, carries and emitted values that nobody reads, carries that do
// not change, scans that no step reads, the backward half that nobody asked for.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;
using namespace remat;

namespace {

/// Replaces a carry that every step passes on unchanged by its initial value.
struct HoistInvariantCarry : OpRewritePattern<RecurrenceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RecurrenceOp op, PatternRewriter &rewriter) const override {
    YieldOp yield = op.getYield();
    for (auto [init, carry, next, result] :
         llvm::zip_equal(op.getInits(), op.getCarries(), yield.getCarries(), op.getFinalCarries())) {
      if (next != carry || (carry.hasOneUse() && result.use_empty()))
        continue;
      rewriter.replaceUsesWithIf(carry, init, [&](OpOperand &use) { return use.getOwner() != yield; });
      rewriter.replaceAllUsesWith(result, init);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no carry is passed on unchanged");
  }
};

/// Drops carries and emitted values that nothing depends on, and scans that no
/// step reads.
struct DropDeadParts : OpRewritePattern<RecurrenceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RecurrenceOp op, PatternRewriter &rewriter) const override {
    BitVector carries = findLiveCarries(op), scans(op.getScans().size()), emits(op.getStacked().size());
    for (auto [index, element] : llvm::enumerate(op.getElements()))
      scans[index] = !element.use_empty();
    for (auto [index, stacked] : llvm::enumerate(op.getStacked()))
      emits[index] = !stacked.use_empty();
    if (carries.all() && scans.all() && emits.all())
      return rewriter.notifyMatchFailure(op, "everything is in use");

    // A dead carry that a dead operation of the step reads: any value of its
    // type will do.
    for (auto [index, carry] : llvm::enumerate(op.getCarries()))
      if (!carries[index])
        rewriter.replaceAllUsesWith(carry, op.getInits()[index]);
    YieldOp yield = op.getYield();
    rewriter.modifyOpInPlace(yield, [&] {
      yield.getCarriesMutable().assign(select(yield.getCarries(), carries));
      yield.getEmitsMutable().assign(select(yield.getEmits(), emits));
    });

    SmallVector<Value> kept = select(op.getFinalCarries(), carries);
    llvm::append_range(kept, select(op.getStacked(), emits));
    auto smaller = RecurrenceOp::create(rewriter, op.getLoc(), TypeRange(ValueRange(kept)), op.getCount(),
                                        select(op.getInits(), carries), select(op.getScans(), scans), op.getReversed());
    smaller->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    BitVector arguments(1);
    for (const BitVector *mask : {&carries, &scans})
      for (size_t index = 0, size = mask->size(); index < size; ++index)
        arguments.push_back(!mask->test(index));
    op.getStep().eraseArguments(arguments);
    rewriter.inlineRegionBefore(op.getBody(), smaller.getBody(), smaller.getBody().end());
    for (auto [from, to] : llvm::zip_equal(kept, smaller.getResults()))
      rewriter.replaceAllUsesWith(from, to);
    rewriter.eraseOp(op);
    return success();
  }

private:
  static SmallVector<Value> select(ValueRange values, const BitVector &mask) {
    SmallVector<Value> selected;
    for (auto [index, value] : llvm::enumerate(values))
      if (mask[index])
        selected.push_back(value);
    return selected;
  }

  /// A carry is live if its last value is used, or if a live carry, a used
  /// emitted value or an assertion depends on it.
  static BitVector findLiveCarries(RecurrenceOp op) {
    Block &step = op.getStep();
    YieldOp yield = op.getYield();
    BitVector live(op.getInits().size());
    llvm::SmallPtrSet<Operation *, 32> visited;
    SmallVector<Value> worklist;
    auto visit = [&](Operation *root) {
      root->walk([&](Operation *nested) { llvm::append_range(worklist, nested->getOperands()); });
    };
    for (auto [emitted, stacked] : llvm::zip_equal(yield.getEmits(), op.getStacked()))
      if (!stacked.use_empty())
        worklist.push_back(emitted);
    for (auto [index, result] : llvm::enumerate(op.getFinalCarries()))
      if (!result.use_empty()) {
        live.set(index);
        worklist.push_back(yield.getCarries()[index]);
      }
    for (Operation &nested : step.without_terminator())
      if (!isMemoryEffectFree(&nested) && visited.insert(&nested).second)
        visit(&nested);
    while (!worklist.empty()) {
      Value value = worklist.pop_back_val();
      if (auto argument = dyn_cast<BlockArgument>(value)) {
        if (argument.getOwner() != &step)
          continue;
        int64_t index = int64_t(argument.getArgNumber()) - 1;
        if (index >= 0 && index < int64_t(live.size()) && !live.test(index)) {
          live.set(index);
          worklist.push_back(yield.getCarries()[index]);
        }
        continue;
      }
      Operation *definition = step.findAncestorOpInBlock(*value.getDefiningOp());
      if (definition && visited.insert(definition).second)
        visit(definition);
    }
    return live;
  }
};

/// There are as many emitted values as steps. Who asks for the number of them would keep
/// an array that nobody reads.
template <typename LoopOp>
struct ReplaceExtentByCount : OpRewritePattern<LoopOp> {
  using OpRewritePattern<LoopOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(LoopOp op, PatternRewriter &rewriter) const override {
    SmallVector<tensor::DimOp> extents;
    for (Value array : op.getStacked())
      for (Operation *user : array.getUsers())
        if (auto dim = dyn_cast<tensor::DimOp>(user); dim && dim.getConstantIndex() == int64_t(0))
          extents.push_back(dim);
    if (extents.empty())
      return rewriter.notifyMatchFailure(op, "nobody asks for the extent of an emitted array");
    for (tensor::DimOp dim : extents)
      rewriter.replaceOp(dim, op.getCount());
    return success();
  }
};

/// A loop of zero steps: carries and cotangents stay what they are, stacked values are
/// empty. Not before differentiation: the gradient of what would be gone then, zero
/// with a sign, would be another zero than with a trip count that is not known.
struct FoldZeroTripBptt : OpRewritePattern<BpttOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BpttOp op, PatternRewriter &rewriter) const override {
    if (op.getStaticCount() != 0)
      return rewriter.notifyMatchFailure(op, "the trip count is not known to be zero");
    if (UnwindOp unwind = op.getUnwind()) {
      SmallVector<Value> results(unwind.getCarries());
      appendEmpty(results, op, unwind.getScanCotangents(), rewriter);
      llvm::append_range(results, unwind.getAccumulators());
      rewriter.replaceOp(unwind, results);
      return success();
    }
    if (op.isDifferentiated())
      return rewriter.notifyMatchFailure(op, "the unused history is still there");
    SmallVector<Value> results(op.getInits());
    appendEmpty(results, op, op.getStacked(), rewriter);
    rewriter.replaceOp(op, results);
    return success();
  }

private:
  static void appendEmpty(SmallVector<Value> &results, BpttOp op, ValueRange stacked, PatternRewriter &rewriter) {
    for (Type type : stacked.getTypes()) {
      auto tensorType = cast<RankedTensorType>(type);
      SmallVector<Value> sizes;
      if (tensorType.isDynamicDim(0))
        sizes.push_back(op.getCount());
      results.push_back(tensor::EmptyOp::create(rewriter, op.getLoc(), tensorType, sizes));
    }
  }
};

/// A forward half whose history nobody unwinds only goes forward.
struct DropUnusedHistory : OpRewritePattern<BpttOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BpttOp op, PatternRewriter &rewriter) const override {
    if (!op.isDifferentiated() || !op.getHistory().use_empty())
      return rewriter.notifyMatchFailure(op, "the history is used");
    auto forward = BpttOp::create(rewriter, op.getLoc(), op.getResults().drop_back().getTypes(), op.getCount(),
                                  op.getInits(), op.getScans(), op.getReversed());
    forward->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    rewriter.inlineRegionBefore(op.getAdvance(), forward.getAdvance(), forward.getAdvance().end());
    rewriter.replaceAllUsesWith(op.getResults().drop_back(), forward.getResults());
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void RecurrenceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<HoistInvariantCarry, DropDeadParts, ReplaceExtentByCount<RecurrenceOp>>(context);
}

void BpttOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<FoldZeroTripBptt, DropUnusedHistory, ReplaceExtentByCount<BpttOp>>(context);
}
