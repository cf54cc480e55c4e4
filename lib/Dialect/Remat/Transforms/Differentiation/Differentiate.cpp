//===- Differentiate.cpp - Primal and adjoint code ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Source/ExtentOrigin.h"
#include "CalleesFirst.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Dialect/Remat/Transforms/Recurrence.h"
#include "remat/Interfaces/BlockDifferentiator.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

namespace remat {
#define GEN_PASS_DEF_DIFFERENTIATEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Checks that \p seed has the shape of \p output, which types need not say.
static void checkSeed(Value seed, Value output, int64_t number, BlockDifferentiator &adjoint, Location loc) {
  auto type = dyn_cast<RankedTensorType>(seed.getType());
  for (int64_t axis = 0; type && axis < type.getRank(); ++axis) {
    ExtentOrigin got = ExtentOrigin::of(seed, axis), expected = ExtentOrigin::of(output, axis);
    if (got == expected)
      continue;
    Value bound = getValueOrCreateConstantIndexOp(adjoint, loc, expected.materialize(adjoint, loc));
    CheckRangeOp::create(adjoint, loc, getValueOrCreateConstantIndexOp(adjoint, loc, got.materialize(adjoint, loc)),
                         bound, bound, /*step=*/Value(),
                         ("extent " + Twine(axis) + " of seed #" + Twine(number)).str());
  }
}

/// Appends the adjoint of \p block to it, in front of its terminator, which holds
/// the results. Returns the gradients.
static FailureOr<SmallVector<Value>> appendAdjoint(Block &block, ValueAndGradientOp request) {
  Location loc = request.getLoc();
  Operation *terminator = block.getTerminator();
  SmallVector<Value> inputs, outputs;
  for (int64_t index : request.getWrt())
    inputs.push_back(block.getArgument(index));
  for (int64_t index : request.getOf())
    outputs.push_back(terminator->getOperand(index));

  BlockDifferentiator adjoint(block, inputs, outputs);
  adjoint.setInsertionPoint(terminator);
  // What the function is given counts as finite, wherever the request stands.
  for (BlockArgument argument : block.getArguments())
    adjoint.getRanges().assume(argument, FloatRange::getFinite(argument.getType()));
  for (auto [index, output] : llvm::enumerate(outputs)) {
    if (!adjoint.isActive(output))
      continue;
    Value seed = request.getSeeds().empty() ? adjoint.createSplat(1.0, output, loc) : request.getSeeds()[index];
    checkSeed(seed, output, index, adjoint, loc);
    adjoint.addCotangent(output, seed, loc);
  }
  if (failed(adjoint.emitAdjoint()))
    return failure();
  return llvm::map_to_vector(inputs, [&](Value input) {
    return adjoint.convert(adjoint.getCotangentOrZero(input, loc), input.getType(), loc);
  });
}

/// Replaces \p request by a copy of the callee's body and its adjoint.
static LogicalResult expandRequest(ValueAndGradientOp request, FunctionOpInterface callee) {
  // The code is built with block arguments for the operands: one value may stand
  // for several of them. The block is in the region so that symbols are found.
  Block *block = new Block();
  request->getParentRegion()->push_back(block);
  for (Type type : request.getArgs().getTypes())
    block->addArgument(type, request.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(block);
  SmallVector<Value> results = copyFunctionBody(callee, block->getArguments(), builder);
  Operation *terminator = builder.clone(*callee.getFunctionBody().front().getTerminator());
  terminator->setOperands(results);
  FailureOr<SmallVector<Value>> gradients = appendAdjoint(*block, request);
  if (failed(gradients)) {
    block->erase();
    return failure();
  }

  // A rule may have replaced what the callee returns, but not in `results`.
  results.assign(terminator->operand_begin(), terminator->operand_end());
  llvm::append_range(results, *gradients);
  terminator->erase();
  for (auto [result, value] : llvm::zip_equal(request.getResults(), results))
    result.replaceAllUsesWith(value);
  for (auto [argument, operand] : llvm::zip_equal(block->getArguments(), request.getArgs()))
    argument.replaceAllUsesWith(operand);
  request->getBlock()->getOperations().splice(request->getIterator(), block->getOperations());
  request.erase();
  block->erase();
  return success();
}

static LogicalResult inlineCustomVjp(CustomVjpOp call, FunctionOpInterface callee) {
  OpBuilder builder(call);
  call.replaceAllUsesWith(copyFunctionBody(callee, call.getArgs(), builder));
  call.erase();
  return success();
}

/// What to write in place of a loop over time inside of \p around; empty if nothing comes close.
static StringRef getAdvice(Operation *around) {
  if (isa<scf::IfOp, scf::IndexSwitchOp>(around))
    return "a choice between results is written with 'arith.select' after the loop; a loop that runs under a "
           "condition has a count that is 0 where the condition does not hold, and returns its initial carries";
  if (isa<LoopLikeOpInterface>(around))
    return "a loop around a loop is one recurrence over the steps of both, whose step selects by its number";
  return "";
}

/// A plan is made for a loop that certainly runs, once: its place is a function, not a branch and not another
/// loop. In the step of a recurrence that is differentiated the rule says so itself, before \p isLast.
template <typename LoopOp>
static LogicalResult verifyPlace(ModuleOp module, bool isLast) {
  WalkResult result = module.walk([&](LoopOp loop) {
    Operation *parent = loop->getParentOp();
    auto outer = loop->template getParentOfType<RecurrenceOp>();
    if (isa<FunctionOpInterface>(parent) || (outer && !isLast))
      return WalkResult::advance();
    if (outer) {
      (emitError(loop.getLoc(), "'remat.recurrence' is nested in the step of another one, which is not supported: "
                                "write one recurrence over the steps of both")
           .attachNote(outer.getLoc())
       << "the recurrence");
      return WalkResult::interrupt();
    }
    InFlightDiagnostic diagnostic = emitError(loop.getLoc(), "'remat.recurrence' expects no '")
                                    << parent->getName() << "' around it, but a function";
    if (StringRef advice = getAdvice(parent); !advice.empty())
      diagnostic.attachNote(parent->getLoc()) << advice;
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

namespace {
struct DifferentiatePass final : remat::impl::DifferentiatePassBase<DifferentiatePass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    // Also one that a request in a branch brings there.
    if (failed(verifyPlace<RecurrenceOp>(module, /*isLast=*/false)) ||
        failed(CalleesFirst<ValueAndGradientOp>::run(module, expandRequest)) ||
        failed(CalleesFirst<CustomVjpOp>::run(module, inlineCustomVjp)) ||
        failed(verifyPlace<RecurrenceOp>(module, /*isLast=*/true)) ||
        failed(verifyPlace<BpttOp>(module, /*isLast=*/true)))
      return signalPassFailure();
    // No derivative passed through what keeps this note.
    module.walk([](Operation *op) { op->removeDiscardableAttr(notRaisedAttrName); });
    module.walk([](StopGradientOp stop) {
      stop.getResult().replaceAllUsesWith(stop.getInput());
      stop.erase();
    });
    SmallVector<RecurrenceOp> loops;
    module.walk([&](RecurrenceOp loop) { loops.push_back(loop); });
    IRRewriter rewriter(&getContext());
    for (RecurrenceOp loop : loops)
      lowerToForwardOnly(loop, rewriter);
  }
};
} // namespace
