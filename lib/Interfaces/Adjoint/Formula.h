//===- Formula.h - Derivatives written as formulas ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The derivative of an elementwise operation is a formula in its operands, its
// result and the cotangent of its result. Here a rule is written as that formula;
// the same rule serves scalars and tensors.
//
// A cotangent that is exactly zero stays zero, whatever it is multiplied by: it is
// multiplied with Term::times and divided with Term::over, never with the operators
// (docs/Gradients.md).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_INTERFACES_ADJOINT_FORMULA_H
#define REMAT_LIB_INTERFACES_ADJOINT_FORMULA_H

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Interfaces/AdjointOpInterface.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace remat {

/// Where a formula is emitted.
struct FormulaScope {
  AdjointBuilder &builder;
  mlir::Location loc;
  mlir::arith::FastMathFlags flags;
};

/// A value in a formula, in the type of cotangents.
class Term {
public:
  Term(FormulaScope &scope, mlir::Value value) : scope(&scope), value(value) {}

  operator mlir::Value() const { return value; }
  FormulaScope &getScope() const { return *scope; }

  /// The constant \p number in the shape of this term.
  Term constant(double number) const { return {*scope, scope->builder.createSplat(number, value, scope->loc)}; }

  /// The result of an operation with the type of its operands.
  template <typename OpT, typename... Operands>
  Term apply(Operands... operands) const {
    return {*scope, OpT::create(scope->builder, scope->loc, value, mlir::Value(operands)..., scope->flags)};
  }

  Term operator-() const { return apply<mlir::arith::NegFOp>(); }
  Term operator+(Term other) const { return apply<mlir::arith::AddFOp>(other); }
  Term operator-(Term other) const { return apply<mlir::arith::SubFOp>(other); }
  Term operator*(Term other) const { return apply<mlir::arith::MulFOp>(other); }
  Term operator/(Term other) const { return apply<mlir::arith::DivFOp>(other); }
  /// This cotangent times \p factor: a strong product unless the factor is known to be
  /// finite. Rules multiply cotangents with nothing else.
  Term times(Term factor) const {
    if (scope->builder.getRange(factor).isFinite())
      return *this * factor;
    return {*scope, StrongProductOp::create(scope->builder, scope->loc, value, factor)};
  }
  /// This cotangent by \p divisor: a strong quotient unless the divisor is known to
  /// be a number other than zero.
  Term over(Term divisor) const {
    if (scope->builder.getRange(divisor).excludesZero(mlir::Value(divisor).getType()))
      return *this / divisor;
    return {*scope, StrongQuotientOp::create(scope->builder, scope->loc, value, divisor)};
  }

  Term operator+(double other) const { return *this + constant(other); }
  Term operator*(double other) const { return *this * constant(other); }

  /// The elementwise comparison with \p other, false where either is NaN.
  mlir::Value operator>(Term other) const { return compare(mlir::arith::CmpFPredicate::OGT, other); }
  mlir::Value operator<(Term other) const { return compare(mlir::arith::CmpFPredicate::OLT, other); }
  mlir::Value operator==(Term other) const { return compare(mlir::arith::CmpFPredicate::OEQ, other); }

  /// This term where \p condition holds, \p other elsewhere.
  Term where(mlir::Value condition, Term other) const {
    return {*scope, mlir::arith::SelectOp::create(scope->builder, scope->loc, condition, value, other)};
  }
  Term whereElseZero(mlir::Value condition) const { return where(condition, constant(0.0)); }

private:
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, Term other) const {
    return mlir::arith::CmpFOp::create(scope->builder, scope->loc, predicate, value, other);
  }

  FormulaScope *scope;
  mlir::Value value;
};

inline Term operator-(double left, Term right) { return right.constant(left) - right; }

/// The formulas of one operation: its operands, results and cotangents as terms.
class Formula {
public:
  Formula(mlir::Operation *op, AdjointBuilder &builder) : op(op), scope{builder, op->getLoc(), {}} {
    // Flags that allow rounding differently carry over. Flags that promise
    // something of the values (no NaN, say) do not: they promised it of others.
    auto fast = mlir::dyn_cast<mlir::arith::ArithFastMathInterface>(op);
    if (mlir::arith::FastMathFlagsAttr flags = fast ? fast.getFastMathFlagsAttr() : nullptr)
      scope.flags = flags.getValue() & (mlir::arith::FastMathFlags::reassoc | mlir::arith::FastMathFlags::contract |
                                        mlir::arith::FastMathFlags::arcp | mlir::arith::FastMathFlags::afn);
  }

  /// An operand or result of the operation.
  Term operator()(mlir::Value primal) { return {scope, scope.builder.widen(primal, scope.loc)}; }
  /// Result number \p index of the operation.
  Term y(unsigned index = 0) { return (*this)(op->getResult(index)); }
  /// The cotangent of result number \p index; zeros if it has none.
  Term dy(unsigned index = 0) {
    mlir::Value result = op->getResult(index);
    mlir::Value cotangent = scope.builder.getCotangent(result);
    return {scope, cotangent ? cotangent : scope.builder.createSplat(0.0, result, scope.loc)};
  }
  FormulaScope &getScope() { return scope; }

private:
  mlir::Operation *op;
  FormulaScope scope;
};

/// The rule of an elementwise operation: \p derive returns the contribution to
/// the operand of the given number.
template <typename OpT, Term (*derive)(OpT, unsigned, Formula &)>
struct FormulaModel : AdjointOpInterface::ExternalModel<FormulaModel<OpT, derive>, OpT> {
  llvm::LogicalResult emitAdjoint(mlir::Operation *op, AdjointBuilder &adjoint) const {
    Formula formula(op, adjoint);
    for (mlir::OpOperand &operand : op->getOpOperands())
      if (adjoint.isActive(operand.get()))
        adjoint.addCotangent(operand.get(), derive(mlir::cast<OpT>(op), operand.getOperandNumber(), formula),
                             op->getLoc());
    return mlir::success();
  }
};

/// The rule of an operation with derivative zero.
template <typename OpT>
struct ConstantModel : AdjointOpInterface::ExternalModel<ConstantModel<OpT>, OpT> {
  bool hasDerivative(mlir::Operation *, mlir::OpResult, mlir::Value) const { return false; }
  llvm::LogicalResult emitAdjoint(mlir::Operation *, AdjointBuilder &) const { return mlir::success(); }
};

/// \p dy shared between the operands of a maximum or minimum: all of it where
/// \p wins holds, half of it where the operands tie.
inline Term share(Term dy, mlir::Value wins, mlir::Value tie) { return dy.where(wins, (dy * 0.5).whereElseZero(tie)); }

} // namespace remat

#endif // REMAT_LIB_INTERFACES_ADJOINT_FORMULA_H
