//===- MathModels.cpp - Derivative rules of math -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A derivative that can be had from the result is written in terms of the result:
// it is cheaper, and the result is often kept anyway because others read it.
//
//===----------------------------------------------------------------------===//

#include "Formula.h"
#include "remat/Interfaces/Adjoint/Models.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat;

/// The factor 2 / sqrt(pi) of the error function.
static constexpr double errorFactor = 2.0 * llvm::numbers::inv_sqrtpi;

//===----------------------------------------------------------------------===//
// One operand: dy/dx from x and y
//===----------------------------------------------------------------------===//

static Term deriveAcos(math::AcosOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand());
  return -f.dy().over(((1.0 - x) * (x + 1.0)).apply<math::SqrtOp>());
}

/// Two roots, whose product is in range wherever x is.
static Term deriveAcosh(math::AcoshOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand());
  return f.dy().over((x - x.constant(1.0)).apply<math::SqrtOp>() * (x + 1.0).apply<math::SqrtOp>());
}

static Term deriveAsin(math::AsinOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand());
  return f.dy().over(((1.0 - x) * (x + 1.0)).apply<math::SqrtOp>());
}

/// Where the one in x x + 1 is beyond the last digit of any type, and x x still in
/// range of all.
static constexpr double farOut = 0x1p40;

/// Far out the derivative is 1 / |x|: the square would overflow.
static Term deriveAsinh(math::AsinhOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand()), distance = x.apply<math::AbsFOp>();
  Term root = (x * x + 1.0).apply<math::SqrtOp>();
  return f.dy().over(distance.where(distance > x.constant(farOut), root));
}

/// Far out the derivative is 1 / (x x), of which the cotangent may bring a part back
/// into range: divided twice.
static Term deriveAtan(math::AtanOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand()), distance = x.apply<math::AbsFOp>(), one = x.constant(1.0);
  Value isFar = distance > x.constant(farOut);
  return f.dy().over(distance.where(isFar, x * x + 1.0)) / distance.where(isFar, one);
}

static Term deriveAtanh(math::AtanhOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand());
  return f.dy().over((1.0 - x) * (x + 1.0));
}

/// Zero at zero, where max(x, -x) ties.
static Term deriveAbs(math::AbsFOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand()), zero = x.constant(0.0);
  return f.dy().where(x > zero, (-f.dy()).whereElseZero(x < zero));
}

static Term deriveCbrt(math::CbrtOp op, unsigned, Formula &f) { return f.dy().over(f.y() * f.y() * 3.0); }

static Term deriveCos(math::CosOp op, unsigned, Formula &f) {
  return -f.dy().times(f(op.getOperand()).apply<math::SinOp>());
}

static Term deriveCosh(math::CoshOp op, unsigned, Formula &f) {
  return f.dy().times(f(op.getOperand()).apply<math::SinhOp>());
}

static Term deriveErf(math::ErfOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand());
  return f.dy().times((-(x * x)).apply<math::ExpOp>() * errorFactor);
}

static Term deriveErfc(math::ErfcOp op, unsigned, Formula &f) {
  Term x = f(op.getOperand());
  return f.dy().times((-(x * x)).apply<math::ExpOp>() * -errorFactor);
}

static Term deriveExp(math::ExpOp op, unsigned, Formula &f) { return f.dy().times(f.y()); }

static Term deriveExp2(math::Exp2Op op, unsigned, Formula &f) { return f.dy().times(f.y() * llvm::numbers::ln2); }

static Term deriveExpM1(math::ExpM1Op op, unsigned, Formula &f) { return f.dy().times(f.y() + 1.0); }

static Term deriveLog(math::LogOp op, unsigned, Formula &f) { return f.dy().over(f(op.getOperand())); }

static Term deriveLog10(math::Log10Op op, unsigned, Formula &f) {
  return f.dy().over(f(op.getOperand()) * llvm::numbers::ln10);
}

static Term deriveLog1p(math::Log1pOp op, unsigned, Formula &f) { return f.dy().over(f(op.getOperand()) + 1.0); }

static Term deriveLog2(math::Log2Op op, unsigned, Formula &f) {
  return f.dy().over(f(op.getOperand()) * llvm::numbers::ln2);
}

static Term deriveRsqrt(math::RsqrtOp op, unsigned, Formula &f) { return f.dy().times(f.y() * f.y() * f.y() * -0.5); }

static Term deriveSin(math::SinOp op, unsigned, Formula &f) {
  return f.dy().times(f(op.getOperand()).apply<math::CosOp>());
}

static Term deriveSincos(math::SincosOp op, unsigned, Formula &f) {
  return f.dy(0).times(f.y(1)) - f.dy(1).times(f.y(0));
}

static Term deriveSinh(math::SinhOp op, unsigned, Formula &f) {
  return f.dy().times(f(op.getOperand()).apply<math::CoshOp>());
}

static Term deriveSqrt(math::SqrtOp op, unsigned, Formula &f) { return (f.dy() * 0.5).over(f.y()); }

static Term deriveTan(math::TanOp op, unsigned, Formula &f) { return f.dy().times(f.y() * f.y() + 1.0); }

static Term deriveTanh(math::TanhOp op, unsigned, Formula &f) { return f.dy().times(1.0 - f.y() * f.y()); }

//===----------------------------------------------------------------------===//
// Several operands
//===----------------------------------------------------------------------===//

/// (x, -y) / (x x + y y), with both coordinates divided by the longer one first: their
/// squares are in range for vectors of every length. Zero at the origin, where there
/// is no direction.
static Term deriveAtan2(math::Atan2Op op, unsigned operand, Formula &f) {
  Term y = f(op.getLhs()), x = f(op.getRhs()), zero = x.constant(0.0);
  Term length = x.apply<math::AbsFOp>().apply<arith::MaximumFOp>(y.apply<math::AbsFOp>());
  Term unitX = x / length, unitY = y / length;
  Term slope = (operand == 0 ? unitX : -unitY) / (unitX * unitX + unitY * unitY);
  return zero.where(length == zero, f.dy().times(slope).over(length));
}

/// y = max(min(x, a), b) with the operand `min` for a and `max` for b: this is how
/// MLIR 22 defines and lowers the operation. Ties are shared as in maximumf.
static Term deriveClamp(math::ClampFOp op, unsigned operand, Formula &f) {
  Term x = f(op.getValue()), a = f(op.getMin()), b = f(op.getMax());
  Term inner = x.apply<arith::MinimumFOp>(a);
  if (operand == 2)
    return share(f.dy(), b > inner, b == inner);
  Term toInner = share(f.dy(), inner > b, inner == b);
  return operand == 0 ? share(toInner, x < a, x == a) : share(toInner, a < x, x == a);
}

/// y = |a| sign(b); zero at a = 0 as for absf.
static Term deriveCopySign(math::CopySignOp op, unsigned operand, Formula &f) {
  if (operand == 1)
    return f.dy().constant(0.0);
  Term a = f(op.getLhs()), zero = a.constant(0.0);
  Term signedDy = f.dy().times(a.constant(1.0).apply<math::CopySignOp>(f(op.getRhs())));
  return signedDy.where(a > zero, (-signedDy).whereElseZero(a < zero));
}

static Term deriveFma(math::FmaOp op, unsigned operand, Formula &f) {
  return operand == 2 ? f.dy() : f.dy().times(f(op->getOperand(1 - operand)));
}

/// dy n a^(n-1), and zero for n = 0 even at a = 0.
static Term deriveFPowI(math::FPowIOp op, unsigned operand, Formula &f) {
  auto [builder, loc, flags] = f.getScope();
  Term a = f(op.getLhs());
  Value power = op.getRhs();
  Type element = getElementTypeOrSelf(power.getType());
  if (element.isIndex()) {
    Type wide = builder.getI64Type();
    auto shaped = dyn_cast<ShapedType>(power.getType());
    power = arith::IndexCastOp::create(builder, loc, shaped ? shaped.clone(wide) : wide, power);
  }
  Term exponent(f.getScope(), arith::SIToFPOp::create(builder, loc, Value(a).getType(), power));
  Value one = arith::FPToSIOp::create(builder, loc, power.getType(), a.constant(1.0));
  Value reduced = arith::SubIOp::create(builder, loc, power, one);
  Term derivative = exponent * Term(f.getScope(), math::FPowIOp::create(builder, loc, a, reduced, flags));
  Term zero = a.constant(0.0);
  return f.dy().times(zero.where(exponent == zero, derivative));
}

/// Zero where a^b is constant in the operand: by a where b = 0, and by b where
/// a = 0, although the formulas have 0 times infinity there.
static Term derivePowF(math::PowFOp op, unsigned operand, Formula &f) {
  Term a = f(op.getLhs()), b = f(op.getRhs()), zero = a.constant(0.0);
  if (operand == 0)
    return f.dy().times(zero.where(b == zero, b * a.apply<math::PowFOp>(b - b.constant(1.0))));
  return f.dy().times(zero.where(a == zero, f.y() * a.apply<math::LogOp>()));
}

template <typename OpT, Term (*derive)(OpT, unsigned, Formula &)>
static void attach(MLIRContext *context) {
  OpT::template attachInterface<FormulaModel<OpT, derive>>(*context);
}

template <typename... OpTs>
static void attachConstant(MLIRContext *context) {
  (OpTs::template attachInterface<ConstantModel<OpTs>>(*context), ...);
}

void remat::registerMathAdjointModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, math::MathDialect *) {
    // Rules write strong products.
    context->loadDialect<RematDialect>();
    attach<math::AbsFOp, deriveAbs>(context);
    attach<math::AcosOp, deriveAcos>(context);
    attach<math::AcoshOp, deriveAcosh>(context);
    attach<math::AsinOp, deriveAsin>(context);
    attach<math::AsinhOp, deriveAsinh>(context);
    attach<math::Atan2Op, deriveAtan2>(context);
    attach<math::AtanOp, deriveAtan>(context);
    attach<math::AtanhOp, deriveAtanh>(context);
    attach<math::CbrtOp, deriveCbrt>(context);
    attach<math::ClampFOp, deriveClamp>(context);
    attach<math::CopySignOp, deriveCopySign>(context);
    attach<math::CosOp, deriveCos>(context);
    attach<math::CoshOp, deriveCosh>(context);
    attach<math::ErfOp, deriveErf>(context);
    attach<math::ErfcOp, deriveErfc>(context);
    attach<math::Exp2Op, deriveExp2>(context);
    attach<math::ExpM1Op, deriveExpM1>(context);
    attach<math::ExpOp, deriveExp>(context);
    attach<math::FPowIOp, deriveFPowI>(context);
    attach<math::FmaOp, deriveFma>(context);
    attach<math::Log10Op, deriveLog10>(context);
    attach<math::Log1pOp, deriveLog1p>(context);
    attach<math::Log2Op, deriveLog2>(context);
    attach<math::LogOp, deriveLog>(context);
    attach<math::PowFOp, derivePowF>(context);
    attach<math::RsqrtOp, deriveRsqrt>(context);
    attach<math::SinOp, deriveSin>(context);
    attach<math::SincosOp, deriveSincos>(context);
    attach<math::SinhOp, deriveSinh>(context);
    attach<math::SqrtOp, deriveSqrt>(context);
    attach<math::TanOp, deriveTan>(context);
    attach<math::TanhOp, deriveTanh>(context);
    attachConstant<math::CeilOp, math::FloorOp, math::RoundEvenOp, math::RoundOp, math::TruncOp>(context);
  });
}
