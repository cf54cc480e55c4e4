//===- AssignWorkspace.cpp - Places for temporaries --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A step runs thousands of times, so its temporaries must not be allocated: they
// get static offsets in a block that the program's plan counts.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "remat/Dialect/Remat/Analysis/BufferLifetimes.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Support/ArenaLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace remat {
#define GEN_PASS_DEF_ASSIGNWORKSPACEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Distance of the workspace from the end of a finalized step function's
/// arguments; the counters follow it.
static constexpr unsigned workspaceFromEnd = 2;

/// Computes where the temporaries of \p step go.
static FailureOr<ArenaLayout> layOut(func::FuncOp step, ArrayRef<BufferLifetime> lifetimes) {
  std::vector<ArenaBuffer> buffers;
  for (const BufferLifetime &lifetime : lifetimes) {
    memref::AllocOp alloc = lifetime.alloc;
    std::optional<int64_t> bytes = getStaticBytes(alloc.getType());
    if (!bytes)
      return alloc.emitOpError("expects a temporary of a step to have a static size, but got ") << alloc.getType();
    buffers.push_back({*bytes, lifetime.first, lifetime.last});
  }
  std::optional<ArenaLayout> layout = packArena(buffers);
  if (!layout)
    return step.emitOpError("expects temporaries whose total size fits in 64 bits");
  return *layout;
}

/// Turns the allocations of \p step into views of its workspace argument and
/// returns the bytes they take.
static FailureOr<int64_t> assignWorkspace(func::FuncOp step) {
  FailureOr<SmallVector<BufferLifetime>> lifetimes = computeBufferLifetimes(step);
  if (failed(lifetimes))
    return failure();
  FailureOr<ArenaLayout> layout = layOut(step, *lifetimes);
  if (failed(layout))
    return failure();

  Value workspace = step.getArgument(step.getNumArguments() - workspaceFromEnd);
  OpBuilder builder(&step.getBody().front(), step.getBody().front().begin());
  for (auto [lifetime, offset] : llvm::zip_equal(*lifetimes, layout->offsets)) {
    memref::AllocOp alloc = lifetime.alloc;
    Value at = arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset);
    Value view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), workspace, at, ValueRange());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  }
  return layout->peak;
}

/// Gives the workspace argument of \p step the type of the chain's workspace.
static void setWorkspaceType(func::FuncOp step, MemRefType type) {
  unsigned index = step.getNumArguments() - workspaceFromEnd;
  step.getArgument(index).setType(type);
  SmallVector<Type> types(step.getArgumentTypes());
  types[index] = type;
  step.setType(FunctionType::get(step.getContext(), types, step.getResultTypes()));
}

namespace {
struct AssignWorkspacePass final : remat::impl::AssignWorkspacePassBase<AssignWorkspacePass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTableCollection symbols;
    for (ChainOp chain : getOperation().getOps<ChainOp>())
      if (failed(assignChain(chain, symbols)))
        return signalPassFailure();
  }

private:
  LogicalResult assignChain(ChainOp chain, SymbolTableCollection &symbols) {
    SmallVector<func::FuncOp> steps;
    for (FlatSymbolRefAttr name :
         {chain.getAdvanceAttr(), chain.getReplayAttr(), chain.getRecordAttr(), chain.getReplayRecordAttr(),
          chain.getReverseAttr(), chain.getResumeAttr()})
      if (name)
        steps.push_back(symbols.lookupNearestSymbolFrom<func::FuncOp>(chain, name));

    int64_t bytes = 0;
    for (func::FuncOp step : steps) {
      if (step.getNumArguments() < workspaceFromEnd || step.getNumResults() != 0)
        return chain.emitOpError("expects finalized step functions, but got ") << step.getSymName();
      FailureOr<int64_t> used = assignWorkspace(step);
      if (failed(used))
        return failure();
      bytes = std::max(bytes, *used);
    }
    OpBuilder builder(chain);
    for (func::FuncOp step : steps)
      setWorkspaceType(step, MemRefType::get({bytes}, builder.getI8Type()));
    chain.setWorkspaceBytesAttr(builder.getI64IntegerAttr(bytes));
    return success();
  }
};
} // namespace
