//===- Loops.cpp - scf.for and scf.while over integers ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Loops that are not over time. What they carry is not differentiated: integers, as
// scalars or as tensors of rank 0, which is how JAX writes them.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

static Type drawCarry(Builder &builder) {
  Element element = builder.drawInteger();
  if (element == Element::I1)
    element = Element::I32;
  return builder.random.chance(0.5) ? Type::scalar(element) : Type::tensor(element, {});
}

static bool writeFor(Builder &builder) {
  if (builder.function->depth > 2)
    return false;
  Type index = Type::scalar(Element::Index);
  Value lower = builder.constant(index, 0), upper = builder.constant(index, builder.random.between(0, 4)),
        step = builder.constant(index, builder.random.between(1, 2));
  Type type = drawCarry(builder);
  if (builder.random.chance(0.2))
    type = builder.drawTensorType(type.element, 2);
  Value init = builder.get(type);
  Value result{builder.newName(), type, getFullRange(type.element), true};
  Value counter{builder.newName("i"), index, {0, 4}, true};
  Value carried{builder.newName("c"), type, getFullRange(type.element), true};
  std::string region = builder.writeRegion(Position::Loop, [&] {
    builder.addValue(counter);
    builder.addValue(carried);
    builder.writeOperations(static_cast<unsigned>(builder.random.between(0, 2)));
    Value other = builder.get(type);
    Value next = builder.emit("arith.addi " + carried.name + ", " + other.name + " : " + type.print(), type,
                              getFullRange(type.element), true);
    builder.line("scf.yield " + next.name + " : " + type.print());
  });
  builder.line(result.name + " = scf.for " + counter.name + " = " + lower.name + " to " + upper.name + " step " +
               step.name + " iter_args(" + carried.name + " = " + init.name + ") -> (" + type.print() + ") {");
  builder.function->text += region;
  builder.line("}");
  builder.addValue(result);
  return true;
}

static bool writeWhile(Builder &builder) {
  if (builder.function->depth > 2)
    return false;
  Type type = drawCarry(builder);
  Value init = builder.get(type, Want{{-20, 20}, true});
  Value limit = builder.randomConstant(type, {-5, 30});
  Value stride = builder.randomConstant(type, {1, 7});
  Value result{builder.newName(), type, {-20, 40}, true};
  std::string before = builder.newName("c"), after = builder.newName("c"), less = builder.newName("c"),
              go = builder.newName("c"), next = builder.newName("c");
  std::string suffix = " : " + type.print();
  builder.line(result.name + " = scf.while (" + before + " = " + init.name + ") : (" + type.print() + ") -> " +
               type.print() + " {");
  builder.line("  " + less + " = arith.cmpi slt, " + before + ", " + limit.name + suffix);
  if (type.isTensor)
    builder.line("  " + go + " = tensor.extract " + less + "[] : tensor<i1>");
  builder.line("  scf.condition(" + (type.isTensor ? go : less) + ") " + before + suffix);
  builder.line("} do {");
  builder.line("^bb0(" + after + ": " + type.print() + "):");
  builder.line("  " + next + " = arith.addi " + after + ", " + stride.name + suffix);
  builder.line("  scf.yield " + next + suffix);
  builder.line("}");
  builder.addValue(result);
  return true;
}

/// A row of a table, at a place that a loop over integers computes.
static bool writeCountedRow(Builder &builder) {
  auto isTable = [&](const Value &value) {
    return value.type.isTensor && isFloat(value.type.element) && value.type.getRank() > 0 && !value.type.isDynamic() &&
           value.type.shape[0] > 1 && std::isfinite(value.range.high);
  };
  // In a step mostly what the loop carries, scans and captures: a gradient needs the place, too.
  auto isGiven = [&](const Value &value) { return isTable(value) && value.name[1] != 'v'; };
  Value table;
  if (builder.function->depth > 2 ||
      (!(builder.random.chance(0.8) && builder.find(isGiven, table)) && !builder.find(isTable, table)))
    return false;
  Type index = Type::scalar(Element::Index);
  // From constants alone it would be computed once, in front of the loop over time.
  auto varies = [&](const Value &value) { return value.type == index && value.range.low < value.range.high; };
  Want want{{0, static_cast<double>(table.type.shape[0] - 1)}, true};
  Value lower = builder.constant(index, 0), upper = builder.constant(index, builder.random.between(1, 4)),
        step = builder.constant(index, 1), init;
  if (builder.random.chance(0.85) && builder.find(varies, init))
    init = builder.coerce(init, want);
  else
    init = builder.getIndexBelow(table.type.shape[0]);
  std::string counter = builder.newName("i"), carried = builder.newName("c"), next = builder.newName("c");
  Value count = {builder.newName(), index, {init.range.low, init.range.high + 6}, true};
  builder.line(count.name + " = scf.for " + counter + " = " + lower.name + " to " + upper.name + " step " + step.name +
               " iter_args(" + carried + " = " + init.name + ") -> (index) {");
  builder.line("  " + next + " = arith.addi " + carried + ", " + counter + " : index");
  builder.line("  scf.yield " + next + " : index");
  builder.line("}");
  builder.addValue(count);
  Value place = builder.coerce(count, want);
  Type row = table.type.with(std::vector<int64_t>(table.type.shape.begin() + 1, table.type.shape.end()));
  std::vector<std::string> offsets = {place.name}, sizes = {"1"}, strides(table.type.shape.size(), "1");
  for (int64_t extent : row.shape) {
    offsets.push_back("0");
    sizes.push_back(std::to_string(extent));
  }
  builder.emit("tensor.extract_slice " + table.name + "[" + join(offsets) + "] [" + join(sizes) + "] [" +
                   join(strides) + "] : " + table.type.print() + " to " + row.print(),
               row, table.range, table.exact);
  return true;
}

void remat::random::addLoopProductions(ProductionTable &table) {
  table.push_back({"scf.for", 0.7, Places::Tensors, writeFor});
  table.push_back({"scf.while", 0.5, Places::Tensors, writeWhile});
  table.push_back({"row at a computed place", 1.5, Places::Tensors, writeCountedRow});
}
