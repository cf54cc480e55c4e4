//===- DecomposeOperations.cpp - What has no form of its own --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace remat {
#define GEN_PASS_DEF_DECOMPOSEOPERATIONSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
struct DecomposeSoftmax final : OpRewritePattern<linalg::SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::SoftmaxOp op, PatternRewriter &rewriter) const override {
    FailureOr<SmallVector<Value>> results = op.decomposeOperation(rewriter);
    if (failed(results))
      return rewriter.notifyMatchFailure(op, "does not decompose");
    rewriter.replaceOp(op, *results);
    return success();
  }
};

struct DecomposeSincos final : OpRewritePattern<math::SincosOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::SincosOp op, PatternRewriter &rewriter) const override {
    Value sin = math::SinOp::create(rewriter, op.getLoc(), op.getOperand(), op.getFastmath());
    Value cos = math::CosOp::create(rewriter, op.getLoc(), op.getOperand(), op.getFastmath());
    rewriter.replaceOp(op, {sin, cos});
    return success();
  }
};

/// Zero where the first operand is zero and the ordinary operation gives NaN. That
/// x == -x holds for zeros alone needs no constant, which of a dynamic shape there is none.
template <typename StrongT, typename PlainT>
struct DecomposeStrong final : OpRewritePattern<StrongT> {
  using OpRewritePattern<StrongT>::OpRewritePattern;

  LogicalResult matchAndRewrite(StrongT op, PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Value cotangent = op.getCotangent();
    Value plain = PlainT::create(rewriter, loc, cotangent, op->getOperand(1));
    Value negated = arith::NegFOp::create(rewriter, loc, cotangent);
    Value isZero = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::OEQ, cotangent, negated);
    Value isNaN = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::UNO, plain, plain);
    Value isLost = arith::AndIOp::create(rewriter, loc, isZero, isNaN);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, isLost, cotangent, plain);
    return success();
  }
};

/// One element of integers that are computed is computed from one element each. What
/// a plan is made for is known before any array is, a trip count for one.
struct ExtractComputedInteger final : OpRewritePattern<tensor::ExtractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractOp op, PatternRewriter &rewriter) const override {
    Operation *producer = op.getTensor().getDefiningOp();
    auto isInteger = [](Type type) { return getElementTypeOrSelf(type).isIntOrIndex(); };
    if (!producer || op->getParentOfType<linalg::LinalgOp>() || producer->getNumResults() != 1 ||
        !OpTrait::hasElementwiseMappableTraits(producer) || !isInteger(op.getType()) ||
        !llvm::all_of(producer->getOperandTypes(), isInteger))
      return rewriter.notifyMatchFailure(op, "reads no element of integers that are computed element by element");
    SmallVector<Value> operands = llvm::map_to_vector(producer->getOperands(), [&](Value operand) -> Value {
      if (!isa<RankedTensorType>(operand.getType()))
        return operand;
      return tensor::ExtractOp::create(rewriter, op.getLoc(), operand, op.getIndices());
    });
    OperationState state(producer->getLoc(), producer->getName(), operands, TypeRange(op.getType()),
                         producer->getDiscardableAttrDictionary().getValue());
    state.propertiesAttr = producer->getPropertiesAsAttribute();
    rewriter.replaceOp(op, rewriter.create(state));
    return success();
  }
};

struct DecomposeOperationsPass final : remat::impl::DecomposeOperationsPassBase<DecomposeOperationsPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    set.add<DecomposeSincos, DecomposeSoftmax, DecomposeStrong<StrongProductOp, arith::MulFOp>,
            DecomposeStrong<StrongQuotientOp, arith::DivFOp>, ExtractComputedInteger>(context);
    tensor::populateDecomposeTensorConcatPatterns(set);
    math::populateExpansionPatterns(set, {"clampf"});
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    if (failed(applyPatternsGreedily(getOperation(), patterns)))
      signalPassFailure();
  }

private:
  FrozenRewritePatternSet patterns;
};
} // namespace
