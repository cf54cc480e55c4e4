//===- Elements.cpp - Single elements of tensors ---------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>

using namespace remat::random;

static Range join(const Range &left, const Range &right) {
  return {std::min(left.low, right.low), std::max(left.high, right.high)};
}

/// A visible tensor with elements.
static bool drawTensor(Builder &builder, bool wantsFloat, Value &value) {
  return builder.find(
      [&](const Value &value) {
        return value.type.isTensor && isFloat(value.type.element) == wantsFloat &&
               builder.countElements(value.type) > 0;
      },
      value);
}

static std::string drawIndices(Builder &builder, const Type &type) {
  std::vector<std::string> indices;
  for (int64_t extent : type.shape)
    indices.push_back(builder.getIndexBelow(extent).name);
  return "[" + join(indices) + "]";
}

static bool writeExtract(Builder &builder) {
  Value source;
  if (!drawTensor(builder, builder.random.chance(0.8), source))
    return false;
  std::string indices = drawIndices(builder, source.type);
  builder.emit("tensor.extract " + source.name + indices + " : " + source.type.print(),
               Type::scalar(source.type.element), source.range, source.exact);
  return true;
}

static bool writeInsert(Builder &builder) {
  Value target;
  if (!drawTensor(builder, builder.random.chance(0.8), target))
    return false;
  Value element = builder.get(Type::scalar(target.type.element));
  std::string indices = drawIndices(builder, target.type);
  builder.emit("tensor.insert " + element.name + " into " + target.name + indices + " : " + target.type.print(),
               target.type, join(target.range, element.range), target.exact && element.exact);
  return true;
}

static bool writeFromElements(Builder &builder) {
  Element element = builder.random.chance(0.8) ? builder.drawFloat() : builder.drawInteger();
  Type type = Type::tensor(element, {});
  if (builder.random.chance(0.8))
    type.shape.push_back(builder.random.between(1, 3));
  std::vector<Value> elements;
  Range range;
  bool exact = true;
  for (int64_t i = 0; i < builder.countElements(type); ++i) {
    elements.push_back(builder.get(Type::scalar(element)));
    range = i == 0 ? elements[0].range : join(range, elements.back().range);
    exact &= elements.back().exact;
  }
  builder.emit("tensor.from_elements " + printNames(elements) + " : " + type.print(), type, range, exact);
  return true;
}

static bool writeSplat(Builder &builder) {
  Type type = builder.drawWorkingType(builder.random.chance(0.8));
  if (!type.isTensor || type.isDynamic())
    return false;
  Value scalar = builder.get(Type::scalar(type.element));
  builder.emit("tensor.splat " + scalar.name + " : " + type.print(), type, scalar.range, scalar.exact);
  return true;
}

static bool writeGenerate(Builder &builder) {
  Type type = builder.drawWorkingType(builder.random.chance(0.8));
  if (!type.isTensor)
    return false;
  std::vector<std::string> sizes;
  for (int64_t extent : type.shape)
    if (extent < 0)
      sizes.push_back(builder.getExtentName(extent));
  std::vector<std::string> arguments;
  Value result;
  std::string region = builder.writeRegion(Position::Body, [&] {
    for (int64_t extent : type.shape) {
      Value index{builder.newName("i"),
                  Type::scalar(Element::Index),
                  {0, static_cast<double>(std::max<int64_t>(builder.getExtent(extent) - 1, 0))},
                  true};
      arguments.push_back(index.name + ": index");
      builder.addValue(index);
    }
    Value source;
    // An element of a tensor of the same shape, read at this place or another.
    if (builder.find([&](const Value &value) { return value.type == type; }, source) && type.getRank() > 0) {
      std::vector<std::string> indices;
      for (size_t i = 0; i < type.shape.size(); ++i)
        indices.push_back(builder.random.chance(0.8) ? arguments[i].substr(0, arguments[i].find(':'))
                                                     : builder.getIndexBelow(type.shape[i]).name);
      builder.emit("tensor.extract " + source.name + "[" + join(indices) + "] : " + type.print(),
                   Type::scalar(type.element), source.range, source.exact);
    }
    builder.writeOperations(static_cast<unsigned>(builder.random.between(0, 3)));
    result = builder.get(Type::scalar(type.element));
    builder.line("tensor.yield " + result.name + " : " + result.type.print());
  });
  Value value{builder.newName(), type, result.range, result.exact};
  builder.line(value.name + " = tensor.generate " + join(sizes) + " {");
  builder.line("^bb0(" + join(arguments) + "):");
  builder.function->text += region;
  builder.line("} : " + type.print());
  builder.addValue(value);
  return true;
}

/// Numbers of rows within \p want, or wrong ones: just outside, or so far that nothing lies there.
static Value drawRows(Builder &builder, const Type &type, const Want &want) {
  if (!builder.drawsUnchecked())
    return builder.get(type, want);
  if (builder.random.chance(0.5))
    return builder.get(type);
  double place = builder.random.chance(0.5) ? 1e9 : -1e9;
  if (builder.function->arguments.size() > 6 || builder.random.chance(0.3))
    return builder.constant(type, place);
  Value rows{builder.newName("a"), type, {place, place}, true};
  builder.addArgument({rows, std::to_string(static_cast<int64_t>(place))});
  return rows;
}

/// Rows of a table, looked up: what an embedding does, by extract in a generic.
static bool writeLookup(Builder &builder) {
  Value table;
  if (!builder.find(
          [&](const Value &value) {
            return value.type.isTensor && isFloat(value.type.element) && value.type.getRank() == 2 &&
                   !value.type.isDynamic() && value.type.shape[0] > 0;
          },
          table))
    return false;
  int64_t number = builder.random.pick(builder.extents);
  // As many rows as an array has that the result may meet.
  Value peer;
  if (builder.random.chance(0.6) && builder.find(
                                        [&](const Value &value) {
                                          return value.type.isTensor && value.type.element == table.type.element &&
                                                 value.type.getRank() == 2 && value.type.shape[0] > 0 &&
                                                 value.type.shape[1] == table.type.shape[1];
                                        },
                                        peer))
    number = peer.type.shape[0];
  Element element = builder.random.chance(0.5) ? Element::I32 : Element::Index;
  if (!builder.options.types.empty())
    element = Element::Index;
  Want want{{0, static_cast<double>(table.type.shape[0] - 1)}, true};
  Value indices = drawRows(builder, Type::tensor(element, {number}), want);
  Type type = table.type.with(std::vector<int64_t>{number, table.type.shape[1]});
  if (builder.countElements(type) > 1500)
    return false;
  if (builder.mayEnd && !peer.name.empty() && builder.random.chance(0.6)) {
    // A loop over the points of the result may run as soon as this sum wants it to: before the rows are checked.
    Value bounded = builder.emit("math.tanh " + peer.name + " : " + type.print(), type, Range::symmetric(1), false);
    Value zero = builder.zeros(Type::tensor(type.element, {}));
    double most = static_cast<double>(builder.countElements(type));
    builder.emit("linalg.reduce { arith.addf } ins(" + bounded.name + " : " + type.print() + ") outs(" + zero.name +
                     " : " + zero.type.print() + ") dimensions = [0, 1]",
                 zero.type, Range::symmetric(most), false);
  }
  Value destination = builder.empty(type);
  std::string rowMap = builder.getMap("affine_map<(d0, d1) -> (d0)>");
  std::string idMap = builder.getMap("affine_map<(d0, d1) -> (d0, d1)>");
  Value result{builder.newName(), type, table.range, table.exact};
  std::string a = builder.newName("b"), b = builder.newName("b"), row = builder.newName("i"),
              column = builder.newName("i"), found = builder.newName("b");
  builder.line(result.name + " = linalg.generic {indexing_maps = [" + rowMap + ", " + idMap +
               "], iterator_types = [\"parallel\", \"parallel\"]} ins(" + indices.name + " : " + indices.type.print() +
               ") outs(" + destination.name + " : " + type.print() + ") {");
  builder.line("^bb0(" + a + ": " + getName(element) + ", " + b + ": " + getName(type.element) + "):");
  if (element != Element::Index)
    builder.line("  " + row + " = arith.index_cast " + a + " : i32 to index");
  builder.line("  " + column + " = linalg.index 1 : index");
  builder.line("  " + found + " = tensor.extract " + table.name + "[" + (element == Element::Index ? a : row) + ", " +
               column + "] : " + table.type.print());
  builder.line("  linalg.yield " + found + " : " + getName(type.element));
  builder.line("} -> " + type.print());
  builder.addValue(result);
  return true;
}

/// Two tables one after the other, element by element: what StableHLO's concatenate and roll become. Or
/// the even rows of one, and those of another from the end, which are no slices.
static bool writeJoin(Builder &builder) {
  Value first, second;
  auto isTable = [&](const Value &value) {
    return value.type.isTensor && isFloat(value.type.element) && value.type.getRank() >= 1 &&
           value.type.getRank() <= 2 && !value.type.isDynamic() && builder.countElements(value.type) > 0;
  };
  if (!builder.find(isTable, first))
    return false;
  int64_t rank = first.type.getRank(), dimension = builder.random.below(rank);
  auto fits = [&](const Value &value) {
    return isTable(value) && value.type.getRank() == rank && value.type.element == first.type.element &&
           (rank == 1 || value.type.shape[1 - dimension] == first.type.shape[1 - dimension]);
  };
  if (builder.random.chance(0.4) || !builder.find(fits, second))
    second = first;
  bool alternates = first.type == second.type && builder.random.chance(0.6);
  Type type = first.type;
  if (!alternates)
    type.shape[dimension] += second.type.shape[dimension];
  if (builder.countElements(type) > 1500)
    return false;
  Value destination = builder.empty(type);
  double last = static_cast<double>(first.type.shape[dimension] - 1);
  Value bound = builder.constant(Type::scalar(Element::Index), alternates ? last : last + 1);
  Value result{builder.newName(), type, join(first.range, second.range), first.exact && second.exact};
  std::string map = builder.getMap(rank == 1 ? "affine_map<(d0) -> (d0)>" : "affine_map<(d0, d1) -> (d0, d1)>");
  std::string out = builder.newName("b"), isFirst = builder.newName("b"), rest = builder.newName("i"),
              chosen = builder.newName("b"), scalar = getName(type.element);
  std::vector<std::string> places, iterators(static_cast<size_t>(rank), "\"parallel\"");
  for (int64_t i = 0; i < rank; ++i)
    places.push_back(builder.newName("i"));
  builder.line(result.name + " = linalg.generic {indexing_maps = [" + map + "], iterator_types = [" + join(iterators) +
               "]} outs(" + destination.name + " : " + type.print() + ") {");
  builder.line("^bb0(" + out + ": " + scalar + "):");
  for (int64_t i = 0; i < rank; ++i)
    builder.line("  " + places[i] + " = linalg.index " + std::to_string(i) + " : index");
  if (alternates) {
    std::string half = builder.newName("i");
    builder.line("  " + half + " = arith.index_cast " + places[dimension] + " : index to i64");
    builder.line("  " + isFirst + " = arith.trunci " + half + " : i64 to i1");
  } else {
    builder.line("  " + isFirst + " = arith.cmpi ult, " + places[dimension] + ", " + bound.name + " : index");
  }
  builder.line("  " + chosen + " = scf.if " + isFirst + " -> (" + scalar + ") {");
  auto writeBranch = [&](const Value &table) {
    std::string element = builder.newName("b");
    builder.line("    " + element + " = tensor.extract " + table.name + "[" + join(places) +
                 "] : " + table.type.print());
    builder.line("    scf.yield " + element + " : " + scalar);
  };
  writeBranch(first);
  builder.line("  } else {");
  std::string left = places[dimension], right = bound.name;
  if (alternates)
    std::swap(left, right);
  builder.line("    " + rest + " = arith.subi " + left + ", " + right + " : index");
  places[dimension] = rest;
  writeBranch(second);
  builder.line("  }");
  builder.line("  linalg.yield " + chosen + " : " + scalar);
  builder.line("} -> " + type.print());
  builder.addValue(result);
  return true;
}

/// The diagonal of one square put on that of another.
static bool writeDiagonal(Builder &builder) {
  Element element = builder.drawFloat();
  int64_t extent = builder.random.pick(builder.extents);
  Type type = Type::tensor(element, {extent, extent});
  if (builder.countElements(type) > 600)
    return false;
  Value source = builder.get(type), target = builder.get(type);
  std::string map = builder.getMap("affine_map<(d0) -> (d0, d0)>"), scalar = getName(element);
  std::string in = builder.newName("b"), out = builder.newName("b");
  Value result{builder.newName(), type, join(source.range, target.range), source.exact && target.exact};
  builder.line(result.name + " = linalg.generic {indexing_maps = [" + map + ", " + map +
               "], iterator_types = [\"parallel\"]} ins(" + source.name + " : " + type.print() + ") outs(" +
               target.name + " : " + type.print() + ") {");
  builder.line("^bb0(" + in + ": " + scalar + ", " + out + ": " + scalar + "):");
  builder.line("  linalg.yield " + in + " : " + scalar);
  builder.line("} -> " + type.print());
  builder.addValue(result);
  return true;
}

static bool writeGather(Builder &builder) {
  Value table;
  if (!builder.find(
          [&](const Value &value) {
            return value.type.isTensor && isFloat(value.type.element) && value.type.getRank() >= 1 &&
                   !value.type.isDynamic() && value.type.shape[0] > 0;
          },
          table))
    return false;
  int64_t number = builder.random.pick(builder.extents);
  Value indices = drawRows(builder, Type::tensor(Element::Index, {number, 1}),
                           Want{{0, static_cast<double>(table.type.shape[0] - 1)}, true});
  Type type = table.type;
  type.shape[0] = number;
  if (builder.random.chance(0.5))
    type.shape.insert(type.shape.begin() + 1, 1);
  if (builder.countElements(type) > 1500)
    return false;
  builder.emit("tensor.gather " + table.name + "[" + indices.name + "] gather_dims([0]) : (" + table.type.print() +
                   ", " + indices.type.print() + ") -> " + type.print(),
               type, table.range, table.exact);
  return true;
}

void remat::random::addElementProductions(ProductionTable &table) {
  table.push_back({"tensor.extract", 2.5, Places::Everywhere, writeExtract, true});
  table.push_back({"tensor.insert", 1.2, Places::Tensors, writeInsert, true});
  table.push_back({"tensor.from_elements", 1.2, Places::Tensors, writeFromElements});
  table.push_back({"tensor.splat", 1.2, Places::Tensors, writeSplat});
  table.push_back({"tensor.generate", 1.5, Places::Tensors, writeGenerate});
  table.push_back({"lookup", 1.5, Places::Tensors, writeLookup, true});
  table.push_back({"concatenation by elements", 1, Places::Tensors, writeJoin});
  table.push_back({"copy of a diagonal", 0.5, Places::Tensors, writeDiagonal});
  table.push_back({"tensor.gather", 0.3, Places::Tensors, writeGather, true});
}
