//===- ElementwiseDestinations.cpp - Where results are written ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseDestinations.h"

#include "ElementwiseLoop.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

using namespace mlir;
using namespace remat;

WritableArguments WritableArguments::find(ModuleOp module) {
  WritableArguments writable;
  for (ChainOp chain : getChains(module))
    for (StepFunction step : getStepFunctions(chain)) {
      for (BlockArgument argument : step.function.getArguments())
        if (step.isWritable(argument.getArgNumber()))
          writable.consumed.insert(argument);
      for (OpOperand &result : step.function.getBody().front().getTerminator()->getOpOperands())
        if (std::optional<unsigned> argument = step.getInPlaceArgument(result.getOperandNumber())) {
          writable.updated[&result] = step.function.getArgument(*argument);
          writable.consumed.erase(step.function.getArgument(*argument));
        }
    }
  module.walk([&](BackwardSweepOp sweep) {
    auto chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(module, sweep.getChainAttr());
    auto reverse = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(module, chain.getReverseAttr());
    unsigned first = StepSignature(StepRole::Reverse).getFirstArgument(StepValue::Gradient, chain, sweep);
    MutableArrayRef<OpOperand> results = reverse.getBody().front().getTerminator()->getOpOperands();
    // The verifier compares types on tensors only.
    size_t numGradients = std::min<size_t>(chain.getGradientTypes().size(), results.size());
    for (size_t number = 0; number < numGradients && first + number < reverse.getNumArguments(); ++number)
      writable.gradients[&results[number]] = reverse.getArgument(first + number);
  });
  return writable;
}

bool ElementwiseReads::isReadInPlace(Value value) const {
  return llvm::all_of(llvm::zip_equal(values, maps), [&](auto read) {
    return std::get<0>(read) != value || (std::get<1>(read) && std::get<1>(read).isIdentity());
  });
}

/// True if \p input is a slice and \p output is only put back in its place.
static bool isReplacedSlice(Value input, Value output) {
  auto extract = input.getDefiningOp<tensor::ExtractSliceOp>();
  auto insert = output.hasOneUse() ? dyn_cast<tensor::InsertSliceOp>(*output.user_begin()) : tensor::InsertSliceOp();
  return extract && insert && insert.getSource() == output && insert.getDest() == extract.getSource() &&
         insert.isSameAs(extract, [](OpFoldResult left, OpFoldResult right) { return left == right; });
}

/// True for an element-wise operation that has no destination yet.
static bool isUnfused(Operation *op) { return isElementwiseFusible(op) && !isa<DestinationStyleOpInterface>(op); }

/// The new contents of what \p use is the old contents of; null if \p use only reads.
static Value getUpdate(OpOperand &use) {
  Operation *user = use.getOwner();
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(user))
    return destination.isDpsInit(&use) ? destination.getTiedOpResult(&use) : Value();
  if (auto loop = dyn_cast<LoopLikeOpInterface>(user))
    return loop.getTiedLoopResult(&use);
  if (isa<scf::YieldOp>(user) && isa<scf::IfOp, scf::ForOp>(user->getParentOp()))
    return user->getParentOp()->getResult(use.getOperandNumber());
  return {};
}

/// What \p find says of a use of \p value, a result of \p members, or of what others still
/// make of it by writing there; null if it finds nothing. What another member makes of it
/// is another value. With \p throughUnfused also of what element-wise operations that are
/// no loops yet make of it.
static Value findUse(Value value, ArrayRef<Operation *> members, bool throughUnfused,
                     llvm::function_ref<Value(OpOperand &)> find) {
  SmallVector<Value> worklist = {value};
  DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    if (!seen.insert(current).second)
      continue;
    for (OpOperand &use : current.getUses()) {
      if (Value found = find(use))
        return found;
      Operation *user = use.getOwner();
      if (llvm::is_contained(members, user))
        continue;
      if (Value update = getUpdate(use))
        worklist.push_back(update);
      else if (throughUnfused && isUnfused(user))
        worklist.push_back(user->getResult(0));
    }
  }
  return {};
}

/// True if the buffer of \p value, a result of \p members, is one that is returned.
static bool isReturned(Value value, ArrayRef<Operation *> members) {
  return findUse(value, members, /*throughUnfused=*/false, [](OpOperand &use) {
           return use.getOwner()->hasTrait<OpTrait::IsTerminator>() ? use.get() : Value();
         }) != nullptr;
}

/// True if \p value is the contents of \p argument so far, or what element-wise
/// operations that are no loops yet make of it.
static bool isContentsOf(Value value, Value argument) {
  if (value == argument)
    return true;
  auto result = dyn_cast<OpResult>(value);
  if (!result)
    return false;
  Operation *op = result.getOwner();
  if (isUnfused(op))
    return llvm::any_of(op->getOperands(), [&](Value operand) { return isContentsOf(operand, argument); });
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return isContentsOf(destination.getTiedOpOperand(result)->get(), argument);
  if (auto loop = dyn_cast<LoopLikeOpInterface>(op))
    return isContentsOf(loop.getTiedLoopInit(result)->get(), argument);
  if (auto conditional = dyn_cast<scf::IfOp>(op)) {
    unsigned number = result.getResultNumber();
    return isContentsOf(conditional.thenYield().getOperand(number), argument) &&
           isContentsOf(conditional.elseYield().getOperand(number), argument);
  }
  return false;
}

/// True if \p output is computed from \p value by \p members.
static bool dependsOn(Value output, Value value, ArrayRef<Operation *> members) {
  DenseSet<Value> dependents = {value};
  for (Operation *op : members)
    if (llvm::any_of(op->getOperands(), [&](Value operand) { return dependents.contains(operand); }))
      dependents.insert(op->result_begin(), op->result_end());
  return dependents.contains(output);
}

/// The accumulator that \p output is the new value of; null if it is something else.
static Value findUpdated(Value output, ArrayRef<Operation *> members, const ElementwiseReads &reads,
                         const WritableArguments &writable) {
  Value argument =
      findUse(output, members, /*throughUnfused=*/true, [&](OpOperand &use) { return writable.updated.lookup(&use); });
  if (!argument)
    return {};
  for (Value value : reads.values)
    if (isContentsOf(value, argument) && reads.isReadInPlace(value) && dependsOn(output, value, members))
      return value;
  return {};
}

/// True if \p value is what a loop carries from one turn to the next, and \p output
/// what it is in the next turn: only in its place is it the same buffer.
static bool isNextValue(Value value, Value output) {
  auto argument = dyn_cast<BlockArgument>(value);
  auto loop = argument ? dyn_cast_if_present<LoopLikeOpInterface>(argument.getOwner()->getParentOp()) : nullptr;
  OpOperand *yielded = loop ? loop.getTiedLoopYieldedValue(argument) : nullptr;
  return yielded && yielded->get() == output;
}

/// True if \p output is the next value of the gradient of a carry that nothing but the
/// loop over \p members reads, so that one buffer is enough for both.
static bool replacesGradient(Value output, ArrayRef<Operation *> members, const ElementwiseReads &reads,
                             const WritableArguments &writable) {
  Value gradient = findUse(output, members, /*throughUnfused=*/false,
                           [&](OpOperand &use) { return writable.gradients.lookup(&use); });
  return gradient && llvm::is_contained(reads.values, gradient) && reads.isReadInPlace(gradient) &&
         llvm::all_of(gradient.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); });
}

/// True if \p output may be written over \p value, which only the loop reads.
static bool canReplace(Value value, Value output, ArrayRef<Operation *> members, const WritableArguments &writable) {
  if (value.getType() != output.getType())
    return false;
  if (auto producer = value.getDefiningOp<linalg::LinalgOp>())
    return producer.getNumReductionLoops() != 0;
  if (isNextValue(value, output))
    return true;
  // What is returned has a place of its own.
  return (writable.consumed.contains(value) && !isReturned(output, members)) || isReplacedSlice(value, output);
}

SmallVector<Value> remat::chooseDestinations(ArrayRef<Operation *> members, const ElementwiseReads &reads,
                                             ValueRange outputs, const WritableArguments &writable) {
  DenseSet<Value> taken;
  // Nothing else may take the place of an accumulator.
  SmallVector<Value> destinations = llvm::map_to_vector(outputs, [&](Value output) {
    Value updated = findUpdated(output, members, reads, writable);
    return taken.insert(updated).second ? updated : Value();
  });
  for (auto [output, destination] : llvm::zip_equal(outputs, destinations)) {
    if (destination || replacesGradient(output, members, reads, writable))
      continue;
    for (Value value : reads.values) {
      bool isReadElsewhere =
          !llvm::all_of(value.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); });
      if (taken.contains(value) || isReadElsewhere || !reads.isReadInPlace(value) ||
          !canReplace(value, output, members, writable))
        continue;
      taken.insert(value);
      destination = value;
      break;
    }
  }
  return destinations;
}
