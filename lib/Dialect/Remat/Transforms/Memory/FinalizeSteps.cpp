//===- FinalizeSteps.cpp - Results become arguments ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A step that returned buffers would have to allocate them. It writes where the
// schedule wants its results instead: into a slot, a core state, or the caller's
// memory.
//
//===----------------------------------------------------------------------===//

#include "WholeBuffer.h"

#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace remat {
#define GEN_PASS_DEF_FINALIZESTEPSPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Turns result \p value into the trailing argument \p argument.
static void writeToArgument(Value value, BlockArgument argument, func::ReturnOp terminator) {
  Block *entry = argument.getOwner();
  OpBuilder builder = OpBuilder::atBlockBegin(entry);
  Location loc = argument.getLoc();
  memref::AllocOp alloc = getWholeAllocation(value);
  if (alloc && alloc->getBlock() == entry)
    if (Value replacement = viewWhole(builder, loc, argument, alloc.getType())) {
      alloc.replaceAllUsesWith(replacement);
      alloc.erase();
      return;
    }
  builder.setInsertionPoint(terminator);
  memref::CopyOp::create(builder, terminator.getLoc(), value, argument);
}

/// Makes \p function return nothing. \p getInPlaceArgument names the argument
/// that a result updates in place, if there is one.
static LogicalResult dropResults(func::FuncOp function,
                                 llvm::function_ref<std::optional<unsigned>(unsigned)> getInPlaceArgument,
                                 StringRef role) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("expects a body of one block, but got ") << function.getBody().getBlocks().size();
  auto terminator = cast<func::ReturnOp>(function.getBody().front().getTerminator());
  for (auto [index, type] : llvm::enumerate(function.getResultTypes()))
    if (!isa<MemRefType>(type))
      return function.emitOpError("expects result #") << index << " to be a tensor, but got " << type;

  SmallVector<Value> results(terminator.getOperands());
  SmallVector<unsigned> fresh;
  for (auto [index, value] : llvm::enumerate(results)) {
    std::optional<unsigned> argument = getInPlaceArgument(index);
    if (!argument) {
      fresh.push_back(index);
      continue;
    }
    if (stripCasts(value) != function.getArgument(*argument)) {
      Operation *culprit = stripCasts(value).getDefiningOp();
      return (culprit ? culprit : function.getOperation())->emitError("expects the '")
             << role << "' function to update argument #" << *argument << " in place, but result #" << index
             << " is another buffer of type " << value.getType();
    }
  }
  for (unsigned index : fresh) {
    // Earlier replacements may have changed what the result is.
    Value value = terminator.getOperand(index);
    unsigned position = function.getNumArguments();
    auto type = cast<MemRefType>(function.getResultTypes()[index]);
    DictionaryAttr attributes = function.getResultAttrDict(index);
    if (failed(function.insertArgument(position, type, attributes, value.getLoc())))
      return failure();
    writeToArgument(value, function.getArgument(position), terminator);
  }
  terminator->setOperands({});
  BitVector all(function.getNumResults(), true);
  return function.eraseResults(all);
}

namespace {
struct FinalizeStepsPass final : remat::impl::FinalizeStepsPassBase<FinalizeStepsPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (ChainOp chain : getChains(module))
      for (StepFunction &step : getStepFunctions(chain)) {
        auto inPlace = [&](unsigned result) { return step.getInPlaceArgument(result); };
        if (failed(dropResults(step.function, inPlace, stringifyStepRole(step.role))))
          return signalPassFailure();
      }
    for (func::FuncOp entry : getEntryFunctions(module))
      if (failed(dropResults(entry, [](unsigned) { return std::nullopt; }, "entry")))
        return signalPassFailure();
  }
};
} // namespace
