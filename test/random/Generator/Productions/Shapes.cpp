//===- Shapes.cpp - Other shapes of the same elements ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <numeric>

using namespace remat::random;

static bool drawTensor(Builder &builder, int64_t minRank, Value &value) {
  Type type = builder.drawWorkingType(builder.random.chance(0.85));
  if (!type.isTensor || type.getRank() < minRank)
    return false;
  value = builder.get(type);
  return true;
}

static bool isStatic(const Type &type) {
  return std::all_of(type.shape.begin(), type.shape.end(), [](int64_t extent) { return extent > 0; });
}

static bool writeTranspose(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 2, source))
    return false;
  std::vector<int64_t> permutation(source.type.shape.size());
  std::iota(permutation.begin(), permutation.end(), 0);
  for (size_t i = permutation.size() - 1; i > 0; --i)
    std::swap(permutation[i], permutation[builder.random.below(static_cast<int64_t>(i) + 1)]);
  Type type = source.type;
  for (size_t i = 0; i < permutation.size(); ++i)
    type.shape[i] = source.type.shape[permutation[i]];
  Value destination = builder.empty(type);
  builder.emit("linalg.transpose ins(" + source.name + " : " + source.type.print() + ") outs(" + destination.name +
                   " : " + type.print() + ") permutation = " + printList(permutation),
               type, source.range, source.exact);
  return true;
}

static bool writeBroadcast(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 0, source) || source.type.getRank() > 2)
    return false;
  Type type = source.type;
  int64_t place = builder.random.below(source.type.getRank() + 1);
  type.shape.insert(type.shape.begin() + place, builder.random.pick(builder.extents));
  if (builder.countElements(type) > 1500)
    return false;
  Value destination = builder.empty(type);
  builder.emit("linalg.broadcast ins(" + source.name + " : " + source.type.print() + ") outs(" + destination.name +
                   " : " + type.print() + ") dimensions = " + printList({place}),
               type, source.range, source.exact);
  return true;
}

static bool writeCollapse(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 2, source) || !isStatic(source.type))
    return false;
  std::vector<std::string> groups;
  Type type = source.type.with(std::vector<int64_t>());
  std::vector<int64_t> group;
  for (int64_t i = 0; i < source.type.getRank(); ++i) {
    if (!group.empty() && builder.random.chance(0.4)) {
      groups.push_back(printList(group));
      group.clear();
    }
    if (group.empty())
      type.shape.push_back(1);
    group.push_back(i);
    type.shape.back() *= source.type.shape[i];
  }
  groups.push_back(printList(group));
  if (type.getRank() == source.type.getRank())
    return false;
  builder.emit("tensor.collapse_shape " + source.name + " [" + join(groups) + "] : " + source.type.print() + " into " +
                   type.print(),
               type, source.range, source.exact);
  return true;
}

static bool writeExpand(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 1, source) || !isStatic(source.type) || source.type.getRank() > 3)
    return false;
  std::vector<std::string> groups;
  Type type = source.type.with(std::vector<int64_t>());
  for (int64_t extent : source.type.shape) {
    std::vector<int64_t> group = {type.getRank()};
    std::vector<int64_t> divisors;
    for (int64_t divisor = 1; divisor <= extent; ++divisor)
      if (extent % divisor == 0)
        divisors.push_back(divisor);
    if (builder.random.chance(0.5)) {
      int64_t divisor = builder.random.pick(divisors);
      type.shape.push_back(divisor);
      extent /= divisor;
      group.push_back(type.getRank());
    }
    type.shape.push_back(extent);
    groups.push_back(printList(group));
  }
  if (type.getRank() == source.type.getRank())
    return false;
  builder.emit("tensor.expand_shape " + source.name + " [" + join(groups) + "] output_shape " + printList(type.shape) +
                   " : " + source.type.print() + " into " + type.print(),
               type, source.range, source.exact);
  return true;
}

static bool writeReshape(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 1, source) || !isStatic(source.type))
    return false;
  int64_t number = builder.countElements(source.type);
  std::vector<int64_t> divisors;
  for (int64_t divisor = 1; divisor <= number; ++divisor)
    if (number % divisor == 0)
      divisors.push_back(divisor);
  int64_t first = builder.random.pick(divisors);
  Type type = source.type.with(std::vector<int64_t>{first, number / first});
  Value shape = builder.emit("arith.constant dense<[" + std::to_string(first) + ", " + std::to_string(number / first) +
                                 "]> : tensor<2xindex>",
                             Type::tensor(Element::Index, {2}), {0, static_cast<double>(number)}, true);
  builder.emit("tensor.reshape " + source.name + "(" + shape.name + ") : (" + source.type.print() +
                   ", tensor<2xindex>) -> " + type.print(),
               type, source.range, source.exact);
  return true;
}

void remat::random::addShapeProductions(ProductionTable &table) {
  table.push_back({"linalg.transpose", 3, Places::Tensors, writeTranspose});
  table.push_back({"linalg.broadcast", 3, Places::Tensors, writeBroadcast});
  table.push_back({"tensor.collapse_shape", 2, Places::Tensors, writeCollapse});
  table.push_back({"tensor.expand_shape", 2, Places::Tensors, writeExpand});
  table.push_back({"tensor.reshape", 0.2, Places::Tensors, writeReshape});
}
