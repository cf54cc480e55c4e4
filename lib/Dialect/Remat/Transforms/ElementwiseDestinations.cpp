//===- ElementwiseDestinations.cpp - Where results are written ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ElementwiseDestinations.h"

#include "ElementwiseLoop.h"
#include "remat/Dialect/Remat/Analysis/StepFunctions.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

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

/// The argument that \p value is to be written into, through whatever else still
/// writes there; null if there is none.
static Value findUpdatedArgument(Value value, const WritableArguments &writable) {
  SmallVector<Value> worklist = {value};
  DenseSet<Value> seen;
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    if (!seen.insert(current).second)
      continue;
    for (OpOperand &use : current.getUses()) {
      if (Value argument = writable.updated.lookup(&use))
        return argument;
      Operation *user = use.getOwner();
      if (auto destination = dyn_cast<DestinationStyleOpInterface>(user); destination && destination.isDpsInit(&use))
        worklist.push_back(destination.getTiedOpResult(&use));
      else if (isElementwiseFusible(user))
        worklist.push_back(user->getResult(0));
    }
  }
  return {};
}

/// Where \p value lies: the argument that it is the current contents of, or itself.
static Value getOrigin(Value value) {
  while (auto result = dyn_cast<OpResult>(value)) {
    auto destination = dyn_cast<DestinationStyleOpInterface>(result.getOwner());
    if (!destination)
      break;
    value = destination.getTiedOpOperand(result)->get();
  }
  return value;
}

/// The accumulator that \p output is the new value of; null if it is something else.
static Value findUpdated(Value output, const ElementwiseReads &reads, const WritableArguments &writable) {
  Value argument = findUpdatedArgument(output, writable);
  if (!argument)
    return {};
  for (Value value : reads.values)
    if (getOrigin(value) == argument && reads.isReadInPlace(value))
      return value;
  return {};
}

/// True if \p output may be written over \p value, which only the loop reads.
static bool canReplace(Value value, Value output, const WritableArguments &writable) {
  if (value.getType() != output.getType())
    return false;
  if (auto producer = value.getDefiningOp<linalg::LinalgOp>())
    return producer.getNumReductionLoops() != 0;
  // What is returned has a place of its own.
  bool isReturned =
      llvm::any_of(output.getUsers(), [](Operation *user) { return user->hasTrait<OpTrait::IsTerminator>(); });
  return (writable.consumed.contains(value) && !isReturned) || isReplacedSlice(value, output);
}

SmallVector<Value> remat::chooseDestinations(ArrayRef<Operation *> members, const ElementwiseReads &reads,
                                             ValueRange outputs, const WritableArguments &writable) {
  DenseSet<Value> taken;
  // Nothing else may take the place of an accumulator.
  SmallVector<Value> destinations = llvm::map_to_vector(outputs, [&](Value output) {
    Value updated = findUpdated(output, reads, writable);
    taken.insert(updated);
    return updated;
  });
  for (auto [output, destination] : llvm::zip_equal(outputs, destinations)) {
    if (destination)
      continue;
    for (Value value : reads.values) {
      bool isReadElsewhere =
          !llvm::all_of(value.getUsers(), [&](Operation *user) { return llvm::is_contained(members, user); });
      if (taken.contains(value) || isReadElsewhere || !reads.isReadInPlace(value) ||
          !canReplace(value, output, writable))
        continue;
      taken.insert(value);
      destination = value;
      break;
    }
  }
  return destinations;
}
