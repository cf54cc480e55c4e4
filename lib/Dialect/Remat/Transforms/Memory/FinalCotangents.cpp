//===- FinalCotangents.cpp - Where a gradient carry begins ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A gradient that reverse steps update in place lies in one buffer from the first of
// them on: that of the gradient of the initial carry, where the cotangent of the final
// carry would be copied first. It can be computed there at once if that buffer is not in
// use before, and the cotangent not behind. Mostly the buffer is the caller's, and then
// the cotangent takes no memory at all.
//
//===----------------------------------------------------------------------===//

#include "FinalCotangents.h"

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace remat;

/// The operation that fills \p alloc with one number and is, beside \p sweep, its only
/// user; null if there is none.
static linalg::FillOp getOnlyFill(memref::AllocOp alloc, BackwardSweepOp sweep) {
  linalg::FillOp fill;
  for (Operation *user : alloc->getUsers()) {
    if (user == sweep)
      continue;
    auto other = dyn_cast<linalg::FillOp>(user);
    if (!other || fill || other->getBlock() != sweep->getBlock() || !other->isBeforeInBlock(sweep))
      return {};
    fill = other;
  }
  return fill;
}

/// Whether one of the values that \p buffer stands for is used at a time that
/// \p isForbidden, or by \p sweep as something else than operand \p number.
static bool isInTheWay(Value buffer, BackwardSweepOp sweep, unsigned number, const BufferAliases &aliases,
                       llvm::function_ref<bool(Operation *)> isForbidden) {
  for (Value alias : aliases.resolve(buffer))
    for (OpOperand &use : alias.getUses()) {
      if (use.getOwner() == sweep ? use.getOperandNumber() != number || alias != buffer
                                  : isForbidden(sweep->getBlock()->findAncestorOpInBlock(*use.getOwner())))
        return true;
    }
  return false;
}

/// Gives the cotangent of carry \p number the buffer of the gradient of the initial one;
/// true if that was possible.
static bool placeCotangent(BackwardSweepOp sweep, unsigned number, const BufferAliases &aliases) {
  OperandRange cotangents = sweep.getFinalCotangents(), gradients = sweep.getInitGradients();
  auto from = cotangents[number].getDefiningOp<memref::AllocOp>();
  auto to = gradients[number].getDefiningOp<memref::AllocOp>();
  Block *block = sweep->getBlock();
  if (!from || !to || from == to || from.getType() != to.getType() || from->getBlock() != block ||
      to->getBlock() != block)
    return false;
  unsigned cotangent = cotangents.getBeginOperandIndex() + number;
  unsigned gradient = gradients.getBeginOperandIndex() + number;
  if (isInTheWay(to.getResult(), sweep, gradient, aliases, [&](Operation *op) { return op->isBeforeInBlock(sweep); }))
    return false;
  // Several carries may have one array that is filled with a number: each gets its own.
  if (linalg::FillOp fill = getOnlyFill(from, sweep)) {
    OpBuilder builder(sweep);
    linalg::FillOp::create(builder, fill.getLoc(), fill.getInputs(), to.getResult());
    sweep->setOperand(cotangent, to.getResult());
    if (llvm::hasSingleElement(from->getUsers())) {
      fill->erase();
      from->erase();
    }
    return true;
  }
  if (isInTheWay(from.getResult(), sweep, cotangent, aliases, [&](Operation *op) { return sweep->isBeforeInBlock(op); }))
    return false;
  // The cotangent's place is known first.
  to.replaceAllUsesWith(from.getResult());
  to->erase();
  return true;
}

LogicalResult remat::placeFinalCotangents(BackwardSweepOp sweep, ChainOp chain) {
  auto function = sweep->getParentOfType<func::FuncOp>();
  for (int64_t number : chain.getGradientsInPlace()) {
    // Each change makes other aliases.
    FailureOr<BufferAliases> aliases = BufferAliases::analyze(function);
    if (failed(aliases))
      return failure();
    placeCotangent(sweep, static_cast<unsigned>(number), *aliases);
  }
  return success();
}
