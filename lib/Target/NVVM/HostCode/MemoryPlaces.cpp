//===- MemoryPlaces.cpp - Where memrefs lie -------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemoryPlaces.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace remat;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

namespace {
/// Collects the places of one memref.
class PlaceFinder {
public:
  void find(Value memref);
  SmallVector<MemoryPlace> places;

private:
  void findResult(OpResult result);
  void findArgument(BlockArgument argument);
  llvm::SmallDenseSet<Value> seen;
};
} // namespace

/// The bytes of a view at a known offset of a whole block.
static std::optional<std::pair<int64_t, int64_t>> getBytes(memref::ViewOp view) {
  std::optional<int64_t> first = getConstantIntValue(view.getByteShift());
  std::optional<int64_t> size = getAlignedBytes(view.getType());
  if (!first || !size || !isa<BlockArgument>(view.getSource()))
    return std::nullopt;
  return std::make_pair(*first, *first + *size);
}

void PlaceFinder::findResult(OpResult result) {
  Operation *op = result.getOwner();
  if (auto view = dyn_cast<memref::ViewOp>(op)) {
    size_t first = places.size();
    find(view.getSource());
    for (MemoryPlace &place : MutableArrayRef(places).drop_front(first))
      place.bytes = getBytes(view);
    return;
  }
  if (auto view = dyn_cast<ViewLikeOpInterface>(op))
    return find(view.getViewSource());
  if (auto choice = dyn_cast<arith::SelectOp>(op)) {
    find(choice.getTrueValue());
    return find(choice.getFalseValue());
  }
  if (isa<scf::IfOp, scf::IndexSwitchOp>(op)) {
    for (Region &region : op->getRegions())
      for (Block &block : region)
        find(cast<scf::YieldOp>(block.getTerminator()).getOperand(result.getResultNumber()));
    return;
  }
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    find(loop.getInitArgs()[result.getResultNumber()]);
    return find(loop.getYieldedValues()[result.getResultNumber()]);
  }
  bool isBlock = isa<memref::AllocaOp, memref::AllocOp, memref::GetGlobalOp>(op);
  places.push_back({isBlock ? Value(result) : Value()});
}

void PlaceFinder::findArgument(BlockArgument argument) {
  Operation *parent = argument.getOwner()->getParentOp();
  auto loop = dyn_cast<scf::ForOp>(parent);
  if (loop && argument.getArgNumber() > 0)
    return find(loop.getResult(argument.getArgNumber() - 1));
  places.push_back({isa<func::FuncOp>(parent) ? Value(argument) : Value()});
}

void PlaceFinder::find(Value memref) {
  if (!seen.insert(memref).second)
    return;
  if (auto result = dyn_cast<OpResult>(memref))
    return findResult(result);
  findArgument(cast<BlockArgument>(memref));
}

SmallVector<MemoryPlace> remat::findPlaces(Value memref) {
  PlaceFinder finder;
  finder.find(memref);
  return std::move(finder.places);
}

static bool mayOverlap(const MemoryPlace &first, const MemoryPlace &second) {
  if (!first.root || !second.root)
    return true;
  if (first.root != second.root)
    return false;
  return !first.bytes || !second.bytes ||
         (first.bytes->first < second.bytes->second && second.bytes->first < first.bytes->second);
}

bool remat::mayOverlap(Value first, Value second) {
  SmallVector<MemoryPlace> others = findPlaces(second);
  return llvm::any_of(findPlaces(first), [&](const MemoryPlace &place) {
    return llvm::any_of(others, [&](const MemoryPlace &other) { return ::mayOverlap(place, other); });
  });
}

//===----------------------------------------------------------------------===//
// Writes
//===----------------------------------------------------------------------===//

/// The memrefs that \p op by itself may write.
static SmallVector<Value> getWritten(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return linalgOp.hasPureBufferSemantics() ? SmallVector<Value>(linalgOp.getDpsInits()) : SmallVector<Value>();
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return {copy.getTarget()};
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return {store.getMemRef()};
  return {};
}

static bool mayWrite(Operation *op, Value memref);

/// Whether the function that \p call calls may write its argument number \p number.
static bool mayWriteArgument(CallOpInterface call, unsigned number) {
  auto callee = dyn_cast_if_present<func::FuncOp>(call.resolveCallable());
  return !callee || callee.isExternal() || mayWrite(callee, callee.getArgument(number));
}

static bool mayWriteThroughCall(CallOpInterface call, Value memref) {
  for (auto [number, operand] : llvm::enumerate(call->getOperands()))
    if (isa<BaseMemRefType>(operand.getType()) && mayOverlap(operand, memref) && mayWriteArgument(call, number))
      return true;
  return false;
}

static bool mayWrite(Operation *op, Value memref) {
  return op
      ->walk([&](Operation *nested) {
        auto call = dyn_cast<CallOpInterface>(nested);
        bool writes = llvm::any_of(getWritten(nested), [&](Value target) { return mayOverlap(target, memref); }) ||
                      (call && mayWriteThroughCall(call, memref));
        return writes ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Whether an operation from \p first on, in front of \p last, may write; both in one block, and
/// null for its end.
static bool mayWriteFrom(Operation *first, Operation *last, Value memref) {
  for (Operation *op = first; op && op != last; op = op->getNextNode())
    if (mayWrite(op, memref))
      return true;
  return false;
}

static bool isLoop(Operation *op) { return isa<LoopLikeOpInterface>(op) && !isa<linalg::LinalgOp>(op); }

bool remat::mayBeWrittenBetween(Value memref, Operation *load, Operation *use) {
  // From the load out to the block that holds both.
  Operation *from = load;
  while (!from->getBlock()->findAncestorOpInBlock(*use)) {
    Operation *parent = from->getParentOp();
    if (isLoop(parent) ? mayWrite(parent, memref) : mayWriteFrom(from->getNextNode(), nullptr, memref))
      return true;
    from = parent;
  }
  Operation *to = from->getBlock()->findAncestorOpInBlock(*use);
  if (from == to)
    return false;
  if (mayWriteFrom(from->getNextNode(), to, memref))
    return true;
  // And down to the use.
  while (to != use) {
    if (isLoop(to))
      return mayWrite(to, memref);
    for (Region &region : to->getRegions())
      for (Block &block : region)
        if (Operation *inner = block.findAncestorOpInBlock(*use)) {
          if (mayWriteFrom(&block.front(), inner, memref))
            return true;
          to = inner;
        }
  }
  return false;
}
