//===- ExpandSchedule.cpp - From plans to schedules -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plan is data; this pass chooses the form in which the program carries it.
//
//===----------------------------------------------------------------------===//

#include "UnrollSchedule.h"

#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_EXPANDSCHEDULEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Makes the table of \p chain a constant beside it.
static memref::GlobalOp createTable(ChainOp chain, SymbolTable &symbols) {
  OpBuilder builder(chain);
  ArrayRef<int64_t> words = chain.getPlanAttr().getTable().asArrayRef();
  auto type = MemRefType::get({int64_t(words.size())}, builder.getI64Type());
  auto values = DenseIntElementsAttr::get(RankedTensorType::get(type.getShape(), type.getElementType()), words);
  auto table = memref::GlobalOp::create(builder, chain.getLoc(), (chain.getSymName() + "_table").str(),
                                        builder.getStringAttr("private"), type, values, /*constant=*/true,
                                        /*alignment=*/IntegerAttr());
  symbols.insert(table, Block::iterator(chain));
  return table;
}

static void follow(Operation *sweep, Region &schedule, FlatSymbolRefAttr table) {
  OpBuilder builder(sweep->getContext());
  builder.createBlock(&schedule);
  WalkOp::create(builder, sweep->getLoc(), table);
}

namespace {
struct ExpandSchedulePass final : remat::impl::ExpandSchedulePassBase<ExpandSchedulePass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<BackwardSweepOp> sweeps;
    getOperation().walk([&](BackwardSweepOp sweep) { sweeps.push_back(sweep); });
    for (BackwardSweepOp backward : sweeps) {
      auto chain = symbols.lookup<ChainOp>(backward.getChain());
      // A chain of no steps has no plan.
      if (!chain.getPlanAttr() && !chain.getLoopNumber())
        continue;
      ForwardSweepOp forward = backward.getForwardSweep();
      if (!forward.getSchedule().empty() || !backward.getSchedule().empty()) {
        backward.emitOpError("expects sweeps without a schedule");
        return signalPassFailure();
      }
      if (expansion == Expansion::Table)
        tabulate(forward, backward, chain, symbols);
      else if (failed(unroll(forward, backward, chain)))
        return signalPassFailure();
    }
  }

private:
  void tabulate(ForwardSweepOp forward, BackwardSweepOp backward, ChainOp chain, SymbolTable &symbols) {
    // A plan that is made later is an argument of the function.
    FlatSymbolRefAttr table;
    if (chain.getPlanAttr())
      table = FlatSymbolRefAttr::get(createTable(chain, symbols));
    follow(forward, forward.getSchedule(), table);
    follow(backward, backward.getSchedule(), table);
  }

  /// An error at what the author wrote, which was no sweep.
  static InFlightDiagnostic refuse(ForwardSweepOp forward) {
    return emitError(forward.getLoc(), "'remat.recurrence' op ");
  }

  LogicalResult unroll(ForwardSweepOp forward, BackwardSweepOp backward, ChainOp chain) {
    if (!chain.getPlanAttr())
      return refuse(forward) << "expects a constant trip count to unroll the schedule of " << forward.getChainAttr();
    int64_t limit = maxUnrolledMoves;
    uint64_t moves = countMoves(chain.getPlanAttr());
    if (limit < 0 || moves > uint64_t(limit))
      return refuse(forward) << "expects at most " << limit << " moves to unroll the schedule of "
                             << forward.getChainAttr() << ", but got " << moves;
    unrollSchedule(forward, backward, chain);
    return success();
  }
};
} // namespace
