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

StringRef remat::stringifyStepRole(StepRole role) {
  static constexpr StringLiteral names[numStepRoles] = {"advance", "replay", "record",   "replay_record",
                                                        "reverse", "resume", "linearize"};
  return names[static_cast<size_t>(role)];
}

FlatSymbolRefAttr remat::getStepFunction(ChainOp chain, StepRole role) {
  return chain->getAttrOfType<FlatSymbolRefAttr>(stringifyStepRole(role));
}

std::optional<RematCounter> remat::getCounter(StepRole role) {
  switch (role) {
  case StepRole::Advance:
    return REMAT_COUNTER_ADVANCE;
  case StepRole::Replay:
    return REMAT_COUNTER_REPLAY;
  case StepRole::Record:
    return REMAT_COUNTER_RECORD;
  case StepRole::ReplayRecord:
  case StepRole::Linearize:
    return REMAT_COUNTER_REPLAY_RECORD;
  case StepRole::Reverse:
    return REMAT_COUNTER_REVERSE;
  case StepRole::Resume:
    break;
  }
  return std::nullopt;
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
  auto forward = dyn_cast<ForwardSweepOp>(sweep);
  auto backward = dyn_cast<BackwardSweepOp>(sweep);
  switch (kind) {
  case StepValue::Scan:
    return forward ? forward.getScans() : backward.getScans();
  case StepValue::Capture:
    return forward ? forward.getCaptures() : backward.getCaptures();
  case StepValue::Stacked:
    return forward ? ValueRange(forward.getStacked()) : ValueRange();
  case StepValue::StackedCotangent:
    return backward ? ValueRange(backward.getStackedCotangents()) : ValueRange();
  case StepValue::ScanGradient:
    return backward ? ValueRange(backward.getScanGradients()) : ValueRange();
  case StepValue::Accumulator:
    return backward ? ValueRange(backward.getAccumulators()) : ValueRange();
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

StepSignature::StepSignature(StepRole role) {
  struct Lists {
    ArrayRef<V> arguments, results;
  };
  const Lists lists[numStepRoles] = {{firstForward, carriesStacked},
                                     {forward, carries},
                                     {firstForward, carriesStackedTape},
                                     {forward, carriesTape},
                                     {backward, gradients},
                                     {fromTape, carries},
                                     {forward, tape}};
  arguments = lists[static_cast<size_t>(role)].arguments;
  results = lists[static_cast<size_t>(role)].results;
}

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
