//===- SimplifyAdjoint.cpp - Accumulation in place ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Interfaces/AdjointOpInterface.h"
#include "remat/Interfaces/KnownZeros.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace remat {
#define GEN_PASS_DEF_SIMPLIFYADJOINTPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
/// x + contraction(init = 0) -> contraction(init = x), for any operation that
/// adds to its init. Rounds differently, so only sums of cotangents are rewritten.
struct FoldAddIntoContractionInit final : OpRewritePattern<arith::AddFOp> {
  FoldAddIntoContractionInit(MLIRContext *context, std::function<bool(BlockArgument)> isWritable)
      : OpRewritePattern(context), isWritable(std::move(isWritable)) {}

  LogicalResult matchAndRewrite(arith::AddFOp op, PatternRewriter &rewriter) const override;

private:
  /// True if an operation may write its result over \p value: nobody else reads
  /// it, and it is a buffer of its own.
  bool isAccumulator(Value value) const;

  std::function<bool(BlockArgument)> isWritable;
};

/// Reads a slice past a write of another slice:
/// extract_slice(insert_slice(part, whole)) -> extract_slice(whole).
/// Not if `whole` comes from an argument: the gradients of a loop are updated in place, and
/// what reads them first and what writes them first is then no more in order.
struct FoldExtractSliceOfDisjointInsertSlice final : OpRewritePattern<tensor::ExtractSliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::ExtractSliceOp op, PatternRewriter &rewriter) const override;
};

/// Zeros that slices overwrite entirely need not be written.
struct DropOverwrittenZeros final : OpRewritePattern<tensor::InsertSliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(tensor::InsertSliceOp op, PatternRewriter &rewriter) const override;
};
} // namespace

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// True if \p op yields its old output plus something.
static bool addsToInit(linalg::LinalgOp op) {
  if (!op || op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0)
    return false;
  Block &body = *op.getBlock();
  auto sum = body.getTerminator()->getOperand(0).getDefiningOp<arith::AddFOp>();
  Value old = body.getArgument(body.getNumArguments() - 1);
  return sum && old.hasOneUse() && (sum.getLhs() == old || sum.getRhs() == old);
}

/// True if at most one use of \p value is ever executed: it has one, or one in each
/// branch of a conditional.
static bool hasOneUseAtATime(Value value) {
  if (value.hasOneUse())
    return true;
  SmallPtrSet<Block *, 2> blocks;
  Operation *parent = nullptr;
  for (Operation *user : value.getUsers()) {
    if (!blocks.insert(user->getBlock()).second || (parent && parent != user->getParentOp()))
      return false;
    parent = user->getParentOp();
  }
  return isa_and_nonnull<scf::IfOp>(parent);
}

bool FoldAddIntoContractionInit::isAccumulator(Value value) const {
  if (!hasOneUseAtATime(value))
    return false;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return isWritable && isWritable(argument);
  Operation *op = value.getDefiningOp();
  return isa<linalg::LinalgOp, tensor::InsertSliceOp, tensor::InsertOp>(op) ||
         OpTrait::hasElementwiseMappableTraits(op);
}

LogicalResult FoldAddIntoContractionInit::matchAndRewrite(arith::AddFOp op, PatternRewriter &rewriter) const {
  if (!isa<RankedTensorType>(op.getType()) || !op->hasAttr(cotangentSumName))
    return rewriter.notifyMatchFailure(op, "is no sum of two cotangents that are tensors");
  for (auto [summand, accumulator] : {std::pair(op.getRhs(), op.getLhs()), std::pair(op.getLhs(), op.getRhs())}) {
    auto contraction = summand.getDefiningOp<linalg::LinalgOp>();
    if (!addsToInit(contraction) || !summand.hasOneUse() || !isKnownZero(contraction.getDpsInits()[0]) ||
        accumulator.getType() != summand.getType() || !isAccumulator(accumulator))
      continue;
    IRMapping mapping;
    Operation *copy = rewriter.clone(*contraction, mapping);
    cast<linalg::LinalgOp>(copy).setDpsInitOperand(0, accumulator);
    rewriter.replaceOp(op, copy->getResults());
    rewriter.eraseOp(contraction);
    return success();
  }
  return rewriter.notifyMatchFailure(op, "has no summand that starts from zeros and one that may be added to");
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

LogicalResult FoldExtractSliceOfDisjointInsertSlice::matchAndRewrite(tensor::ExtractSliceOp op,
                                                                     PatternRewriter &rewriter) const {
  auto insert = op.getSource().getDefiningOp<tensor::InsertSliceOp>();
  if (!insert)
    return rewriter.notifyMatchFailure(op, "reads no tensor that a slice was inserted into");
  std::optional<SliceBox> read = SliceBox::get(op), written = SliceBox::get(insert);
  if (!read || !written || !read->isDisjointFrom(*written))
    return rewriter.notifyMatchFailure(op, "may read what was inserted");
  Value root = insert.getDest();
  while (auto below = root.getDefiningOp<tensor::InsertSliceOp>())
    root = below.getDest();
  if (isa<BlockArgument>(root))
    return rewriter.notifyMatchFailure(op, "would read an array that may have been updated in place by then");
  rewriter.modifyOpInPlace(op, [&] { op.getSourceMutable().assign(insert.getDest()); });
  return success();
}

LogicalResult DropOverwrittenZeros::matchAndRewrite(tensor::InsertSliceOp op, PatternRewriter &rewriter) const {
  RankedTensorType type = op.getDestType();
  if (!type.hasStaticShape())
    return rewriter.notifyMatchFailure(op, "has a dynamic shape");
  // The chain of insertions, last one first, down to the zeros.
  SmallVector<SliceBox> boxes;
  int64_t numElements = 0;
  tensor::InsertSliceOp first = op;
  for (tensor::InsertSliceOp current = op; current;
       current = current.getDest().getDefiningOp<tensor::InsertSliceOp>()) {
    std::optional<SliceBox> box = SliceBox::get(current);
    bool isDisjoint = box && llvm::all_of(boxes, [&](const SliceBox &other) { return box->isDisjointFrom(other); });
    if (!isDisjoint || (current != op && !current->hasOneUse()))
      return rewriter.notifyMatchFailure(op, "is not the last of a chain of disjoint insertions");
    numElements += box->getNumElements();
    boxes.push_back(std::move(*box));
    first = current;
  }
  if (numElements != type.getNumElements() || !isKnownZero(first.getDest()))
    return rewriter.notifyMatchFailure(op, "does not overwrite zeros entirely");
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(first);
  Value empty = tensor::EmptyOp::create(rewriter, first.getLoc(), type.getShape(), type.getElementType());
  rewriter.modifyOpInPlace(first, [&] { first.getDestMutable().assign(empty); });
  return success();
}

void remat::dropCotangentSumMarks(Operation *root) {
  root->walk([](arith::AddFOp sum) { sum->removeDiscardableAttr(cotangentSumName); });
}

void remat::populateSimplifyAdjointPatterns(RewritePatternSet &patterns,
                                            std::function<bool(BlockArgument)> isWritable) {
  MLIRContext *context = patterns.getContext();
  patterns.add<DropOverwrittenZeros, FoldExtractSliceOfDisjointInsertSlice>(context);
  patterns.add<FoldAddIntoContractionInit>(context, std::move(isWritable));
  tensor::EmptyOp::getCanonicalizationPatterns(patterns, context);
  tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns, context);
  tensor::InsertSliceOp::getCanonicalizationPatterns(patterns, context);
}

namespace {
struct SimplifyAdjointPass final : remat::impl::SimplifyAdjointPassBase<SimplifyAdjointPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    populateSimplifyAdjointPatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    if (failed(applyPatternsGreedily(getOperation(), patterns)))
      return signalPassFailure();
    dropCotangentSumMarks(getOperation());
  }

private:
  FrozenRewritePatternSet patterns;
};
} // namespace
