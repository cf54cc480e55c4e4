//===- Calls.cpp - Functions and rules of their own ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

/// Operands for the arguments of a function: of their types, within their ranges.
static std::vector<Value> getOperands(Builder &builder, const std::vector<Argument> &arguments) {
  std::vector<Value> operands;
  for (const Argument &argument : arguments) {
    const Type &type = argument.value.type;
    Want want{argument.value.range, argument.value.exact};
    Value source;
    // A scalar that a gradient may depend on.
    if (!type.isTensor && isFloat(type.element) && builder.random.chance(0.7) &&
        builder.find(
            [&](const Value &value) {
              return value.type.isTensor && value.type.element == type.element && value.range.low < value.range.high &&
                     builder.countElements(value.type) > 0;
            },
            source)) {
      std::vector<std::string> indices;
      for (int64_t extent : source.type.shape)
        indices.push_back(builder.getIndexBelow(extent).name);
      Value element = builder.emit("tensor.extract " + source.name + "[" + join(indices) + "] : " + source.type.print(),
                                   type, source.range, source.exact);
      operands.push_back(builder.coerce(element, want));
      continue;
    }
    operands.push_back(type.isTensor && isFloat(type.element) ? builder.getUnknown(type, want)
                                                              : builder.get(type, want));
  }
  return operands;
}

static std::string printResultTypes(const std::vector<Value> &values) {
  return values.size() == 1 ? printTypes(values) : "(" + printTypes(values) + ")";
}

/// A helper: some operations, and up to two of their values.
static Type drawSecond(Builder &builder, const Type &first, bool floatsOnly) {
  if (floatsOnly && builder.random.chance(0.5))
    return Type::scalar(first.element);
  return floatsOnly || builder.random.chance(0.5) ? first : builder.drawTensorType(builder.drawInteger(), 2);
}

/// A function of floats, of floats only if \p floatsOnly.
static Builder::Written writeHelper(Builder &builder, bool floatsOnly) {
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor || type.isDynamic())
    type = builder.drawTensorType(builder.drawFloat(), 2);
  return builder.writeFunction(
      "helper", false,
      [&] {
        builder.newArgument(type, Range::symmetric(2));
        if (builder.random.chance(floatsOnly ? 0.7 : 0.4))
          builder.newArgument(drawSecond(builder, type, floatsOnly), Range::symmetric(2));
        builder.writeOperations(static_cast<unsigned>(builder.random.between(1, 4)));
        std::vector<Value> results;
        int64_t number = floatsOnly ? 1 : builder.random.between(1, 2);
        for (int64_t i = 0; i < number; ++i)
          results.push_back(builder.get(i == 0 ? type : builder.drawWorkingType(builder.random.chance(0.8))));
        return results;
      },
      /*isHelper=*/true);
}

static std::vector<Value> addResults(Builder &builder, const std::vector<Value> &results) {
  std::vector<Value> values;
  for (const Value &result : results)
    values.push_back(Value{builder.newName(), result.type, result.range, result.exact});
  return values;
}

static bool writeCall(Builder &builder) {
  if (builder.function->isHelper && builder.random.chance(0.8))
    return false;
  Builder::Written helper = writeHelper(builder, false);
  std::vector<Value> operands = getOperands(builder, helper.arguments);
  std::vector<Value> results = addResults(builder, helper.results);
  builder.line(printNames(results) + " = func.call @" + helper.name + "(" + printNames(operands) + ") : (" +
               printTypes(operands) + ") -> " + printResultTypes(helper.results));
  for (const Value &result : results)
    builder.addValue(result);
  return true;
}

/// A function with a rule: the rule returns cotangents made of those of the results,
/// whatever they mean. The reference runs the same rule.
/// \p factor times the sum of \p cotangent: like every derivative it is zero where the cotangent is.
static Value multiplySum(Builder &builder, const Value &cotangent, const Value &factor) {
  Element element = factor.type.element;
  if (element != cotangent.type.element || factor.type.isDynamic())
    return builder.constant(factor.type, 0);
  std::vector<int64_t> dimensions;
  for (int64_t i = 0; i < cotangent.type.getRank(); ++i)
    dimensions.push_back(i);
  double most = static_cast<double>(builder.countElements(cotangent.type));
  Value init = builder.zeros(Type::tensor(element, {}));
  Value sum =
      builder.emit("linalg.reduce { arith.addf } ins(" + cotangent.name + " : " + cotangent.type.print() + ") outs(" +
                       init.name + " : " + init.type.print() + ") dimensions = " + printList(dimensions),
                   init.type, Range::symmetric(most), false);
  Value scalar =
      builder.emit("tensor.extract " + sum.name + "[] : " + sum.type.print(), Type::scalar(element), sum.range, false);
  if (factor.type.isTensor)
    scalar = builder.emit("tensor.splat " + scalar.name + " : " + factor.type.print(), factor.type, sum.range, false);
  return builder.emit("arith.mulf " + scalar.name + ", " + factor.name + " : " + factor.type.print(), factor.type,
                      Range::symmetric(4 * most), false);
}

static bool writeCustomRule(Builder &builder) {
  if (builder.function->isHelper)
    return false;
  Builder::Written helper = writeHelper(builder, true);
  for (const Argument &argument : helper.arguments)
    if (argument.value.type.isDynamic())
      return false;
  Builder::Written rule = builder.writeFunction(
      "rule", false,
      [&] {
        std::vector<Value> cotangents;
        auto add = [&](const Type &type, const Range &range, bool exact) {
          Value value{builder.newName("a"), type, range, exact};
          builder.function->arguments.push_back(Argument{value, ""});
          builder.addValue(value);
          return value;
        };
        for (const Argument &argument : helper.arguments)
          add(argument.value.type, argument.value.range, argument.value.exact);
        for (const Value &result : helper.results)
          add(result.type, result.range, result.exact);
        for (const Value &result : helper.results)
          if (isFloat(result.type.element))
            cotangents.push_back(add(result.type, Range::symmetric(1), false));
        // No further arguments: those of a rule are given.
        size_t number = builder.function->arguments.size();
        while (builder.function->arguments.size() <= builder.profile.mostArguments)
          builder.function->arguments.push_back(builder.function->arguments.back());
        std::vector<Value> returned;
        for (const Argument &argument : helper.arguments) {
          if (!isFloat(argument.value.type.element))
            continue;
          Value cotangent;
          for (const Value &value : cotangents)
            if (value.type == argument.value.type)
              cotangent = value;
          std::string suffix = " : " + argument.value.type.print();
          Value factor = builder.get(argument.value.type, Want{Range::symmetric(4), false});
          if (cotangent.name.empty())
            returned.push_back(multiplySum(builder, cotangents.front(), factor));
          else
            returned.push_back(builder.emit("arith.mulf " + cotangent.name + ", " + factor.name + suffix,
                                            argument.value.type, Range::symmetric(4), false));
        }
        builder.function->arguments.resize(number);
        return returned;
      },
      /*isHelper=*/true);
  std::vector<Value> operands = getOperands(builder, helper.arguments);
  std::vector<Value> results = addResults(builder, helper.results);
  builder.line(printNames(results) + " = remat.custom_vjp @" + helper.name + "(" + printNames(operands) + ") rule @" +
               rule.name + " : (" + printTypes(operands) + ") -> " + printResultTypes(helper.results));
  for (const Value &result : results)
    builder.addValue(result);
  return true;
}

/// A gradient inside of what is differentiated. One through a loop is refused there.
static bool writeInnerGradient(Builder &builder) {
  if (builder.function->isHelper)
    return false;
  bool hasLoop = builder.function->position == Position::Straight && builder.random.chance(0.55);
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor || type.isDynamic())
    type = builder.drawTensorType(builder.drawFloat(), 2);
  Builder::Written inner = builder.writeFunction(
      "inner", false,
      [&] {
        builder.newArgument(type, Range::symmetric(1.5));
        builder.writeOperations(static_cast<unsigned>(builder.random.between(1, 3)));
        if (hasLoop)
          for (const Production &production : getProductions())
            if (production.name == "remat.recurrence")
              production.write(builder);
        return std::vector<Value>{writeLoss(builder)};
      },
      /*isHelper=*/!hasLoop);
  std::vector<Value> operands = getOperands(builder, inner.arguments);
  std::vector<Value> results = addResults(builder, inner.results);
  std::vector<int64_t> wrt;
  for (size_t i = 0; i < operands.size(); ++i)
    if (operands[i].type.isTensor && isFloat(operands[i].type.element) && (wrt.empty() || builder.random.chance(0.5))) {
      wrt.push_back(static_cast<int64_t>(i));
      // How large it is nobody knows; who computes with it bounds it.
      results.push_back(Value{builder.newName(), operands[i].type, Range::symmetric(1e3), false});
    }
  builder.line(printNames(results) + " = remat.value_and_gradient @" + inner.name + "(" + printNames(operands) +
               ") wrt " + printList(wrt) + " : (" + printTypes(operands) + ") -> " + printResultTypes(results));
  for (const Value &result : results)
    builder.addValue(result);
  return true;
}

void remat::random::addCallProductions(ProductionTable &table) {
  table.push_back({"func.call", 1.5, Places::Tensors, writeCall});
  table.push_back({"remat.custom_vjp", 1.5, Places::Tensors, writeCustomRule});
  table.push_back({"remat.value_and_gradient", 1, Places::Tensors, writeInnerGradient});
}
