//===- RematFloatRanges.cpp - What a loop's floats can be -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The cell of an LSTM is finite because f * c + i * g is whenever c is. That is an
// induction over the steps: suppose it of every carry, drop those for which a step
// or an initial value disproves it, and begin again until nothing is dropped.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace remat;

namespace {
/// A loop in the source, or the forward half of a differentiated one.
struct LoopParts {
  ValueRange inits, scans, carries, elements, nextCarries, emits;
  Region *region;
};
} // namespace

static LoopParts getParts(RecurrenceOp loop) {
  YieldOp yield = loop.getYield();
  return {loop.getInits(),    loop.getScans(),  loop.getCarries(), loop.getElements(),
          yield.getCarries(), yield.getEmits(), &loop.getBody()};
}

static LoopParts getParts(BpttOp loop) {
  ValueRange arguments = loop.getAdvance().getArguments();
  size_t numCarries = loop.getInits().size();
  YieldOp yield = loop.getAdvanceYield();
  return {loop.getInits(),
          loop.getScans(),
          arguments.slice(1, numCarries),
          arguments.drop_front(1 + numCarries),
          yield.getCarries(),
          yield.getEmits(),
          &loop.getAdvance()};
}

/// Ranges inside of the step, where \p carries have the given ranges.
static FloatRanges enterStep(const LoopParts &loop, ArrayRef<FloatRange> carries, FloatRanges &outside) {
  FloatRanges inside;
  llvm::SetVector<Value> captures;
  getUsedValuesDefinedAbove(*loop.region, captures);
  for (Value capture : captures)
    inside.assume(capture, outside.get(capture));
  for (auto [element, scan] : llvm::zip_equal(loop.elements, loop.scans))
    inside.assume(element, outside.get(scan));
  for (auto [carry, range] : llvm::zip_equal(loop.carries, carries))
    inside.assume(carry, range);
  return inside;
}

static SmallVector<FloatRange> getCarryRanges(const LoopParts &loop, FloatRanges &outside) {
  SmallVector<FloatRange> ranges;
  for (Value init : loop.inits)
    ranges.push_back(outside.get(init).isFinite() ? FloatRange::getFinite(init.getType()) : FloatRange::getUnknown());
  for (bool changed = true; changed;) {
    changed = false;
    FloatRanges inside = enterStep(loop, ranges, outside);
    for (auto [range, next] : llvm::zip_equal(ranges, loop.nextCarries))
      if (range.isFinite() && !inside.get(next).isFinite()) {
        range = FloatRange::getUnknown();
        changed = true;
      }
  }
  return ranges;
}

static SmallVector<Value> getInputs(const LoopParts &loop) {
  SmallVector<Value> inputs(loop.inits);
  llvm::append_range(inputs, loop.scans);
  llvm::SetVector<Value> captures;
  getUsedValuesDefinedAbove(*loop.region, captures);
  llvm::append_range(inputs, captures);
  return inputs;
}

static FloatRange getResultRange(const LoopParts &loop, OpResult result, FloatRanges &outside) {
  SmallVector<FloatRange> carries = getCarryRanges(loop, outside);
  size_t number = result.getResultNumber(), numEmits = loop.emits.size();
  if (number < carries.size())
    return carries[number];
  if (number >= carries.size() + numEmits)
    return FloatRange::getUnknown();
  return enterStep(loop, carries, outside).get(loop.emits[number - carries.size()]);
}

SmallVector<FloatRange> remat::getCarryRanges(RecurrenceOp loop, FloatRanges &ranges) {
  return ::getCarryRanges(getParts(loop), ranges);
}

SmallVector<Value> RecurrenceOp::getFloatRangeInputs() { return getInputs(getParts(*this)); }

FloatRange RecurrenceOp::getFloatRange(OpResult result, FloatRanges &ranges) {
  return getResultRange(getParts(*this), result, ranges);
}

SmallVector<Value> BpttOp::getFloatRangeInputs() { return getInputs(getParts(*this)); }

FloatRange BpttOp::getFloatRange(OpResult result, FloatRanges &ranges) {
  return getResultRange(getParts(*this), result, ranges);
}

SmallVector<Value> CustomVjpOp::getFloatRangeInputs() { return llvm::to_vector(getArgs()); }

/// What the callee makes of the ranges of the arguments.
FloatRange CustomVjpOp::getFloatRange(OpResult result, FloatRanges &ranges) {
  auto callee = SymbolTable::lookupNearestSymbolFrom<FunctionOpInterface>(*this, getCalleeAttr());
  if (!callee || !callee.getFunctionBody().hasOneBlock())
    return FloatRange::getUnknown();
  FloatRanges inside;
  Block &body = callee.getFunctionBody().front();
  for (auto [argument, operand] : llvm::zip_equal(body.getArguments(), getArgs()))
    inside.assume(argument, ranges.get(operand));
  return inside.get(body.getTerminator()->getOperand(result.getResultNumber()));
}

SmallVector<Value> StopGradientOp::getFloatRangeInputs() { return {getInput()}; }

FloatRange StopGradientOp::getFloatRange(OpResult, FloatRanges &ranges) { return ranges.get(getInput()); }
