//===- CarryInPlace.cpp - One buffer for what a loop carries ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One-shot bufferization wants an `scf.for` or `scf.while` to yield each tensor in the
// buffer that it came in, and refuses a loop that computes its tensors anew in every
// turn, or lets them change places. Such a loop copies what it yields into the buffer
// of the argument. One that writes into its argument and yields what came of it, as the
// adjoint of a gather does, updates in place already and stays as it is.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace remat {
#define GEN_PASS_DEF_CARRYINPLACEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

static bool carriesTensors(Operation *op) {
  return isa<scf::ForOp, scf::WhileOp>(op) && llvm::any_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>);
}

//===----------------------------------------------------------------------===//
// Values that a condition forwards
//===----------------------------------------------------------------------===//

/// True if the condition of \p loop hands on the arguments as they came.
static bool forwardsArguments(scf::WhileOp loop) {
  return llvm::equal(loop.getConditionOp().getArgs(), loop.getBeforeArguments());
}

/// Gives what the condition of \p loop forwards arguments of their own behind those that
/// are there, for buffers to be: an argument that is forwarded as it came, and so much
/// more for whatever it was that was forwarded.
static void separateForwardedValues(scf::WhileOp loop) {
  OpBuilder builder(loop);
  Location loc = loop.getLoc();
  scf::ConditionOp condition = loop.getConditionOp();
  scf::YieldOp yield = loop.getYieldOp();
  size_t numArguments = loop.getInits().size();
  SmallVector<Value> inits(loop.getInits()), forwarded(condition.getArgs());
  SmallVector<Value> first(loop.getBeforeArguments());
  for (Value value : forwarded) {
    // Only tensors need a buffer; a scalar has the place that its number gives it.
    auto type = dyn_cast<RankedTensorType>(value.getType());
    inits.push_back(type ? tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType()).getResult()
                         : arith::ConstantOp::create(builder, loc, builder.getZeroAttr(value.getType())).getResult());
  }
  SmallVector<Type> types(ValueRange(inits).getTypes());
  auto copy = scf::WhileOp::create(builder, loc, types, inits);
  copy.getBefore().takeBody(loop.getBefore());
  copy.getAfter().takeBody(loop.getAfter());
  for (Value value : forwarded)
    copy.getBeforeBody()->addArgument(value.getType(), loc);
  SmallVector<Value> all(first);
  llvm::append_range(all, forwarded);
  condition.getArgsMutable().assign(all);
  for (auto [number, value] : llvm::enumerate(first))
    copy.getAfterBody()->insertArgument(number, value.getType(), loc);
  SmallVector<Value> yielded(yield.getOperands());
  llvm::append_range(yielded, copy.getAfterArguments().drop_front(numArguments));
  yield->setOperands(yielded);
  loop->replaceAllUsesWith(copy.getResults().drop_front(numArguments));
  loop.erase();
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

namespace {
/// The operands of a terminator that have to come back in the buffers of arguments.
struct Carried {
  MutableArrayRef<OpOperand> values;
  Block::BlockArgListType arguments;
};
} // namespace

static SmallVector<Carried> getCarried(Operation *op) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return {{*loop.getYieldedValuesMutable(), loop.getRegionIterArgs()}};
  auto loop = cast<scf::WhileOp>(op);
  return {{loop.getConditionOp()->getOpOperands().drop_front(), loop.getBeforeArguments()},
          {loop.getYieldOp()->getOpOperands(), loop.getAfterArguments()}};
}

/// True if \p value is what operations in the loop made of \p argument by writing into it.
static bool isWrittenInto(Value value, Value argument) {
  while (value != argument) {
    auto result = dyn_cast<OpResult>(value);
    if (!result)
      return false;
    Operation *op = result.getOwner();
    if (auto conditional = dyn_cast<scf::IfOp>(op)) {
      unsigned number = result.getResultNumber();
      return isWrittenInto(conditional.thenYield().getOperand(number), argument) &&
             isWrittenInto(conditional.elseYield().getOperand(number), argument);
    }
    if (auto loop = dyn_cast<scf::ForOp>(op))
      value = loop.getTiedLoopInit(result)->get();
    else if (auto loop = dyn_cast<scf::WhileOp>(op))
      value = loop.getInits()[result.getResultNumber()];
    else if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
      value = destination.getTiedOpOperand(result)->get();
    else
      return false;
  }
  return true;
}

/// True if \p value is sure to lie in a buffer of its own, made in this turn.
static bool isFresh(Value value, Block *body) {
  Operation *op = value.getDefiningOp();
  if (!op || op->getBlock() != body)
    return false;
  if (auto destination = dyn_cast<linalg::LinalgOp>(op)) {
    Value init = destination.getDpsInits()[cast<OpResult>(value).getResultNumber()];
    return init.getDefiningOp<tensor::EmptyOp>() || isFresh(init, body);
  }
  return OpTrait::hasElementwiseMappableTraits(op) || isa<tensor::FromElementsOp, tensor::SplatOp>(op);
}

/// The numbers of the tensors that are in another buffer when the turn ends.
static SmallVector<unsigned> findMoved(const Carried &carried) {
  SmallVector<unsigned> moved;
  for (auto [number, value] : llvm::enumerate(carried.values))
    if (isa<RankedTensorType>(value.get().getType()) && !isWrittenInto(value.get(), carried.arguments[number]))
      moved.push_back(number);
  return moved;
}

static Value copyTensor(OpBuilder &builder, Location loc, Value from, Value to) {
  return linalg::CopyOp::create(builder, loc, from, to).getResult(0);
}

/// Copies the values of \p numbers into the arguments that they become. One that may lie
/// in a buffer that is written is brought to safety first.
static void copyMoved(const Carried &carried, ArrayRef<unsigned> numbers) {
  OpBuilder builder(carried.values.front().getOwner());
  Location loc = carried.values.front().getOwner()->getLoc();
  SmallVector<Value> sources;
  for (unsigned number : numbers) {
    Value value = carried.values[number].get();
    if (!isFresh(value, carried.values.front().getOwner()->getBlock())) {
      Value empty = tensor::EmptyOp::create(builder, loc, tensor::getMixedSizes(builder, loc, value),
                                            getElementTypeOrSelf(value.getType()));
      value = copyTensor(builder, loc, value, empty);
    }
    sources.push_back(value);
  }
  for (auto [number, source] : llvm::zip_equal(numbers, sources))
    carried.values[number].set(copyTensor(builder, loc, source, carried.arguments[number]));
}

namespace {
struct CarryInPlacePass final : remat::impl::CarryInPlacePassBase<CarryInPlacePass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<scf::WhileOp> loops;
    module.walk([&](scf::WhileOp loop) {
      if (carriesTensors(loop) && !forwardsArguments(loop))
        loops.push_back(loop);
    });
    for (scf::WhileOp loop : loops)
      separateForwardedValues(loop);
    // What an inner loop does decides about the outer one: from the inside out.
    module.walk([](Operation *op) {
      if (carriesTensors(op))
        for (const Carried &carried : getCarried(op))
          if (SmallVector<unsigned> moved = findMoved(carried); !moved.empty())
            copyMoved(carried, moved);
    });
  }
};
} // namespace
