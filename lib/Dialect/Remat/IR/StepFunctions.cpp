//===- StepFunctions.cpp - The functions of a chain ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/StepFunctions.h"

using namespace mlir;
using namespace remat;

std::pair<unsigned, unsigned> StepFunction::getInPlaceResults() {
  // They stand together. Their number is up to the sweeps; the chain has those of the others.
  StepSignature signature(role);
  unsigned before = 0, behind = 0;
  bool isBehind = false;
  for (StepValue kind : signature.getResults()) {
    if (signature.isInPlace(kind))
      isBehind = true;
    else
      (isBehind ? behind : before) += getChainTypes(chain, kind).size();
  }
  return {before, isBehind ? function.getNumResults() - before - behind : 0};
}

std::optional<unsigned> StepFunction::getInPlaceArgument(unsigned result) {
  auto [first, count] = getInPlaceResults();
  if (result < first || result >= first + count)
    return std::nullopt;
  return function.getNumArguments() - count + (result - first);
}

bool StepFunction::isWritable(unsigned argument) {
  if (role == StepRole::Reverse) {
    unsigned first = StepSignature(role).getFirstArgument(StepValue::Tape, chain);
    if (argument >= first && argument < first + chain.getTapeTypes().size())
      return true;
  }
  return argument >= function.getNumArguments() - getInPlaceResults().second;
}

SmallVector<StepFunction> remat::getStepFunctions(ChainOp chain) {
  SmallVector<StepFunction> functions;
  for (size_t number = 0; number < numStepRoles; ++number) {
    FlatSymbolRefAttr name = getStepFunction(chain, StepRole(number));
    if (!name)
      continue;
    auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(chain, name);
    bool known = llvm::any_of(functions, [&](StepFunction &f) { return f.function == function; });
    if (function && !known)
      functions.push_back({StepRole(number), function, chain});
  }
  return functions;
}
