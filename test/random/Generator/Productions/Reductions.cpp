//===- Reductions.cpp - linalg.reduce, map, softmax ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

/// Some dimensions of \p rank, at least one.
static std::vector<int64_t> drawDimensions(Builder &builder, int64_t rank) {
  std::vector<int64_t> dimensions;
  bool all = builder.random.chance(0.3);
  for (int64_t i = 0; i < rank; ++i)
    if (all || builder.random.chance(0.5))
      dimensions.push_back(i);
  if (dimensions.empty())
    dimensions.push_back(builder.random.below(rank));
  return dimensions;
}

static bool writeReduce(Builder &builder) {
  bool wantsFloat = builder.random.chance(0.8);
  Type type = builder.drawWorkingType(wantsFloat);
  if (!type.isTensor || type.getRank() == 0)
    return false;
  static const std::vector<std::string> floatKinds = {"arith.addf", "arith.addf",     "arith.addf",
                                                      "arith.mulf", "arith.maximumf", "arith.minimumf"};
  static const std::vector<std::string> integerKinds = {"arith.addi", "arith.muli",  "arith.andi",  "arith.ori",
                                                        "arith.xori", "arith.maxsi", "arith.minsi", "arith.maxui"};
  std::string kind = builder.random.pick(wantsFloat ? floatKinds : integerKinds);
  std::vector<int64_t> dimensions = drawDimensions(builder, type.getRank());
  Type reduced = type.with(std::vector<int64_t>());
  double number = 1;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (std::find(dimensions.begin(), dimensions.end(), i) != dimensions.end())
      number *= static_cast<double>(std::max<int64_t>(builder.getExtent(type.shape[i]), 1));
    else
      reduced.shape.push_back(type.shape[i]);
  }
  double limit = builder.getLimit(type.element);
  Want want{Range::symmetric(10)};
  if (kind == "arith.addf")
    want.range = Range::symmetric(std::max(limit / number, 0.25));
  else if (kind == "arith.mulf")
    want.range = {0.5, number > 40 ? 1.03 : 1.25};
  else if (!wantsFloat)
    want = Want();
  Value operand = builder.get(type, want);
  Value init;
  if (builder.random.chance(0.45))
    init =
        builder.get(reduced, wantsFloat ? Want{kind == "arith.mulf" ? Range{0.25, 2} : Range::symmetric(10)} : Want());
  else
    init = builder.filled(reduced, kind == "arith.mulf" || kind == "arith.muli" ? 1 : (kind == "arith.andi" ? 1 : 0));
  Range range{std::min(operand.range.low, init.range.low), std::max(operand.range.high, init.range.high)};
  if (kind == "arith.addf")
    range = Range::symmetric(init.range.getMagnitude() + number * operand.range.getMagnitude());
  else if (kind == "arith.mulf")
    range = {0, init.range.high * std::pow(std::max(operand.range.high, 1.0), number)};
  else if (!wantsFloat)
    range = getFullRange(type.element);
  bool exact = operand.exact && init.exact && kind != "arith.addf" && kind != "arith.mulf";
  builder.emit("linalg.reduce { " + kind + " } ins(" + operand.name + " : " + type.print() + ") outs(" + init.name +
                   " : " + reduced.print() + ") dimensions = " + printList(dimensions),
               reduced, range, exact);
  return true;
}

/// A reduction of indices, and what it gives as a number.
static bool writeIndexReduction(Builder &builder) {
  if (!builder.options.types.empty())
    return false;
  Type type = builder.drawTensorType(Element::Index, 2);
  if (type.getRank() == 0)
    return false;
  static const std::vector<std::string> kinds = {"arith.maxsi", "arith.minsi", "arith.andi",
                                                 "arith.minui", "arith.maxui", "arith.addi"};
  std::vector<int64_t> dimensions = drawDimensions(builder, type.getRank());
  Type reduced = type.with(std::vector<int64_t>());
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (std::find(dimensions.begin(), dimensions.end(), i) == dimensions.end())
      reduced.shape.push_back(type.shape[i]);
  Value operand = builder.get(type), init = builder.get(reduced);
  Value result =
      builder.emit("linalg.reduce { " + builder.random.pick(kinds) + " } ins(" + operand.name + " : " + type.print() +
                       ") outs(" + init.name + " : " + reduced.print() + ") dimensions = " + printList(dimensions),
                   reduced, getFullRange(Element::Index), true);
  Value mask = builder.constant(reduced, 31);
  Value small =
      builder.emit("arith.andi " + result.name + ", " + mask.name + " : " + reduced.print(), reduced, {0, 31}, true);
  Type integer = reduced.with(Element::I32), real = reduced.with(builder.drawFloat());
  Value cast = builder.emit("arith.index_cast " + small.name + " : " + reduced.print() + " to " + integer.print(),
                            integer, small.range, true);
  builder.emit("arith.sitofp " + cast.name + " : " + integer.print() + " to " + real.print(), real, small.range, true);
  return true;
}

/// linalg.map with a scalar body.
static bool writeMap(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor)
    return false;
  std::vector<Value> operands;
  int64_t number = builder.random.between(1, 3);
  for (int64_t i = 0; i < number; ++i)
    operands.push_back(builder.get(builder.random.chance(0.8) ? type : type.with(builder.drawFloat())));
  Value destination = builder.empty(type);
  std::vector<std::string> arguments;
  Value result;
  std::string region = builder.writeRegion(Position::Body, [&] {
    for (const Value &operand : operands) {
      Value element{builder.newName("b"), Type::scalar(operand.type.element), operand.range, operand.exact};
      arguments.push_back(element.name + ": " + element.type.print());
      builder.addValue(element);
    }
    Value unused{builder.newName("b"), Type::scalar(type.element), {0, 0}, false};
    arguments.push_back(unused.name + ": " + unused.type.print());
    builder.writeOperations(static_cast<unsigned>(builder.random.between(1, 4)));
    result = builder.get(Type::scalar(type.element));
    builder.line("linalg.yield " + result.name + " : " + result.type.print());
  });
  Value value{builder.newName(), type, result.range, result.exact};
  builder.line(value.name + " = linalg.map ins(" + printNames(operands) + " : " + printTypes(operands) + ") outs(" +
               destination.name + " : " + type.print() + ")");
  builder.line("(" + join(arguments) + ") {");
  builder.function->text += region;
  builder.line("}");
  builder.addValue(value);
  return true;
}

/// The sum over i and j of a[i, j] f(b)[j, i]: in its gradient, what is computed element by element is read
/// element by element, but elsewhere.
static bool writeTransposedProduct(Builder &builder) {
  Element element = builder.drawFloat();
  Type left = Type::tensor(element, {});
  for (int i = 0; i < 2; ++i)
    left.shape.push_back(i > 0 && builder.random.chance(0.85) ? left.shape.back()
                                                              : builder.random.pick(builder.extents));
  Type right = left.with(std::vector<int64_t>(left.shape.rbegin(), left.shape.rend()));
  if (builder.countElements(left) > 600)
    return false;
  Value a = builder.getUnknown(left, Want{Range::symmetric(3), false}), b = builder.getUnknown(right);
  static const std::vector<std::string> functions = {"math.tanh ", "math.sin ", "math.cos "};
  b = builder.emit(builder.random.pick(functions) + b.name + " : " + right.print(), right, Range::symmetric(1), false);
  // All, or along one of the two.
  bool keepsRows = builder.random.chance(0.35);
  Type type = left.with(keepsRows ? std::vector<int64_t>{left.shape[0]} : std::vector<int64_t>());
  Value init = builder.random.chance(0.6) ? builder.zeros(type) : builder.get(type, Want{Range::symmetric(3), false});
  std::string maps = builder.getMap("affine_map<(d0, d1) -> (d0, d1)>") + ", " +
                     builder.getMap("affine_map<(d0, d1) -> (d1, d0)>") + ", " +
                     builder.getMap(keepsRows ? "affine_map<(d0, d1) -> (d0)>" : "affine_map<(d0, d1) -> ()>");
  Value result{builder.newName(), type, Range::symmetric(3 + 3 * static_cast<double>(builder.countElements(left))),
               false};
  std::string p = builder.newName("b"), q = builder.newName("b"), sum = builder.newName("b"),
              product = builder.newName("b"), next = builder.newName("b"), scalar = getName(element);
  builder.line(result.name + " = linalg.generic {indexing_maps = [" + maps + "], iterator_types = [\"" +
               (keepsRows ? "parallel" : "reduction") + "\", \"reduction\"]} ins(" + a.name + ", " + b.name + " : " +
               left.print() + ", " + right.print() + ") outs(" + init.name + " : " + type.print() + ") {");
  builder.line("^bb0(" + p + ": " + scalar + ", " + q + ": " + scalar + ", " + sum + ": " + scalar + "):");
  builder.line("  " + product + " = arith.mulf " + p + ", " + q + " : " + scalar);
  builder.line("  " + next + " = arith.addf " + sum + ", " + product + " : " + scalar);
  builder.line("  linalg.yield " + next + " : " + scalar);
  builder.line("} -> " + type.print());
  builder.addValue(result);
  // So small that a loss takes it as it is: then the gradients need nothing that was computed from it.
  if (builder.random.chance(0.7)) {
    double scale = std::exp2(-std::ceil(std::log2(result.range.getMagnitude())));
    Value factor = builder.constant(type, scale);
    builder.emit("arith.mulf " + result.name + ", " + factor.name + " : " + type.print(), type, Range::symmetric(1),
                 false);
  }
  return true;
}

static bool writeSoftmax(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor || type.getRank() == 0 || type.isDynamic() || builder.countElements(type) == 0)
    return false;
  Value operand = builder.get(type, Want{Range::symmetric(10)});
  Value destination = builder.empty(type);
  builder.emit("linalg.softmax dimension(" + std::to_string(builder.random.below(type.getRank())) + ") ins(" +
                   operand.name + " : " + type.print() + ") outs(" + destination.name + " : " + type.print() + ") -> " +
                   type.print(),
               type, {0, 1}, false);
  return true;
}

void remat::random::addReductionProductions(ProductionTable &table) {
  table.push_back({"linalg.reduce", 6, Places::Tensors, writeReduce});
  table.push_back({"reduction of indices", 0.5, Places::Tensors, writeIndexReduction});
  table.push_back({"linalg.map", 2, Places::Tensors, writeMap});
  table.push_back({"transposed product", 2, Places::Tensors, writeTransposedProduct});
  table.push_back({"linalg.softmax", 0.3, Places::Tensors, writeSoftmax});
}
