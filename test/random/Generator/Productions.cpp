//===- Productions.cpp - The table of productions --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Productions.h"

using namespace remat::random;

static ProductionTable makeTable() {
  ProductionTable table;
  for (auto add :
       {addFloatProductions, addIntegerProductions, addConversionProductions, addStructuredProductions,
        addGenericProductions, addReductionProductions, addSliceProductions, addShapeProductions, addElementProductions,
        addBranchProductions, addLoopProductions, addRecurrenceProductions, addCallProductions, addGuardProductions,
        addExtremeProductions, addChoiceProductions, addRareProductions})
    add(table);
  return table;
}

const ProductionTable &remat::random::getProductions() {
  static const ProductionTable table = makeTable();
  return table;
}

std::vector<std::string> remat::random::getProductionNames() {
  std::vector<std::string> names;
  for (const Production &production : getProductions())
    names.push_back(production.name);
  return names;
}

bool remat::random::suits(const Production &production, const Builder &builder) {
  bool inBody = builder.function->position == Position::Body;
  switch (production.places) {
  case Places::Everywhere:
    return true;
  case Places::Tensors:
    return !inBody;
  case Places::Function:
    return builder.function->position == Position::Straight && builder.function->mayHaveLoops;
  case Places::Body:
    return inBody;
  }
  return false;
}
