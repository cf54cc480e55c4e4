//===- BlockDifferentiator.cpp - Reverse mode over a block ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

SmallVector<Value> remat::getCaptures(Operation *op) {
  SetVector<Value> captures;
  op->walk<WalkOrder::PreOrder>([&](Operation *nested) {
    for (Value operand : nested->getOperands())
      if (nested != op && !op->isAncestor(operand.getParentBlock()->getParentOp()))
        captures.insert(operand);
  });
  return captures.takeVector();
}

SmallVector<Value> remat::getInputs(Operation *op) {
  SetVector<Value> inputs;
  inputs.insert(op->operand_begin(), op->operand_end());
  if (op->getNumRegions() != 0)
    inputs.insert_range(getCaptures(op));
  return inputs.takeVector();
}

/// True if a derivative may pass from \p input of an operation to \p result.
static bool hasDerivative(OpResult result, Value input) {
  if (!mayCarryDerivative(result.getType()))
    return false;
  auto rule = dyn_cast<AdjointOpInterface>(result.getOwner());
  return !rule || rule.hasDerivative(result, input);
}

static SmallVector<Operation *> collectOperations(Block &block) {
  SmallVector<Operation *> operations;
  for (Operation &op : block)
    if (!op.hasTrait<OpTrait::IsTerminator>())
      operations.push_back(&op);
  return operations;
}

Activity::Activity(Block &block, ValueRange inputs, ValueRange outputs) {
  SmallVector<Operation *> operations = collectOperations(block);
  for (Value input : inputs)
    if (mayCarryDerivative(input.getType()))
      varied.insert(input);
  for (Operation *op : operations)
    for (Value input : getInputs(op))
      if (varied.contains(input))
        for (OpResult result : op->getResults())
          if (hasDerivative(result, input))
            varied.insert(result);

  DenseSet<Value> sources(inputs.begin(), inputs.end());
  for (Value output : outputs)
    if (mayCarryDerivative(output.getType()))
      useful.insert(output);
  for (Operation *op : llvm::reverse(operations)) {
    SmallVector<Value> opInputs = getInputs(op);
    for (OpResult result : op->getResults())
      if (useful.contains(result) && !sources.contains(result))
        for (Value input : opInputs)
          if (mayCarryDerivative(input.getType()) && hasDerivative(result, input))
            useful.insert(input);
  }
}

void Activity::transfer(Value from, Value to) {
  if (varied.contains(from))
    varied.insert(to);
  if (useful.contains(from))
    useful.insert(to);
}

BlockDifferentiator::BlockDifferentiator(Block &block, ValueRange inputs, ValueRange outputs)
    : AdjointBuilder(&block, block.end()), operations(collectOperations(block)), activity(block, inputs, outputs) {
  // An input that an operation of the block defines is not traced further back.
  DenseSet<Value> sources(inputs.begin(), inputs.end());
  llvm::erase_if(operations, [&](Operation *op) {
    return llvm::any_of(op->getResults(), [&](Value result) { return sources.contains(result); });
  });
}

Value BlockDifferentiator::getCotangentOrZero(Value primal, Location loc) {
  if (Value cotangent = getCotangent(primal))
    return cotangent;
  return createZero(primal, loc);
}

void BlockDifferentiator::addCotangent(Value primal, Value contribution, Location loc) {
  answered.insert(primal);
  if (!isActive(primal))
    return;
  contribution = convert(contribution, getCotangentType(primal.getType()), loc);
  Value &cotangent = cotangents[primal];
  cotangent = cotangent ? addToCotangent(cotangent, contribution, loc) : contribution;
}

void BlockDifferentiator::setCotangent(Value primal, Value cotangent) {
  answered.insert(primal);
  if (isActive(primal))
    cotangents[primal] = cotangent;
}

void BlockDifferentiator::replacePrimal(Operation *op, ValueRange results) {
  for (auto [from, to] : llvm::zip_equal(op->getResults(), results)) {
    activity.transfer(from, to);
    for (auto &entry : cotangents)
      if (entry.second == from)
        entry.second = to;
    if (Value cotangent = cotangents.lookup(from)) {
      cotangents.erase(from);
      cotangents[to] = cotangent;
    }
    from.replaceAllUsesWith(to);
  }
  llvm::replace(operations, op, static_cast<Operation *>(nullptr));
  ranges.forget();
  op->erase();
}

SmallVector<Value> BlockDifferentiator::getInputsToAnswer(Operation *op) const {
  SmallVector<Value> inputs;
  for (Value input : getInputs(op))
    if (isActive(input) && llvm::any_of(op->getResults(), [&](OpResult result) {
          return getCotangent(result) && hasDerivative(result, input);
        }))
      inputs.push_back(input);
  return inputs;
}

/// The operand of \p op that \p value is, for a diagnostic.
static std::string describeInput(Operation *op, Value value) {
  for (OpOperand &operand : op->getOpOperands())
    if (operand.get() == value)
      return "operand #" + std::to_string(operand.getOperandNumber());
  return "a value that its region reads";
}

LogicalResult BlockDifferentiator::emitAdjoint() {
  // By position: a rule may replace its operation.
  for (size_t position = operations.size(); position-- > 0;) {
    Operation *op = operations[position];
    if (!op || llvm::none_of(op->getResults(), [&](Value result) { return getCotangent(result); }) ||
        llvm::none_of(getInputs(op), [&](Value input) { return isActive(input); }))
      continue;
    auto rule = dyn_cast<AdjointOpInterface>(op);
    if (!rule)
      return op->emitOpError("has no derivative rule");
    // Asked for before: the rule may replace the operation.
    SmallVector<std::pair<Value, std::string>> toAnswer;
    for (Value input : getInputsToAnswer(op))
      toAnswer.push_back({input, describeInput(op, input)});
    Location loc = op->getLoc();
    OperationName name = op->getName();
    answered.clear();
    if (failed(rule.emitAdjoint(*this)))
      return failure();
    for (auto &[input, description] : toAnswer)
      if (!answered.contains(input))
        return emitError(loc) << "internal: the derivative rule of '" << name << "' forgets " << description
                              << "; this is a bug in remat";
  }
  return success();
}
