//===- Generator.cpp - Random programs -------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Generator.h"

#include "Builder.h"
#include "Productions.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

using namespace remat::random;

Value remat::random::writeLoss(Builder &builder) {
  Function &function = *builder.function;
  std::vector<Value> candidates;
  for (const Value &value : function.values)
    if (value.type.isTensor && isFloat(value.type.element) && std::isfinite(value.range.high))
      candidates.push_back(value);
  Element element = builder.drawFloat();
  Type scalar = Type::tensor(element, {});
  Value sum;
  // Those that nobody uses, or they would compute for nothing.
  std::vector<Value> unused;
  std::copy_if(candidates.begin(), candidates.end(), std::back_inserter(unused),
               [&](const Value &value) { return builder.isUnused(value) && value.name[1] != 'a'; });
  size_t number = static_cast<size_t>(builder.random.between(1, 2)) + std::min<size_t>(unused.size(), 3);
  for (size_t i = 0; i < number && !candidates.empty(); ++i) {
    // The latest one, and others.
    Value value = i < unused.size() ? unused[unused.size() - 1 - i] : builder.random.pick(candidates);
    double count = static_cast<double>(std::max<int64_t>(builder.countElements(value.type), 1));
    value = builder.coerce(value, Want{Range::symmetric(std::max(100 / count, 2.0)), false});
    if (value.type.getRank() > 0) {
      Value init = builder.zeros(Type::tensor(value.type.element, {}));
      std::vector<int64_t> dimensions;
      for (int64_t k = 0; k < value.type.getRank(); ++k)
        dimensions.push_back(k);
      value = builder.emit("linalg.reduce { arith.addf } ins(" + value.name + " : " + value.type.print() + ") outs(" +
                               init.name + " : " + init.type.print() + ") dimensions = " + printList(dimensions),
                           init.type, Range::symmetric(count * value.range.getMagnitude()), false);
    }
    if (value.type.element != element) {
      if (getBits(value.type.element) == getBits(element))
        continue;
      value =
          builder.emit(std::string(getBits(value.type.element) < getBits(element) ? "arith.extf " : "arith.truncf ") +
                           value.name + " : " + value.type.print() + " to " + scalar.print(),
                       scalar, value.range, false);
    }
    sum = sum.name.empty() ? value
                           : builder.emit("arith.addf " + sum.name + ", " + value.name + " : " + scalar.print(), scalar,
                                          {sum.range.low + value.range.low, sum.range.high + value.range.high}, false);
  }
  if (sum.name.empty())
    sum = builder.constant(scalar, 1);
  return sum;
}

/// Operations, with a loop over time early so that there is room behind it.
static void writeBody(Builder &builder, unsigned size) {
  unsigned before = static_cast<unsigned>(builder.random.between(0, 3));
  builder.writeOperations(before);
  auto write = [&](const Production &production) {
    if (production.write(builder))
      builder.count(production.name);
  };
  for (const Production &production : getProductions())
    if (production.name == "remat.recurrence" && builder.random.chance(0.9)) {
      int64_t number = 1 + static_cast<int64_t>(builder.random.pickWeighted({70, 22, 8}));
      for (int64_t i = 0; i < number && builder.budget > 0; ++i) {
        write(production);
        builder.writeOperations(static_cast<unsigned>(builder.random.between(0, 2)));
      }
    }
  // What comes back to an array from behind a loop is where the loop begins to add.
  for (const Production &production : getProductions())
    if (production.name == "late read of a branch" && builder.random.chance(0.12))
      write(production);
  builder.writeOperations(static_cast<unsigned>(builder.random.between(0, static_cast<int64_t>(size) / 4)));
}

/// Values to return: the latest, and others, none twice.
static void addReturned(Builder &builder, std::vector<Value> &returned, int64_t number) {
  auto isVisible = [&](const Type &type) {
    return std::none_of(type.shape.begin(), type.shape.end(),
                        [&](int64_t extent) { return extent < 0 && builder.function->isOpaque.count(extent); });
  };
  for (const Value &extent : builder.function->computedExtents)
    if (builder.random.chance(builder.profile.returnedCount) &&
        std::none_of(returned.begin(), returned.end(), [&](const Value &other) { return other.name == extent.name; }))
      returned.push_back(extent);
  for (int64_t i = 0; i < number; ++i) {
    Value value;
    if (builder.find(
            [&](const Value &value) {
              return value.type.isTensor && value.name[1] != 'a' && isVisible(value.type) &&
                     std::none_of(returned.begin(), returned.end(),
                                  [&](const Value &other) { return other.name == value.name; });
            },
            value))
      returned.push_back(value);
  }
}

/// A loss and a request for its gradient.
static void writeGradient(Builder &builder, std::vector<Value> &returned, unsigned size) {
  bool hasSeeds = false;
  Builder::Written loss = builder.writeFunction("loss", false, [&] {
    builder.newArgument(builder.drawTensorType(builder.drawFloat(), 2), Range::symmetric(1.5));
    writeBody(builder, size);
    std::vector<Value> results;
    hasSeeds = builder.random.chance(0.2);
    if (!hasSeeds)
      results.push_back(writeLoss(builder));
    addReturned(builder, results, static_cast<int64_t>(builder.random.pickWeighted({35, 35, 20, 10})) + hasSeeds);
    hasSeeds = hasSeeds && std::any_of(results.begin(), results.end(),
                                       [](const Value &value) { return isFloat(value.type.element); });
    if (!hasSeeds && (results.empty() || results[0].type.getRank() > 0 || !isFloat(results[0].type.element)))
      results.insert(results.begin(), writeLoss(builder));
    return results;
  });
  std::vector<Value> operands;
  std::vector<int64_t> wrt, floats, of;
  for (size_t i = 0; i < loss.arguments.size(); ++i) {
    const Value &argument = loss.arguments[i].value;
    if (argument.type.isTensor && isFloat(argument.type.element))
      floats.push_back(static_cast<int64_t>(i));
    Value operand;
    // The arguments of the entry are mostly those of the loss; counts and dynamic
    // arrays always, because results may be as long.
    bool isLength = argument.type.isDynamic() || argument.name[1] == 'n';
    if (isLength || builder.random.chance(0.8)) {
      Argument copy = loss.arguments[i];
      copy.value.name = builder.newName(isLength ? "n" : "a");
      builder.addArgument(copy);
      operand = copy.value;
    } else {
      operand = builder.get(argument.type, Want{argument.range, argument.exact});
    }
    operands.push_back(operand);
  }
  for (int64_t number : floats)
    if (builder.random.chance(0.65))
      wrt.push_back(number);
  if (wrt.empty())
    wrt.push_back(builder.random.pick(floats));
  std::vector<Value> seeds;
  if (hasSeeds) {
    for (size_t i = 0; i < loss.results.size(); ++i)
      if (isFloat(loss.results[i].type.element) && (of.empty() || builder.random.chance(0.6)))
        of.push_back(static_cast<int64_t>(i));
    for (int64_t number : of)
      seeds.push_back(builder.get(loss.results[number].type, Want{Range::symmetric(2), false}));
  }
  std::vector<Value> results;
  for (const Value &result : loss.results)
    results.push_back(Value{builder.newName("r"), result.type, result.range, result.exact});
  for (int64_t number : wrt)
    // How large a gradient is nobody knows; it is returned and not computed with.
    results.push_back(Value{builder.newName("g"), loss.arguments[number].value.type,
                            Range::symmetric(std::numeric_limits<double>::infinity()), false});
  std::string text = printNames(results) + " = remat.value_and_gradient @" + loss.name + "(" + printNames(operands) +
                     ") wrt " + printList(wrt);
  if (hasSeeds)
    text += " of " + printList(of) + " seed(" + printNames(seeds) + " : " + printTypes(seeds) + ")";
  builder.line(text + " : (" + printTypes(operands) + ") -> (" + printTypes(results) + ")");
  for (const Value &result : results)
    returned.push_back(result);
}

GeneratedProgram remat::random::generate(const GeneratorOptions &options) {
  Builder builder(options);
  builder.budget = static_cast<int>(options.size) * 3;
  Builder::Written main = builder.writeFunction("main", true, [&] {
    std::vector<Value> returned;
    bool differentiates = builder.random.chance(0.8);
    if (!differentiates) {
      builder.newArgument(builder.drawTensorType(builder.drawFloat(), 2), Range::symmetric(1.5));
      writeBody(builder, options.size);
      addReturned(builder, returned, builder.random.between(2, 5));
    } else {
      int64_t number = builder.random.chance(0.1) ? 2 : 1;
      for (int64_t i = 0; i < number; ++i)
        writeGradient(builder, returned, options.size / static_cast<unsigned>(number));
      if (builder.random.chance(0.15)) {
        builder.writeOperations(2);
        addReturned(builder, returned, 1);
      }
    }
    if (returned.empty())
      returned.push_back(builder.newArgument(Type::tensor(builder.drawFloat(), {3}), Range::symmetric(1)));
    return returned;
  });

  GeneratedProgram program;
  for (const auto &[map, name] : builder.maps)
    program.text += name + " = " + map + "\n";
  for (const std::string &function : builder.functions)
    program.text += function;
  for (const Argument &argument : main.arguments) {
    std::string name = argument.value.name.substr(1);
    program.inputs.push_back(name + "=" + argument.spec);
    if (!argument.value.type.isDynamic())
      continue;
    std::string shape;
    for (int64_t extent : argument.value.type.shape) {
      // Another length than that of arrays of the same type.
      int64_t more = extent < 0 && builder.mayEnd && builder.random.chance(builder.profile.wrongExtent)
                         ? builder.random.between(1, 2)
                         : 0;
      shape += (shape.empty() ? "" : "x") + std::to_string(builder.getExtent(extent) + more);
    }
    program.shapes.push_back(name + "=" + shape);
  }
  program.productions = builder.used;
  program.mayEnd = builder.mayEnd;
  return program;
}
