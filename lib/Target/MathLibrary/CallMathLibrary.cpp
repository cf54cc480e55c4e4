//===- CallMathLibrary.cpp - Functions from libclc ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../CPU/Arith/Lanes.h"
#include "MathLibrary.h"
#include "remat/Target/CPU/ExpandMath.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/SymbolTable.h"

namespace remat {
#define GEN_PASS_DEF_CALLMATHLIBRARYPASS
#include "remat/Target/CPU/Passes.h.inc"
} // namespace remat

using namespace remat;

/// The function that \p op is replaced by a call of.
static std::optional<LibraryFunction> getCallee(Operation *op) {
  if (op->getNumResults() != 1)
    return std::nullopt;
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  if (!type.isF32() && !type.isF64())
    return std::nullopt;
  if (type.isF32() && hasPolynomial(op->getName().getStringRef()))
    return std::nullopt;
  return getLibraryFunction(op);
}

/// Calls \p callee, for each lane if the operands are vectors.
static Value callPerLane(Lanes &b, func::FuncOp callee, ValueRange operands) {
  auto vector = dyn_cast<VectorType>(operands.front().getType());
  if (!vector)
    return func::CallOp::create(b, callee, operands).getResult(0);
  auto type = vector.clone(callee.getResultTypes().front());
  Value result = arith::ConstantOp::create(b, b.getZeroAttr(type));
  SmallVector<int64_t> strides = computeStrides(type.getShape());
  for (int64_t lane = 0; lane < type.getNumElements(); ++lane) {
    SmallVector<int64_t> place = delinearize(lane, strides);
    auto elements = llvm::map_to_vector(
        operands, [&](Value operand) -> Value { return vector::ExtractOp::create(b, operand, place); });
    Value image = func::CallOp::create(b, callee, elements).getResult(0);
    result = vector::InsertOp::create(b, image, result, place);
  }
  return result;
}

/// What is no number is its own image under a function of one operand. Some functions of
/// libclc read their tables at a place that they make of it.
static Value callWithNumber(Lanes &b, func::FuncOp callee, Value operand) {
  Value isNaN = arith::CmpFOp::create(b, arith::CmpFPredicate::UNO, operand, operand);
  Value number = arith::SelectOp::create(b, isNaN, b.real(operand.getType(), 1.0), operand);
  return arith::SelectOp::create(b, isNaN, operand, callPerLane(b, callee, number));
}

/// Calls \p function in place of \p op.
static void replaceByCall(Operation *op, const LibraryFunction &function, SymbolTable &symbols) {
  Lanes b(op);
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    Type type = getElementTypeOrSelf(operand.getType());
    bool isWidened = isa<FloatType>(type) && type != function.type;
    operands.push_back(
        isWidened ? arith::ExtFOp::create(b, withElement(operand.getType(), function.type), operand).getResult()
                  : operand);
  }
  auto callee = symbols.lookup<func::FuncOp>(function.name);
  if (!callee) {
    auto types = llvm::map_to_vector(operands, [](Value operand) { return getElementTypeOrSelf(operand.getType()); });
    callee = func::FuncOp::create(op->getLoc(), function.name, b.getFunctionType(types, Type(function.type)));
    callee.setPrivate();
    symbols.insert(callee);
  }
  Value result = operands.size() == 1 ? callWithNumber(b, callee, operands.front()) : callPerLane(b, callee, operands);
  if (function.keepsZero) {
    Value isZero =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, operands.front(), b.real(operands.front().getType(), 0.0));
    result = arith::SelectOp::create(b, isZero, operands.front(), result);
  }
  if (Type type = op->getResult(0).getType(); type != result.getType())
    result = arith::TruncFOp::create(b, type, result);
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

namespace {

struct CallMathLibraryPass final : remat::impl::CallMathLibraryPassBase<CallMathLibraryPass> {
  using Base::Base;

  bool canScheduleOn(RegisteredOperationName name) const override { return name.hasTrait<OpTrait::SymbolTable>(); }

  void runOnOperation() override {
    if (!hasMathLibrary()) {
      getOperation()->emitError("cannot call functions of LLVM's libclc, which remat was built without");
      return signalPassFailure();
    }
    SmallVector<std::pair<Operation *, LibraryFunction>> calls;
    getOperation()->walk<WalkOrder::PreOrder>([&](Operation *op) {
      // Functions declared here are not known in there.
      if (op != getOperation() && op->hasTrait<OpTrait::SymbolTable>())
        return WalkResult::skip();
      if (std::optional<LibraryFunction> callee = getCallee(op))
        calls.push_back({op, *callee});
      return WalkResult::advance();
    });
    if (calls.empty())
      return;
    SymbolTable symbols(getOperation());
    for (auto &[op, function] : calls)
      replaceByCall(op, function, symbols);
  }
};

} // namespace
