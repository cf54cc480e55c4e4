//===- AssignWorkspace.cpp - Temporaries at fixed places -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// After this pass the memory that a step function touches is what its arguments
// say: the size of the workspace is known, so the budget can cover it.
//
//===----------------------------------------------------------------------===//

#include "UpdateInPlace.h"

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"
#include "remat/Dialect/Remat/Analysis/ExtentBounds.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_ASSIGNWORKSPACEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
/// The temporaries of one step function and where they lie.
struct Workspace {
  func::FuncOp function;
  SmallVector<Operation *> allocations;
  std::vector<LiveBuffer> buffers;
  int64_t bytes = 0;

  LogicalResult collect();
  void rewrite(Value workspace);
};
} // namespace

/// The times at which the allocation is in use, counted in operations of the
/// function's block. Uses in nested regions count for the whole operation.
static void findLifetime(Operation *alloc, Block &body, const BufferAliases &aliases,
                         const DenseMap<Operation *, int64_t> &times, LiveBuffer &buffer) {
  auto timeOf = [&](Operation *op) { return times.lookup(body.findAncestorOpInBlock(*op)); };
  // An allocation inside of a loop lives as long as the loop.
  bool nested = alloc->getBlock() != &body;
  buffer.first = std::numeric_limits<int64_t>::max();
  buffer.last = timeOf(alloc);
  for (Value alias : aliases.resolve(alloc->getResult(0)))
    for (Operation *user : alias.getUsers()) {
      buffer.first = std::min(buffer.first, timeOf(user));
      buffer.last = std::max(buffer.last, timeOf(user));
    }
  if (nested)
    buffer.first = timeOf(alloc);
  buffer.first = std::min(buffer.first, buffer.last);
}

LogicalResult Workspace::collect() {
  Block &body = function.getBody().front();
  DenseMap<Operation *, int64_t> times;
  for (auto [time, op] : llvm::enumerate(body))
    times[&op] = time;
  FailureOr<BufferAliases> aliases = BufferAliases::analyze(function);
  if (failed(aliases))
    return failure();
  WalkResult result = function.walk([&](Operation *op) {
    if (!isa<memref::AllocOp, memref::AllocaOp>(op))
      return WalkResult::advance();
    auto type = cast<MemRefType>(op->getResult(0).getType());
    std::optional<int64_t> size = getLargestBytes(op);
    if (!size || !type.getLayout().isIdentity()) {
      op->emitError(
          "expects what a step computes to have a static shape or, in each dimension, the extent of a slice of "
          "a tensor of static shape or of an 'arith.minsi' with a constant, but got ")
          << RankedTensorType::get(type.getShape(), type.getElementType());
      return WalkResult::interrupt();
    }
    allocations.push_back(op);
    LiveBuffer &buffer = buffers.emplace_back();
    buffer.bytes = *size;
    findLifetime(op, body, *aliases, times, buffer);
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();
  std::optional<int64_t> total = packBuffers(buffers);
  if (!total)
    return function.emitOpError("has temporaries of more than 2^63 bytes");
  bytes = *total;
  return success();
}

void Workspace::rewrite(Value workspace) {
  for (auto [op, buffer] : llvm::zip_equal(allocations, buffers)) {
    OpBuilder builder(op);
    Value offset = arith::ConstantIndexOp::create(builder, op->getLoc(), buffer.offset);
    auto type = cast<MemRefType>(op->getResult(0).getType());
    Value view = memref::ViewOp::create(builder, op->getLoc(), type, workspace, offset,
                                        op->getOperands().take_front(type.getNumDynamicDims()));
    op->getResult(0).replaceAllUsesWith(view);
    op->erase();
  }
}

/// Adds one to the counter of \p role.
static void countCall(func::FuncOp function, Value counters, StepRole role) {
  std::optional<Counter> counter = getCounter(role);
  if (!counter)
    return;
  OpBuilder builder = OpBuilder::atBlockBegin(&function.getBody().front());
  CountOp::create(builder, function.getLoc(), *counter, counters);
}

/// Turns copies into linalg.copy, which the target lowers like everything else.
static void lowerCopies(func::FuncOp function) {
  function.walk([](memref::CopyOp copy) {
    OpBuilder builder(copy);
    linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
  });
}

/// Reports what allocates or calls a function that might.
static LogicalResult verifyNoAllocation(func::FuncOp function) {
  WalkResult result = function.walk([&](Operation *op) {
    if (isa<memref::AllocOp, memref::AllocaOp, memref::ReallocOp, memref::DeallocOp, memref::CopyOp,
            bufferization::CloneOp, bufferization::AllocTensorOp, func::CallOp>(op)) {
      (op->emitOpError("is left in a step function, which neither allocates "
                       "nor copies nor calls")
           .attachNote(function.getLoc())
       << "in this function");
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

static LogicalResult assignWorkspace(ChainOp chain) {
  MLIRContext *context = chain.getContext();
  SmallVector<Workspace> workspaces;
  SmallVector<int64_t> sizes(numStepRoles, 0);
  SmallVector<StepFunction> steps = getStepFunctions(chain);
  for (StepFunction &step : steps) {
    if (failed(updateTemporariesInPlace(step.function)))
      return failure();
    lowerCopies(step.function);
    Workspace &workspace = workspaces.emplace_back();
    workspace.function = step.function;
    if (failed(workspace.collect()))
      return failure();
    sizes[static_cast<size_t>(step.role)] = workspace.bytes;
  }
  for (auto [step, workspace] : llvm::zip_equal(steps, workspaces)) {
    func::FuncOp function = step.function;
    for (Type type : {getWorkspaceType(context, workspace.bytes), getCountersType(context)})
      if (failed(function.insertArgument(function.getNumArguments(), type,
                                         /*argAttrs=*/{}, function.getLoc())))
        return failure();
    unsigned arguments = function.getNumArguments();
    workspace.rewrite(function.getArgument(arguments - 2));
    countCall(function, function.getArgument(arguments - 1), step.role);
    if (failed(verifyNoAllocation(function)))
      return failure();
  }
  chain.setWorkspaceBytes(sizes);
  return success();
}

namespace {
struct AssignWorkspacePass final : remat::impl::AssignWorkspacePassBase<AssignWorkspacePass> {
  using Base::Base;

  void runOnOperation() override {
    for (ChainOp chain : getChains(getOperation()))
      if (failed(assignWorkspace(chain)))
        return signalPassFailure();
  }
};
} // namespace
