//===- Branches.cpp - scf.if and scf.index_switch --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>

using namespace remat::random;

/// Types of results, and a region for each of \p number branches that yields them.
static void writeBranches(Builder &builder, unsigned number, std::vector<Value> &results,
                          std::vector<std::string> &regions) {
  bool inBody = builder.function->position == Position::Body;
  std::vector<Type> types;
  int64_t numResults = 1 + static_cast<int64_t>(builder.random.pickWeighted({70, 22, 8}));
  for (int64_t i = 0; i < numResults; ++i)
    types.push_back(builder.drawWorkingType(builder.random.chance(0.85)));
  std::vector<Range> ranges(types.size());
  std::vector<bool> exact(types.size(), true);
  for (unsigned branch = 0; branch < number; ++branch)
    regions.push_back(builder.writeRegion(inBody ? Position::Body : Position::Branch, [&] {
      builder.writeOperations(static_cast<unsigned>(builder.random.between(0, 3)));
      std::vector<Value> yielded;
      for (size_t i = 0; i < types.size(); ++i) {
        Value value = builder.get(types[i]);
        ranges[i] = branch == 0
                        ? value.range
                        : Range{std::min(ranges[i].low, value.range.low), std::max(ranges[i].high, value.range.high)};
        exact[i] = exact[i] && value.exact;
        yielded.push_back(value);
      }
      builder.line("scf.yield " + printNames(yielded) + " : " + printTypes(yielded));
    }));
  for (size_t i = 0; i < types.size(); ++i)
    results.push_back(Value{builder.newName(), types[i], ranges[i], exact[i]});
}

static bool writeIf(Builder &builder) {
  if (builder.function->depth > 3)
    return false;
  Value condition = builder.get(Type::scalar(Element::I1), Want{{0, 1}, true});
  std::vector<Value> results;
  std::vector<std::string> regions;
  writeBranches(builder, 2, results, regions);
  builder.line(printNames(results) + " = scf.if " + condition.name + " -> (" + printTypes(results) + ") {");
  builder.function->text += regions[0];
  builder.line("} else {");
  builder.function->text += regions[1];
  builder.line("}");
  for (const Value &result : results)
    builder.addValue(result);
  return true;
}

static bool writeSwitch(Builder &builder) {
  if (builder.function->depth > 2)
    return false;
  Value selector = builder.getIndexBelow(4);
  std::vector<Value> results;
  std::vector<std::string> regions;
  unsigned number = static_cast<unsigned>(builder.random.between(2, 3));
  writeBranches(builder, number, results, regions);
  builder.line(printNames(results) + " = scf.index_switch " + selector.name + " -> " + printTypes(results));
  for (unsigned i = 0; i + 1 < number; ++i) {
    builder.line("case " + std::to_string(i) + " {");
    builder.function->text += regions[i];
    builder.line("}");
  }
  builder.line("default {");
  builder.function->text += regions.back();
  builder.line("}");
  for (const Value &result : results)
    builder.addValue(result);
  return true;
}

void remat::random::addBranchProductions(ProductionTable &table) {
  table.push_back({"scf.if", 4, Places::Everywhere, writeIf});
  table.push_back({"scf.index_switch", 0.5, Places::Tensors, writeSwitch});
}
