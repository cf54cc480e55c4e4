//===- Islands.cpp - What one block of threads executes in order ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Islands.h"

#include "MemoryPlaces.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/BitVector.h"

using namespace remat;

bool remat::staysOnHost(OpResult result, const HostKnowledge &knowledge) {
  if (!knowledge.isKnown(result))
    return false;
  // What the host stores for itself it may read again.
  return !result.getOwner()
              ->walk([&](Operation *op) {
                auto store = dyn_cast<memref::StoreOp>(op);
                bool isHostEffect = isa<CallOpInterface>(op) || (store && knowledge.isHostMemory(store.getMemRef()));
                return isHostEffect ? WalkResult::interrupt() : WalkResult::advance();
              })
              .wasInterrupted();
}

bool remat::isPredicable(Operation *op, const HostKnowledge &knowledge) {
  if (!isa<scf::IfOp>(op))
    return false;
  WalkResult result = op->walk<WalkOrder::PreOrder>([&](Operation *nested) {
    if (isa<linalg::LinalgOp, memref::CopyOp>(nested))
      return WalkResult::skip();
    // A loop that only computes is repeated in front of each kernel that needs its result.
    if (nested->getNumRegions() != 0 && !isa<scf::IfOp>(nested) && knowledge.hasEffects(nested))
      return WalkResult::interrupt();
    if (nested->getNumRegions() == 0 && knowledge.hasEffects(nested))
      return WalkResult::interrupt();
    return WalkResult::advance();
  });
  return !result.wasInterrupted();
}

namespace {

/// Finds the islands of one block.
class IslandFinder {
public:
  IslandFinder(Block &block, const HostKnowledge &knowledge);
  SmallVector<Island> find();

private:
  bool needsIsland(Operation *op) const;
  bool readsDeviceMemory(Operation *op) const;
  /// The number of the operation of the block that is or holds \p op; none if there is none.
  std::optional<unsigned> getNumber(Operation *op) const;
  /// The operations with effects that \p value decides on.
  SetVector<Operation *> findUses(Value value) const;

  void add(unsigned first, unsigned last);
  void addConflicts();
  /// Extends islands to all that uses a result that only they can compute.
  bool extend();
  /// Between two islands there must be something that goes on without them.
  bool join();

  const HostKnowledge &knowledge;
  SmallVector<Operation *> ops;
  llvm::DenseMap<Operation *, unsigned> numbers;
  /// An operation in an island; and whether it is in the one of its predecessor.
  llvm::BitVector inside, continued;
};

} // namespace

IslandFinder::IslandFinder(Block &block, const HostKnowledge &knowledge) : knowledge(knowledge) {
  for (Operation &op : block) {
    numbers[&op] = ops.size();
    ops.push_back(&op);
  }
  inside.resize(ops.size());
  continued.resize(ops.size());
}

std::optional<unsigned> IslandFinder::getNumber(Operation *op) const {
  Operation *ancestor = ops.front()->getBlock()->findAncestorOpInBlock(*op);
  if (!ancestor)
    return std::nullopt;
  return numbers.lookup(ancestor);
}

/// Whether a number that decides on something is read on the device.
bool IslandFinder::readsDeviceMemory(Operation *op) const {
  return op
      ->walk<WalkOrder::PreOrder>([&](Operation *nested) {
        if (isa<linalg::LinalgOp>(nested))
          return WalkResult::skip();
        auto load = dyn_cast<memref::LoadOp>(nested);
        return load && !knowledge.isKnown(load.getResult()) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

bool IslandFinder::needsIsland(Operation *op) const {
  if (isa<linalg::LinalgOp, memref::CopyOp, OnDeviceOp>(op))
    return false;
  if (op->getNumRegions() == 0)
    return knowledge.isDeviceEffect(op) && !isa<CountOp, ResetCountersOp>(op);
  if (!knowledge.hasEffects(op))
    return false;
  // The host calls, and is refused if it cannot know when.
  if (hasCalls(op))
    return false;
  if (!knowledge.hasKnownControl(op))
    return !isPredicable(op, knowledge);
  if (!isa<LoopLikeOpInterface>(op))
    return false;
  if (readsDeviceMemory(op))
    return true;
  return op
      ->walk([&](Operation *nested) {
        return nested != op && needsIsland(nested) ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

SetVector<Operation *> IslandFinder::findUses(Value value) const {
  SetVector<Operation *> uses;
  llvm::SmallDenseSet<Value> seen;
  SmallVector<Value> worklist{value};
  auto follow = [&](ValueRange values) {
    for (Value next : values)
      if (seen.insert(next).second)
        worklist.push_back(next);
  };
  while (!worklist.empty()) {
    for (Operation *user : worklist.pop_back_val().getUsers()) {
      // In the body of an operation on arrays the operation is what uses it.
      if (auto linalgOp = user->getParentOfType<linalg::LinalgOp>())
        user = linalgOp;
      if (user->hasTrait<OpTrait::IsTerminator>() && !isa<func::ReturnOp>(user)) {
        Operation *parent = user->getParentOp();
        follow(parent->getResults());
        for (Region &region : parent->getRegions())
          for (Block &block : region)
            follow(block.getArguments());
        // What decides how often a loop goes on decides on all that it does.
        if (knowledge.hasEffects(parent) && isa<LoopLikeOpInterface>(parent))
          uses.insert(parent);
        continue;
      }
      if (knowledge.hasEffects(user) || isa<func::ReturnOp>(user)) {
        if (user->getNumRegions() == 0 || isa<linalg::LinalgOp>(user)) {
          uses.insert(user);
          continue;
        }
        user->walk([&](Operation *nested) {
          if (nested != user && knowledge.isDeviceEffect(nested))
            uses.insert(nested);
        });
      }
      follow(user->getResults());
      for (Region &region : user->getRegions())
        for (Block &block : region)
          follow(block.getArguments());
    }
  }
  return uses;
}

void IslandFinder::add(unsigned first, unsigned last) {
  inside.set(first, last + 1);
  if (first < last)
    continued.set(first + 1, last + 1);
}

void IslandFinder::addConflicts() {
  for (Operation *op : ops)
    op->walk<WalkOrder::PreOrder>([&](Operation *nested) {
      if (isa<linalg::LinalgOp>(nested))
        return WalkResult::skip();
      auto load = dyn_cast<memref::LoadOp>(nested);
      if (!load || knowledge.isKnown(load.getResult()))
        return WalkResult::advance();
      for (Operation *use : findUses(load.getResult())) {
        std::optional<unsigned> last = getNumber(use);
        unsigned first = *getNumber(load);
        // Inside of one operation that the host controls, its own blocks are looked at.
        bool isInner = last == first && knowledge.hasKnownControl(op);
        if (last && !isInner && mayBeWrittenBetween(load.getMemRef(), load, use))
          add(first, *last);
      }
      return WalkResult::advance();
    });
}

bool IslandFinder::extend() {
  bool changed = false;
  for (unsigned number : inside.set_bits()) {
    if (!knowledge.hasEffects(ops[number]))
      continue;
    for (OpResult result : ops[number]->getResults()) {
      if (staysOnHost(result, knowledge))
        continue;
      for (Operation *use : findUses(result))
        if (std::optional<unsigned> last = getNumber(use); last && *last > number) {
          changed |= inside.find_first_unset_in(number, *last + 1) != -1 ||
                     continued.find_first_unset_in(number + 1, *last + 1) != -1;
          add(number, *last);
        }
    }
  }
  return changed;
}

bool IslandFinder::join() {
  bool changed = false;
  int previous = -1;
  for (unsigned number : inside.set_bits()) {
    if (previous >= 0 && !continued[number]) {
      bool isApart = llvm::any_of(ArrayRef(ops).slice(previous + 1, number - previous - 1),
                                  [&](Operation *op) { return knowledge.hasEffects(op); });
      if (!isApart) {
        add(previous, number);
        changed = true;
      }
    }
    previous = number;
  }
  return changed;
}

SmallVector<Island> IslandFinder::find() {
  for (Operation *op : ops)
    if (needsIsland(op))
      add(numbers[op], numbers[op]);
  addConflicts();
  while (extend() || join()) {
  }
  SmallVector<Island> islands;
  for (unsigned number : inside.set_bits()) {
    if (continued[number])
      islands.back().last = ops[number];
    else
      islands.push_back({ops[number], ops[number]});
  }
  return islands;
}

SmallVector<Island> remat::findIslands(Block &block, const HostKnowledge &knowledge) {
  if (block.empty())
    return {};
  return IslandFinder(block, knowledge).find();
}
