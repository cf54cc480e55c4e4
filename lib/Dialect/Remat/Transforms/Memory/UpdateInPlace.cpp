//===- UpdateInPlace.cpp - A new value where the old one is ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "UpdateInPlace.h"

#include "WholeBuffer.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace remat;

namespace {
/// A buffer and the new one whose place it may take.
class Update {
public:
  Update(Value source, Value target, const BufferAliases &aliases)
      : source(source), target(target), block(source.getParentBlock()), old(aliases.resolve(source)),
        updated(aliases.resolve(target)) {}

  /// Whether nothing touches the source once the target is written.
  bool isSafe() const;

private:
  /// The operation of the function's block that \p op is, or is in.
  Operation *getAncestor(Operation *op) const { return block->findAncestorOpInBlock(*op); }
  /// The last and the first operation of the block that touches one of \p values; null
  /// if there is none.
  std::pair<Operation *, Operation *> getRange(const BufferAliases::Values &values) const;
  /// Whether \p op, which uses both, reads no element after it was written.
  bool worksInPlace(Operation *op) const;
  /// Whether \p op uses those of \p values as whole arrays in the order of its loops,
  /// as outputs or as inputs.
  bool isElementwise(linalg::LinalgOp op, const BufferAliases::Values &values, bool areOutputs) const;

  Value source, target;
  Block *block;
  /// All values that may be a part of the source, and of the target.
  BufferAliases::Values old, updated;
};
} // namespace

std::pair<Operation *, Operation *> Update::getRange(const BufferAliases::Values &values) const {
  Operation *first = nullptr, *last = nullptr;
  for (Value value : values)
    for (Operation *user : value.getUsers()) {
      // A view touches nothing, and what it gives is one of the values.
      if (isa<ViewLikeOpInterface>(user) && isMemoryEffectFree(user))
        continue;
      Operation *ancestor = getAncestor(user);
      if (!first || ancestor->isBeforeInBlock(first))
        first = ancestor;
      if (!last || last->isBeforeInBlock(ancestor))
        last = ancestor;
    }
  return {first, last};
}

bool Update::isElementwise(linalg::LinalgOp op, const BufferAliases::Values &values, bool areOutputs) const {
  for (Value value : values)
    for (OpOperand &use : value.getUses()) {
      if (getAncestor(use.getOwner()) != op || isa<ViewLikeOpInterface>(use.getOwner()))
        continue;
      // The body may read at any place.
      if (use.getOwner() != op || op.isDpsInit(&use) != areOutputs || !op.getMatchingIndexingMap(&use).isIdentity() ||
          !isWhole(cast<MemRefType>(value.getType()), cast<MemRefType>(source.getType())))
        return false;
    }
  return true;
}

bool Update::worksInPlace(Operation *op) const {
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return copy.getSource() == source && copy.getTarget() == target;
  auto structured = dyn_cast<linalg::LinalgOp>(op);
  return structured && structured.getNumParallelLoops() == structured.getNumLoops() &&
         isElementwise(structured, old, /*areOutputs=*/false) &&
         isElementwise(structured, updated, /*areOutputs=*/true);
}

bool Update::isSafe() const {
  // A branch may give one or the other.
  if (llvm::any_of(old, [&](Value value) { return updated.contains(value); }))
    return false;
  Operation *lastRead = getRange(old).second, *firstWrite = getRange(updated).first;
  if (!lastRead || lastRead->isBeforeInBlock(firstWrite))
    return true;
  return lastRead == firstWrite && worksInPlace(firstWrite);
}

bool remat::canUpdateInPlace(Value source, Value target, const BufferAliases &aliases) {
  return Update(source, target, aliases).isSafe();
}

/// Lets an allocation that \p op writes first take the place of one that it reads last;
/// false if there is none.
static bool reuseInput(linalg::LinalgOp op, const BufferAliases &aliases) {
  for (OpOperand &init : op.getDpsInitsMutable())
    for (OpOperand *input : op.getDpsInputOperands()) {
      memref::AllocOp target = getWholeAllocation(init.get()), source = getWholeAllocation(input->get());
      if (!target || !source || source == target || source->getBlock() != op->getBlock() ||
          target->getBlock() != op->getBlock() || !isWhole(source.getType(), target.getType()) ||
          !canUpdateInPlace(source.getResult(), target.getResult(), aliases))
        continue;
      // Views of the new one may stand in front of the old one.
      source->moveBefore(&op->getBlock()->front());
      OpBuilder builder(op.getContext());
      builder.setInsertionPointAfter(source);
      target.replaceAllUsesWith(viewWhole(builder, target.getLoc(), source.getResult(), target.getType()));
      target.erase();
      return true;
    }
  return false;
}

LogicalResult remat::updateTemporariesInPlace(func::FuncOp function) {
  // Each change makes other aliases.
  for (bool changed = true; changed;) {
    changed = false;
    FailureOr<BufferAliases> aliases = BufferAliases::analyze(function);
    if (failed(aliases))
      return failure();
    for (linalg::LinalgOp op : function.getBody().front().getOps<linalg::LinalgOp>())
      if (op.getNumParallelLoops() == op.getNumLoops() && reuseInput(op, *aliases)) {
        changed = true;
        break;
      }
  }
  return success();
}
