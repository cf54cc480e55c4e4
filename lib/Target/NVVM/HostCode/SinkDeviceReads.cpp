//===- SinkDeviceReads.cpp - What follows from memory goes to the device ------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeviceRegion.h"
#include "Islands.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace remat {
#define GEN_PASS_DEF_SINKDEVICEREADSPASS
#include "remat/Target/NVVM/Passes.h.inc"
} // namespace remat

using namespace remat;

namespace {

/// Separates the device's part of one function.
class DeviceReads {
public:
  explicit DeviceReads(func::FuncOp function) : function(function), knowledge(function) {}

  LogicalResult sink();

private:
  LogicalResult sinkIn(Block &block);
  LogicalResult moveIsland(Island island);
  void move(Operation *op);
  void movePredicated(Operation *op);
  void moveCounts();

  func::FuncOp function;
  HostKnowledge knowledge;
};

} // namespace

/// An island goes as it is; what it computes stays for others, too, without its effects.
LogicalResult DeviceReads::moveIsland(Island island) {
  SmallVector<Operation *> ops;
  for (Operation *op = island.first;; op = op->getNextNode()) {
    ops.push_back(op);
    if (op == island.last)
      break;
  }
  for (Operation *op : ops)
    if (hasCalls(op))
      return op->emitOpError("expects that the host knows what it needs, but it stands between a read of an array and "
                             "what follows from it, and may write the array");
  DeviceRegion region(knowledge, island.first);
  for (Operation *op : ops)
    region.add(op);
  for (Operation *op : llvm::reverse(ops)) {
    if (!op->use_empty())
      eraseEffects(op, knowledge);
    else if (knowledge.hasEffects(op) || isOpTriviallyDead(op))
      op->erase();
  }
  return success();
}

/// Whether \p op uses what the host does not know.
static bool usesUnknown(Operation *op, const HostKnowledge &knowledge) {
  return op
      ->walk([&](Operation *nested) {
        for (Value operand : nested->getOperands())
          if (!op->isAncestor(operand.getParentBlock()->getParentOp()) && !knowledge.isKnown(operand))
            return WalkResult::interrupt();
        return WalkResult::advance();
      })
      .wasInterrupted();
}

void DeviceReads::move(Operation *op) {
  DeviceRegion region(knowledge, op);
  region.add(op);
  op->erase();
}

/// Makes each operation with an effect in the branches of \p op a region in front of it.
void DeviceReads::movePredicated(Operation *op) {
  SmallVector<Operation *> effects;
  op->walk([&](Operation *nested) {
    if (knowledge.isDeviceEffect(nested))
      effects.push_back(nested);
  });
  for (Operation *effect : effects) {
    SmallVector<Operation *> choices;
    for (Operation *parent = effect->getParentOp(); parent != op->getParentOp(); parent = parent->getParentOp())
      choices.push_back(parent);
    DeviceRegion region(knowledge, op);
    for (Operation *choice : llvm::reverse(choices))
      region.enterBranch(choice, effect);
    region.add(effect);
  }
  eraseEffects(op, knowledge);
}

LogicalResult DeviceReads::sinkIn(Block &block) {
  for (Island island : findIslands(block, knowledge))
    if (failed(moveIsland(island)))
      return failure();
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (isa<OnDeviceOp>(op) || !knowledge.hasEffects(&op))
      continue;
    if (isa<linalg::LinalgOp, memref::CopyOp>(op)) {
      if (usesUnknown(&op, knowledge))
        move(&op);
      continue;
    }
    if (!knowledge.hasKnownControl(&op)) {
      if (!hasCalls(&op))
        movePredicated(&op);
      continue;
    }
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        if (failed(sinkIn(inner)))
          return failure();
  }
  return success();
}

/// The first kernel of a function counts for it, if it is sure to run; else one of its own.
void DeviceReads::moveCounts() {
  SmallVector<Operation *> counts;
  function.walk([&](Operation *op) {
    if (isa<CountOp, ResetCountersOp>(op) && !isa<OnDeviceOp>(op->getParentOp()))
      counts.push_back(op);
  });
  for (Operation *count : counts) {
    Operation *next = count->getNextNode();
    while (next && !isa<OnDeviceOp>(next) && !knowledge.hasEffects(next))
      next = next->getNextNode();
    if (isa_and_present<linalg::LinalgOp, memref::CopyOp>(next)) {
      Operation *before = next->getPrevNode();
      move(next);
      next = before ? before->getNextNode() : &function.front().front();
    }
    auto region = dyn_cast_if_present<OnDeviceOp>(next);
    if (!region) {
      move(count);
      continue;
    }
    count->moveBefore(&region.getBody().front(), region.getBody().front().begin());
  }
}

/// What nobody needs any more would be a read by the host.
static void eraseUnused(func::FuncOp function) {
  function.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (!isa<OnDeviceOp>(op) && isOpTriviallyDead(op))
      op->erase();
  });
}

/// The host reads its plan first, which nothing writes: not where the device may take what
/// stands around.
static void readPlanFirst(func::FuncOp function) {
  std::optional<EntryArguments> entry;
  if (function.isPublic())
    entry = EntryArguments::find(function, /*hasPlan=*/true);
  if (!entry)
    return;
  Block &start = function.front();
  SmallVector<memref::LoadOp> reads;
  for (Operation *user : entry->get(REMAT_ENTRY_PLAN).getUsers())
    if (auto load = dyn_cast<memref::LoadOp>(user))
      reads.push_back(load);
  for (memref::LoadOp load : reads) {
    SmallVector<Operation *> words;
    for (Value index : load.getIndices())
      if (Operation *word = index.getDefiningOp(); word && word->hasTrait<OpTrait::ConstantLike>())
        words.push_back(word);
    // Words of a table are found by numbers that loops compute, in loops of the host.
    if (words.size() != load.getIndices().size())
      continue;
    OpBuilder builder = OpBuilder::atBlockBegin(&start);
    for (auto [number, word] : llvm::enumerate(words))
      load.getIndicesMutable()[number].set(builder.clone(*word)->getResult(0));
    load->moveBefore(&start, builder.getInsertionPoint());
  }
}

LogicalResult DeviceReads::sink() {
  eraseUnused(function);
  if (failed(sinkIn(function.getBody().front())))
    return failure();
  moveCounts();
  eraseUnused(function);
  return success();
}

namespace {
struct SinkDeviceReadsPass final : remat::impl::SinkDeviceReadsPassBase<SinkDeviceReadsPass> {
  using Base::Base;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal())
        continue;
      if (!function.getBody().hasOneBlock()) {
        function.emitOpError("expects structured control flow");
        return signalPassFailure();
      }
      readPlanFirst(function);
      if (failed(DeviceReads(function).sink()))
        return signalPassFailure();
    }
  }
};
} // namespace
