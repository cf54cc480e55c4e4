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

static std::string print(const std::string &name, const Value &operand, const Type &to) {
  return name + " " + operand.name + " : " + operand.type.print() + " to " + to.print();
}

static bool writeFloatToFloat(Builder &builder, const std::string &name) {
  Type from, to;
  if (!drawTypes(builder, true, true, from, to))
    return false;
  unsigned before = getBits(from.element), after = getBits(to.element);
  if (name == "arith.extf" ? before >= after : before <= after)
    return false;
  Value operand = builder.get(from, Want{Range::symmetric(1e4), false});
  builder.emit(print(name, operand, to), to, operand.range, operand.exact);
  return true;
}

static bool writeIntegerToFloat(Builder &builder, const std::string &name) {
  Type from, to;
  if (!drawTypes(builder, false, true, from, to) || from.element == Element::Index)
    return false;
  bool isSigned = name == "arith.sitofp";
  double most = std::min(60.0, getFullRange(from.element).high);
  // Values that the float type holds.
  Value operand = builder.get(from, Want{{isSigned ? -most : 0, most}, true});
  Range range = operand.range;
  if (isSigned && from.element == Element::I1)
    range = {-1, 0};
  builder.emit(print(name, operand, to), to, range, true);
  return true;
}

static bool writeFloatToInteger(Builder &builder, const std::string &name) {
  Type from, to;
  if (!drawTypes(builder, true, false, from, to) || to.element == Element::Index || to.element == Element::I1)
    return false;
  Value operand = builder.get(from, Want{name == "arith.fptosi" ? Range::symmetric(100) : Range{0, 100}, true});
  builder.emit(print(name, operand, to), to, {std::trunc(operand.range.low), std::trunc(operand.range.high)}, true);
  return true;
}

static bool writeIndexCast(Builder &builder, const std::string &name) {
  Type from, to;
  if (!drawTypes(builder, false, false, from, to))
    return false;
  if ((from.element == Element::Index) == (to.element == Element::Index))
    to.element = from.element == Element::Index ? Element::I64 : Element::Index;
  if (from.element == Element::I1 || to.element == Element::I1)
    return false;
  Value operand = builder.get(from, Want{{0, 100}, true});
  builder.emit(print(name, operand, to), to, operand.range, true);
  return true;
}

static bool writeIntegerToInteger(Builder &builder, const std::string &name) {
  Type from, to;
  if (!drawTypes(builder, false, false, from, to) || from.element == Element::Index || to.element == Element::Index)
    return false;
  bool narrows = name == "arith.trunci";
  unsigned before = getBits(from.element), after = getBits(to.element);
  if (narrows ? before <= after : before >= after)
    return false;
  Value operand = builder.get(from);
  Range range = operand.range, full = getFullRange(to.element);
  if (narrows)
    range = range.isWithin(full) ? range : full;
  else if (name == "arith.extsi" && from.element == Element::I1)
    range = {-1, 0};
  else if (name == "arith.extui" && range.low < 0)
    range = {0, std::exp2(before)};
  builder.emit(print(name, operand, to), to, range, true);
  return true;
}

static bool writeBitcast(Builder &builder, const std::string &name) {
  Type from = builder.drawWorkingType(true);
  if (getBits(from.element) < 32 || (name == "tensor.bitcast" && !from.isTensor))
    return false;
  Element element = getBits(from.element) == 64 ? Element::I64 : Element::I32;
  Type to = from.with(element);
  Value operand = builder.get(from, Want{Range::symmetric(100), true});
  builder.emit(print(name, operand, to), to, getFullRange(element), true);
  return true;
}

void remat::random::addConversionProductions(ProductionTable &table) {
  auto add = [&](const std::string &name, double weight, bool (*write)(Builder &, const std::string &)) {
    Places places = name == "tensor.bitcast" ? Places::Tensors : Places::Everywhere;
    table.push_back({name, weight, places, [name, write](Builder &builder) { return write(builder, name); }});
  };
  for (const char *name : {"arith.extf", "arith.truncf"})
    add(name, 1.5, writeFloatToFloat);
  for (const char *name : {"arith.sitofp", "arith.uitofp"})
    add(name, 1, writeIntegerToFloat);
  for (const char *name : {"arith.fptosi", "arith.fptoui"})
    add(name, 0.5, writeFloatToInteger);
  for (const char *name : {"arith.index_cast", "arith.index_castui"})
    add(name, 0.5, writeIndexCast);
  for (const char *name : {"arith.extsi", "arith.extui", "arith.trunci"})
    add(name, 0.6, writeIntegerToInteger);
  add("arith.bitcast", 0.4, writeBitcast);
  add("tensor.bitcast", 0.05, writeBitcast);
}
