//===- Extremes.cpp - Functions far out and at their singular points -------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What other productions avoid, behind a selection or a scale that makes it tame again:
// values in between are infinite, or no numbers, or far from one, and are seen by nobody.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

namespace {

/// A function, where it is taken, and where it is put if it is not: at a singular point,
/// or beyond the largest number.
struct SingularOp {
  const char *text;
  Range domain;
  double outside;
  double (*function)(double);
};

} // namespace

static double reciprocal(double x) { return 1 / x; }
static double reciprocalRoot(double x) { return 1 / std::sqrt(x); }

static const SingularOp singularOps[] = {
    {"math.sqrt", {0.25, 100}, 0, std::sqrt},       {"math.rsqrt", {0.25, 100}, 0, reciprocalRoot},
    {"math.log", {0.25, 100}, 0, std::log},         {"math.log2", {0.25, 100}, 0, std::log2},
    {"math.log10", {0.25, 100}, 0, std::log10},     {"math.cbrt", {0.25, 100}, 0, std::cbrt},
    {"math.log1p", {-0.75, 100}, -1, std::log1p},   {"math.acosh", {1.25, 100}, 1, std::acosh},
    {"arith.divf one", {0.25, 100}, 0, reciprocal}, {"math.powf half", {0.25, 100}, 0, std::sqrt},
    {"math.exp", {-4, 3}, 2e4, std::exp},           {"math.exp2", {-4, 4}, 2e4, std::exp2},
    {"math.expm1", {-4, 3}, 2e4, std::expm1},       {"math.sinh", {-3, 3}, 2e4, std::sinh},
    {"math.asin", {-0.9, 0.9}, 1, std::asin},       {"math.atanh", {-0.9, 0.9}, 1, std::atanh},
};

/// select(c, f(select(c, x, outside)), other): where c does not hold the derivative is infinite or no number,
/// and the cotangent is zero.
static bool writeSelectedFunction(Builder &builder) {
  const SingularOp &op = singularOps[builder.random.below(std::size(singularOps))];
  Type type = builder.drawWorkingType(true), mask = type.with(Element::I1);
  std::string suffix = " : " + type.print(), selectSuffix = " : " + mask.print() + ", " + type.print();
  if (!type.isTensor)
    selectSuffix = suffix;
  Value operand = builder.get(type, Want{Range::symmetric(100), true}), other = builder.get(type);
  // The end of the domain that the operand is compared with.
  bool isLower = op.outside <= op.domain.low;
  Value bound = builder.constant(type, isLower ? op.domain.low : op.domain.high);
  std::string condition = builder.newName("w"), inside = builder.newName("w"), image = builder.newName("w");
  builder.line(condition + " = arith.cmpf " + (isLower ? "oge, " : "ole, ") + operand.name + ", " + bound.name +
               suffix);
  Value singular = builder.constant(type, op.outside);
  Range range = {std::max(operand.range.low, op.domain.low), std::min(operand.range.high, op.domain.high)};
  if (!isLower) {
    // The other end as well.
    Value lower = builder.constant(type, op.domain.low);
    std::string bounded = builder.newName("w");
    builder.line(bounded + " = arith.maximumf " + operand.name + ", " + lower.name + suffix);
    operand.name = bounded;
  }
  // A product with the condition is zero elsewhere as well, and lets through what comes back from there; so does
  // the operand itself, which may lie anywhere outside.
  size_t form = builder.random.pickWeighted({25, 45, 30});
  if (form == 2) {
    inside = operand.name;
  } else if (op.outside == 0 && form == 1) {
    std::string weight = builder.newName("w");
    builder.line(weight + " = arith.uitofp " + condition + " : " + mask.print() + " to " + type.print());
    builder.line(inside + " = arith.mulf " + operand.name + ", " + weight + suffix);
  } else {
    builder.line(inside + " = arith.select " + condition + ", " + operand.name + ", " + singular.name + selectSuffix);
  }
  std::string text = op.text, name = text.substr(0, text.find(' '));
  if (text == "arith.divf one") {
    Value one = builder.constant(type, 1);
    builder.line(image + " = " + name + " " + one.name + ", " + inside + suffix);
  } else if (text == "math.powf half") {
    Value half = builder.constant(type, 0.5);
    builder.line(image + " = " + name + " " + inside + ", " + half.name + suffix);
  } else {
    builder.line(image + " = " + name + " " + inside + suffix);
  }
  if (builder.random.chance(0.3)) {
    // What is infinite may meet a factor.
    Value factor = builder.get(type, Want{Range::symmetric(2), false});
    std::string product = builder.newName("w");
    builder.line(product + " = arith.mulf " + image + ", " + factor.name + suffix);
    image = product;
  }
  if (range.low > range.high)
    range = op.domain;
  double left = op.function(range.low), right = op.function(range.high);
  double most = 2 * std::max(std::fabs(left), std::fabs(right));
  builder.emit("arith.select " + condition + ", " + image + ", " + other.name + selectSuffix, type,
               {std::min(-most, other.range.low), std::max(most, other.range.high)}, false);
  return true;
}

/// The exponent of two by which an operand of \p element is scaled: its square leaves the range.
static int getFarExponent(Element element) {
  switch (element) {
  case Element::F64:
    return 540;
  case Element::F16:
    return 9;
  default:
    return 70;
  }
}

/// f(s x), where s is large or small and the result is neither.
static bool writeFarFunction(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  int exponent = getFarExponent(type.element);
  bool isLarge = builder.random.chance(0.5);
  double scale = std::ldexp(1.0, isLarge ? exponent : -exponent);
  std::string suffix = " : " + type.print();
  // No constant of a sum or product that others see.
  std::string factor = builder.newName("w");
  char literal[64];
  snprintf(literal, sizeof(literal), "%.17e", scale);
  if (type.isTensor && type.isDynamic())
    return false;
  builder.line(factor + " = arith.constant " +
               (type.isTensor ? "dense<" + std::string(literal) + ">" : std::string(literal)) + suffix);
  auto scaled = [&](const Value &value) {
    std::string name = builder.newName("w");
    builder.line(name + " = arith.mulf " + value.name + ", " + factor + suffix);
    return name;
  };
  const Range positive = {0.25, 10};
  if (builder.random.chance(0.5)) {
    bool isAngle = builder.random.chance(0.6);
    Value x = builder.get(type, Want{Range::symmetric(10), false}), y = builder.get(type, Want{positive, false});
    std::string left = scaled(x), right = scaled(y);
    builder.emit((isAngle ? "math.atan2 " : "arith.divf ") + left + ", " + right + suffix, type,
                 Range::symmetric(isAngle ? 1.6 : 40), false);
    return true;
  }
  static const std::vector<std::pair<std::string, double (*)(double)>> functions = {
      {"math.log", std::log},     {"math.log2", std::log2},   {"math.log10", std::log10},
      {"math.asinh", std::asinh}, {"math.acosh", std::acosh}, {"math.log1p", std::log1p},
      {"math.atan", std::atan},   {"math.tanh", std::tanh},   {"math.erf", std::erf}};
  auto [name, function] = functions[builder.random.below(isLarge ? static_cast<int64_t>(functions.size()) : 3)];
  Value x = builder.get(type, Want{positive, false});
  double left = function(x.range.low * scale), right = function(x.range.high * scale);
  builder.emit(name + " " + scaled(x) + suffix, type, {left - 1e-3 * std::fabs(left), right + 1e-3 * std::fabs(right)},
               false);
  return true;
}

void remat::random::addExtremeProductions(ProductionTable &table) {
  table.push_back({"selected function", 1.5, Places::Everywhere, writeSelectedFunction});
  table.push_back({"far function", 0.8, Places::Everywhere, writeFarFunction});
}
