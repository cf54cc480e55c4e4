//===- Generic.cpp - linalg.generic ----------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An iteration space of up to four dimensions, operands read through any map into
// it (permutations, broadcasts, diagonals, constant rows), one to three results,
// some of which accumulate or are written only in part, and a body of scalar
// operations that may ask for the position.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>
#include <optional>

using namespace remat::random;

namespace {

struct Access {
  /// Per dimension of the operand: a dimension of the space, or -1 - row.
  std::vector<int64_t> dimensions;
  Type type;
};

} // namespace

static std::string printMap(int64_t rank, const std::vector<int64_t> &dimensions) {
  std::vector<std::string> names, results;
  for (int64_t i = 0; i < rank; ++i)
    names.push_back("d" + std::to_string(i));
  for (int64_t dimension : dimensions)
    results.push_back(dimension >= 0 ? names[dimension] : std::to_string(-1 - dimension));
  return "affine_map<(" + join(names) + ") -> (" + join(results) + ")>";
}

/// Any map into the space.
static Access drawInput(Builder &builder, const std::vector<int64_t> &space, Element element, double share) {
  Access access;
  access.type.element = element;
  std::vector<int64_t> order;
  for (size_t i = 0; i < space.size(); ++i)
    if (builder.random.chance(share))
      order.push_back(static_cast<int64_t>(i));
  if (builder.random.chance(0.6))
    for (size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[builder.random.below(static_cast<int64_t>(i))]);
  for (int64_t dimension : order) {
    access.dimensions.push_back(dimension);
    access.type.shape.push_back(space[dimension]);
    if (builder.random.chance(0.06)) {
      // A diagonal.
      access.dimensions.push_back(dimension);
      access.type.shape.push_back(space[dimension]);
    }
    if (builder.random.chance(0.05)) {
      // One row of several.
      int64_t rows = builder.random.between(1, 3);
      access.dimensions.push_back(-1 - builder.random.below(rows));
      access.type.shape.push_back(rows);
    }
  }
  return access;
}

/// A map that writes each element at most once per step of the reduction.
static Access drawOutput(Builder &builder, const std::vector<int64_t> &space, const std::vector<int64_t> &parallel,
                         Element element) {
  Access access;
  access.type.element = element;
  std::vector<int64_t> order = parallel;
  if (builder.random.chance(0.25))
    for (size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[builder.random.below(static_cast<int64_t>(i))]);
  bool isPartial = builder.random.chance(0.06) && !order.empty();
  int64_t place = builder.random.below(static_cast<int64_t>(order.size()));
  for (size_t i = 0; i < order.size(); ++i) {
    access.dimensions.push_back(order[i]);
    access.type.shape.push_back(space[order[i]]);
    if (isPartial && static_cast<int64_t>(i) == place) {
      bool isDiagonal = builder.random.chance(0.6);
      access.dimensions.push_back(isDiagonal ? order[i] : -1 - builder.random.below(2));
      access.type.shape.push_back(isDiagonal ? space[order[i]] : 2);
    }
  }
  return access;
}

/// How a result is put together over the reduced dimensions.
enum class Combine { None, Sum, Largest, Smallest };

static bool writeGeneric(Builder &builder) {
  // The space: that of a visible value, and perhaps more dimensions.
  std::vector<int64_t> space;
  Value start;
  if (builder.random.chance(0.75) &&
      builder.find([](const Value &value) { return value.type.isTensor && isFloat(value.type.element); }, start))
    space = start.type.shape;
  int64_t rank = std::max<int64_t>(builder.random.between(1, 3), static_cast<int64_t>(space.size()));
  auto getSize = [&] {
    double size = 1;
    for (int64_t extent : space)
      size *= static_cast<double>(builder.getExtent(extent));
    return size;
  };
  while (static_cast<int64_t>(space.size()) < rank) {
    // Square ones are read transposed.
    bool isSquare = !space.empty() && builder.random.chance(std::max(builder.squareShare, 0.3));
    space.push_back(isSquare ? space.back() : builder.random.pick(builder.extents));
    if (getSize() > 3000)
      space.back() = 2;
  }
  if (getSize() > 4000 || rank > 4)
    return false;

  std::vector<int64_t> parallel;
  std::vector<bool> isReduced(space.size());
  bool reduces = builder.random.chance(0.5);
  // An inner product: its gradients have a term for each element of the other operand.
  bool reducesAll = reduces && space.size() > 1 && builder.random.chance(0.3);
  double terms = 1;
  for (size_t i = 0; i < space.size(); ++i) {
    isReduced[i] = reducesAll || (reduces && builder.random.chance(0.45));
    if (isReduced[i])
      terms *= static_cast<double>(std::max<int64_t>(builder.getExtent(space[i]), 1));
    else
      parallel.push_back(static_cast<int64_t>(i));
  }

  std::vector<Access> inputs, outputs;
  std::vector<Value> operands, destinations;
  std::vector<Combine> combines;
  int64_t numInputs = builder.random.between(1, 3);
  for (int64_t i = 0; i < numInputs; ++i) {
    Element element = builder.random.chance(0.85) ? (start.name.empty() ? builder.drawFloat() : start.type.element)
                                                  : builder.drawInteger();
    inputs.push_back(drawInput(builder, space, element, reducesAll ? 0.95 : 0.75));
    if (builder.countElements(inputs.back().type) > 1500)
      return false;
  }
  int64_t numOutputs = 1 + static_cast<int64_t>(builder.random.pickWeighted({65, 25, 10}));
  bool hasPartial = false;
  for (int64_t i = 0; i < numOutputs; ++i) {
    Element element = inputs[0].type.element;
    if (builder.random.chance(0.12))
      element = builder.random.chance(0.6) ? builder.drawFloat() : builder.drawInteger();
    outputs.push_back(drawOutput(builder, space, parallel, element));
    hasPartial |= outputs.back().dimensions.size() != parallel.size();
    if (builder.countElements(outputs.back().type) > 1500)
      return false;
  }
  // Every dimension must be seen by an operand.
  for (size_t i = 0; i < space.size(); ++i) {
    bool isSeen = false;
    auto sees = [&](const Access &access) {
      return std::find(access.dimensions.begin(), access.dimensions.end(), static_cast<int64_t>(i)) !=
             access.dimensions.end();
    };
    for (const Access &access : inputs)
      isSeen |= sees(access);
    for (const Access &access : outputs)
      isSeen |= sees(access);
    if (!isSeen) {
      inputs[0].dimensions.push_back(static_cast<int64_t>(i));
      inputs[0].type.shape.push_back(space[i]);
    }
  }
  // A constant row of nothing cannot be read.
  if (getSize() == 0)
    for (const Access &access : inputs)
      for (int64_t dimension : access.dimensions)
        if (dimension < 0)
          return false;

  // A result that nobody uses, whose old elements another result is made of.
  std::optional<size_t> unread;
  if (numOutputs > 1 && parallel.size() == space.size() && builder.random.chance(0.4))
    unread = static_cast<size_t>(builder.random.below(numOutputs));

  double limit = 40 / terms;
  for (const Access &access : inputs)
    operands.push_back(
        builder.get(access.type, isFloat(access.type.element) ? Want{Range::symmetric(20), false} : Want()));
  for (const Access &access : outputs) {
    Combine combine = Combine::None;
    bool isUnread = unread && destinations.size() == *unread;
    if (parallel.size() < space.size() || (!isUnread && builder.random.chance(0.1)))
      combine = static_cast<Combine>(1 + builder.random.pickWeighted({70, 18, 12}));
    combines.push_back(combine);
    bool isPartial = access.dimensions.size() != parallel.size();
    Want want = isFloat(access.type.element) ? Want{Range::symmetric(10), false} : Want();
    if (combine != Combine::None || isPartial || isUnread || builder.random.chance(0.35))
      destinations.push_back(builder.random.chance(combine == Combine::None ? 0.7 : 0.45) || isPartial || isUnread
                                 ? builder.get(access.type, want)
                                 : builder.zeros(access.type));
    else
      destinations.push_back(builder.empty(access.type));
  }

  std::vector<std::string> arguments;
  std::vector<Value> yielded;
  std::string region = builder.writeRegion(Position::Body, [&] {
    std::vector<Value> elements, accumulators;
    for (const Value &operand : operands) {
      Value element{builder.newName("b"), Type::scalar(operand.type.element), operand.range, operand.exact};
      arguments.push_back(element.name + ": " + element.type.print());
      builder.addValue(element);
      elements.push_back(element);
    }
    for (size_t i = 0; i < destinations.size(); ++i) {
      Value element{builder.newName("b"), Type::scalar(destinations[i].type.element), destinations[i].range,
                    destinations[i].exact};
      arguments.push_back(element.name + ": " + element.type.print());
      accumulators.push_back(element);
      // What nothing was written to may not be read.
      if (combines[i] == Combine::None && destinations[i].name[1] != 'e' && parallel.size() == space.size() &&
          builder.random.chance(0.7))
        builder.addValue(element);
    }
    // What reads its position stays one operation, with all of its results.
    Value position;
    if (builder.random.chance(unread ? 0.8 : 0.25)) {
      int64_t dimension = builder.random.below(rank);
      double last = static_cast<double>(std::max<int64_t>(builder.getExtent(space[dimension]) - 1, 0));
      Value index = builder.emit("linalg.index " + std::to_string(dimension) + " : index", Type::scalar(Element::Index),
                                 {0, last}, true);
      if (unread || builder.random.chance(0.5)) {
        Value integer = builder.emit("arith.index_cast " + index.name + " : index to i32", Type::scalar(Element::I32),
                                     index.range, true);
        Element element = outputs[0].type.element;
        if (isFloat(element))
          position = builder.emit("arith.sitofp " + integer.name + " : i32 to " + std::string(getName(element)),
                                  Type::scalar(element), index.range, true);
      }
    }
    if (reducesAll && elements.size() > 1 && elements[0].type == elements[1].type &&
        isFloat(elements[0].type.element) && builder.random.chance(0.7)) {
      double most = elements[0].range.getMagnitude() * elements[1].range.getMagnitude();
      builder.emit("arith.mulf " + elements[0].name + ", " + elements[1].name + " : " + elements[0].type.print(),
                   elements[0].type, Range::symmetric(most), false);
    }
    builder.writeOperations(static_cast<unsigned>(builder.random.between(1, 4)));
    for (size_t i = 0; i < outputs.size(); ++i) {
      Type type = Type::scalar(outputs[i].type.element);
      bool isReal = isFloat(type.element);
      Want want;
      if (isReal)
        want.range = Range::symmetric(combines[i] == Combine::Sum ? std::max(limit, 0.5) : 40);
      Value value = builder.get(type, want);
      if (unread && i != *unread && accumulators[*unread].type == type && isReal) {
        const Value &old = accumulators[*unread];
        bool scales = builder.random.chance(0.5) && combines[i] != Combine::Sum;
        value = builder.emit(std::string(scales ? "arith.mulf " : "arith.addf ") + value.name + ", " + old.name +
                                 " : " + type.print(),
                             type,
                             Range::symmetric(scales ? value.range.getMagnitude() * old.range.getMagnitude()
                                                     : value.range.getMagnitude() + old.range.getMagnitude()),
                             false);
        if (!position.name.empty() && position.type == type)
          value = builder.emit("arith.addf " + value.name + ", " + position.name + " : " + type.print(), type,
                               Range::symmetric(value.range.getMagnitude() + position.range.getMagnitude()), false);
      }
      const Value &accumulator = accumulators[i];
      Range range = value.range;
      bool exact = value.exact;
      if (combines[i] != Combine::None) {
        const char *name = combines[i] == Combine::Sum       ? (isReal ? "arith.addf " : "arith.addi ")
                           : combines[i] == Combine::Largest ? (isReal ? "arith.maximumf " : "arith.maxsi ")
                                                             : (isReal ? "arith.minimumf " : "arith.minsi ");
        bool isSum = combines[i] == Combine::Sum;
        range = isSum ? Range::symmetric(accumulator.range.getMagnitude() + terms * value.range.getMagnitude())
                      : Range{std::min(accumulator.range.low, value.range.low),
                              std::max(accumulator.range.high, value.range.high)};
        if (!isReal)
          range = getFullRange(type.element);
        exact = (exact && accumulator.exact && !isSum) || !isReal;
        bool swaps = builder.random.chance(0.3);
        value = builder.emit(std::string(name) + (swaps ? value.name : accumulator.name) + ", " +
                                 (swaps ? accumulator.name : value.name) + " : " + type.print(),
                             type, range, exact);
      }
      // Elements that are not written keep what they were.
      if (outputs[i].dimensions.size() != parallel.size()) {
        value.range.low = std::min(value.range.low, accumulator.range.low);
        value.range.high = std::max(value.range.high, accumulator.range.high);
        value.exact &= accumulator.exact;
      }
      yielded.push_back(value);
    }
    builder.line("linalg.yield " + printNames(yielded) + " : " + printTypes(yielded));
  });

  std::vector<std::string> maps, iterators;
  for (const std::vector<Access> *accesses : {&inputs, &outputs})
    for (const Access &access : *accesses)
      maps.push_back(builder.getMap(printMap(rank, access.dimensions)));
  for (bool reduced : isReduced)
    iterators.push_back(reduced ? "\"reduction\"" : "\"parallel\"");
  std::vector<Value> results;
  for (size_t i = 0; i < outputs.size(); ++i)
    results.push_back(Value{builder.newName(), outputs[i].type, yielded[i].range, yielded[i].exact});
  std::string types = results.size() == 1 ? printTypes(results) : "(" + printTypes(results) + ")";
  builder.line(printNames(results) + " = linalg.generic {indexing_maps = [" + join(maps) + "], iterator_types = [" +
               join(iterators) + "]} ins(" + printNames(operands) + " : " + printTypes(operands) + ") outs(" +
               printNames(destinations) + " : " + printTypes(destinations) + ") {");
  builder.line("^bb0(" + join(arguments) + "):");
  builder.function->text += region;
  builder.line("} -> " + types);
  for (size_t i = 0; i < results.size(); ++i)
    if (i != unread)
      builder.addValue(results[i]);
  if (hasPartial)
    builder.count("linalg.generic (partial write)");
  return true;
}

/// A structured contraction with maps of its own.
static bool writeContract(Builder &builder) {
  Element element = builder.drawFloat();
  int64_t m = builder.random.pick(builder.extents), n = builder.random.pick(builder.extents),
          k = builder.random.pick(builder.extents);
  if (m * n * k > 20000)
    return false;
  std::vector<int64_t> space = {m, n, k};
  std::vector<std::vector<int64_t>> dimensions = {{0, 2}, {2, 1}, {0, 1}};
  std::vector<Value> values;
  std::vector<std::string> maps;
  for (std::vector<int64_t> &operand : dimensions) {
    if (builder.random.chance(0.5))
      std::swap(operand[0], operand[1]);
    Type type = Type::tensor(element, {space[operand[0]], space[operand[1]]});
    bool isInit = values.size() == 2;
    values.push_back(isInit && builder.random.chance(0.5) ? builder.zeros(type)
                                                          : builder.get(type, Want{Range::symmetric(1.5), false}));
    maps.push_back(builder.getMap(printMap(3, operand)));
  }
  builder.emit("linalg.contract indexing_maps = [" + join(maps) + "] ins(" + values[0].name + ", " + values[1].name +
                   " : " + values[0].type.print() + ", " + values[1].type.print() + ") outs(" + values[2].name + " : " +
                   values[2].type.print() + ") -> " + values[2].type.print(),
               values[2].type, Range::symmetric(1.5 + 2.25 * static_cast<double>(k)), false);
  return true;
}

void remat::random::addGenericProductions(ProductionTable &table) {
  table.push_back({"linalg.generic", 16, Places::Tensors, writeGeneric});
  table.push_back({"linalg.contract", 1.5, Places::Tensors, writeContract});
}
