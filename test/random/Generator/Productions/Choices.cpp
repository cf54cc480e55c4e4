//===- Choices.cpp - What is chosen of two, and by how little --------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Extrema of equal numbers, whose derivative is shared; extrema of zeros of both signs, and products that are
// flushed to zero, which are seen by what is selected with them.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace remat::random;

static std::string printSelect(const Type &type) {
  return " : " + (type.isTensor ? type.with(Element::I1).print() + ", " : std::string()) + type.print();
}

/// An extremum of a number and of the same one where a mask holds.
static bool writeTie(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  // Bits that are certain, or nobody knows whether they tie.
  Value x = builder.getUnknown(type, Want{Range::symmetric(50), true}),
        other = builder.get(type, Want{Range::symmetric(50), true}), mask = builder.get(type.with(Element::I1));
  if (other.name == x.name)
    other = builder.constant(type, 1);
  Range range{std::min(x.range.low, other.range.low), std::max(x.range.high, other.range.high)};
  Value y = builder.emit("arith.select " + mask.name + ", " + x.name + ", " + other.name + printSelect(type), type,
                         range, true);
  static const std::vector<std::string> names = {"arith.maximumf ", "arith.minimumf ", "arith.maximumf ",
                                                 "arith.minimumf ", "arith.maxnumf ",  "arith.minnumf "};
  if (builder.random.chance(0.5))
    std::swap(x, y);
  builder.emit(builder.random.pick(names) + x.name + ", " + y.name + " : " + type.print(), type, range, true);
  return true;
}

/// The larger or the smaller of two zeros, and its sign.
static bool writeSignOfZero(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  std::string suffix = " : " + type.print();
  auto getZero = [&] {
    Value x = builder.getUnknown(type, Want{Range::symmetric(50), true}), zero = builder.constant(type, 0);
    return builder.emit("arith.mulf " + x.name + ", " + zero.name + suffix, type, {0, 0}, true);
  };
  Value left = getZero(), right;
  if (builder.random.chance(0.5))
    right = builder.emit("arith.negf " + left.name + suffix, type, {0, 0}, true);
  else
    right = builder.random.chance(0.5) ? getZero() : builder.constant(type, builder.random.chance(0.5) ? 0.0 : -0.0);
  if (builder.random.chance(0.5))
    std::swap(left, right);
  Value extremum = builder.emit((builder.random.chance(0.7) ? "arith.maximumf " : "arith.minimumf ") + left.name +
                                    ", " + right.name + suffix,
                                type, {0, 0}, true);
  Value one = builder.constant(type, 1);
  builder.emit("math.copysign " + one.name + ", " + extremum.name + suffix, type, Range::symmetric(1), true);
  return true;
}

/// The argument of the program that is \p factor; a constant would be folded, with numbers that a processor flushes.
static bool findFactor(Builder &builder, Element element, double factor, std::string &name) {
  Type type = Type::tensor(element, {});
  Function &function = *builder.function;
  for (const Argument &argument : function.arguments)
    if (argument.value.type == type && argument.value.range.low == factor && argument.value.range.high == factor) {
      name = argument.value.name;
      return true;
    }
  // What is passed to other functions may be a constant.
  bool isGiven = function.name == "main" || function.name.compare(0, 4, "loss") == 0;
  if (!isGiven || function.arguments.size() > 6)
    return false;
  char text[64];
  snprintf(text, sizeof(text), "%.17g", factor);
  name = builder.newName("n");
  builder.addArgument({Value{name, type, {factor, factor}, true}, text});
  return true;
}

/// A selection by whether a number times two small powers of two is zero.
static bool writeFlushedProduct(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  bool isDouble = type.element == Element::F64;
  std::string factor;
  if (type.isDynamic() || (!isDouble && type.element != Element::F32))
    return false;
  // The product is above the smallest number there is, and below the smallest normal one.
  if (!findFactor(builder, type.element, std::ldexp(1.0, isDouble ? -520 : -66), factor))
    return false;
  Value x = builder.getUnknown(type, Want{Range::symmetric(10), false}), left = builder.get(type),
        right = builder.get(type);
  std::string suffix = " : " + type.print(), scalar = builder.newName("w"), small = scalar;
  builder.line(scalar + " = tensor.extract " + factor + "[] : " + Type::tensor(type.element, {}).print());
  if (type.isTensor) {
    small = builder.newName("w");
    builder.line(small + " = tensor.splat " + scalar + suffix);
  }
  std::string product = x.name;
  for (int i = 0; i < 2; ++i) {
    std::string next = builder.newName("w");
    builder.line(next + " = arith.mulf " + product + ", " + small + suffix);
    product = next;
  }
  static const std::vector<std::string> predicates = {"oeq", "ueq", "one", "une"};
  Value zero = builder.constant(type, 0);
  std::string condition = builder.newName("w");
  builder.line(condition + " = arith.cmpf " + builder.random.pick(predicates) + ", " + product + ", " + zero.name +
               suffix);
  builder.emit("arith.select " + condition + ", " + left.name + ", " + right.name + printSelect(type), type,
               {std::min(left.range.low, right.range.low), std::max(left.range.high, right.range.high)},
               left.exact && right.exact);
  return true;
}

void remat::random::addChoiceProductions(ProductionTable &table) {
  table.push_back({"tie", 0.8, Places::Everywhere, writeTie});
  table.push_back({"sign of a zero", 0.5, Places::Everywhere, writeSignOfZero});
  table.push_back({"flushed product", 0.5, Places::Tensors, writeFlushedProduct});
}
