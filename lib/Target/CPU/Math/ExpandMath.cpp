//===- ExpandMath.cpp - Polynomials for f32 functions --------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A vector math op that reaches LLVM becomes one library call per lane, silently.
// The expansions of MLIR are within a few units in the last place and run at the
// speed of the multiply-adds they consist of.
//
// Two functions never get as far as convert-math-to-llvm, which would compute
// expm1(x) as exp(x) - 1 and log1p(x) as log(1 + x): without a polynomial they
// are calls of libm.
//
//===----------------------------------------------------------------------===//

#include "remat/Support/LLVM.h"
#include "remat/Target/CPU/ExpandMath.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace remat {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

/// Functions whose polynomial is within a few ulp over the whole range; those of
/// sin and cos (no range reduction), atan (40 ulp) and cbrt (12 ulp) are not.
bool remat::hasPolynomial(StringRef name) {
  return llvm::is_contained({"math.tanh", "math.exp", "math.expm1", "math.log", "math.log2", "math.log1p", "math.erf",
                             "math.erfc", "math.asin", "math.acos"},
                            name);
}

/// The polynomial of erf gives +0 for -0, and erf is odd: a zero is its own image.
static void keepSignOfZero(math::ErfOp op) {
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  Location loc = op.getLoc();
  Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(op.getType()));
  Value isZero = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, op.getOperand(), zero);
  Value result = arith::SelectOp::create(builder, loc, isZero, op.getOperand(), op.getResult());
  op.getResult().replaceUsesWithIf(result, [&](OpOperand &use) { return use.getOwner() != result.getDefiningOp(); });
}

namespace {

struct ExpandMathPass final : remat::impl::ExpandMathPassBase<ExpandMathPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    if (!accurate)
      populateMathPolynomialApproximationPatterns(set, hasPolynomial);
    polynomials = std::move(set);
    RewritePatternSet libmSet(context);
    populateMathToLibmConversionPatterns(libmSet);
    libmCalls = std::move(libmSet);
    return success();
  }

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (hasPolynomial(op->getName().getStringRef()))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      if (auto erf = dyn_cast<math::ErfOp>(op); erf && !accurate && getElementTypeOrSelf(erf.getType()).isF32())
        keepSignOfZero(erf);
    if (failed(applyOpPatternsGreedily(ops, polynomials)))
      return signalPassFailure();

    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalOp<math::ExpM1Op, math::Log1pOp>();
    if (failed(applyPartialConversion(getOperation(), target, libmCalls)))
      signalPassFailure();
  }

  FrozenRewritePatternSet polynomials, libmCalls;
};

} // namespace
