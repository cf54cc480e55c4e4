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

#include "remat/Dialect/Remat/Analysis/StepFunctions.h"
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
      if (!chain.getPlanAttr() && !chain.getPlanPosition())
        continue;
      ForwardSweepOp forward = backward.getForwardSweep();
      if (!forward.getSchedule().empty() || !backward.getSchedule().empty()) {
        backward.emitOpError("expects sweeps without a schedule");
        return signalPassFailure();
      }
      // A plan that is made later is an argument of the function.
      FlatSymbolRefAttr table;
      if (chain.getPlanAttr())
        table = FlatSymbolRefAttr::get(createTable(chain, symbols));
      follow(forward, forward.getSchedule(), table);
      follow(backward, backward.getSchedule(), table);
    }
  }
};
} // namespace
