//===- HostKnowledge.cpp - What the host knows ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostKnowledge.h"

#include "MemoryPlaces.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace remat;

static void addHostArguments(func::FuncOp function, llvm::SmallDenseSet<Value> &arguments) {
  if (!function.isPublic())
    return;
  for (bool hasPlan : {true, false}) {
    std::optional<EntryArguments> entry = EntryArguments::find(function, hasPlan);
    if (!entry)
      continue;
    arguments.insert(entry->get(REMAT_ENTRY_WALK));
    if (hasPlan)
      arguments.insert(entry->get(REMAT_ENTRY_PLAN));
    return;
  }
  // The function that counts steps gives its answer to the host.
  if (function.getName().ends_with(REMAT_COUNTS_SUFFIX) && function.getNumArguments() != 0)
    arguments.insert(function.getArguments().back());
}

HostKnowledge::HostKnowledge(func::FuncOp function) {
  addHostArguments(function, hostArguments);
  function.walk([&](memref::LoadOp load) {
    if (!isHostMemory(load.getMemRef()))
      mark(load.getResult());
  });
  while (!worklist.empty())
    for (Operation *user : worklist.pop_back_val().getUsers())
      follow(user);
}

bool HostKnowledge::isHostMemory(Value memref) const {
  return llvm::all_of(findPlaces(memref), [&](const MemoryPlace &place) {
    if (!place.root)
      return false;
    return hostArguments.contains(place.root) ||
           isa_and_present<memref::AllocaOp, memref::GetGlobalOp>(place.root.getDefiningOp());
  });
}

bool HostKnowledge::isHostArgument(Value memref) const {
  return llvm::any_of(findPlaces(memref), [&](const MemoryPlace &place) { return hostArguments.contains(place.root); });
}

void HostKnowledge::mark(Value value) {
  if (unknown.insert(value).second)
    worklist.push_back(value);
}

void HostKnowledge::markResults(Operation *op) {
  for (Value result : op->getResults())
    mark(result);
}

/// The arguments of the blocks of \p op.
static SmallVector<Value> getRegionArguments(Operation *op) {
  SmallVector<Value> arguments;
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::append_range(arguments, block.getArguments());
  return arguments;
}

/// Something that \p user takes is unknown.
void HostKnowledge::follow(Operation *user) {
  if (auto yield = dyn_cast<scf::YieldOp>(user)) {
    Operation *parent = yield->getParentOp();
    for (auto [index, operand] : llvm::enumerate(yield.getResults())) {
      if (isKnown(operand))
        continue;
      if (auto loop = dyn_cast<scf::WhileOp>(parent)) {
        mark(loop.getBeforeArguments()[index]);
        continue;
      }
      mark(parent->getResult(index));
      if (auto loop = dyn_cast<scf::ForOp>(parent))
        mark(loop.getRegionIterArg(index));
    }
    return;
  }
  if (auto condition = dyn_cast<scf::ConditionOp>(user)) {
    auto loop = cast<scf::WhileOp>(condition->getParentOp());
    bool isOpen = !isKnown(condition.getCondition());
    for (auto [index, operand] : llvm::enumerate(condition.getArgs())) {
      if (!isOpen && isKnown(operand))
        continue;
      mark(loop.getResult(index));
      mark(loop.getAfterArguments()[index]);
    }
    if (isOpen)
      for (Value argument : loop.getBeforeArguments())
        mark(argument);
    return;
  }
  if (auto loop = dyn_cast<scf::ForOp>(user)) {
    bool isOpen = !hasKnownControl(loop);
    for (auto [init, argument, result] :
         llvm::zip_equal(loop.getInitArgs(), loop.getRegionIterArgs(), loop.getResults())) {
      if (!isOpen && isKnown(init))
        continue;
      mark(argument);
      mark(result);
    }
    if (isOpen)
      mark(loop.getInductionVar());
    return;
  }
  if (auto loop = dyn_cast<scf::WhileOp>(user)) {
    for (auto [init, argument] : llvm::zip_equal(loop.getInits(), loop.getBeforeArguments()))
      if (!isKnown(init))
        mark(argument);
    return;
  }
  // Of everything else nothing is known. What it holds is none of its operands' users.
  markResults(user);
  if (!isa<linalg::LinalgOp>(user))
    for (Value argument : getRegionArguments(user))
      mark(argument);
}

bool HostKnowledge::hasKnownControl(Operation *op) const {
  if (auto choice = dyn_cast<scf::IfOp>(op))
    return isKnown(choice.getCondition());
  if (auto choice = dyn_cast<scf::IndexSwitchOp>(op))
    return isKnown(choice.getArg());
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return isKnown(loop.getLowerBound()) && isKnown(loop.getUpperBound()) && isKnown(loop.getStep());
  if (auto loop = dyn_cast<scf::WhileOp>(op))
    return isKnown(loop.getConditionOp().getCondition());
  return true;
}

bool HostKnowledge::isDeviceEffect(Operation *op) const {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.hasPureBufferSemantics();
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return !isHostMemory(store.getMemRef());
  if (auto check = dyn_cast<CheckIndicesOp>(op))
    return !isHostMemory(check.getIndices()) || !areKnown(op->getOperands());
  if (isa<CheckRangeOp, cf::AssertOp>(op))
    return !areKnown(op->getOperands());
  return isa<memref::CopyOp, CountOp, ResetCountersOp, OnDeviceOp>(op);
}

bool HostKnowledge::hasEffects(Operation *op) const {
  return op
      ->walk([&](Operation *nested) {
        bool isEffect = isDeviceEffect(nested) ||
                        isa<memref::StoreOp, CheckIndicesOp, CheckRangeOp, cf::AssertOp, CallOpInterface>(nested);
        return isEffect ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

bool remat::hasCalls(Operation *op) {
  return op->walk([](CallOpInterface) { return WalkResult::interrupt(); }).wasInterrupted();
}
