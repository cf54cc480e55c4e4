//===- Rare.cpp - What hardly any program has ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rest of the dialects: a program with one of these is right or is refused in
// the user's words. They weigh little, so that others are not refused for their sake.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>

using namespace remat::random;

/// A visible or new static tensor with elements.
static bool drawTensor(Builder &builder, int64_t minRank, Value &value) {
  Type type = builder.drawWorkingType(builder.random.chance(0.8));
  if (!type.isTensor || type.getRank() < minRank ||
      std::any_of(type.shape.begin(), type.shape.end(), [](int64_t extent) { return extent <= 0; }))
    return false;
  value = builder.get(type);
  return true;
}

/// Not in a step, nor in what a step calls: these have side effects there.
static bool isInStep(const Builder &builder) {
  return builder.function->position != Position::Straight || builder.function->isHelper;
}

static std::string printTiling(const std::vector<int64_t> &positions, const std::vector<int64_t> &tiles) {
  return " inner_dims_pos = " + printList(positions) + " inner_tiles = " + printList(tiles) + " into ";
}

static bool writePack(Builder &builder, bool unpacks) {
  Value source;
  if (!drawTensor(builder, 2, source))
    return false;
  // Tiles that divide the extents.
  std::vector<int64_t> positions, tiles;
  Type packed = source.type;
  for (int64_t i = 0; i < 2; ++i) {
    int64_t extent = source.type.shape[i], tile = builder.random.between(1, 3);
    if (extent % tile)
      tile = 1;
    positions.push_back(i);
    tiles.push_back(tile);
    packed.shape[i] = extent / tile;
    packed.shape.push_back(tile);
  }
  if (unpacks)
    source = builder.get(packed);
  Type type = packed;
  if (unpacks) {
    type.shape.resize(packed.shape.size() - 2);
    for (int64_t i = 0; i < 2; ++i)
      type.shape[i] *= tiles[i];
  }
  Value destination = builder.empty(type);
  builder.emit(std::string(unpacks ? "linalg.unpack " : "linalg.pack ") + source.name + printTiling(positions, tiles) +
                   destination.name + " : " + source.type.print() + " -> " + type.print(),
               type, source.range, source.exact);
  return true;
}

/// F(2, 3): tiles of four for windows of three.
static bool writeWinograd(Builder &builder, const std::string &name) {
  if (isInStep(builder))
    return false;
  Element element = builder.drawFloat();
  int64_t f = builder.random.between(1, 3), c = builder.random.between(1, 3);
  Type from = Type::tensor(element, {}), to = from;
  if (name == "linalg.winograd_filter_transform") {
    from.shape = {f, 3, 3, c};
    to.shape = {4, 4, c, f};
  } else if (name == "linalg.winograd_input_transform") {
    from.shape = {1, 6, 6, c};
    to.shape = {4, 4, 2, 2, 1, c};
  } else {
    from.shape = {4, 4, 2, 2, 1, f};
    to.shape = {1, 4, 4, f};
  }
  Value source = builder.get(from, Want{Range::symmetric(2), false});
  Value destination = builder.zeros(to);
  builder.emit(name + " fmr(F_2_3) ins(" + source.name + " : " + from.print() + ") outs(" + destination.name + " : " +
                   to.print() + ") -> " + to.print(),
               to, Range::symmetric(200), false);
  return true;
}

static bool writeRandomFill(Builder &builder) {
  Type type = Type::tensor(builder.drawFloat(), {builder.random.pick(builder.extents), builder.random.between(1, 5)});
  if (!builder.options.types.empty())
    return false;
  Value low = builder.constant(Type::scalar(Element::F64), -1), high = builder.constant(Type::scalar(Element::F64), 1);
  Value seed = builder.get(Type::scalar(Element::I32));
  Value destination = builder.empty(type);
  builder.emit("linalg.fill_rng_2d ins(" + low.name + ", " + high.name + ", " + seed.name + " : f64, f64, i32) outs(" +
                   destination.name + " : " + type.print() + ") -> " + type.print(),
               type, Range::symmetric(1), false);
  return true;
}

static bool writeScatter(Builder &builder) {
  Value target;
  if (!drawTensor(builder, 1, target))
    return false;
  // One element, so that no two meet.
  Value indices =
      builder.get(Type::tensor(Element::Index, {1, 1}), Want{{0, static_cast<double>(target.type.shape[0] - 1)}, true});
  Type type = target.type;
  type.shape[0] = 1;
  type.shape.insert(type.shape.begin(), 1);
  Value source = builder.get(type);
  builder.emit(
      "tensor.scatter " + source.name + " into " + target.name + "[" + indices.name + "] scatter_dims([0]) unique : (" +
          type.print() + ", " + target.type.print() + ", " + indices.type.print() + ") -> " + target.type.print(),
      target.type, {std::min(target.range.low, source.range.low), std::max(target.range.high, source.range.high)},
      target.exact && source.exact);
  return true;
}

static bool writeRank(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 0, source))
    return false;
  double rank = static_cast<double>(source.type.getRank());
  builder.emit("tensor.rank " + source.name + " : " + source.type.print(), Type::scalar(Element::Index), {rank, rank},
               true);
  return true;
}

/// To a type with a dynamic extent, and back.
static bool writeCast(Builder &builder) {
  Value source;
  if (!drawTensor(builder, 1, source))
    return false;
  Type dynamic = source.type;
  std::string text = dynamic.print();
  std::string opened = "tensor<?" + text.substr(text.find('x'));
  std::string name = builder.newName("w");
  builder.line(name + " = tensor.cast " + source.name + " : " + text + " to " + opened);
  builder.emit("tensor.cast " + name + " : " + opened + " to " + text, source.type, source.range, source.exact);
  return true;
}

static bool writeExecuteRegion(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  Value result;
  std::string region = builder.writeRegion(Position::Branch, [&] {
    builder.writeOperations(2);
    result = builder.get(type);
    builder.line("scf.yield " + result.name + " : " + type.print());
  });
  Value value{builder.newName(), type, result.range, result.exact};
  builder.line(value.name + " = scf.execute_region -> " + type.print() + " {");
  builder.function->text += region;
  builder.line("}");
  builder.addValue(value);
  return true;
}

/// Rows in any order: each thread puts one into the result.
static bool writeForall(Builder &builder) {
  Value source;
  if (isInStep(builder) || !drawTensor(builder, 2, source) || source.type.getRank() != 2)
    return false;
  Type type = source.type, row = type.with(std::vector<int64_t>{1, type.shape[1]});
  Value destination = builder.empty(type);
  Value index{builder.newName("i"), Type::scalar(Element::Index), {0, static_cast<double>(type.shape[0] - 1)}, true};
  std::string output = builder.newName("o");
  std::string columns = std::to_string(type.shape[1]);
  Value part;
  std::string region = builder.writeRegion(Position::Branch, [&] {
    builder.addValue(index);
    builder.emit("tensor.extract_slice " + source.name + "[" + index.name + ", 0] [1, " + columns +
                     "] [1, 1] : " + type.print() + " to " + row.print(),
                 row, source.range, source.exact);
    builder.writeOperations(1);
    part = builder.get(row);
    builder.line("scf.forall.in_parallel {");
    builder.line("  tensor.parallel_insert_slice " + part.name + " into " + output + "[" + index.name + ", 0] [1, " +
                 columns + "] [1, 1] : " + row.print() + " into " + type.print());
    builder.line("}");
  });
  Value value{builder.newName(), type, part.range, part.exact};
  builder.line(value.name + " = scf.forall (" + index.name + ") in (" + std::to_string(type.shape[0]) +
               ") shared_outs(" + output + " = " + destination.name + ") -> (" + type.print() + ") {");
  builder.function->text += region;
  builder.line("}");
  builder.addValue(value);
  return true;
}

/// A sum over a range, in any order.
static bool writeParallel(Builder &builder) {
  Element element = builder.drawInteger();
  if (element == Element::I1 || element == Element::Index)
    return false;
  Type type = Type::scalar(element), index = Type::scalar(Element::Index);
  Value lower = builder.constant(index, 0), upper = builder.constant(index, 3), step = builder.constant(index, 1);
  Value init = builder.get(type), term = builder.get(type);
  Value value{builder.newName(), type, getFullRange(element), true};
  std::string i = builder.newName("i"), a = builder.newName("b"), b = builder.newName("b"), sum = builder.newName("b");
  builder.line(value.name + " = scf.parallel (" + i + ") = (" + lower.name + ") to (" + upper.name + ") step (" +
               step.name + ") init (" + init.name + ") -> " + type.print() + " {");
  builder.line("  scf.reduce(" + term.name + " : " + type.print() + ") {");
  builder.line("  ^bb0(" + a + ": " + type.print() + ", " + b + ": " + type.print() + "):");
  builder.line("    " + sum + " = arith.addi " + a + ", " + b + " : " + type.print());
  builder.line("    scf.reduce.return " + sum + " : " + type.print());
  builder.line("  }");
  builder.line("}");
  builder.addValue(value);
  return true;
}

void remat::random::addRareProductions(ProductionTable &table) {
  auto add = [&](const char *name, std::function<bool(Builder &)> write) {
    table.push_back({name, 0.02, Places::Tensors, std::move(write)});
  };
  add("linalg.pack", [](Builder &builder) { return writePack(builder, false); });
  add("linalg.unpack", [](Builder &builder) { return writePack(builder, true); });
  for (const char *name :
       {"linalg.winograd_filter_transform", "linalg.winograd_input_transform", "linalg.winograd_output_transform"})
    add(name, [name](Builder &builder) { return writeWinograd(builder, name); });
  add("linalg.fill_rng_2d", writeRandomFill);
  add("tensor.scatter", writeScatter);
  add("tensor.rank", writeRank);
  add("tensor.cast", writeCast);
  add("scf.execute_region", writeExecuteRegion);
  add("scf.forall", writeForall);
  add("scf.parallel", writeParallel);
}
