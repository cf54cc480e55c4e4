//===- ControlOps.cpp - Calls, assertions, affine.apply -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;
using namespace remat::interpreter;

static bool runCall(Machine &machine, const Instruction &instruction, Frame &frame) {
  llvm::SmallVector<Datum, 4> arguments, results;
  for (uint32_t operand : instruction.operands)
    arguments.push_back(frame[operand]);
  if (!machine.call(cast<func::CallOp>(instruction.op).getCallee(), arguments, results))
    return false;
  for (auto [place, result] : llvm::zip_equal(instruction.results, results))
    frame[place] = result;
  return true;
}

static bool runAssert(Machine &machine, const Instruction &instruction, Frame &frame) {
  const Number condition = instruction.get(frame, 0).scalar;
  if (!condition.isCertain())
    machine.decideUncertainly();
  if (condition.bits & 1)
    return true;
  return machine.fail(Failure::Assertion, cast<cf::AssertOp>(instruction.op).getMsg());
}

/// affine.apply, affine.min and affine.max of indices.
static bool runAffine(Machine &machine, const Instruction &instruction, Frame &frame) {
  AffineMap map = cast<AffineMapAttr>(instruction.op->getAttr("map")).getValue();
  llvm::SmallVector<int64_t> operands;
  bool certain = true;
  for (uint32_t operand : instruction.operands) {
    operands.push_back(frame[operand].getInteger());
    certain &= frame[operand].scalar.isCertain();
  }
  // Symbols behind dimensions are dimensions for an evaluation.
  llvm::SmallVector<AffineExpr> dimensions, symbols;
  for (unsigned i = 0; i < map.getNumInputs(); ++i)
    (i < map.getNumDims() ? dimensions : symbols).push_back(getAffineDimExpr(i, map.getContext()));
  map = map.replaceDimsAndSymbols(dimensions, symbols, map.getNumInputs(), 0);
  bool divides = false;
  for (AffineExpr result : map.getResults())
    result.walk([&](AffineExpr part) {
      auto binary = dyn_cast<AffineBinaryOpExpr>(part);
      divides |= binary && part.getKind() != AffineExprKind::Add && part.getKind() != AffineExprKind::Mul &&
                 !isa<AffineConstantExpr>(binary.getRHS());
    });
  if (divides)
    return machine.fail(Failure::Unsupported, instruction.op, "a division by a symbol");
  llvm::SmallVector<int64_t> values = map.compose(operands);
  int64_t value = isa<affine::AffineMaxOp>(instruction.op) ? *llvm::max_element(values) : *llvm::min_element(values);
  frame[instruction.results[0]] = Number::fromBits(static_cast<uint64_t>(value), certain);
  return true;
}

void remat::interpreter::addControlOps(OperationTable &table) {
  auto &handlers = table.handlers;
  handlers["affine.apply"] = runAffine;
  handlers["affine.max"] = runAffine;
  handlers["affine.min"] = runAffine;
  handlers["cf.assert"] = runAssert;
  handlers["func.call"] = runCall;
  handlers["func.return"] = yieldOperands;
}
