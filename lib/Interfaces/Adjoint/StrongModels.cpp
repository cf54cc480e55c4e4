//===- StrongModels.cpp - Derivative rules of strong products -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A second differentiation meets the strong products of the first. They are linear
// in both operands, so a zero in the first cotangent hides nothing of the second.
//
//===----------------------------------------------------------------------===//

#include "Formula.h"
#include "remat/Interfaces/Adjoint/Models.h"

#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace remat;

static Term deriveProduct(StrongProductOp op, unsigned operand, Formula &f) {
  return f.dy().times(f(op->getOperand(1 - operand)));
}

/// By the divisor: -dy c / d / d, where c = 0 makes it zero before d can.
static Term deriveQuotient(StrongQuotientOp op, unsigned operand, Formula &f) {
  Term divisor = f(op.getDivisor());
  return operand == 0 ? f.dy().over(divisor) : -f.dy().times(f(op.getCotangent())).over(divisor).over(divisor);
}

void remat::registerStrongAdjointModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, RematDialect *) {
    StrongProductOp::attachInterface<FormulaModel<StrongProductOp, deriveProduct>>(*context);
    StrongQuotientOp::attachInterface<FormulaModel<StrongQuotientOp, deriveQuotient>>(*context);
  });
}
