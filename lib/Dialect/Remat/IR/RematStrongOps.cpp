//===- RematStrongOps.cpp - Products whose zeros are strong -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace remat;

namespace {
/// With a constant other factor that cannot make a NaN of zero, the operation is
/// the ordinary one.
template <typename StrongT, typename PlainT>
struct UseOrdinaryOperation : OpRewritePattern<StrongT> {
  using OpRewritePattern<StrongT>::OpRewritePattern;

  LogicalResult matchAndRewrite(StrongT op, PatternRewriter &rewriter) const override {
    Value other = op->getOperand(1);
    FloatRanges ranges;
    if (!other.template getDefiningOp<arith::ConstantOp>() || !isHarmless(ranges.get(other), other.getType()))
      return rewriter.notifyMatchFailure(op, "may meet zero times infinity");
    rewriter.replaceOpWithNewOp<PlainT>(op, op.getCotangent(), other);
    return success();
  }

private:
  static bool isHarmless(FloatRange range, Type type) {
    return std::is_same_v<PlainT, arith::MulFOp> ? range.isFinite() : range.excludesZero(type);
  }
};
} // namespace

void StrongProductOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<UseOrdinaryOperation<StrongProductOp, arith::MulFOp>>(context);
}

void StrongQuotientOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<UseOrdinaryOperation<StrongQuotientOp, arith::DivFOp>>(context);
}
