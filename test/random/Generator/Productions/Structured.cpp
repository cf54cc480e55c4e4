//===- Structured.cpp - Named structured operations ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One row per operation: the extents of operands and result as letters ("mk,kn->mn").
// Windows are written w+x: an extent that is the sum of two, less one.
//
//===----------------------------------------------------------------------===//

#include "../Productions.h"

#include <algorithm>
#include <cmath>

using namespace remat::random;

namespace {

struct StructuredOp {
  const char *name;
  const char *left, *right, *result;
  /// Letters that are summed over.
  const char *reduced;
  const char *attributes;
  double weight;
  /// Not a sum of products.
  enum Kind { Contraction, SumOfWindow, Extremum } kind = Contraction;
};

} // namespace

/// Upper-case letters stand for windowed extents: A is a + p - 1, B is b + q - 1.
static const StructuredOp structuredOps[] = {
    {"linalg.matmul", "mk", "kn", "mn", "k", "", 5},
    {"linalg.matvec", "mk", "k", "m", "k", "", 3},
    {"linalg.vecmat", "k", "kn", "n", "k", "", 2},
    {"linalg.dot", "k", "k", "", "k", "", 1},
    {"linalg.batch_matmul", "bmk", "bkn", "bmn", "bk", "", 1.5},
    {"linalg.batch_matvec", "bmk", "bk", "bm", "bk", "", 0.7},
    {"linalg.batch_vecmat", "bk", "bkn", "bn", "bk", "", 0.5},
    {"linalg.batch_reduce_matmul", "bmk", "bkn", "mn", "bk", "", 0.5},
    {"linalg.conv_1d", "A", "p", "a", "p", "", 0.5},
    {"linalg.conv_2d", "AB", "pq", "ab", "pq", "", 0.4},
    {"linalg.conv_1d_nwc_wcf", "nAc", "pcf", "naf", "pc", "", 0.5},
    {"linalg.conv_1d_ncw_fcw", "ncA", "fcp", "nfa", "pc", "", 0.3},
    {"linalg.conv_2d_nhwc_hwcf", "nABc", "pqcf", "nabf", "pqc", "", 0.2},
    {"linalg.depthwise_conv_1d_nwc_wc", "nAc", "pc", "nac", "p", "", 0.3},
    {"linalg.depthwise_conv_1d_ncw_cw", "ncA", "cp", "nca", "p", "", 0.2},
    {"linalg.depthwise_conv_2d_nhwc_hwc", "nABc", "pqc", "nabc", "pq", "", 0.2},
    {"linalg.pooling_nwc_sum", "nAc", "p", "nac", "p", "", 0.3, StructuredOp::SumOfWindow},
    {"linalg.pooling_nwc_max", "nAc", "p", "nac", "p", "", 0.4, StructuredOp::Extremum},
    {"linalg.pooling_nwc_min", "nAc", "p", "nac", "p", "", 0.2, StructuredOp::Extremum},
    {"linalg.pooling_ncw_sum", "ncA", "p", "nca", "p", "", 0.2, StructuredOp::SumOfWindow},
    {"linalg.pooling_ncw_max", "ncA", "p", "nca", "p", "", 0.2, StructuredOp::Extremum},
    {"linalg.pooling_nhwc_sum", "nABc", "pq", "nabc", "pq", "", 0.2, StructuredOp::SumOfWindow},
    {"linalg.pooling_nhwc_max", "nABc", "pq", "nabc", "pq", "", 0.3, StructuredOp::Extremum},
    {"linalg.pooling_nchw_max", "ncAB", "pq", "ncab", "pq", "", 0.2, StructuredOp::Extremum},
};

static bool writeStructured(Builder &builder, const StructuredOp &op) {
  std::map<char, int64_t> extents;
  std::string name = op.name;
  // Start from a matrix that is there, so that shapes chain.
  Element element = builder.drawFloat();
  if (builder.random.chance(0.08) && op.kind == StructuredOp::Contraction)
    element = builder.random.chance(0.5) ? Element::I32 : Element::I64;
  if (!builder.options.types.empty() &&
      std::find(builder.options.types.begin(), builder.options.types.end(), element) == builder.options.types.end())
    element = builder.drawFloat();
  std::string left = op.left;
  Value start;
  if (builder.random.chance(0.7) && builder.find(
                                        [&](const Value &value) {
                                          return value.type.isTensor && value.type.element == element &&
                                                 value.type.getRank() == static_cast<int64_t>(left.size()) &&
                                                 !value.type.isDynamic();
                                        },
                                        start))
    for (size_t i = 0; i < left.size(); ++i)
      if (!std::isupper(static_cast<unsigned char>(left[i])))
        extents[left[i]] = start.type.shape[i];
  auto getExtent = [&](char letter) -> int64_t {
    bool isWindow = letter == 'p' || letter == 'q';
    auto [place, inserted] = extents.try_emplace(letter, 0);
    if (inserted)
      place->second = isWindow ? builder.random.between(1, 3) : builder.random.pick(builder.extents);
    return place->second;
  };
  auto getType = [&](const std::string &letters, Element element) {
    Type type = Type::tensor(element, {});
    for (char letter : letters) {
      if (letter == 'A')
        type.shape.push_back(getExtent('a') + getExtent('p') - 1);
      else if (letter == 'B')
        type.shape.push_back(getExtent('b') + getExtent('q') - 1);
      else
        type.shape.push_back(getExtent(letter));
    }
    return type;
  };
  Type leftType = getType(op.left, element), rightType = getType(op.right, element),
       resultType = getType(op.result, element);
  double terms = 1;
  for (char letter : std::string(op.reduced))
    if (resultType.getRank() == 0 || std::string(op.result).find(letter) == std::string::npos)
      terms *= static_cast<double>(getExtent(letter));
  double work = terms * static_cast<double>(builder.countElements(resultType));
  if (work > 30000 || builder.countElements(leftType) > 1500 || builder.countElements(rightType) > 1500 ||
      builder.countElements(resultType) > 1500)
    return false;
  for (int64_t extent : leftType.shape)
    if (extent <= 0)
      return false;
  double limit = builder.getLimit(element);
  double magnitude = isFloat(element) ? std::min(3.0, std::max(0.5, std::sqrt(limit / std::max(terms, 1.0)))) : 30;
  Want want{Range::symmetric(magnitude), false};
  Value first = builder.get(leftType, want);
  Value second;
  if (op.kind == StructuredOp::Contraction) {
    second = builder.get(rightType, want);
  } else {
    second = builder.empty(rightType);
  }
  Value init;
  if (op.kind == StructuredOp::Extremum && builder.random.chance(0.6))
    init = builder.filled(resultType, name.find("max") != std::string::npos ? -100 : 100);
  else if (builder.random.chance(0.4))
    init = builder.get(resultType, Want{Range::symmetric(10), false});
  else
    init = builder.zeros(resultType);
  Range range = Range::symmetric(init.range.getMagnitude() +
                                 terms * first.range.getMagnitude() *
                                     (op.kind == StructuredOp::Contraction ? second.range.getMagnitude() : 1));
  if (op.kind == StructuredOp::Extremum)
    range = {std::min(first.range.low, init.range.low), std::max(first.range.high, init.range.high)};
  if (!isFloat(element))
    range = getFullRange(element);
  bool exact = !isFloat(element) || (op.kind == StructuredOp::Extremum && first.exact && init.exact);
  builder.emit(name + op.attributes + " ins(" + first.name + ", " + second.name + " : " + leftType.print() + ", " +
                   rightType.print() + ") outs(" + init.name + " : " + resultType.print() + ") -> " +
                   resultType.print(),
               resultType, range, exact);
  return true;
}

/// linalg.add and the like.
static bool writeNamedElementwise(Builder &builder) {
  struct Row {
    const char *name;
    unsigned arity;
    Range range;
    double low, high;
  };
  static const std::vector<Row> rows = {
      {"linalg.add", 2, Range::symmetric(50), -100, 100},
      {"linalg.sub", 2, Range::symmetric(50), -100, 100},
      {"linalg.mul", 2, Range::symmetric(8), -64, 64},
      {"linalg.div", 2, {0.5, 8}, 0.0625, 16},
      {"linalg.max", 2, Range::symmetric(50), -50, 50},
      {"linalg.min", 2, Range::symmetric(50), -50, 50},
      {"linalg.powf", 2, {0.5, 2}, 0.25, 4},
      {"linalg.exp", 1, {-3, 3}, 0, 21},
      {"linalg.log", 1, {0.25, 50}, -2, 4},
      {"linalg.abs", 1, Range::symmetric(50), 0, 50},
      {"linalg.negf", 1, Range::symmetric(50), -50, 50},
      {"linalg.reciprocal", 1, {0.5, 50}, 0, 2},
      {"linalg.square", 1, Range::symmetric(8), 0, 64},
      {"linalg.sqrt", 1, {0.0625, 50}, 0, 8},
      {"linalg.rsqrt", 1, {0.0625, 50}, 0, 4},
      {"linalg.tanh", 1, Range::symmetric(50), -1, 1},
      {"linalg.erf", 1, Range::symmetric(8), -1, 1},
      {"linalg.copy", 1, Range::symmetric(50), -50, 50},
  };
  const Row &row = builder.random.pick(rows);
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor)
    return false;
  std::vector<Value> operands;
  for (unsigned i = 0; i < row.arity; ++i)
    operands.push_back(builder.get(type, Want{row.range, false}));
  Value destination = builder.random.chance(0.7) ? builder.empty(type) : builder.get(type);
  builder.emit(std::string(row.name) + " ins(" + printNames(operands) + " : " + printTypes(operands) + ") outs(" +
                   destination.name + " : " + type.print() + ") -> " + type.print(),
               type, {row.low, row.high}, false);
  return true;
}

void remat::random::addStructuredProductions(ProductionTable &table) {
  for (const StructuredOp &op : structuredOps)
    table.push_back(
        {op.name, op.weight, Places::Tensors, [&op](Builder &builder) { return writeStructured(builder, op); }});
  table.push_back({"linalg.elementwise", 2, Places::Tensors, writeNamedElementwise});
}
