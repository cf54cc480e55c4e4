//===- DeviceRegion.cpp - Code copied to the device -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceRegion.h"

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Dominance.h"

using namespace remat;

DeviceRegion::DeviceRegion(const HostKnowledge &knowledge, Operation *place)
    : knowledge(knowledge), place(place), builder(place) {
  auto region = OnDeviceOp::create(builder, place->getLoc());
  builder.setInsertionPointToStart(&region.getBody().front());
}

bool DeviceRegion::isHandedOver(Value value) const {
  if (!knowledge.isKnown(value))
    return false;
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner()->findAncestorOpInBlock(*place) != nullptr;
  Operation *definition = value.getDefiningOp();
  Operation *ancestor = definition->getBlock()->findAncestorOpInBlock(*place);
  return ancestor && definition->isBeforeInBlock(ancestor);
}

void DeviceRegion::provide(Value value) {
  if (mapping.contains(value) || isHandedOver(value))
    return;
  Operation *definition = value.getDefiningOp();
  // The argument of a block is there once the operation that holds the block is.
  if (!definition)
    return;
  provideUses(definition);
  Operation *copy = builder.clone(*definition, mapping);
  eraseEffects(copy, knowledge);
}

void DeviceRegion::provideUses(Operation *op) {
  op->walk([&](Operation *nested) {
    for (Value operand : nested->getOperands())
      if (!op->isAncestor(operand.getParentBlock()->getParentOp()))
        provide(operand);
  });
}

void DeviceRegion::add(Operation *op) {
  provideUses(op);
  builder.clone(*op, mapping);
}

void DeviceRegion::enterBranch(Operation *op, Operation *inner) {
  auto choice = cast<scf::IfOp>(op);
  provide(choice.getCondition());
  Value condition = mapping.lookupOrDefault(choice.getCondition());
  Location loc = choice.getLoc();
  if (choice.getElseRegion().isAncestor(inner->getParentRegion())) {
    Value isTrue = arith::ConstantIntOp::create(builder, loc, 1, /*width=*/1);
    condition = arith::XOrIOp::create(builder, loc, condition, isTrue);
  }
  auto branch = scf::IfOp::create(builder, loc, condition, /*withElseRegion=*/false);
  builder.setInsertionPointToStart(branch.thenBlock());
}

void remat::eraseEffects(Operation *op, const HostKnowledge &knowledge) {
  if (op->getNumRegions() == 0)
    return;
  SmallVector<Operation *> effects;
  op->walk<WalkOrder::PostOrder>([&](Operation *nested) {
    if (nested != op && nested->getNumResults() == 0 && !nested->hasTrait<OpTrait::IsTerminator>() &&
        knowledge.hasEffects(nested))
      effects.push_back(nested);
  });
  for (Operation *effect : effects)
    effect->erase();
}
