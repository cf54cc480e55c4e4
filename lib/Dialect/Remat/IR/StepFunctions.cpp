//===- StepFunctions.cpp - The functions of a chain ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/StepFunctions.h"

using namespace mlir;
using namespace remat;

StringRef remat::stringifyStepRole(StepRole role) {
  switch (role) {
  case StepRole::Advance:
    return "advance";
  case StepRole::Replay:
    return "replay";
  case StepRole::Record:
    return "record";
  case StepRole::ReplayRecord:
    return "replay_record";
  case StepRole::Reverse:
    return "reverse";
  case StepRole::Resume:
    return "resume";
  case StepRole::Linearize:
    return "linearize";
  }
  return "";
}

std::pair<unsigned, unsigned> StepFunction::getInPlaceResults() {
  unsigned results = function.getNumResults();
  unsigned carries = chain.getCarryTypes().size();
  unsigned tapes = chain.getRecordedTypes().size();
  // What is updated in place is a result no more.
  unsigned gradients = chain.getMovedGradientTypes().size();
  switch (role) {
  case StepRole::Advance:
    return {carries, results - carries};
  case StepRole::Record:
    return {carries, results - carries - tapes};
  case StepRole::Reverse:
    return {gradients, results - gradients};
  default:
    return {results, 0};
  }
}

std::optional<unsigned> StepFunction::getInPlaceArgument(unsigned result) {
  auto [first, count] = getInPlaceResults();
  if (result < first || result >= first + count)
    return std::nullopt;
  return function.getNumArguments() - count + (result - first);
}

bool StepFunction::isWritable(unsigned argument) {
  // The step number and its position come before the tape.
  if (role == StepRole::Reverse && argument >= 2 && argument < 2 + chain.getTapeTypes().size())
    return true;
  return argument >= function.getNumArguments() - getInPlaceResults().second;
}

SmallVector<StepFunction> remat::getStepFunctions(ChainOp chain) {
  SmallVector<StepFunction> functions;
  FlatSymbolRefAttr names[numStepRoles] = {chain.getAdvanceAttr(),      chain.getReplayAttr(),  chain.getRecordAttr(),
                                           chain.getReplayRecordAttr(), chain.getReverseAttr(), chain.getResumeAttr(),
                                           chain.getLinearizeAttr()};
  for (auto [role, name] : llvm::enumerate(names)) {
    if (!name)
      continue;
    auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(chain, name);
    bool known = llvm::any_of(functions, [&](StepFunction &f) { return f.function == function; });
    if (function && !known)
      functions.push_back({StepRole(role), function, chain});
  }
  return functions;
}

unsigned remat::getFirstGradientArgument(ChainOp chain, BackwardSweepOp sweep) {
  // The step, its position, tape, scans and captures come before.
  return 2 + chain.getTapeTypes().size() + sweep.getScans().size() + sweep.getCaptures().size();
}
