//===- ForwardCopies.cpp - Compute in the final place ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bufferization leaves `fill a temporary, copy it into a slice` where it could
// not prove on tensors that the slice is free. On memrefs of one block the proof
// is a scan over the operations in between. Distinct arguments of a function do
// not overlap: bufferization and the layout of the arena see to that.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace remat {
#define GEN_PASS_DEF_FORWARDCOPIESPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
/// One candidate: `target` can take the place of the allocation, or not.
class Forwarding {
public:
  Forwarding(memref::CopyOp copy, const BufferAliases &aliases) : copy(copy), aliases(aliases) {}

  /// Rewrites and returns true if that is safe.
  bool run();

private:
  /// The operation of the copy's block that \p op is in; null if there is none.
  Operation *getAncestor(Operation *op) const { return copy->getBlock()->findAncestorOpInBlock(*op); }
  bool findRange();
  bool isTargetUntouched();
  bool acceptsTargetType();
  bool canHoist(Value value) const;
  bool isHoistedPastCheck();
  void hoist(Value value);
  bool mayOverlap(Value a, Value b) const;

  memref::CopyOp copy;
  const BufferAliases &aliases;
  memref::AllocOp alloc;
  /// The first and last operations of the block that use the allocation.
  Operation *first = nullptr;
  Operation *last = nullptr;
};
} // namespace

/// Finds where the allocation is used; false if it is used outside of the block
/// of the copy, or written after the copy.
bool Forwarding::findRange() {
  first = last = copy;
  for (Value alias : aliases.resolve(alloc.getResult()))
    for (Operation *user : alias.getUsers()) {
      Operation *ancestor = getAncestor(user);
      if (!ancestor || user->hasTrait<OpTrait::IsTerminator>())
        return false;
      if (ancestor->isBeforeInBlock(first))
        first = ancestor;
      if (last->isBeforeInBlock(ancestor))
        last = ancestor;
      if (copy->isBeforeInBlock(ancestor) && !isa<ViewLikeOpInterface>(user) &&
          (!isa<MemoryEffectOpInterface>(user) || hasEffect<MemoryEffects::Write>(user, alias)))
        return false;
    }
  return true;
}

bool Forwarding::mayOverlap(Value a, Value b) const {
  auto roots = aliases.resolveReverse(a);
  for (Value value : aliases.resolveReverse(b))
    if (roots.contains(value))
      return true;
  return false;
}

/// True if nothing but the allocation's users touches the target's memory from
/// the first use on, except reads after the copy.
bool Forwarding::isTargetUntouched() {
  Value target = copy.getTarget();
  for (Operation *op = first; op != last->getNextNode(); op = op->getNextNode()) {
    if (op == copy)
      continue;
    bool afterCopy = copy->isBeforeInBlock(op);
    WalkResult result = op->walk([&](Operation *nested) {
      // Loops and branches do what is in them, linalg operations more than that.
      bool onlyNests = nested->hasTrait<OpTrait::HasRecursiveMemoryEffects>() && !isa<MemoryEffectOpInterface>(nested);
      if (isa<ViewLikeOpInterface>(nested) || isMemoryEffectFree(nested) || onlyNests)
        return WalkResult::advance();
      for (Value operand : nested->getOperands()) {
        if (!isa<BaseMemRefType>(operand.getType()) || !mayOverlap(operand, target))
          continue;
        bool readsOnly = isa<MemoryEffectOpInterface>(nested) && !hasEffect<MemoryEffects::Write>(nested, operand);
        if (!afterCopy || !readsOnly)
          return WalkResult::interrupt();
      }
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return false;
  }
  return true;
}

/// True if every direct user of the allocation takes a buffer of the target's
/// type.
bool Forwarding::acceptsTargetType() {
  if (alloc.getType() == copy.getTarget().getType())
    return true;
  return llvm::all_of(alloc->getUsers(), [](Operation *user) {
    return isa<linalg::LinalgOp, memref::LoadOp, memref::StoreOp, memref::CopyOp>(user);
  });
}

/// True if \p value is there at the first use, or can be.
bool Forwarding::canHoist(Value value) const {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != copy->getBlock() || op->isBeforeInBlock(first))
    return true;
  return isMemoryEffectFree(op) && op->getNumRegions() == 0 &&
         llvm::all_of(op->getOperands(), [&](Value operand) { return canHoist(operand); });
}

/// True if the target is known only after a check: the place it is at may be what is
/// checked, and nothing may be written there before.
bool Forwarding::isHoistedPastCheck() {
  Operation *target = copy.getTarget().getDefiningOp();
  if (!target || target->getBlock() != copy->getBlock() || target->isBeforeInBlock(first))
    return false;
  for (Operation *op = first; op != target; op = op->getNextNode()) {
    WalkResult result = op->walk([](Operation *nested) {
      return isa<cf::AssertOp, CheckIndicesOp, CheckRangeOp>(nested) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return true;
  }
  return false;
}

void Forwarding::hoist(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != copy->getBlock() || op->isBeforeInBlock(first))
    return;
  for (Value operand : op->getOperands())
    hoist(operand);
  op->moveBefore(first);
}

bool Forwarding::run() {
  alloc = copy.getSource().getDefiningOp<memref::AllocOp>();
  if (!alloc || alloc->getBlock() != copy->getBlock() || mayOverlap(alloc, copy.getTarget()) || !findRange() ||
      !acceptsTargetType() || !canHoist(copy.getTarget()) || isHoistedPastCheck() || !isTargetUntouched())
    return false;
  hoist(copy.getTarget());
  alloc.getResult().replaceAllUsesWith(copy.getTarget());
  copy.erase();
  alloc.erase();
  return true;
}

namespace {
struct ForwardCopiesPass final : remat::impl::ForwardCopiesPassBase<ForwardCopiesPass> {
  using Base::Base;

  void runOnOperation() override {
    // Each rewrite changes who aliases whom, so the analysis is made anew.
    for (bool changed = true; changed;) {
      changed = false;
      FailureOr<BufferAliases> aliases = BufferAliases::analyze(getOperation());
      if (failed(aliases))
        return signalPassFailure();
      WalkResult result = getOperation().walk([&](memref::CopyOp copy) {
        changed = Forwarding(copy, *aliases).run();
        return changed ? WalkResult::interrupt() : WalkResult::advance();
      });
      if (!result.wasInterrupted())
        break;
    }
  }
};
} // namespace
