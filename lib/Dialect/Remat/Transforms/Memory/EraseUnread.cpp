//===- EraseUnread.cpp - Nothing is written that nobody reads ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every buffer takes bytes of the budget, whether anybody reads it or not. Tensors that
// nobody reads are gone before there are buffers; what makes a buffer that nobody reads
// is bufferization itself, or a rewrite of what read it. Such a one is erased here with
// what writes it. What cannot be erased, because a step writes it, is named in a
// remark: a program of the tests has none.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SetVector.h"

namespace remat {
#define GEN_PASS_DEF_ERASEUNREADPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// What an operation does with the elements of a buffer. One that reads them only to
/// update them writes.
enum class Access { None, Write, Read };

/// Whether a sweep only writes an operand. An accumulator is read by every step: what it
/// starts from stays, whoever reads the sum.
static bool isDestination(Operation *sweep, OpOperand &use) {
  unsigned number = use.getOperandNumber(), end = sweep->getNumOperands();
  if (auto forward = dyn_cast<ForwardSweepOp>(sweep))
    return number >= end - forward.getStacked().size() - forward.getFinals().size();
  auto backward = cast<BackwardSweepOp>(sweep);
  end -= backward.getAccumulators().size();
  return number < end && number >= end - backward.getInitGradients().size() - backward.getScanGradients().size();
}

/// Whether the results of \p op other than that of \p init depend on what \p init was.
static bool readsForAnother(linalg::LinalgOp op, OpOperand &init) {
  if (op.getNumDpsInits() == 1)
    return false;
  Block *body = op.getBlock();
  OpOperand *own = op.getMatchingYieldValue(&init);
  llvm::SetVector<Value> values;
  values.insert(op.getMatchingBlockArgument(&init));
  for (size_t next = 0; next < values.size(); ++next)
    for (OpOperand &use : values[next].getUses()) {
      Operation *user = use.getOwner();
      if (&use == own)
        continue;
      if (user->getBlock() != body || user->getNumRegions() > 0 || !isMemoryEffectFree(user) ||
          user->hasTrait<OpTrait::IsTerminator>())
        return true;
      values.insert(user->result_begin(), user->result_end());
    }
  return false;
}

static Access getAccess(OpOperand &use) {
  Operation *op = use.getOwner();
  if (isa<ForwardSweepOp, BackwardSweepOp>(op))
    return isDestination(op, use) ? Access::Write : Access::Read;
  // Where these hand the buffer on, it has another name.
  if (isa<ViewLikeOpInterface, RegionBranchOpInterface>(op) ||
      (isa<RegionBranchTerminatorOpInterface>(op) && isa<RegionBranchOpInterface>(op->getParentOp())))
    return isa<MemoryEffectOpInterface>(op) && !isMemoryEffectFree(op) ? Access::Read : Access::None;
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return structured.isDpsInit(&use) && !readsForAnother(structured, use) ? Access::Write : Access::Read;
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return use.get() == copy.getTarget() && use.get() != copy.getSource() ? Access::Write : Access::Read;
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return use.get() == store.getMemref() ? Access::Write : Access::Read;
  return isMemoryEffectFree(op) ? Access::None : Access::Read;
}

static bool isRead(Value buffer, const BufferAliases &aliases) {
  for (Value alias : aliases.resolve(buffer))
    for (OpOperand &use : alias.getUses())
      if (getAccess(use) == Access::Read)
        return true;
  return false;
}

/// The buffers that \p op writes, if writing them is all that it does.
static SmallVector<Value> getWritten(Operation *op) {
  if (auto structured = dyn_cast<linalg::LinalgOp>(op))
    return llvm::to_vector(structured.getDpsInits());
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return {copy.getTarget()};
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return {store.getMemref()};
  return {};
}

/// Whether a body may end the run.
static bool hasCheck(Operation *op) {
  WalkResult result = op->walk([](Operation *nested) {
    return isa<cf::AssertOp, CheckIndicesOp, CheckRangeOp>(nested) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return result.wasInterrupted();
}

/// Takes the results from \p op that go to \p unread; false if there are none or what is left
/// would not say how often the body runs.
static bool dropResults(linalg::GenericOp op, const DenseSet<Value> &unread) {
  SmallVector<AffineMap> maps;
  SmallVector<Value> outputs;
  BitVector arguments(op.getBody()->getNumArguments()), yielded(op.getNumDpsInits());
  for (OpOperand *input : op.getDpsInputOperands())
    maps.push_back(op.getMatchingIndexingMap(input));
  for (auto [index, output] : llvm::enumerate(op.getDpsInitsMutable())) {
    if (unread.contains(output.get())) {
      yielded.set(index);
      arguments.set(op.getMatchingBlockArgument(&output).getArgNumber());
      continue;
    }
    maps.push_back(op.getMatchingIndexingMap(&output));
    outputs.push_back(output.get());
  }
  if (yielded.none() || !inversePermutation(concatAffineMaps(maps, op.getContext())))
    return false;
  OpBuilder builder(op);
  auto left =
      linalg::GenericOp::create(builder, op.getLoc(), op.getInputs(), outputs, maps, op.getIteratorTypesArray());
  left.getRegion().takeBody(op.getRegion());
  Block *body = left.getBody();
  body->getTerminator()->eraseOperands(yielded);
  // What nobody yields any more; see readsForAnother.
  for (Operation &nested : llvm::make_early_inc_range(llvm::reverse(*body)))
    if (isOpTriviallyDead(&nested))
      nested.erase();
  body->eraseArguments(arguments);
  op.erase();
  return true;
}

namespace {
/// The allocations of a function that nobody reads.
class UnreadBuffers {
public:
  UnreadBuffers(func::FuncOp function, const BufferAliases &aliases) {
    function.walk([&](memref::AllocOp alloc) {
      if (isRead(alloc, aliases))
        return;
      allocations.push_back(alloc);
      for (Value alias : aliases.resolve(alloc.getResult())) {
        values.insert(alias);
        for (Operation *user : alias.getUsers())
          users.insert(user);
      }
    });
  }

  /// Erases what writes nothing but these; true if there was something.
  bool erase() {
    bool changed = false;
    for (Operation *user : users) {
      SmallVector<Value> written = getWritten(user);
      if (written.empty() || hasCheck(user))
        continue;
      if (llvm::all_of(written, [&](Value value) { return values.contains(value); })) {
        user->erase();
        changed = true;
      } else if (auto generic = dyn_cast<linalg::GenericOp>(user)) {
        changed |= dropResults(generic, values);
      }
    }
    return changed;
  }

  SmallVector<memref::AllocOp> allocations;

private:
  DenseSet<Value> values;
  llvm::SetVector<Operation *> users;
};
} // namespace

/// Allocations and views that nobody uses any more.
static void eraseUnused(func::FuncOp function) {
  function.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (op->getNumResults() == 1 && isa<BaseMemRefType>(op->getResult(0).getType()) && isOpTriviallyDead(op))
      op->erase();
  });
}

/// Whether \p alloc is where a sweep leaves a carry, or its gradient, that nobody asked for.
static bool isUnusedResultOfLoop(memref::AllocOp alloc) {
  for (OpOperand &use : alloc->getUses()) {
    if (auto forward = dyn_cast<ForwardSweepOp>(use.getOwner());
        forward && llvm::is_contained(forward.getFinals(), use.get()))
      continue;
    if (auto backward = dyn_cast<BackwardSweepOp>(use.getOwner());
        backward && llvm::is_contained(backward.getInitGradients(), use.get()))
      continue;
    return false;
  }
  return true;
}

namespace {
struct EraseUnreadPass final : remat::impl::EraseUnreadPassBase<EraseUnreadPass> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<func::FuncOp> functions(getOperation().getOps<func::FuncOp>());
    for (func::FuncOp function : functions)
      if (!function.isExternal() && failed(eraseIn(function)))
        return signalPassFailure();
    for (ChainOp chain : getChains(getOperation()))
      if (failed(nameUnreadTapes(chain)))
        return signalPassFailure();
  }

  LogicalResult eraseIn(func::FuncOp function);
  LogicalResult nameUnreadTapes(ChainOp chain);
};
} // namespace

static void emitUnread(Location loc, func::FuncOp function, StringRef what, ShapedType type) {
  remark::missed(loc, remark::RemarkOpts::name("UnreadBuffer").category("remat-memory").function(function.getSymName()))
      << remark::metric("Buffer", what) << remark::metric("Bytes", getUnitBytes(type).value_or(0));
}

LogicalResult EraseUnreadPass::eraseIn(func::FuncOp function) {
  // What is erased may have been the only reader of something else.
  while (true) {
    FailureOr<BufferAliases> aliases = BufferAliases::analyze(function);
    if (failed(aliases))
      return failure();
    UnreadBuffers unread(function, *aliases);
    if (unread.erase()) {
      eraseUnused(function);
      continue;
    }
    for (memref::AllocOp alloc : unread.allocations)
      if (!isUnusedResultOfLoop(alloc))
        emitUnread(alloc.getLoc(), function, "allocation", alloc.getType());
    return success();
  }
}

/// Components of the tape that neither `reverse` nor `resume` reads.
LogicalResult EraseUnreadPass::nameUnreadTapes(ChainOp chain) {
  SmallVector<bool> read(chain.getTapeTypes().size(), false);
  func::FuncOp reverse;
  for (StepFunction &step : getStepFunctions(chain)) {
    if (step.role != StepRole::Reverse && step.role != StepRole::Resume)
      continue;
    if (step.role == StepRole::Reverse)
      reverse = step.function;
    FailureOr<BufferAliases> aliases = BufferAliases::analyze(step.function);
    if (failed(aliases))
      return failure();
    unsigned first = StepSignature(step.role).getFirstArgument(StepValue::Tape, chain);
    for (auto [index, isThere] : llvm::enumerate(read))
      isThere |= isRead(step.function.getArgument(first + index), *aliases);
  }
  for (auto [type, isThere] : llvm::zip_equal(chain.getTapeTypes().getAsValueRange<TypeAttr>(), read))
    if (!isThere)
      emitUnread(reverse.getLoc(), reverse, "tape", cast<ShapedType>(type));
  return success();
}
