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
// The expansions take denormal numbers to be zero, which is what a call that flushes them
// wants. Where they are kept, operands and results outside of the normal numbers come from
// a place inside of them: log(x) = log(2^25 x) - 25 log(2), and exp(x) = exp(x/2)^2.
//
//===----------------------------------------------------------------------===//

#include "remat/Target/CPU/ExpandMath.h"
#include "../Arith/Lanes.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

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

/// Replaces \p op by itself with another operand where \p isOutside, its result by \p correct there.
static void replaceOutside(Lanes &b, Operation *op, Value isOutside, Value inside, function_ref<Value(Value)> correct) {
  op->setOperand(0, arith::SelectOp::create(b, isOutside, inside, op->getOperand(0)));
  b.setInsertionPointAfter(op);
  Value result = op->getResult(0), corrected = correct(result);
  Value chosen = arith::SelectOp::create(b, isOutside, corrected, result);
  result.replaceUsesWithIf(chosen, [&](OpOperand &use) {
    return use.getOwner() != corrected.getDefiningOp() && use.getOwner() != chosen.getDefiningOp();
  });
}

/// Lets an exponential or a logarithm keep denormal results or operands.
static void keepDenormals(Operation *op) {
  Lanes b(op);
  Value operand = op->getOperand(0);
  Type type = operand.getType();
  if (isa<math::ExpOp>(op)) {
    // The polynomial is right down to -126.5 log(2).
    Value isSmall = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, operand, b.real(type, -87.5));
    Value half = arith::MulFOp::create(b, operand, b.real(type, 0.5));
    replaceOutside(b, op, isSmall, half, [&](Value root) { return arith::MulFOp::create(b, root, root); });
    return;
  }
  Value isSmall =
      arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, operand, b.real(type, std::numeric_limits<float>::min()));
  Value scaled = arith::MulFOp::create(b, operand, b.real(type, 1 << 25));
  double shift = isa<math::Log2Op>(op) ? 25 : 25 * llvm::numbers::ln2;
  replaceOutside(b, op, isSmall, scaled, [&](Value log) { return arith::SubFOp::create(b, log, b.real(type, shift)); });
}

namespace {

struct ExpandMathPass final : remat::impl::ExpandMathPassBase<ExpandMathPass> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    if (!accurate)
      populateMathPolynomialApproximationPatterns(set, hasPolynomial);
    polynomials = std::move(set);
    RewritePatternSet exponentialSet(context);
    populateMathPolynomialApproximationPatterns(
        exponentialSet, [](StringRef name) { return name == math::ErfcOp::getOperationName(); });
    exponentials = std::move(exponentialSet);
    RewritePatternSet libmSet(context);
    populateMathToLibmConversionPatterns(libmSet);
    libmCalls = std::move(libmSet);
    return success();
  }

  void runOnOperation() override {
    for (Operation *op : collect())
      if (auto erf = dyn_cast<math::ErfOp>(op); erf && !accurate && getElementTypeOrSelf(erf.getType()).isF32())
        keepSignOfZero(erf);
    if (!accurate && denormals == Denormals::Keep && failed(prepareForDenormals()))
      return signalPassFailure();
    if (failed(applyOpPatternsGreedily(collect(), polynomials)))
      return signalPassFailure();

    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    target.addIllegalOp<math::ExpM1Op, math::Log1pOp>();
    if (failed(applyPartialConversion(getOperation(), target, libmCalls)))
      signalPassFailure();
  }

private:
  SmallVector<Operation *> collect() {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (hasPolynomial(op->getName().getStringRef()))
        ops.push_back(op);
    });
    return ops;
  }

  /// Whatever is denormal, the polynomials need not see it.
  LogicalResult prepareForDenormals() {
    // erfc is a product with an exponential, which may be denormal.
    if (failed(applyOpPatternsGreedily(llvm::filter_to_vector(collect(), llvm::IsaPred<math::ErfcOp>), exponentials)))
      return failure();
    for (Operation *op : collect())
      if (isa<math::ExpOp, math::LogOp, math::Log2Op>(op) && getElementTypeOrSelf(op->getOperand(0).getType()).isF32())
        keepDenormals(op);
    return success();
  }

  FrozenRewritePatternSet polynomials, exponentials, libmCalls;
};

} // namespace
