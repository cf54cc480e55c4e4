//===- Integers.cpp - Element-wise operations on integers ------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Additions and products wrap and so take every value; divisors, shifts and powers
// are kept where the operations are defined.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

namespace {

struct IntegerOp {
  const char *name;
  /// What the second operand must be.
  enum Second { Any, Divisor, Amount } second;
  bool hasI1 = true;
};

} // namespace

static const IntegerOp integerOps[] = {
    {"arith.addi", IntegerOp::Any},
    {"arith.subi", IntegerOp::Any},
    {"arith.muli", IntegerOp::Any},
    {"arith.andi", IntegerOp::Any},
    {"arith.ori", IntegerOp::Any},
    {"arith.xori", IntegerOp::Any},
    {"arith.maxsi", IntegerOp::Any},
    {"arith.minsi", IntegerOp::Any},
    {"arith.maxui", IntegerOp::Any},
    {"arith.minui", IntegerOp::Any},
    {"arith.shli", IntegerOp::Amount, false},
    {"arith.shrsi", IntegerOp::Amount, false},
    {"arith.shrui", IntegerOp::Amount, false},
    {"arith.divsi", IntegerOp::Divisor, false},
    {"arith.divui", IntegerOp::Divisor, false},
    {"arith.remsi", IntegerOp::Divisor, false},
    {"arith.remui", IntegerOp::Divisor, false},
    {"arith.floordivsi", IntegerOp::Divisor, false},
    {"arith.ceildivsi", IntegerOp::Divisor, false},
    {"arith.ceildivui", IntegerOp::Divisor, false},
};

/// Small operands stay small, so that values can still become indices.
static Range getImage(const std::string &name, const Type &type, const Range &left, const Range &right) {
  Range full = getFullRange(type.element);
  if (type.element == Element::I1)
    return full;
  double most = left.getMagnitude(), other = right.getMagnitude();
  Range image = full;
  if (name == "arith.addi" || name == "arith.subi")
    image = Range::symmetric(most + other);
  else if (name == "arith.muli")
    image = Range::symmetric(most * other);
  else if (name == "arith.maxsi" || name == "arith.minsi")
    image = {std::min(left.low, right.low), std::max(left.high, right.high)};
  else if (name == "arith.divsi" || name == "arith.floordivsi" || name == "arith.ceildivsi" || name == "arith.remsi")
    image = Range::symmetric(std::max(most, other));
  else if (name == "arith.remui")
    image = {0, right.high};
  return image.isWithin(full) ? image : full;
}

/// A divisor that may be 0 or -1, or a distance that may be as large as the number is wide: both have values
/// that docs/Rationale.md defines.
static Value getAwkward(Builder &builder, const Type &type, IntegerOp::Second second) {
  if (builder.random.chance(0.5))
    return builder.get(type);
  if (second == IntegerOp::Amount)
    return builder.constant(type, static_cast<double>(getBits(type.element)) - builder.random.below(2));
  return builder.constant(type, -static_cast<double>(builder.random.below(2)));
}

static bool writeBinary(Builder &builder, const IntegerOp &op) {
  Type type = builder.drawWorkingType(false);
  if (type.element == Element::I1 && !op.hasI1)
    return false;
  Want want;
  if (op.second == IntegerOp::Divisor)
    want.range = {1, 100};
  else if (op.second == IntegerOp::Amount)
    want.range = {0, static_cast<double>(getBits(type.element) - 1)};
  bool isAwkward = op.second != IntegerOp::Any && builder.random.chance(0.35);
  bool isSmallest = isAwkward && builder.random.chance(0.3);
  Value left = isSmallest ? builder.constant(type, getFullRange(type.element).low) : builder.get(type);
  Value right = isAwkward ? getAwkward(builder, type, op.second) : builder.get(type, want);
  std::string name = op.name;
  builder.emit(name + " " + left.name + ", " + right.name + " : " + type.print(), type,
               isAwkward ? getFullRange(type.element) : getImage(name, type, left.range, right.range), true);
  return true;
}

static bool writeCompare(Builder &builder) {
  static const std::vector<std::string> predicates = {"eq",  "ne",  "slt", "sle", "sgt",
                                                      "sge", "ult", "ule", "ugt", "uge"};
  Type type = builder.drawWorkingType(false);
  Value left = builder.get(type), right = builder.get(type);
  builder.emit("arith.cmpi " + builder.random.pick(predicates) + ", " + left.name + ", " + right.name + " : " +
                   type.print(),
               type.with(Element::I1), {0, 1}, true);
  return true;
}

static bool writeUnary(Builder &builder, const char *name) {
  Type type = builder.drawWorkingType(false);
  if (type.element == Element::I1)
    return false;
  Value operand = builder.get(type);
  Range image = getFullRange(type.element);
  if (std::string(name) != "math.absi")
    image = {0, static_cast<double>(getBits(type.element))};
  builder.emit(std::string(name) + " " + operand.name + " : " + type.print(), type, image, true);
  return true;
}

static bool writeExtended(Builder &builder, const char *name) {
  Type type = builder.drawWorkingType(false);
  if (type.element == Element::I1 || type.element == Element::Index)
    return false;
  Value left = builder.get(type), right = builder.get(type);
  Type second = std::string(name) == "arith.addui_extended" ? type.with(Element::I1) : type;
  Value low{builder.newName(), type, getFullRange(type.element), true};
  Value high{builder.newName(), second, getFullRange(second.element), true};
  std::string types = second == type ? type.print() : type.print() + ", " + second.print();
  builder.line(low.name + ", " + high.name + " = " + name + " " + left.name + ", " + right.name + " : " + types);
  builder.addValue(low);
  builder.addValue(high);
  return true;
}

static bool writePower(Builder &builder) {
  Type type = builder.drawWorkingType(false);
  if (type.element == Element::I1 || type.element == Element::Index)
    return false;
  Value base = builder.get(type), exponent = builder.get(type, Want{{0, 5}, true});
  builder.emit("math.ipowi " + base.name + ", " + exponent.name + " : " + type.print(), type,
               getFullRange(type.element), true);
  return true;
}

void remat::random::addIntegerProductions(ProductionTable &table) {
  for (const IntegerOp &op : integerOps)
    table.push_back({op.name, op.second == IntegerOp::Any ? 0.8 : 0.4, Places::Everywhere,
                     [&op](Builder &builder) { return writeBinary(builder, op); }});
  table.push_back({"arith.cmpi", 1.5, Places::Everywhere, writeCompare});
  for (const char *name : {"math.absi", "math.ctpop", "math.ctlz", "math.cttz"})
    table.push_back({name, 0.25, Places::Everywhere, [name](Builder &builder) { return writeUnary(builder, name); }});
  for (const char *name : {"arith.addui_extended", "arith.mulsi_extended", "arith.mului_extended"})
    table.push_back({name, 0.2, Places::Everywhere, [name](Builder &builder) { return writeExtended(builder, name); }});
  table.push_back({"math.ipowi", 0.2, Places::Everywhere, writePower});
}
