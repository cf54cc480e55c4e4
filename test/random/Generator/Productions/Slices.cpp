//===- Slices.cpp - Slices, insertions, paddings, concatenations -----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>

using namespace remat::random;

/// A visible or new tensor of rank 1 or more without extents of 0 that are static.
static bool drawTensor(Builder &builder, Value &value) {
  Type type = builder.drawWorkingType(builder.random.chance(0.85));
  if (!type.isTensor || type.getRank() == 0)
    return false;
  for (int64_t extent : type.shape)
    if (extent <= 0)
      return false;
  value = builder.get(type);
  return true;
}

namespace {

struct Window {
  std::vector<std::string> offsets;
  std::vector<int64_t> sizes, strides;
};

} // namespace

/// A part of a tensor of \p shape.
static Window drawWindow(Builder &builder, const std::vector<int64_t> &shape) {
  Window window;
  for (int64_t extent : shape) {
    int64_t size = builder.random.chance(0.35) ? extent : builder.random.between(1, extent);
    if (builder.random.chance(0.2))
      size = 1;
    int64_t stride = 1;
    if (size > 1 && builder.random.chance(0.3))
      stride = (extent - 1) / (size - 1) >= 2 ? 2 : 1;
    else if (size == 1 && builder.random.chance(0.1))
      stride = 2;
    int64_t slack = extent - 1 - (size - 1) * stride;
    if (slack > 0 && builder.random.chance(builder.mayEnd ? 0.5 : 0.2))
      window.offsets.push_back(builder.getIndexBelow(slack + 1).name);
    else
      window.offsets.push_back(std::to_string(builder.random.below(slack + 1)));
    window.sizes.push_back(size);
    window.strides.push_back(stride);
  }
  return window;
}

static std::string print(const Window &window) {
  return "[" + join(window.offsets) + "] " + printList(window.sizes) + " " + printList(window.strides);
}

/// Drops some of the extents of one.
static std::vector<int64_t> reduceRank(Builder &builder, const std::vector<int64_t> &sizes) {
  std::vector<int64_t> shape;
  for (int64_t size : sizes)
    if (size != 1 || builder.random.chance(0.5))
      shape.push_back(size);
  return shape;
}

static bool writeExtractSlice(Builder &builder) {
  Value source;
  if (!drawTensor(builder, source))
    return false;
  Window window = drawWindow(builder, source.type.shape);
  Type type = source.type.with(reduceRank(builder, window.sizes));
  builder.emit("tensor.extract_slice " + source.name + print(window) + " : " + source.type.print() + " to " +
                   type.print(),
               type, source.range, source.exact);
  return true;
}

static Range join(const Range &left, const Range &right) {
  return {std::min(left.low, right.low), std::max(left.high, right.high)};
}

static bool writeInsertSlice(Builder &builder) {
  Value target;
  if (!drawTensor(builder, target))
    return false;
  Window window = drawWindow(builder, target.type.shape);
  Type type = target.type.with(reduceRank(builder, window.sizes));
  Value part = builder.get(type);
  builder.emit("tensor.insert_slice " + part.name + " into " + target.name + print(window) + " : " + type.print() +
                   " into " + target.type.print(),
               target.type, join(target.range, part.range), target.exact && part.exact);
  return true;
}

/// A part of an array with extents of one, changed and put elsewhere: strides along one element, columns, and extents
/// of one of which some are dropped.
static bool writeThinSlice(Builder &builder) {
  Element element = builder.random.chance(0.85) ? builder.drawFloat() : builder.drawInteger();
  if (element == Element::I1 || element == Element::Index)
    return false;
  Type type = Type::tensor(element, {});
  int64_t rank = builder.random.between(2, 4);
  for (int64_t i = 0; i < rank; ++i)
    type.shape.push_back(builder.random.chance(0.35) ? 1 : builder.random.pick(builder.extents));
  if (builder.countElements(type) > 600)
    return false;
  Value source = builder.get(type), target = builder.random.chance(0.5) ? source : builder.get(type);
  // The same sizes twice.
  std::vector<int64_t> sizes;
  for (int64_t extent : type.shape)
    sizes.push_back(builder.random.chance(0.5) ? 1 : builder.random.between(1, extent));
  // The first extent of one stays, and the last one goes: MLIR would guess the other way round.
  bool keepsFirst = rank > 2 && builder.random.chance(0.4);
  if (keepsFirst) {
    sizes.front() = sizes.back() = 1;
    sizes[1] = type.shape[1];
  }
  auto drawPlace = [&] {
    Window window;
    window.sizes = sizes;
    for (int64_t i = 0; i < rank; ++i) {
      int64_t extent = type.shape[i], size = sizes[i];
      int64_t stride = size == 1                    ? builder.random.between(1, 3)
                       : builder.random.chance(0.5) ? (extent - 1) / (size - 1)
                                                    : 1;
      int64_t slack = extent - 1 - (size - 1) * stride;
      if (builder.random.chance(0.3)) {
        // A number that is computed, from constants.
        double number = static_cast<double>(builder.random.below(slack + 1)), part = builder.random.between(0, 2);
        Type index = Type::scalar(Element::Index);
        Value left = builder.constant(index, number + part), right = builder.constant(index, part);
        window.offsets.push_back(
            builder.emit("arith.subi " + left.name + ", " + right.name + " : index", index, {number, number}, true)
                .name);
      } else if (slack > 0 && builder.random.chance(0.2)) {
        window.offsets.push_back(builder.getIndexBelow(slack + 1).name);
      } else {
        window.offsets.push_back(std::to_string(builder.random.below(slack + 1)));
      }
      window.strides.push_back(stride);
    }
    return window;
  };
  Window from = drawPlace(), to = drawPlace();
  Type part = type.with(keepsFirst ? std::vector<int64_t>(sizes.begin(), sizes.end() - 1) : reduceRank(builder, sizes));
  Value value =
      builder.emit("tensor.extract_slice " + source.name + print(from) + " : " + type.print() + " to " + part.print(),
                   part, source.range, source.exact);
  std::string suffix = " : " + part.print();
  if (!isFloat(element))
    value = builder.emit("arith.addi " + value.name + ", " + value.name + suffix, part, getFullRange(element), true);
  else if (builder.random.chance(0.8))
    value = builder.emit((builder.random.chance(0.5) ? "math.tanh " : "math.sin ") + value.name + suffix, part,
                         Range::symmetric(1), false);
  builder.emit("tensor.insert_slice " + value.name + " into " + target.name + print(to) + " : " + part.print() +
                   " into " + type.print(),
               type, join(target.range, value.range), target.exact && value.exact);
  return true;
}

static bool writePad(Builder &builder) {
  Value source;
  if (!drawTensor(builder, source))
    return false;
  std::vector<int64_t> low, high;
  Type type = source.type;
  std::vector<std::string> arguments;
  for (int64_t &extent : type.shape) {
    low.push_back(builder.random.chance(0.5) ? builder.random.below(3) : 0);
    high.push_back(builder.random.chance(0.5) ? builder.random.below(3) : 0);
    extent += low.back() + high.back();
    arguments.push_back(builder.newName("i") + ": index");
  }
  if (builder.countElements(type) > 1500)
    return false;
  Value filling = builder.constant(Type::scalar(source.type.element), isFloat(source.type.element) ? 0.5 : 1);
  Value result{builder.newName(), type, join(source.range, filling.range), source.exact};
  builder.line(result.name + " = tensor.pad " + source.name + " low" + printList(low) + " high" + printList(high) +
               " {");
  builder.line("^bb0(" + join(arguments) + "):");
  builder.line("  tensor.yield " + filling.name + " : " + filling.type.print());
  builder.line("} : " + source.type.print() + " to " + type.print());
  builder.addValue(result);
  return true;
}

static bool writeConcat(Builder &builder) {
  Value first;
  if (!drawTensor(builder, first))
    return false;
  int64_t dimension = builder.random.below(first.type.getRank());
  std::vector<Value> parts = {first};
  Type type = first.type;
  Range range = first.range;
  bool exact = first.exact;
  int64_t number = builder.random.between(1, 2);
  for (int64_t i = 0; i < number; ++i) {
    Type other = first.type;
    if (builder.random.chance(0.5))
      other.shape[dimension] = builder.random.pick(builder.extents);
    Value part = builder.get(other);
    type.shape[dimension] += other.shape[dimension];
    range = join(range, part.range);
    exact &= part.exact;
    parts.push_back(part);
  }
  if (builder.countElements(type) > 1500)
    return false;
  if (builder.random.chance(0.5))
    std::swap(parts.front(), parts.back());
  builder.emit("tensor.concat dim(" + std::to_string(dimension) + ") " + printNames(parts) + " : (" +
                   printTypes(parts) + ") -> " + type.print(),
               type, range, exact);
  return true;
}

void remat::random::addSliceProductions(ProductionTable &table) {
  table.push_back({"tensor.extract_slice", 4, Places::Tensors, writeExtractSlice, true});
  table.push_back({"tensor.insert_slice", 4, Places::Tensors, writeInsertSlice, true});
  table.push_back({"thin slice", 2, Places::Tensors, writeThinSlice, true});
  table.push_back({"tensor.pad", 1.5, Places::Tensors, writePad});
  table.push_back({"tensor.concat", 2, Places::Tensors, writeConcat});
}
