//===- SCFModels.cpp - Derivative rules of scf ---------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The adjoint of a conditional takes the same branch. Values inside the branch are
// not visible from there, so the branch is evaluated again, as far as needed. What
// an input has of its cotangent so far goes into the branch, which adds to it: a
// branch that contributes nothing then passes on an accumulator, and writes no zeros.
//
//===----------------------------------------------------------------------===//

#include "GatherAdjoint.h"
#include "remat/Interfaces/Adjoint/Models.h"
#include "remat/Interfaces/BlockDifferentiator.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace remat;

/// Erases what \p block does besides computing values: the branch that it is a copy of
/// has passed its assertions already.
static void dropEffects(Block &block) {
  SmallVector<Operation *> effects;
  block.walk([&](Operation *op) {
    if (op->getNumResults() == 0 && op->getNumRegions() == 0 && !op->hasTrait<OpTrait::IsTerminator>() &&
        !isMemoryEffectFree(op))
      effects.push_back(op);
  });
  for (Operation *op : effects)
    op->erase();
}

/// Emits into \p target the adjoint of \p branch by \p inputs, ended by a yield of
/// their cotangents, those of \p outer included.
static LogicalResult emitBranch(Block &branch, ValueRange inputs, ResultRange results, AdjointBuilder &outer,
                                Block &target) {
  IRMapping mapping;
  OpBuilder copies = OpBuilder::atBlockEnd(&target);
  for (Operation &op : branch.without_terminator())
    copies.clone(op, mapping);
  dropEffects(target);
  SmallVector<Value> outputs;
  for (Value yielded : branch.getTerminator()->getOperands())
    outputs.push_back(mapping.lookupOrDefault(yielded));

  Location loc = branch.getParentOp()->getLoc();
  BlockDifferentiator adjoint(target, inputs, outputs);
  adjoint.getRanges() = outer.getRanges();
  for (Value input : inputs)
    if (Value sum = outer.getCotangent(input))
      adjoint.setCotangent(input, sum);
  for (auto [output, result] : llvm::zip_equal(outputs, results))
    if (Value cotangent = outer.getCotangent(result))
      adjoint.addCotangent(output, cotangent, loc);
  if (failed(adjoint.emitAdjoint()))
    return failure();
  SmallVector<Value> cotangents;
  for (Value input : inputs) {
    Value sum = outer.getCotangent(input);
    cotangents.push_back(sum && !adjoint.isActive(input) ? sum : adjoint.getCotangentOrZero(input, loc));
  }
  scf::YieldOp::create(adjoint, loc, cotangents);
  return success();
}

namespace {
struct IfModel : AdjointOpInterface::ExternalModel<IfModel, scf::IfOp> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    auto conditional = cast<scf::IfOp>(op);
    SmallVector<Value> inputs = getInputs(op);
    llvm::erase_if(inputs, [&](Value input) { return !adjoint.isActive(input); });
    SmallVector<Type> types;
    for (Value input : inputs)
      types.push_back(getCotangentType(input.getType()));

    auto mirrored = scf::IfOp::create(adjoint, op->getLoc(), types, conditional.getCondition(),
                                      /*addThenBlock=*/true, /*addElseBlock=*/true);
    if (failed(
            emitBranch(*conditional.thenBlock(), inputs, conditional.getResults(), adjoint, *mirrored.thenBlock())) ||
        failed(emitBranch(*conditional.elseBlock(), inputs, conditional.getResults(), adjoint, *mirrored.elseBlock())))
      return failure();
    for (auto [input, cotangent] : llvm::zip_equal(inputs, mirrored.getResults()))
      adjoint.setCotangent(input, cotangent);
    return success();
  }
};

/// Loops that are differentiated are recurrences: what a turn leaves for its adjoint has
/// to be planned.
template <typename LoopOp>
struct LoopModel : AdjointOpInterface::ExternalModel<LoopModel<LoopOp>, LoopOp> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    // Not a loop of the author's.
    if (op->hasAttr(gatherAdjointAttrName))
      return emitError(op->getLoc(), "a gather by indices that are data has no second derivative: expects its gradient "
                                     "not to be differentiated; 'remat.stop_gradient' keeps the gradient out");
    InFlightDiagnostic error =
        op->emitOpError("has no derivative rule: expects a loop that a gradient passes through to be a "
                        "'remat.recurrence', or to be unrolled; 'remat.stop_gradient' keeps the gradient out");
    if (auto reason = op->getAttrOfType<StringAttr>(notRaisedAttrName))
      error.attachNote(op->getLoc()) << "it does not become a recurrence by itself: " << reason.getValue();
    return error;
  }
};

/// A choice between more than two.
struct SwitchModel : AdjointOpInterface::ExternalModel<SwitchModel, scf::IndexSwitchOp> {
  LogicalResult emitAdjoint(Operation *op, AdjointBuilder &adjoint) const {
    return op->emitOpError("has no derivative rule: expects a choice that a gradient passes through to be an 'scf.if', "
                           "or several, one in the other; 'remat.stop_gradient' keeps the gradient out");
  }
};
} // namespace

void remat::registerSCFAdjointModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, scf::SCFDialect *) {
    scf::ForOp::attachInterface<LoopModel<scf::ForOp>>(*context);
    scf::ForallOp::attachInterface<LoopModel<scf::ForallOp>>(*context);
    scf::IfOp::attachInterface<IfModel>(*context);
    scf::IndexSwitchOp::attachInterface<SwitchModel>(*context);
    scf::ParallelOp::attachInterface<LoopModel<scf::ParallelOp>>(*context);
    scf::WhileOp::attachInterface<LoopModel<scf::WhileOp>>(*context);
  });
}
