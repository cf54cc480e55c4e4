//===- ArithModels.cpp - Derivative rules of arith ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operands that tie for a maximum or minimum share the cotangent equally, as the
// maximum over a reduction does: the result does not depend on their order.
//
//===----------------------------------------------------------------------===//

#include "Formula.h"
#include "Logistic.h"
#include "remat/Interfaces/Adjoint/Models.h"

#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace remat;

static Term deriveAdd(arith::AddFOp op, unsigned operand, Formula &f) { return f.dy(); }

static Term deriveSub(arith::SubFOp op, unsigned operand, Formula &f) { return operand == 0 ? f.dy() : -f.dy(); }

static Term deriveMul(arith::MulFOp op, unsigned operand, Formula &f) {
  return f.dy().times(f(op->getOperand(1 - operand)));
}

static Term deriveDiv(arith::DivFOp op, unsigned operand, Formula &f) {
  Term quotient = f.dy().over(f(op.getRhs()));
  return operand == 0 ? quotient : -quotient.times(f.y());
}

static Term deriveNeg(arith::NegFOp op, unsigned operand, Formula &f) { return -f.dy(); }

/// fmod: y = a - n b with the integer n = (a - y) / b.
static Term deriveRem(arith::RemFOp op, unsigned operand, Formula &f) {
  return operand == 0 ? f.dy() : f.dy().times((f.y() - f(op.getLhs())) / f(op.getRhs()));
}

static Term deriveMaximum(arith::MaximumFOp op, unsigned operand, Formula &f) {
  Term self = f(op->getOperand(operand)), other = f(op->getOperand(1 - operand));
  return share(f.dy(), self > other, self == other);
}

static Term deriveMinimum(arith::MinimumFOp op, unsigned operand, Formula &f) {
  Term self = f(op->getOperand(operand)), other = f(op->getOperand(1 - operand));
  return share(f.dy(), self < other, self == other);
}

/// maxnumf and minnumf pass a number by and not a NaN: the operand that equals
/// the result has won.
template <typename OpT>
static Term deriveNumber(OpT op, unsigned operand, Formula &f) {
  Term self = f(op->getOperand(operand)), other = f(op->getOperand(1 - operand));
  return (f.dy() * 0.5).where(other == f.y(), f.dy()).whereElseZero(self == f.y());
}

static Term deriveSelect(arith::SelectOp op, unsigned operand, Formula &f) {
  Term dy = f.dy(), zero = dy.constant(0.0);
  return operand == 1 ? dy.where(op.getCondition(), zero) : zero.where(op.getCondition(), dy);
}

/// Conversions between float types; addCotangent converts back.
template <typename OpT>
static Term deriveConversion(OpT op, unsigned operand, Formula &f) {
  AdjointBuilder &builder = f.getScope().builder;
  return {f.getScope(), builder.convert(f.dy(), getCotangentType(op.getIn().getType()), op.getLoc())};
}

namespace {
struct DivModel : AdjointOpInterface::ExternalModel<DivModel, arith::DivFOp> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    // 1 / (1 + exp(n)) passes its cotangent straight on to n.
    Value exponent = matchLogistic(cast<arith::DivFOp>(op));
    if (!exponent || !adjoint.isActive(exponent))
      return FormulaModel<arith::DivFOp, deriveDiv>().emitAdjoint(op, adjoint);
    Formula f(op, adjoint);
    adjoint.addCotangent(exponent, -f.dy().times(f.y() * (1.0 - f.y())), op->getLoc());
    adjoint.addZeroCotangent(op->getOperand(1));
    return success();
  }
};
} // namespace

void remat::registerArithAdjointModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, arith::ArithDialect *) {
    // Rules write strong products.
    context->loadDialect<RematDialect>();
    arith::AddFOp::attachInterface<FormulaModel<arith::AddFOp, deriveAdd>>(*context);
    arith::DivFOp::attachInterface<DivModel>(*context);
    arith::ExtFOp::attachInterface<FormulaModel<arith::ExtFOp, deriveConversion<arith::ExtFOp>>>(*context);
    arith::MaxNumFOp::attachInterface<FormulaModel<arith::MaxNumFOp, deriveNumber<arith::MaxNumFOp>>>(*context);
    arith::MaximumFOp::attachInterface<FormulaModel<arith::MaximumFOp, deriveMaximum>>(*context);
    arith::MinNumFOp::attachInterface<FormulaModel<arith::MinNumFOp, deriveNumber<arith::MinNumFOp>>>(*context);
    arith::MinimumFOp::attachInterface<FormulaModel<arith::MinimumFOp, deriveMinimum>>(*context);
    arith::MulFOp::attachInterface<FormulaModel<arith::MulFOp, deriveMul>>(*context);
    arith::NegFOp::attachInterface<FormulaModel<arith::NegFOp, deriveNeg>>(*context);
    arith::RemFOp::attachInterface<FormulaModel<arith::RemFOp, deriveRem>>(*context);
    arith::SelectOp::attachInterface<FormulaModel<arith::SelectOp, deriveSelect>>(*context);
    arith::SubFOp::attachInterface<FormulaModel<arith::SubFOp, deriveSub>>(*context);
    arith::TruncFOp::attachInterface<FormulaModel<arith::TruncFOp, deriveConversion<arith::TruncFOp>>>(*context);
  });
}
