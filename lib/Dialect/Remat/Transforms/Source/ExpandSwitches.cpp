//===- ExpandSwitches.cpp - Switches between arrays -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One-shot bufferization does not see that a result of scf.index_switch may be what a case
// yields: it writes over an argument through it. It does see that of scf.if, which has a
// derivative, too.
//
//===----------------------------------------------------------------------===//

#include "ExpandSwitches.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace remat;

/// Moves the case in \p region to the end of \p block.
static void moveCase(IRRewriter &rewriter, Region &region, Block *block) {
  if (!block->empty())
    rewriter.eraseOp(block->getTerminator());
  rewriter.mergeBlocks(&region.front(), block);
}

static void expand(scf::IndexSwitchOp op) {
  IRRewriter rewriter(op);
  Location loc = op.getLoc();
  SmallVector<Value> results;
  scf::IfOp last;
  for (auto [number, value] : llvm::enumerate(op.getCases())) {
    Value constant = arith::ConstantIndexOp::create(rewriter, loc, value);
    Value isCase = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq, op.getArg(), constant);
    auto choice = scf::IfOp::create(rewriter, loc, op.getResultTypes(), isCase, /*withElseRegion=*/true);
    moveCase(rewriter, op.getCaseRegions()[number], choice.thenBlock());
    if (last)
      scf::YieldOp::create(rewriter, loc, choice.getResults());
    else
      llvm::append_range(results, choice.getResults());
    last = choice;
    rewriter.setInsertionPointToEnd(choice.elseBlock());
  }
  if (last) {
    moveCase(rewriter, op.getDefaultRegion(), last.elseBlock());
    rewriter.replaceOp(op, results);
    return;
  }
  // Without cases there is only the default one.
  Operation *yield = op.getDefaultBlock().getTerminator();
  results = llvm::to_vector(yield->getOperands());
  rewriter.inlineBlockBefore(&op.getDefaultBlock(), op);
  rewriter.eraseOp(yield);
  rewriter.replaceOp(op, results);
}

void remat::expandSwitches(Operation *root) {
  // Inner ones first: what they stand in moves.
  SmallVector<scf::IndexSwitchOp> ops;
  root->walk<WalkOrder::PostOrder>([&](scf::IndexSwitchOp op) {
    if (llvm::any_of(op.getResultTypes(), [](Type type) { return isa<TensorType, FloatType>(type); }))
      ops.push_back(op);
  });
  for (scf::IndexSwitchOp op : ops)
    expand(op);
}
