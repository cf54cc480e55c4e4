//===- GradientsInPlace.cpp - One buffer for a gradient carry ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A reverse step is done with the gradient of a carry before it has the next one,
// more often than not: what it reads first, it multiplies element by element. Then
// one buffer is enough, and a carry that only passes through is not even copied.
//
// One-shot bufferization could find the same, if the argument was writable, but it
// would copy an argument that is read too late, in every step. Here nothing is
// copied that was not copied before: such a gradient keeps its two buffers.
//
//===----------------------------------------------------------------------===//

#include "FinalCotangents.h"
#include "UpdateInPlace.h"
#include "WholeBuffer.h"

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

namespace remat {
#define GEN_PASS_DEF_GRADIENTSINPLACEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Lets \p function, whose result \p value is the next value of \p argument, compute it
/// there; false if that cannot be.
static bool updateInPlace(BlockArgument argument, Value value, const BufferAliases &aliases) {
  auto type = dyn_cast<MemRefType>(argument.getType());
  if (!type)
    return false;
  if (stripCasts(value) == argument)
    return true;
  Block *body = argument.getOwner();
  memref::AllocOp alloc = getWholeAllocation(value);
  if (!alloc || alloc->getBlock() != body || !isWhole(type, alloc.getType()) ||
      !canUpdateInPlace(argument, alloc.getResult(), aliases))
    return false;
  OpBuilder builder = OpBuilder::atBlockBegin(body);
  alloc.replaceAllUsesWith(viewWhole(builder, alloc.getLoc(), argument, alloc.getType()));
  alloc.erase();
  return true;
}

/// Updates the gradients of \p chain in place where possible. They are the arguments of
/// its reverse function from \p first on, and its first results.
static LogicalResult updateGradients(ChainOp chain, func::FuncOp function, unsigned first) {
  size_t numGradients = chain.getGradientTypes().size();
  if (!function.getBody().hasOneBlock() || function.getNumArguments() < first + numGradients ||
      function.getNumResults() < numGradients)
    return success();
  FailureOr<BufferAliases> aliases = BufferAliases::analyze(function);
  if (failed(aliases))
    return failure();
  Operation *terminator = function.getBody().front().getTerminator();
  SmallVector<int64_t> inPlace;
  for (unsigned number = 0; number < numGradients; ++number)
    if (updateInPlace(function.getArgument(first + number), terminator->getOperand(number), *aliases))
      inPlace.push_back(number);
  BitVector dropped(function.getNumResults());
  for (int64_t number : inPlace)
    dropped.set(number);
  terminator->eraseOperands(dropped);
  chain.setGradientsInPlace(inPlace);
  return function.eraseResults(dropped);
}

namespace {
struct GradientsInPlacePass final : remat::impl::GradientsInPlacePassBase<GradientsInPlacePass> {
  using Base::Base;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    WalkResult result = getOperation().walk([&](BackwardSweepOp sweep) {
      auto chain = symbols.lookup<ChainOp>(sweep.getChain());
      auto function = symbols.lookup<func::FuncOp>(chain.getReverseAttr().getValue());
      // What a function with other users returns is not for one of them to decide, and one
      // of which gradients are updated in place is done.
      std::optional<SymbolTable::UseRange> uses = SymbolTable::getSymbolUses(function, getOperation());
      if (!chain.getGradientsInPlace().empty() || !uses || !llvm::hasSingleElement(*uses))
        return WalkResult::advance();
      unsigned first = StepSignature(StepRole::Reverse).getFirstArgument(StepValue::Gradient, chain, sweep);
      if (failed(updateGradients(chain, function, first)) || failed(placeFinalCotangents(sweep, chain)))
        return WalkResult::interrupt();
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
