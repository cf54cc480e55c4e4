//===- BufferChoices.cpp - Which buffer a branch yields -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BufferChoices.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace remat;

/// Whether \p value can be there in front of \p choice.
static bool isMovable(Value value, Operation *choice) {
  Operation *definition = value.getDefiningOp();
  if (!definition || !choice->isProperAncestor(definition))
    return !choice->isAncestor(value.getParentBlock()->getParentOp());
  return definition->getNumRegions() == 0 && isPure(definition) &&
         llvm::all_of(definition->getOperands(), [&](Value operand) { return isMovable(operand, choice); });
}

static Value moveInFront(Value value, Operation *choice) {
  Operation *definition = value.getDefiningOp();
  if (!definition || !choice->isProperAncestor(definition))
    return value;
  for (Value operand : definition->getOperands())
    moveInFront(operand, choice);
  definition->moveBefore(choice);
  return value;
}

/// What \p op yields as result \p number, one of its regions after the other.
static SmallVector<Value> getYielded(Operation *op, unsigned number) {
  SmallVector<Value> yielded;
  for (Region &region : op->getRegions())
    yielded.push_back(region.front().getTerminator()->getOperand(number));
  return yielded;
}

static Value select(OpBuilder &b, scf::IfOp op, ArrayRef<Value> yielded) {
  return arith::SelectOp::create(b, op.getLoc(), op.getCondition(), yielded[0], yielded[1]);
}

/// The first region is the default.
static Value select(OpBuilder &b, scf::IndexSwitchOp op, ArrayRef<Value> yielded) {
  Value chosen = yielded.front();
  for (auto [key, value] : llvm::zip_equal(op.getCases(), yielded.drop_front())) {
    Value wanted = arith::ConstantIndexOp::create(b, op.getLoc(), key);
    Value isIt = arith::CmpIOp::create(b, op.getLoc(), arith::CmpIPredicate::eq, op.getArg(), wanted);
    chosen = arith::SelectOp::create(b, op.getLoc(), isIt, value, chosen);
  }
  return chosen;
}

void remat::selectBuffers(ModuleOp module) {
  // Inner branches first: what they yield may be yielded again.
  module.walk<WalkOrder::PostOrder>([](Operation *op) {
    if (!isa<scf::IfOp, scf::IndexSwitchOp>(op) || op->getParentOfType<OnDeviceOp>())
      return;
    for (OpResult result : op->getResults()) {
      if (!isa<BaseMemRefType>(result.getType()) || result.use_empty())
        continue;
      SmallVector<Value> yielded = getYielded(op, result.getResultNumber());
      if (!llvm::all_of(yielded, [&](Value value) { return isMovable(value, op); }))
        continue;
      for (Value value : yielded)
        moveInFront(value, op);
      OpBuilder b(op);
      auto branch = dyn_cast<scf::IfOp>(op);
      result.replaceAllUsesWith(branch ? select(b, branch, yielded) : select(b, cast<scf::IndexSwitchOp>(op), yielded));
    }
  });
}
