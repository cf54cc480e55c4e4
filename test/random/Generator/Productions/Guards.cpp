//===- Guards.cpp - Indices and sizes that only a run knows ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is read where a condition holds, and parts of tensors whose size is a value. In
// programs that may end, some of the conditions say nothing, and some sizes are too large.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>

using namespace remat::random;

static bool isStatic(const Type &type) {
  return std::all_of(type.shape.begin(), type.shape.end(), [](int64_t extent) { return extent > 0; });
}

static Range join(const Range &left, const Range &right) {
  return {std::min(left.low, right.low), std::max(left.high, right.high)};
}

/// A value of \p type, of an element or a row of \p table in which \p place is the first index.
static Value readAt(Builder &builder, const Value &table, const Value &place, const Type &type) {
  std::vector<std::string> rest = {place.name};
  std::vector<int64_t> sizes = {1};
  for (size_t i = 1; i < table.type.shape.size(); ++i) {
    rest.push_back(type.isTensor ? "0" : builder.getIndexBelow(table.type.shape[i]).name);
    sizes.push_back(table.type.shape[i]);
  }
  if (!type.isTensor)
    return builder.emit("tensor.extract " + table.name + "[" + join(rest) + "] : " + table.type.print(), type,
                        table.range, table.exact);
  return builder.emit("tensor.extract_slice " + table.name + "[" + join(rest) + "] " + printList(sizes) + " " +
                          printList(std::vector<int64_t>(sizes.size(), 1)) + " : " + table.type.print() + " to " +
                          type.print(),
                      type, table.range, table.exact);
}

/// A branch that reads a table at an index, and one that reads another table there or does not.
static bool writeGuardedRead(Builder &builder) {
  if (builder.function->depth > 3)
    return false;
  auto isTable = [&](const Value &value) {
    return value.type.isTensor && isFloat(value.type.element) && value.type.getRank() >= 1 && isStatic(value.type);
  };
  Value table, other;
  if (!builder.find(isTable, table) ||
      !builder.find([&](const Value &value) { return isTable(value) && value.type == table.type; }, other))
    return false;
  bool inBody = builder.function->position == Position::Body;
  Type type = Type::scalar(table.type.element);
  if (!inBody && builder.random.chance(0.3))
    type = table.type.with(std::vector<int64_t>(table.type.shape.begin() + 1, table.type.shape.end()));
  const Profile &profile = builder.profile;
  bool isOutside = profile.outside > 0 && builder.random.chance(profile.outside);
  Value place = isOutside ? builder.getIndexOutside(table.type.shape[0]) : builder.get(Type::scalar(Element::Index));
  // A condition that has nothing to do with the index.
  bool isFree = builder.mayEnd && builder.random.chance(profile.freeCondition);
  bool readsTwice = isFree && builder.random.chance(profile.otherRead), swaps = builder.random.chance(0.3);
  Value condition;
  if (isFree) {
    condition = builder.getCondition();
  } else {
    Value bound = builder.constant(place.type, static_cast<double>(table.type.shape[0]));
    condition = builder.emit(std::string("arith.cmpi ") + (swaps ? "uge, " : "ult, ") + place.name + ", " + bound.name +
                                 " : index",
                             Type::scalar(Element::I1), {0, 1}, true);
  }
  std::vector<Value> yielded;
  std::vector<std::string> regions;
  for (bool reads : {!swaps, swaps})
    regions.push_back(builder.writeRegion(inBody ? Position::Body : Position::Branch, [&] {
      Value read;
      if (reads || readsTwice)
        read = readAt(builder, reads ? table : other, place, type);
      builder.writeOperations(static_cast<unsigned>(builder.random.between(0, 1)));
      bool yieldsRead = !read.name.empty() && profile.yieldsRead > 0 && builder.random.chance(profile.yieldsRead);
      yielded.push_back(yieldsRead ? read : builder.get(type));
      builder.line("scf.yield " + yielded.back().name + " : " + type.print());
    }));
  Value result{builder.newName(), type, join(yielded[0].range, yielded[1].range), yielded[0].exact && yielded[1].exact};
  builder.line(result.name + " = scf.if " + condition.name + " -> (" + type.print() + ") {");
  builder.function->text += regions[0];
  builder.line("} else {");
  builder.function->text += regions[1];
  builder.line("}");
  builder.addValue(result);
  if (!type.isTensor && !inBody && profile.readIntoTensor > 0 && builder.random.chance(profile.readIntoTensor)) {
    Type whole = Type::tensor(type.element, {});
    builder.emit("tensor.from_elements " + result.name + " : " + whole.print(), whole, result.range, result.exact);
  }
  return true;
}

/// \p part after one or two operations on all of it: no value that others see, because
/// no type says how large it is.
static std::string change(Builder &builder, const std::string &part, const Type &type) {
  static const std::vector<std::string> unary = {"math.tanh ", "math.sin ", "arith.negf ", "math.absf "};
  static const std::vector<std::string> floats = {"arith.mulf ", "arith.addf ", "arith.maximumf "};
  static const std::vector<std::string> integers = {"arith.addi ", "arith.muli ", "arith.maxsi ", "arith.xori "};
  std::string current = part, suffix = " : " + type.print();
  int64_t number = builder.random.between(1, 2);
  for (int64_t i = 0; i < number; ++i) {
    std::string next = builder.newName("w");
    if (isFloat(type.element) && builder.random.chance(0.5))
      builder.line(next + " = " + builder.random.pick(unary) + current + suffix);
    else
      builder.line(next + " = " + builder.random.pick(isFloat(type.element) ? floats : integers) + current + ", " +
                   part + suffix);
    current = next;
  }
  return current;
}

/// \p part by the sum of its hyperbolic tangents: it is needed as a whole before and after the sum.
static std::string scaleBySum(Builder &builder, const std::string &part, const Type &type, const std::string &size) {
  std::string suffix = " : " + type.print(), bounded = builder.newName("w"), sum = builder.newName("w"),
              destination = builder.newName("w"), spread = builder.newName("w"), scaled = builder.newName("w");
  Value zero = builder.zeros(Type::tensor(type.element, {}));
  std::vector<int64_t> dimensions;
  for (int64_t i = 0; i < type.getRank(); ++i)
    dimensions.push_back(i);
  std::string scalar = " : " + zero.type.print();
  builder.line(bounded + " = math.tanh " + part + suffix);
  builder.line(sum + " = linalg.reduce { arith.addf } ins(" + bounded + suffix + ") outs(" + zero.name + scalar +
               ") dimensions = " + printList(dimensions));
  builder.line(destination + " = tensor.empty(" + size + ")" + suffix);
  builder.line(spread + " = linalg.broadcast ins(" + sum + scalar + ") outs(" + destination + suffix +
               ") dimensions = " + printList(dimensions));
  builder.line(scaled + " = arith.mulf " + bounded + ", " + spread + suffix);
  return scaled;
}

/// A part whose size is a value, changed and put back.
static bool writePart(Builder &builder) {
  Type type = builder.drawWorkingType(builder.random.chance(0.85));
  if (!type.isTensor || type.getRank() == 0 || !isStatic(type))
    return false;
  Value source = builder.get(type, isFloat(type.element) ? Want{Range::symmetric(10), false} : Want());
  Value target = builder.random.chance(0.5) ? source : builder.get(type);
  int64_t dimension = builder.random.below(type.getRank()), extent = type.shape[dimension];
  int64_t first = builder.random.chance(0.5) ? 0 : builder.random.below(extent);
  Want want{{0, static_cast<double>(extent - first)}, true};
  Value size = builder.get(Type::scalar(Element::Index), builder.drawsUnchecked() ? Want() : want);
  std::string offset = std::to_string(first);
  if (first == 0 && builder.random.chance(0.4)) {
    // The last ones.
    Value all = builder.constant(size.type, static_cast<double>(extent));
    offset = builder.newName("w");
    builder.line(offset + " = arith.subi " + all.name + ", " + size.name + " : index");
  }
  std::vector<std::string> offsets, sizes, strides(type.shape.size(), "1");
  for (int64_t i = 0; i < type.getRank(); ++i) {
    offsets.push_back(i == dimension ? offset : "0");
    sizes.push_back(i == dimension ? size.name : std::to_string(type.shape[i]));
  }
  std::string window = "[" + join(offsets) + "] [" + join(sizes) + "] [" + join(strides) + "] : ";
  Type part = type;
  // Printed as "?"; a number of its own, because nothing else is that long.
  part.shape[dimension] = -1;
  std::string slice = builder.newName("w");
  builder.line(slice + " = tensor.extract_slice " + source.name + window + type.print() + " to " + part.print());
  bool sums = isFloat(type.element) && builder.countElements(type) <= 150 && builder.random.chance(0.4);
  std::string changed = sums ? scaleBySum(builder, slice, part, size.name) : change(builder, slice, part);
  Range range = isFloat(type.element) ? join(Range::symmetric(200), target.range) : getFullRange(type.element);
  builder.emit("tensor.insert_slice " + changed + " into " + target.name + window + part.print() + " into " +
                   type.print(),
               type, range, !isFloat(type.element));
  return true;
}

void remat::random::addGuardProductions(ProductionTable &table) {
  table.push_back({"guarded read", 2, Places::Everywhere, writeGuardedRead, true});
  table.push_back({"part of a computed size", 1.2, Places::Tensors, writePart, true});
}
