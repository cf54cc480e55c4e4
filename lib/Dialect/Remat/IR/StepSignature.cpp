//===- StepSignature.cpp - What step functions take and return -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/StepSignature.h"

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

using V = StepValue;

static constexpr V forward[] = {V::Step, V::Position, V::Carry, V::Scan, V::Capture};
static constexpr V firstForward[] = {V::Step, V::Position, V::Carry, V::Scan, V::Capture, V::Stacked};
static constexpr V fromTape[] = {V::Step, V::Position, V::Tape, V::Scan, V::Capture};
static constexpr V backward[] = {V::Step,     V::Position,         V::Tape,         V::Scan,       V::Capture,
                                 V::Gradient, V::StackedCotangent, V::ScanGradient, V::Accumulator};

static constexpr V carries[] = {V::NextCarry};
static constexpr V carriesStacked[] = {V::NextCarry, V::Stacked};
static constexpr V carriesStackedTape[] = {V::NextCarry, V::Stacked, V::Recorded};
static constexpr V carriesTape[] = {V::NextCarry, V::Recorded};
static constexpr V tape[] = {V::Recorded};
static constexpr V gradients[] = {V::PreviousGradient, V::ScanGradient, V::Accumulator};

namespace {
struct Row {
  StringLiteral name;
  std::optional<Counter> counter;
  ArrayRef<V> arguments, results;
};
} // namespace

static const Row &getRow(StepRole role) {
  static const Row rows[numStepRoles] = {{"advance", Counter::Advance, firstForward, carriesStacked},
                                         {"advance_again", Counter::AdvanceAgain, forward, carries},
                                         {"record", Counter::Record, firstForward, carriesStackedTape},
                                         {"record_again", Counter::RecordAgain, forward, carriesTape},
                                         {"reverse", Counter::Reverse, backward, gradients},
                                         {"resume", std::nullopt, fromTape, carries},
                                         {"linearize", Counter::RecordAgain, forward, tape}};
  return rows[static_cast<size_t>(role)];
}

StringRef remat::stringifyStepRole(StepRole role) { return getRow(role).name; }

std::optional<Counter> remat::getCounter(StepRole role) { return getRow(role).counter; }

FlatSymbolRefAttr remat::getStepFunction(ChainOp chain, StepRole role) {
  return chain->getAttrOfType<FlatSymbolRefAttr>(stringifyStepRole(role));
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

ArrayAttr remat::getChainTypes(ChainOp chain, StepValue kind) {
  switch (kind) {
  case StepValue::Carry:
  case StepValue::NextCarry:
    return chain.getCarryTypes();
  case StepValue::Tape:
    return chain.getTapeTypes();
  case StepValue::Recorded:
    return chain.getRecordedTypes();
  case StepValue::Gradient:
    return chain.getGradientTypes();
  case StepValue::PreviousGradient:
    return chain.getMovedGradientTypes();
  default:
    return {};
  }
}

ValueRange remat::getSweepOperands(Operation *sweep, StepValue kind) {
  auto forwardSweep = dyn_cast<ForwardSweepOp>(sweep);
  auto backwardSweep = dyn_cast<BackwardSweepOp>(sweep);
  switch (kind) {
  case StepValue::Scan:
    return forwardSweep ? forwardSweep.getScans() : backwardSweep.getScans();
  case StepValue::Capture:
    return forwardSweep ? forwardSweep.getCaptures() : backwardSweep.getCaptures();
  case StepValue::Stacked:
    return forwardSweep ? ValueRange(forwardSweep.getStacked()) : ValueRange();
  case StepValue::StackedCotangent:
    return backwardSweep ? ValueRange(backwardSweep.getStackedCotangents()) : ValueRange();
  case StepValue::ScanGradient:
    return backwardSweep ? ValueRange(backwardSweep.getScanGradients()) : ValueRange();
  case StepValue::Accumulator:
    return backwardSweep ? ValueRange(backwardSweep.getAccumulators()) : ValueRange();
  default:
    return {};
  }
}

MemRefType remat::getWorkspaceType(MLIRContext *context, int64_t bytes) {
  return MemRefType::get({bytes}, IntegerType::get(context, 8));
}

MemRefType remat::getCountersType(MLIRContext *context) {
  return MemRefType::get({REMAT_NUM_COUNTERS}, IntegerType::get(context, 64));
}

//===----------------------------------------------------------------------===//
// Signatures
//===----------------------------------------------------------------------===//

StepSignature::StepSignature(StepRole role) : arguments(getRow(role).arguments), results(getRow(role).results) {}

SmallVector<StepValue> StepSignature::getMemrefArguments() const {
  SmallVector<StepValue> kinds(arguments);
  for (StepValue kind : results)
    if (!isInPlace(kind))
      kinds.push_back(kind);
  kinds.append({StepValue::Workspace, StepValue::Counters});
  return kinds;
}

/// How many values come before the first one of \p kind.
static unsigned countBefore(ArrayRef<StepValue> kinds, StepValue kind, ChainOp chain, Operation *sweep) {
  unsigned count = 0;
  for (StepValue before : kinds) {
    if (before == kind)
      break;
    if (before == StepValue::Step || before == StepValue::Position)
      ++count;
    else if (ArrayAttr types = getChainTypes(chain, before))
      count += types.size();
    else
      count += getSweepOperands(sweep, before).size();
  }
  return count;
}

unsigned StepSignature::getFirstArgument(StepValue kind, ChainOp chain, Operation *sweep) const {
  return countBefore(arguments, kind, chain, sweep);
}

unsigned StepSignature::getFirstResult(StepValue kind, ChainOp chain, Operation *sweep) const {
  return countBefore(results, kind, chain, sweep);
}
