//===- Conversions.cpp - Between element types -----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

/// A source and a target element type, both of the program's palette or near it.
static bool drawTypes(Builder &builder, bool fromFloat, bool toFloat, Type &from, Type &to) {
  from = builder.drawWorkingType(fromFloat);
  static const std::vector<Element> floats = {Element::F64, Element::F32, Element::F16, Element::BF16};
  static const std::vector<Element> integers = {Element::I1, Element::I8, Element::I32, Element::I64};
  std::vector<Element> allowed;
  for (Element element : toFloat ? floats : integers)
    if (builder.options.types.empty() ||
        std::find(builder.options.types.begin(), builder.options.types.end(), element) != builder.options.types.end())
      allowed.push_back(element);
  if (allowed.empty())
    return false;
  // Mostly back to what the program computes in.
  Element element = builder.random.chance(0.5) ? (toFloat ? builder.drawFloat() : builder.drawInteger())
                                               : builder.random.pick(allowed);
  to = from.with(element);
  return true;
}

static std::string print(const char *name, const Value &operand, const Type &to) {
  return std::string(name) + " " + operand.name + " : " + operand.type.print() + " to " + to.print();
}

static bool writeFloatToFloat(Builder &builder) {
  Type from, to;
  if (!drawTypes(builder, true, true, from, to) || getBits(from.element) == getBits(to.element))
    return false;
  Value operand = builder.get(from, Want{Range::symmetric(1e4)});
  builder.emit(print(getBits(from.element) < getBits(to.element) ? "arith.extf" : "arith.truncf", operand, to), to,
               operand.range, operand.exact);
  return true;
}

static bool writeIntegerToFloat(Builder &builder) {
  Type from, to;
  if (!drawTypes(builder, false, true, from, to) || from.element == Element::Index)
    return false;
  bool isSigned = builder.random.chance(0.6);
  double most = std::min(60.0, getFullRange(from.element).high);
  // Values that the float type holds.
  Value operand = builder.get(from, Want{{isSigned ? -most : 0, most}, true});
  Range range = operand.range;
  if (isSigned && from.element == Element::I1)
    range = {-1, 0};
  builder.emit(print(isSigned ? "arith.sitofp" : "arith.uitofp", operand, to), to, range, true);
  return true;
}

static bool writeFloatToInteger(Builder &builder) {
  Type from, to;
  if (!drawTypes(builder, true, false, from, to) || to.element == Element::Index || to.element == Element::I1)
    return false;
  bool isSigned = builder.random.chance(0.7);
  Value operand = builder.get(from, Want{isSigned ? Range::symmetric(100) : Range{0, 100}, true});
  builder.emit(print(isSigned ? "arith.fptosi" : "arith.fptoui", operand, to), to,
               {std::trunc(operand.range.low), std::trunc(operand.range.high)}, true);
  return true;
}

static bool writeIntegerToInteger(Builder &builder) {
  Type from, to;
  if (!drawTypes(builder, false, false, from, to))
    return false;
  bool hasIndex = (from.element == Element::Index) != (to.element == Element::Index);
  bool isSigned = builder.random.chance(0.6);
  if (hasIndex) {
    if (from.element == Element::I1 || to.element == Element::I1)
      return false;
    Value operand = builder.get(from, Want{{0, 100}, true});
    builder.emit(print(isSigned ? "arith.index_cast" : "arith.index_castui", operand, to), to, operand.range, true);
    return true;
  }
  if (getBits(from.element) == getBits(to.element))
    return false;
  Value operand = builder.get(from);
  Range full = getFullRange(to.element);
  if (getBits(from.element) > getBits(to.element)) {
    builder.emit(print("arith.trunci", operand, to), to, operand.range.isWithin(full) ? operand.range : full, true);
    return true;
  }
  Range range = operand.range;
  if (isSigned && from.element == Element::I1)
    range = {-1, 0};
  else if (!isSigned && range.low < 0)
    range = {0, std::exp2(getBits(from.element))};
  builder.emit(print(isSigned ? "arith.extsi" : "arith.extui", operand, to), to, range, true);
  return true;
}

static bool writeBitcast(Builder &builder) {
  Type from = builder.drawWorkingType(true);
  Element element = getBits(from.element) == 64 ? Element::I64 : Element::I32;
  if (getBits(from.element) < 32)
    return false;
  Type to = from.with(element);
  Value operand = builder.get(from, Want{Range::symmetric(100), true});
  builder.emit(print("arith.bitcast", operand, to), to, getFullRange(element), true);
  return true;
}

void remat::random::addConversionProductions(ProductionTable &table) {
  table.push_back({"arith.extf/truncf", 2, Places::Everywhere, writeFloatToFloat});
  table.push_back({"arith.sitofp/uitofp", 2, Places::Everywhere, writeIntegerToFloat});
  table.push_back({"arith.fptosi/fptoui", 0.8, Places::Everywhere, writeFloatToInteger});
  table.push_back({"arith.ext/trunc/index_cast", 1.2, Places::Everywhere, writeIntegerToInteger});
  table.push_back({"arith.bitcast", 0.4, Places::Everywhere, writeBitcast});
}
