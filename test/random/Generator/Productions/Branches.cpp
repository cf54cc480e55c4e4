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
  Value condition = builder.getCondition();
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

/// A slice of \p source of the size of \p type, which may have lost extents of one in front.
static std::string printSlice(Builder &builder, const Value &source, const Type &type) {
  std::vector<int64_t> offsets, sizes;
  int64_t dropped = source.type.getRank() - type.getRank();
  for (int64_t i = 0; i < source.type.getRank(); ++i) {
    sizes.push_back(i < dropped ? 1 : type.shape[static_cast<size_t>(i - dropped)]);
    offsets.push_back(builder.random.below(source.type.shape[static_cast<size_t>(i)] - sizes.back() + 1));
  }
  return "tensor.extract_slice " + source.name + printList(offsets) + " " + printList(sizes) + " " +
         printList(std::vector<int64_t>(sizes.size(), 1)) + " : " + source.type.print() + " to " + type.print();
}

/// The result of a branch that is one of two arrays from outside, one of them computed over in place or a part of
/// another one, and is read after another array was computed: the sum of that one begins with it.
static bool writeLateRead(Builder &builder) {
  if (builder.function->depth > 2)
    return false;
  Element element = builder.drawFloat();
  Type type = builder.drawTensorType(element, 2);
  // A part of an array that the function is given: a loop may have read it, too.
  Value whole;
  bool slices = builder.random.chance(0.45) &&
                builder.find(
                    [&](const Value &value) {
                      return value.type.isTensor && isFloat(value.type.element) && value.type.getRank() > 0 &&
                             value.name[1] != 'v' && !builder.isUnused(value) && value.range.getMagnitude() <= 10 &&
                             std::all_of(value.type.shape.begin(), value.type.shape.end(),
                                         [](int64_t extent) { return extent > 0; });
                    },
                    whole);
  if (slices) {
    element = whole.type.element;
    type = Type::tensor(element, {});
    for (size_t i = static_cast<size_t>(builder.random.below(whole.type.getRank() + 1)); i < whole.type.shape.size();
         ++i)
      type.shape.push_back(builder.random.chance(0.4) ? whole.type.shape[i]
                                                      : builder.random.between(1, whole.type.shape[i]));
  }
  Type left = Type::tensor(element, {builder.random.pick(builder.extents), builder.random.between(1, 4)});
  Type right = Type::tensor(element, {left.shape[1], builder.random.pick(builder.extents)});
  Type product = left.with(std::vector<int64_t>{left.shape[0], right.shape[1]}), scalar = Type::tensor(element, {});
  Value condition = builder.getCondition();
  Want want{Range::symmetric(2), false};
  Range range = Range::symmetric(slices ? std::max(2.0, whole.range.getMagnitude()) : 2);
  std::string suffix = " : " + type.print();
  Value outside = builder.random.chance(0.35) ? builder.constant(type, 0.5) : builder.getUnknown(type, want);
  if (outside.range.low < outside.range.high && builder.random.chance(0.6))
    outside = builder.emit("math.sin " + outside.name + suffix, type, Range::symmetric(1), false);
  // What no one else reads, and no loop computes anew.
  std::string over = builder.newName("w");
  if (!slices) {
    Type rows = type;
    rows.shape.insert(rows.shape.begin(), builder.random.between(1, 3));
    Value terms = builder.getUnknown(rows, want), start = builder.zeros(type);
    builder.line(over + " = linalg.reduce { arith.addf } ins(" + terms.name + " : " + rows.print() + ") outs(" +
                 start.name + suffix + ") dimensions = [0]");
  }
  std::vector<std::string> regions;
  for (bool computes : {true, false})
    regions.push_back(builder.writeRegion(Position::Branch, [&] {
      Value value = outside;
      if (computes)
        value =
            builder.emit(slices ? printSlice(builder, whole, type) : "math.cos " + over + suffix, type, range, false);
      builder.line("scf.yield " + value.name + suffix);
    }));
  if (builder.random.chance(0.5))
    std::swap(regions[0], regions[1]);
  Value result{builder.newName(), type, range, false};
  builder.line(result.name + " = scf.if " + condition.name + " -> (" + type.print() + ") {");
  builder.function->text += regions[0];
  builder.line("} else {");
  builder.function->text += regions[1];
  builder.line("}");

  Value a = builder.getUnknown(left, Want{Range::symmetric(0.5), false}),
        b = builder.getUnknown(right, Want{Range::symmetric(0.5), false}), zeros = builder.zeros(product),
        sum = builder.zeros(scalar);
  double most = 0;
  Value other =
      builder.emit("linalg.matmul ins(" + a.name + ", " + b.name + " : " + left.print() + ", " + right.print() +
                       ") outs(" + zeros.name + " : " + product.print() + ") -> " + product.print(),
                   product, Range::symmetric(0.25 * static_cast<double>(left.shape[1])), false);
  for (const Value &term : {other, result}) {
    std::vector<int64_t> dimensions;
    for (int64_t i = 0; i < term.type.getRank(); ++i)
      dimensions.push_back(i);
    most += term.range.getMagnitude() * static_cast<double>(builder.countElements(term.type));
    if (term.type.getRank() == 0)
      sum = builder.emit("arith.addf " + sum.name + ", " + term.name + " : " + scalar.print(), scalar,
                         Range::symmetric(most), false);
    else
      sum = builder.emit("linalg.reduce { arith.addf } ins(" + term.name + " : " + term.type.print() + ") outs(" +
                             sum.name + " : " + scalar.print() + ") dimensions = " + printList(dimensions),
                         scalar, Range::symmetric(most), false);
  }
  return true;
}

void remat::random::addBranchProductions(ProductionTable &table) {
  table.push_back({"scf.if", 4, Places::Everywhere, writeIf});
  table.push_back({"scf.index_switch", 0.5, Places::Tensors, writeSwitch});
  table.push_back({"late read of a branch", 0.9, Places::Tensors, writeLateRead});
}
