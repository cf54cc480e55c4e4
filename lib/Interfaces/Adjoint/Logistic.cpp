//===- Logistic.cpp - The derivative of 1 / (1 + exp(-x)) ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Logistic.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

Value remat::matchLogistic(arith::DivFOp op) {
  if (!matchPattern(op.getLhs(), m_OneFloat()))
    return {};
  auto sum = op.getRhs().getDefiningOp<arith::AddFOp>();
  if (!sum || sum->getBlock() != op->getBlock())
    return {};
  for (auto [one, power] : {std::pair(sum.getLhs(), sum.getRhs()), std::pair(sum.getRhs(), sum.getLhs())}) {
    auto exponential = power.getDefiningOp<math::ExpOp>();
    if (exponential && exponential->getBlock() == op->getBlock() && matchPattern(one, m_OneFloat()))
      return exponential.getOperand();
  }
  return {};
}
