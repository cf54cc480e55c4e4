//===- Floats.cpp - Element-wise operations on floats ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One row per operation: where its operands must lie so that it is well
// conditioned, where its result lies then, and whether IEEE 754 settles the bits.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

namespace {

struct UnaryOp {
  const char *name;
  Range domain;
  /// The image of an interval within the domain.
  Range (*image)(const Range &);
  bool exact;
  /// Jumps: two nearly equal operands may have different results.
  bool jumps;
};

} // namespace

template <double (*function)(double)>
static Range monotone(const Range &range) {
  double left = function(range.low), right = function(range.high);
  return {std::min(left, right), std::max(left, right)};
}

template <double (*function)(double)>
static Range even(const Range &range) {
  double most = function(range.getMagnitude());
  double least = range.low <= 0 && range.high >= 0 ? function(0.0)
                                                   : function(std::min(std::fabs(range.low), std::fabs(range.high)));
  return {std::min(most, least), std::max(most, least)};
}

static Range unit(const Range &) { return Range::symmetric(1); }
static Range negated(const Range &range) { return {-range.high, -range.low}; }
static double reciprocalRoot(double x) { return 1 / std::sqrt(x); }
static double absolute(double x) { return std::fabs(x); }

static const UnaryOp unaryOps[] = {
    {"math.tanh", {-1e6, 1e6}, monotone<std::tanh>, false, false},
    {"math.sin", {-20, 20}, unit, false, false},
    {"math.cos", {-20, 20}, unit, false, false},
    {"math.tan", {-1.2, 1.2}, monotone<std::tan>, false, false},
    {"math.exp", {-4, 3}, monotone<std::exp>, false, false},
    {"math.exp2", {-4, 4}, monotone<std::exp2>, false, false},
    {"math.expm1", {-4, 3}, monotone<std::expm1>, false, false},
    {"math.log", {0.125, 64}, monotone<std::log>, false, false},
    {"math.log2", {0.125, 64}, monotone<std::log2>, false, false},
    {"math.log10", {0.125, 64}, monotone<std::log10>, false, false},
    {"math.log1p", {-0.75, 64}, monotone<std::log1p>, false, false},
    {"math.sqrt", {0.0625, 1e4}, monotone<std::sqrt>, true, false},
    {"math.rsqrt", {0.0625, 1e4}, monotone<reciprocalRoot>, false, false},
    {"math.cbrt", {0.0625, 1e4}, monotone<std::cbrt>, false, false},
    {"math.erf", {-8, 8}, monotone<std::erf>, false, false},
    {"math.erfc", {-8, 8}, monotone<std::erfc>, false, false},
    {"math.atan", {-1e6, 1e6}, monotone<std::atan>, false, false},
    {"math.asin", {-0.9, 0.9}, monotone<std::asin>, false, false},
    {"math.acos", {-0.9, 0.9}, monotone<std::acos>, false, false},
    {"math.sinh", {-3, 3}, monotone<std::sinh>, false, false},
    {"math.cosh", {-3, 3}, even<std::cosh>, false, false},
    {"math.asinh", {-1e4, 1e4}, monotone<std::asinh>, false, false},
    {"math.acosh", {1.25, 1e4}, monotone<std::acosh>, false, false},
    {"math.atanh", {-0.9, 0.9}, monotone<std::atanh>, false, false},
    {"math.absf", {-1e6, 1e6}, even<absolute>, true, false},
    {"arith.negf", {-1e6, 1e6}, negated, true, false},
    {"math.floor", {-1e3, 1e3}, monotone<std::floor>, true, true},
    {"math.ceil", {-1e3, 1e3}, monotone<std::ceil>, true, true},
    {"math.trunc", {-1e3, 1e3}, monotone<std::trunc>, true, true},
    {"math.round", {-1e3, 1e3}, monotone<std::round>, true, true},
    {"math.roundeven", {-1e3, 1e3}, monotone<std::nearbyint>, true, true},
};

static bool writeUnary(Builder &builder, const UnaryOp &op) {
  Type type = builder.drawWorkingType(true);
  Value operand = builder.get(type, Want{op.domain, op.jumps});
  builder.emit(std::string(op.name) + " " + operand.name + " : " + type.print(), type, op.image(operand.range),
               op.exact && operand.exact);
  return true;
}

/// The interval of a function that is monotone in each operand.
template <typename Function>
static Range combine(const Range &left, const Range &right, Function function) {
  double corners[] = {function(left.low, right.low), function(left.low, right.high), function(left.high, right.low),
                      function(left.high, right.high)};
  return {*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4)};
}

namespace {

struct BinaryOp {
  const char *name;
  Range left, right;
  Range (*image)(const Range &, const Range &);
  bool exact, jumps;
};

} // namespace

static Range sum(const Range &left, const Range &right) { return {left.low + right.low, left.high + right.high}; }
static Range difference(const Range &left, const Range &right) {
  return {left.low - right.high, left.high - right.low};
}
static Range product(const Range &left, const Range &right) {
  return combine(left, right, [](double x, double y) { return x * y; });
}
static Range quotient(const Range &left, const Range &right) {
  return combine(left, right, [](double x, double y) { return x / y; });
}
static Range larger(const Range &left, const Range &right) {
  return {std::max(left.low, right.low), std::max(left.high, right.high)};
}
static Range smaller(const Range &left, const Range &right) {
  return {std::min(left.low, right.low), std::min(left.high, right.high)};
}
static Range power(const Range &left, const Range &right) {
  return combine(left, right, [](double x, double y) { return std::pow(x, y); });
}
static Range angle(const Range &, const Range &) { return Range::symmetric(1.6); }
static Range leftMagnitude(const Range &left, const Range &) { return Range::symmetric(left.getMagnitude()); }

static const Range wide = Range::symmetric(100), narrow = Range::symmetric(10);

static const BinaryOp binaryOps[] = {
    {"arith.addf", wide, wide, sum, true, false},
    {"arith.subf", wide, wide, difference, true, false},
    {"arith.mulf", narrow, narrow, product, true, false},
    {"arith.divf", wide, {0.5, 50}, quotient, true, false},
    {"arith.maximumf", wide, wide, larger, true, false},
    {"arith.minimumf", wide, wide, smaller, true, false},
    {"arith.maxnumf", wide, wide, larger, true, false},
    {"arith.minnumf", wide, wide, smaller, true, false},
    {"arith.remf", wide, {0.5, 8}, leftMagnitude, true, true},
    {"math.powf", {0.25, 4}, {-2.5, 2.5}, power, false, false},
    {"math.atan2", narrow, {0.25, 10}, angle, false, false},
    {"math.copysign", wide, wide, leftMagnitude, true, true},
};

static bool writeBinary(Builder &builder, const BinaryOp &op) {
  Type type = builder.drawWorkingType(true);
  Value left = builder.get(type, Want{op.left, op.jumps});
  Value right = builder.get(type, Want{op.right, op.jumps});
  builder.emit(std::string(op.name) + " " + left.name + ", " + right.name + " : " + type.print(), type,
               op.image(left.range, right.range), op.exact && left.exact && right.exact);
  return true;
}

static bool writeFma(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  Value a = builder.get(type, Want{narrow}), b = builder.get(type, Want{narrow}), c = builder.get(type, Want{wide});
  builder.emit("math.fma " + a.name + ", " + b.name + ", " + c.name + " : " + type.print(), type,
               sum(product(a.range, b.range), c.range), false);
  return true;
}

static bool writeIntegerPower(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  if (type.isTensor && type.isDynamic())
    return false;
  Value base = builder.get(type, Want{{0.5, 2}});
  Value exponent = builder.randomConstant(type.with(Element::I32), {-2, 3});
  builder.emit("math.fpowi " + base.name + ", " + exponent.name + " : " + type.print() + ", " + exponent.type.print(),
               type, {0, 9}, false);
  return true;
}

static bool writeCompare(Builder &builder) {
  static const std::vector<std::string> predicates = {"oeq", "ogt", "oge", "olt", "ole", "one", "ord",
                                                      "ueq", "ugt", "uge", "ult", "ule", "une", "uno"};
  Type type = builder.drawWorkingType(true);
  Value left = builder.get(type, Want{wide, true}), right = builder.get(type, Want{wide, true});
  builder.emit("arith.cmpf " + builder.random.pick(predicates) + ", " + left.name + ", " + right.name + " : " +
                   type.print(),
               type.with(Element::I1), {0, 1}, true);
  return true;
}

static bool writeClassify(Builder &builder, const char *name) {
  Type type = builder.drawWorkingType(true);
  Value operand = builder.get(type, Want{wide, true});
  builder.emit(std::string(name) + " " + operand.name + " : " + type.print(), type.with(Element::I1), {0, 1}, true);
  return true;
}

static bool writeSelect(Builder &builder) {
  Type type = builder.drawWorkingType(builder.random.chance(0.75));
  Type mask = type.with(Element::I1);
  if (type.isTensor && builder.random.chance(0.2))
    mask = Type::scalar(Element::I1);
  Value condition = builder.get(mask), left = builder.get(type), right = builder.get(type);
  std::string types = mask == Type::scalar(Element::I1) ? type.print() : mask.print() + ", " + type.print();
  builder.emit("arith.select " + condition.name + ", " + left.name + ", " + right.name + " : " + types, type,
               {std::min(left.range.low, right.range.low), std::max(left.range.high, right.range.high)},
               left.exact && right.exact);
  return true;
}

static bool writeClamp(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  Value value = builder.get(type, Want{wide, true});
  Value low = builder.get(type, Want{{-10, -1}, true}), high = builder.get(type, Want{{1, 10}, true});
  builder.emit("math.clampf " + value.name + " to [" + low.name + ", " + high.name + "] : " + type.print(), type,
               {std::max(value.range.low, low.range.low), std::min(value.range.high, high.range.high)}, true);
  return true;
}

static bool writeSinCos(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  Value operand = builder.get(type, Want{Range::symmetric(20), false});
  Value sine{builder.newName(), type, Range::symmetric(1), false};
  Value cosine{builder.newName(), type, Range::symmetric(1), false};
  builder.line(sine.name + ", " + cosine.name + " = math.sincos " + operand.name + " : " + type.print());
  builder.addValue(sine);
  builder.addValue(cosine);
  return true;
}

static bool writeStopGradient(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor)
    return false;
  Value operand = builder.get(type);
  builder.emit("remat.stop_gradient " + operand.name + " : " + type.print(), type, operand.range, operand.exact);
  return true;
}

void remat::random::addFloatProductions(ProductionTable &table) {
  for (const UnaryOp &op : unaryOps) {
    std::string name = op.name;
    double weight = name == "math.tanh" || name == "math.sin" || name == "math.exp" ? 4 : 0.7;
    table.push_back({name, weight, Places::Everywhere, [&op](Builder &builder) { return writeUnary(builder, op); }});
  }
  for (const BinaryOp &op : binaryOps) {
    std::string name = op.name;
    double weight = name == "arith.mulf" || name == "arith.addf" ? 9 : (name == "arith.subf" ? 5 : 1.5);
    table.push_back({name, weight, Places::Everywhere, [&op](Builder &builder) { return writeBinary(builder, op); }});
  }
  table.push_back({"math.fma", 1, Places::Everywhere, writeFma});
  table.push_back({"math.fpowi", 0.7, Places::Everywhere, writeIntegerPower});
  table.push_back({"arith.cmpf", 2, Places::Everywhere, writeCompare});
  for (const char *name : {"math.isnan", "math.isinf", "math.isfinite", "math.isnormal"})
    table.push_back(
        {name, 0.12, Places::Everywhere, [name](Builder &builder) { return writeClassify(builder, name); }});
  table.push_back({"math.clampf", 0.3, Places::Everywhere, writeClamp});
  table.push_back({"math.sincos", 0.3, Places::Everywhere, writeSinCos});
  table.push_back({"arith.select", 4, Places::Everywhere, writeSelect});
  table.push_back({"remat.stop_gradient", 0.7, Places::Tensors, writeStopGradient});
}
