//===- CallMathLibrary.cpp - Functions from libclc ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../MathLibrary/MathLibrary.h"
#include "remat/Target/CPU/ExpandMath.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/IR/SymbolTable.h"

namespace remat {
#define GEN_PASS_DEF_CALLMATHLIBRARYPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

/// The function that \p op is replaced by a call of.
static std::optional<LibraryFunction> getCallee(Operation *op) {
  if (op->getNumResults() != 1 || !(op->getResult(0).getType().isF32() || op->getResult(0).getType().isF64()))
    return std::nullopt;
  if (op->getResult(0).getType().isF32() && hasPolynomial(op->getName().getStringRef()))
    return std::nullopt;
  return getLibraryFunction(op);
}

/// What is no number is its own image under a function of one operand. Some functions of
/// libclc read their tables at a place that they make of it.
static Value callWithNumber(OpBuilder &builder, Location loc, func::FuncOp callee, Value operand) {
  Value one = arith::ConstantOp::create(builder, loc, builder.getFloatAttr(operand.getType(), 1.0));
  Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, operand, operand);
  Value number = arith::SelectOp::create(builder, loc, isNaN, one, operand);
  Value result = func::CallOp::create(builder, loc, callee, number).getResult(0);
  return arith::SelectOp::create(builder, loc, isNaN, operand, result);
}

/// Calls \p function in place of \p op.
static void replaceByCall(Operation *op, const LibraryFunction &function, SymbolTable &symbols) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    bool isWidened = isa<FloatType>(operand.getType()) && operand.getType() != function.type;
    operands.push_back(isWidened ? arith::ExtFOp::create(builder, loc, function.type, operand).getResult() : operand);
  }
  auto callee = symbols.lookup<func::FuncOp>(function.name);
  if (!callee) {
    callee = func::FuncOp::create(loc, function.name,
                                  builder.getFunctionType(TypeRange(ValueRange(operands)), Type(function.type)));
    callee.setPrivate();
    symbols.insert(callee);
  }
  Value result = operands.size() == 1 ? callWithNumber(builder, loc, callee, operands.front())
                                      : func::CallOp::create(builder, loc, callee, operands).getResult(0);
  if (function.keepsZero) {
    Value zero = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(function.type));
    Value isZero = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, operands.front(), zero);
    result = arith::SelectOp::create(builder, loc, isZero, operands.front(), result);
  }
  if (Type type = op->getResult(0).getType(); type != function.type)
    result = arith::TruncFOp::create(builder, loc, type, result);
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

namespace {

struct CallMathLibraryPass final : remat::impl::CallMathLibraryPassBase<CallMathLibraryPass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<std::pair<Operation *, LibraryFunction>> calls;
    getOperation().walk([&](Operation *op) {
      if (std::optional<LibraryFunction> callee = getCallee(op))
        calls.push_back({op, *callee});
    });
    for (auto &[op, function] : calls)
      replaceByCall(op, function, symbols);
  }
};

} // namespace
