//===- Operands.cpp - Operands of a wanted type and range ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A value that is there, a view of one, a constant or a new argument. Views are
// what finds faults: most kernels are right for whole arrays.
//
//===----------------------------------------------------------------------===//

#include "Builder.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace remat::random;

bool Builder::find(const std::function<bool(const Value &)> &accept, Value &value) {
  std::vector<double> weights;
  std::vector<size_t> positions;
  for (size_t i = 0; i < function->values.size(); ++i)
    if (accept(function->values[i])) {
      positions.push_back(i);
      // What was computed last is most interesting: chains of operations.
      double late = 1 + 3.0 * static_cast<double>(i) / static_cast<double>(function->values.size());
      // Twice the same operand is mostly nothing, or a copy.
      double again = function->values[i].name == lastFound ? 0.1 : 1;
      weights.push_back(again * (isUnused(function->values[i]) ? 4 * late : late));
    }
  if (positions.empty())
    return false;
  value = function->values[positions[random.pickWeighted(weights)]];
  lastFound = value.name;
  return true;
}

Value Builder::get(const Type &type, const Want &want) {
  auto fits = [&](const Value &value) {
    return value.type == type && std::isfinite(value.range.high) && (value.exact || !want.exact) &&
           value.range.getMagnitude() <= 1e30;
  };
  Value value;
  bool inBody = function->position == Position::Body;
  bool mayView = viewDepth < 2 && budget > 0;
  if (mayView && random.chance(inBody ? 0.06 : 0.22) && makeView(type, value) && fits(value))
    return coerce(value, want);
  std::string previous = lastFound;
  if (random.chance(inBody ? 0.9 : 0.85) && find(fits, value) && (value.name != previous || random.chance(0.25)))
    return coerce(value, want);
  if (mayView && random.chance(0.5) && makeView(type, value) && fits(value))
    return coerce(value, want);
  // A scalar argument of a step's body would have to be one of the whole function.
  double argumentShare = type.isTensor ? 0.6 : 0.1;
  if (type.isDynamic() && type.shape.front() >= 0)
    argumentShare = 0;
  if (function->arguments.size() < 7 && random.chance(argumentShare)) {
    Range range = want.range.getMagnitude() < 1e18 ? want.range : Range::symmetric(1.5);
    return coerce(newArgument(type, range), want);
  }
  if (random.chance(0.3) && find(fits, value))
    return coerce(value, want);
  Range range = isFloat(type.element) ? Range::symmetric(1.5) : getFullRange(type.element);
  if (!isFloat(type.element))
    range = Range{std::max(range.low, -9.0), std::min(range.high, 9.0)};
  range.low = std::max(range.low, want.range.low);
  range.high = std::min(range.high, want.range.high);
  if (range.low > range.high)
    range = want.range;
  return randomConstant(type, range);
}

Value Builder::getIndexBelow(int64_t extent) {
  int64_t actual = getExtent(extent);
  Value value;
  Type type = Type::scalar(Element::Index);
  if (drawsUnchecked()) {
    if (random.chance(0.5) && find([&](const Value &value) { return value.type == type; }, value))
      return value;
    return getIndexOutside(extent);
  }
  if (random.chance(0.5) && find(
                                [&](const Value &value) {
                                  return value.type == type && value.range.low >= 0 &&
                                         value.range.high <= static_cast<double>(actual - 1);
                                },
                                value))
    return value;
  if (random.chance(0.4) && find([&](const Value &value) { return value.type == type; }, value))
    return coerce(value, Want{{0, static_cast<double>(actual - 1)}, true});
  return constant(type, static_cast<double>(random.below(actual)));
}

Value Builder::getIndexOutside(int64_t extent) {
  Type type = Type::scalar(Element::Index);
  double place = random.chance(0.5) ? 1e9 : static_cast<double>(random.between(-1, getExtent(extent) + 1));
  if (profile.negative > 0 && random.chance(profile.negative))
    place = -place;
  if (function->arguments.size() > profile.mostArguments || random.chance(profile.constantIndex))
    return constant(type, place);
  addArgument({Value{newName("a"), type, {place, place}, true}, std::to_string(static_cast<int64_t>(place))});
  return function->arguments.back().value;
}

Value Builder::getUnknown(const Type &type, const Want &want) {
  auto isUnknown = [&](const Value &value) {
    return value.type == type && value.range.low < value.range.high && (value.exact || !want.exact) &&
           value.range.getMagnitude() <= 1e30;
  };
  Value value;
  if (random.chance(0.7) && find(isUnknown, value))
    return coerce(value, want);
  if (!type.isDynamic() && type.isTensor && function->arguments.size() < 7 && random.chance(0.8))
    return coerce(newArgument(type, want.range), want);
  if (random.chance(0.7) && find(isUnknown, value))
    return coerce(value, want);
  return get(type, want);
}

Value Builder::getCondition() {
  Type type = Type::scalar(Element::I1);
  auto varies = [](const Value &value) { return value.exact && value.range.low < value.range.high; };
  auto isNumber = [&](const Value &value) {
    return varies(value) && !value.type.isTensor && !isFloat(value.type.element) && value.type.element != Element::I1;
  };
  Value value;
  if (random.chance(0.5) && find([&](const Value &value) { return varies(value) && value.type == type; }, value))
    return value;
  if (random.chance(0.9) && find(isNumber, value)) {
    static const std::vector<std::string> predicates = {"slt, ", "sge, ", "eq, ", "ne, "};
    Value bound = constant(value.type, std::ceil((value.range.low + value.range.high) / 2));
    return emit("arith.cmpi " + random.pick(predicates) + value.name + ", " + bound.name + " : " + value.type.print(),
                type, {0, 1}, true);
  }
  if (function->position != Position::Body && function->arguments.size() <= profile.mostArguments &&
      random.chance(profile.conditionArgument)) {
    Value argument = newArgument(Type::tensor(Element::I1, {}), {0, 1});
    return emit("tensor.extract " + argument.name + "[] : " + argument.type.print(), type, {0, 1}, true);
  }
  return get(type, Want{{0, 1}, true});
}

//===----------------------------------------------------------------------===//
// Constants and arguments
//===----------------------------------------------------------------------===//

Value Builder::constant(const Type &type, double value) {
  Range range{value, value};
  std::string literal = printLiteral(type.element, value);
  if (type.isTensor && type.isDynamic()) {
    Value scalar = constant(Type::scalar(type.element), value);
    std::vector<std::string> sizes;
    for (int64_t extent : type.shape)
      if (extent < 0)
        sizes.push_back(getExtentName(extent));
    return emit("tensor.splat " + scalar.name + "[" + join(sizes) + "] : " + type.print(), type, range, true);
  }
  std::string text = type.isTensor ? "dense<" + literal + "> : " + type.print() : literal + " : " + type.print();
  if (!type.isTensor && type.element == Element::I1)
    text = literal;
  return emit("arith.constant " + text, type, range, true);
}

/// Multiples of 1/16, which every float type holds.
static double quantize(double value) { return std::round(value * 16) / 16; }

Value Builder::randomConstant(const Type &type, const Range &range) {
  auto draw = [&] {
    if (isFloat(type.element) && range.low <= 0 && range.high >= 0 && random.chance(0.06))
      return random.chance(0.5) ? 0.0 : -0.0;
    if (!isFloat(type.element))
      return std::floor(range.low) +
             static_cast<double>(random.below(static_cast<int64_t>(std::min(range.high - range.low, 1e9)) + 1));
    double value = quantize(range.low + (range.high - range.low) * static_cast<double>(random.below(1025)) / 1024.0);
    return std::min(std::max(value, range.low), range.high);
  };
  int64_t number = type.isTensor && !type.isDynamic() ? countElements(type) : 0;
  if (type.getRank() == 0 || number < 2 || number > 40 || random.chance(0.5))
    return constant(type, draw());
  // Element by element, nested as the shape says.
  std::function<std::string(size_t)> write = [&](size_t dimension) {
    if (dimension == type.shape.size())
      return printLiteral(type.element, draw());
    std::vector<std::string> parts;
    for (int64_t i = 0; i < type.shape[dimension]; ++i)
      parts.push_back(write(dimension + 1));
    return "[" + join(parts) + "]";
  };
  return emit("arith.constant dense<" + write(0) + "> : " + type.print(), type, range, true);
}

Value Builder::newArgument(const Type &type, const Range &range) {
  Argument argument;
  argument.value.name = newName("a");
  argument.value.type = type;
  char text[80];
  Range full = getFullRange(type.element);
  if (isFloat(type.element)) {
    // The generated normal values never leave six deviations.
    double deviation = std::min({1.0, std::fabs(range.low) / 6, std::fabs(range.high) / 6});
    if (range.low >= 0 || range.high <= 0 || random.chance(options.types.empty() ? 0.08 : 0.05)) {
      double low = std::ceil(std::max(range.low, -3.0)), high = std::floor(std::min(range.high, 3.0));
      if (low > high) {
        double middle = quantize((range.low + range.high) / 2);
        snprintf(text, sizeof(text), "%g", middle);
        argument.value.range = {middle, middle};
      } else {
        snprintf(text, sizeof(text), "int:%d:%d", static_cast<int>(low), static_cast<int>(high) + 1);
        argument.value.range = {low, high};
      }
    } else {
      deviation = std::max(deviation, 1e-3);
      snprintf(text, sizeof(text), "normal:%g", deviation);
      argument.value.range = Range::symmetric(6.02 * deviation);
    }
  } else {
    double low = std::max(std::ceil(range.low), full.low), high = std::min(std::floor(range.high), full.high);
    if (type.element == Element::I1) {
      low = std::max(low, 0.0);
      high = std::min(high, 1.0);
    } else if (random.chance(0.85)) {
      low = std::max(low, -9.0);
      high = std::min(high, 9.0);
    } else {
      low = std::max(low, -100.0);
      high = std::min(high, 120.0);
    }
    if (low > high)
      low = high = std::ceil(range.low);
    snprintf(text, sizeof(text), "int:%lld:%lld", static_cast<long long>(low), static_cast<long long>(high) + 1);
    argument.value.range = {low, high};
  }
  argument.spec = text;
  addArgument(argument);
  return argument.value;
}

void Builder::addArgument(const Argument &argument) {
  function->arguments.push_back(argument);
  addValue(argument.value);
  const Type &type = argument.value.type;
  for (size_t dimension = 0; dimension < type.shape.size(); ++dimension) {
    int64_t extent = type.shape[dimension];
    if (extent >= 0 || function->extentNames.count(extent))
      continue;
    std::string position = newName("d"), name = newName("d");
    function->prologue += "  " + position + " = arith.constant " + std::to_string(dimension) + " : index\n  " + name +
                          " = tensor.dim " + argument.value.name + ", " + position + " : " + type.print() + "\n";
    function->extentNames[extent] = name;
  }
}

std::string Builder::getExtentName(int64_t extent) {
  auto place = function->extentNames.find(extent);
  if (place != function->extentNames.end())
    return place->second;
  double actual = static_cast<double>(getExtent(extent));
  if (random.chance(profile.countOfArray)) {
    newArgument(Type::tensor(drawFloat(), random.chance(0.5) ? std::vector<int64_t>{extent}
                                                             : std::vector<int64_t>{extent, extents[0]}),
                Range::symmetric(1.5));
    return function->extentNames[extent];
  }
  Argument argument;
  argument.value = Value{newName("n"), Type::scalar(Element::Index), {actual, actual}, true};
  argument.spec = std::to_string(getExtent(extent));
  if (random.chance(profile.countInMemory)) {
    argument.value.type = Type::tensor(Element::I64, {});
    function->isOpaque.insert(extent);
    std::string source = argument.value.name;
    if (random.chance(profile.computedCount)) {
      // Computed from an argument, and perhaps a result as well.
      std::string term = newName("d");
      source = newName();
      // The sum of an array is in memory when the extent is asked for, which is refused.
      bool isSum = random.chance(profile.summedCount);
      int64_t number = getExtent(extent), added = isSum ? number % 2 : random.between(1, 3);
      int64_t given = isSum ? number / 2 : number - added;
      argument.spec = std::to_string(given);
      argument.value.range = {static_cast<double>(given), static_cast<double>(given)};
      if (isSum)
        argument.value.type.shape.push_back(2);
      std::string types = " : " + argument.value.type.print();
      function->prologue += "  " + term + " = arith.constant dense<" + std::to_string(added) + "> : tensor<i64>\n  ";
      if (isSum)
        function->prologue += source + " = linalg.reduce { arith.addi } ins(" + argument.value.name + types +
                              ") outs(" + term + " : tensor<i64>) dimensions = [0]\n";
      else
        function->prologue += source + " = arith.addi " + argument.value.name + ", " + term + types + "\n";
      addValue(Value{source, Type::tensor(Element::I64, {}), {actual, actual}, true});
      function->computedExtents.push_back(function->values.back());
    }
    std::string scalar = newName("d"), name = newName("d");
    function->prologue += "  " + scalar + " = tensor.extract " + source + "[] : tensor<i64>\n  " + name +
                          " = arith.index_cast " + scalar + " : i64 to index\n";
    function->extentNames[extent] = name;
  } else {
    function->extentNames[extent] = argument.value.name;
  }
  function->arguments.push_back(argument);
  addValue(argument.value);
  return function->extentNames[extent];
}

Value Builder::empty(const Type &type) {
  std::vector<std::string> sizes;
  for (int64_t extent : type.shape)
    if (extent < 0)
      sizes.push_back(getExtentName(extent));
  Value value{newName("e"), type, {0, 0}, false};
  line(value.name + " = tensor.empty(" + join(sizes) + ") : " + type.print());
  return value;
}

Value Builder::filled(const Type &type, double value) {
  if (type.getRank() == 0 || type.isDynamic() || random.chance(0.3)) {
    if (type.isDynamic() && random.chance(0.5))
      return constant(type, value);
    Value scalar = constant(Type::scalar(type.element), value);
    Value destination = empty(type);
    return emit("linalg.fill ins(" + scalar.name + " : " + scalar.type.print() + ") outs(" + destination.name + " : " +
                    type.print() + ") -> " + type.print(),
                type, {value, value}, true);
  }
  return constant(type, value);
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

Value Builder::coerce(const Value &value, const Want &want) {
  if (value.range.isWithin(want.range) && (value.exact || !want.exact))
    return value;
  const Type &type = value.type;
  std::string suffix = " : " + type.print();
  if (!isFloat(type.element)) {
    Range full = getFullRange(type.element);
    double low = std::max(std::ceil(want.range.low), full.low), high = std::min(std::floor(want.range.high), full.high);
    if (type.element == Element::I1)
      return constant(type, low);
    // In a body only these say that an index stays inside its table.
    bool mayDivide = function->position != Position::Body;
    if (mayDivide && random.chance(0.3) && low == 0 && high > 0 && high < full.high) {
      Value modulus = constant(type, high + 1);
      return emit("arith.remui " + value.name + ", " + modulus.name + suffix, type, {low, high}, true);
    }
    Value result = value;
    if (value.range.low < low) {
      Value bound = constant(type, low);
      result = emit("arith.maxsi " + result.name + ", " + bound.name + suffix, type,
                    {low, std::max(low, value.range.high)}, true);
    }
    if (result.range.high > high) {
      Value bound = constant(type, high);
      result = emit("arith.minsi " + result.name + ", " + bound.name + suffix, type, {low, high}, true);
    }
    return result;
  }
  double low = std::max(want.range.low, -1e6), high = std::min(want.range.high, 1e6);
  // Near the end that matters: an offset of thousands would round everything away.
  if (low > -2 && high > low + 6)
    high = low + 6;
  else if (high < 2 && low < high - 6)
    low = high - 6;
  double middle = (low + high) / 2, half = (high - low) / 2;
  if (half <= 0)
    return constant(type, low);
  // Rounding must not lead out of the range.
  half *= 0.98;
  Value bounded = value;
  double magnitude = value.range.getMagnitude();
  if (!want.exact && (magnitude > 50 || random.chance(0.5))) {
    const char *name = random.chance(0.6) ? "math.tanh " : "math.sin ";
    bounded = emit(name + value.name + suffix, type, Range::symmetric(1), false);
    magnitude = 1;
  }
  // A power of two loses nothing but what underflows.
  double scale = std::exp2(std::floor(std::log2(half / std::max(magnitude, 1e-30))));
  if (magnitude > half) {
    Value factor = constant(type, scale);
    bounded = emit("arith.mulf " + bounded.name + ", " + factor.name + suffix, type,
                   Range::symmetric(magnitude * scale), bounded.exact);
  }
  if (!bounded.range.isWithin({low, high})) {
    Value offset = constant(type, quantize(middle) >= low && quantize(middle) <= high ? quantize(middle) : middle);
    double center = offset.range.low;
    bounded = emit("arith.addf " + bounded.name + ", " + offset.name + suffix, type,
                   {center + bounded.range.low, center + bounded.range.high}, bounded.exact);
    if (!bounded.range.isWithin({low, high})) {
      Value upper = constant(type, high), lower = constant(type, low);
      Value below = emit("arith.minimumf " + bounded.name + ", " + upper.name + suffix, type,
                         {std::min(bounded.range.low, high), high}, bounded.exact);
      bounded = emit("arith.maximumf " + below.name + ", " + lower.name + suffix, type, {low, high}, bounded.exact);
    }
  }
  return bounded;
}
