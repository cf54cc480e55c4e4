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
#include <cctype>
#include <cmath>
#include <iterator>
#include <map>

using namespace remat::random;

namespace {

struct StructuredOp {
  const char *name;
  const char *left, *right, *result;
  /// Letters that are summed over.
  const char *reduced;
  double weight;
  enum Kind {
    Contraction,
    SumOfWindow,
    Largest,
    Smallest,
    LargestUnsigned,
    SmallestUnsigned,
    Quantized
  } kind = Contraction;
};

} // namespace

/// Upper-case letters stand for windowed extents: A, B and E are those that a window
/// of p, q or r positions needs for a, b or e results.
static const StructuredOp structuredOps[] = {
    {"linalg.matmul", "mk", "kn", "mn", "k", 5},
    {"linalg.matvec", "mk", "k", "m", "k", 3},
    {"linalg.vecmat", "k", "kn", "n", "k", 2},
    {"linalg.dot", "k", "k", "", "k", 1},
    {"linalg.batch_matmul", "bmk", "bkn", "bmn", "k", 1.5},
    {"linalg.batch_matvec", "bmk", "bk", "bm", "k", 0.7},
    {"linalg.batch_vecmat", "bk", "bkn", "bn", "k", 0.5},
    {"linalg.batch_reduce_matmul", "bmk", "bkn", "mn", "bk", 0.5},
    {"linalg.mmt4d", "mkij", "nklj", "mnil", "kj", 0.2},
    {"linalg.batch_mmt4d", "bmkij", "bnklj", "bmnil", "kj", 0.1},
    {"linalg.conv_1d", "A", "p", "a", "p", 0.5},
    {"linalg.conv_2d", "AB", "pq", "ab", "pq", 0.4},
    {"linalg.conv_3d", "ABE", "pqr", "abe", "pqr", 0.15},
    {"linalg.conv_1d_nwc_wcf", "nAc", "pcf", "naf", "pc", 0.5},
    {"linalg.conv_1d_ncw_fcw", "ncA", "fcp", "nfa", "pc", 0.3},
    {"linalg.conv_2d_nhwc_hwcf", "nABc", "pqcf", "nabf", "pqc", 0.2},
    {"linalg.conv_2d_nhwc_fhwc", "nABc", "fpqc", "nabf", "pqc", 0.1},
    {"linalg.conv_2d_nchw_fchw", "ncAB", "fcpq", "nfab", "pqc", 0.1},
    {"linalg.conv_2d_ngchw_fgchw", "ngcAB", "fgcpq", "ngfab", "pqc", 0.05},
    {"linalg.conv_2d_ngchw_gfchw", "ngcAB", "gfcpq", "ngfab", "pqc", 0.05},
    {"linalg.conv_2d_nhwgc_gfhwc", "nABgc", "gfpqc", "nabgf", "pqc", 0.05},
    {"linalg.conv_3d_ndhwc_dhwcf", "nABEc", "pqrcf", "nabef", "pqrc", 0.1},
    {"linalg.conv_3d_ncdhw_fcdhw", "ncABE", "fcpqr", "nfabe", "pqrc", 0.05},
    {"linalg.depthwise_conv_1d_nwc_wc", "nAc", "pc", "nac", "p", 0.3},
    {"linalg.depthwise_conv_1d_nwc_wcm", "nAc", "pcf", "nacf", "p", 0.1},
    {"linalg.depthwise_conv_1d_ncw_cw", "ncA", "cp", "nca", "p", 0.2},
    {"linalg.depthwise_conv_2d_nhwc_hwc", "nABc", "pqc", "nabc", "pq", 0.2},
    {"linalg.depthwise_conv_2d_nchw_chw", "ncAB", "cpq", "ncab", "pq", 0.1},
    {"linalg.depthwise_conv_2d_nhwc_hwcm", "nABc", "pqcf", "nabcf", "pq", 0.1},
    {"linalg.depthwise_conv_3d_ndhwc_dhwc", "nABEc", "pqrc", "nabec", "pqr", 0.05},
    {"linalg.depthwise_conv_3d_ncdhw_cdhw", "ncABE", "cpqr", "ncabe", "pqr", 0.05},
    {"linalg.depthwise_conv_3d_ndhwc_dhwcm", "nABEc", "pqrcf", "nabecf", "pqr", 0.05},
    {"linalg.pooling_nwc_sum", "nAc", "p", "nac", "p", 0.3, StructuredOp::SumOfWindow},
    {"linalg.pooling_nwc_max", "nAc", "p", "nac", "p", 0.4, StructuredOp::Largest},
    {"linalg.pooling_nwc_min", "nAc", "p", "nac", "p", 0.2, StructuredOp::Smallest},
    {"linalg.pooling_ncw_sum", "ncA", "p", "nca", "p", 0.2, StructuredOp::SumOfWindow},
    {"linalg.pooling_ncw_max", "ncA", "p", "nca", "p", 0.2, StructuredOp::Largest},
    {"linalg.pooling_nhwc_sum", "nABc", "pq", "nabc", "pq", 0.2, StructuredOp::SumOfWindow},
    {"linalg.pooling_nhwc_max", "nABc", "pq", "nabc", "pq", 0.3, StructuredOp::Largest},
    {"linalg.pooling_nhwc_min", "nABc", "pq", "nabc", "pq", 0.1, StructuredOp::Smallest},
    {"linalg.pooling_nchw_sum", "ncAB", "pq", "ncab", "pq", 0.1, StructuredOp::SumOfWindow},
    {"linalg.pooling_nchw_max", "ncAB", "pq", "ncab", "pq", 0.2, StructuredOp::Largest},
    {"linalg.pooling_ndhwc_sum", "nABEc", "pqr", "nabec", "pqr", 0.05, StructuredOp::SumOfWindow},
    {"linalg.pooling_ndhwc_max", "nABEc", "pqr", "nabec", "pqr", 0.05, StructuredOp::Largest},
    {"linalg.pooling_ndhwc_min", "nABEc", "pqr", "nabec", "pqr", 0.05, StructuredOp::Smallest},
    {"linalg.pooling_nwc_max_unsigned", "nAc", "p", "nac", "p", 0.05, StructuredOp::LargestUnsigned},
    {"linalg.pooling_nwc_min_unsigned", "nAc", "p", "nac", "p", 0.05, StructuredOp::SmallestUnsigned},
    {"linalg.pooling_nhwc_max_unsigned", "nABc", "pq", "nabc", "pq", 0.05, StructuredOp::LargestUnsigned},
    {"linalg.pooling_nhwc_min_unsigned", "nABc", "pq", "nabc", "pq", 0.05, StructuredOp::SmallestUnsigned},
    {"linalg.quantized_matmul", "mk", "kn", "mn", "k", 0.05, StructuredOp::Quantized},
    {"linalg.quantized_batch_matmul", "bmk", "bkn", "bmn", "k", 0.05, StructuredOp::Quantized},
    {"linalg.conv_2d_nhwc_hwcf_q", "nABc", "pqcf", "nabf", "pqc", 0.03, StructuredOp::Quantized},
    {"linalg.conv_2d_nhwc_fhwc_q", "nABc", "fpqc", "nabf", "pqc", 0.03, StructuredOp::Quantized},
    {"linalg.conv_2d_nchw_fchw_q", "ncAB", "fcpq", "nfab", "pqc", 0.03, StructuredOp::Quantized},
    {"linalg.conv_2d_ngchw_gfchw_q", "ngcAB", "gfcpq", "ngfab", "pqc", 0.03, StructuredOp::Quantized},
    {"linalg.conv_2d_nhwgc_gfhwc_q", "nABgc", "gfpqc", "nabgf", "pqc", 0.03, StructuredOp::Quantized},
    {"linalg.conv_3d_ndhwc_dhwcf_q", "nABEc", "pqrcf", "nabef", "pqrc", 0.03, StructuredOp::Quantized},
    {"linalg.depthwise_conv_2d_nhwc_hwc_q", "nABc", "pqc", "nabc", "pq", 0.03, StructuredOp::Quantized},
    {"linalg.depthwise_conv_2d_nhwc_hwcm_q", "nABc", "pqcf", "nabcf", "pq", 0.03, StructuredOp::Quantized},
};

namespace {

/// The extents that the letters of an operation stand for.
class Letters {
public:
  Letters(Builder &builder, const StructuredOp &op) : builder(builder) {
    std::string all = std::string(op.left) + op.right + op.result;
    std::sort(all.begin(), all.end());
    number = std::unique(all.begin(), all.end()) - all.begin();
    // Only those with a layout in their name have strides and dilations.
    hasStrides =
        std::string(op.left).find('A') != std::string::npos && std::string(op.left).find('c') != std::string::npos;
    if (hasStrides && builder.random.chance(0.4))
      for (int i = 0; i < 3; ++i) {
        strides[i] = builder.random.between(1, 2);
        dilations[i] = builder.random.between(1, 2);
      }
  }

  int64_t get(char letter) {
    bool isWindow = letter == 'p' || letter == 'q' || letter == 'r';
    auto [place, inserted] = extents.try_emplace(letter, 0);
    if (inserted)
      place->second = isWindow || number > 5 ? builder.random.between(1, 3) : builder.random.pick(builder.extents);
    return place->second;
  }
  void set(char letter, int64_t extent) { extents[letter] = extent; }
  Type getType(const std::string &letters, Element element) {
    Type type = Type::tensor(element, {});
    for (char letter : letters) {
      size_t window = std::string("ABE").find(letter);
      type.shape.push_back(window == std::string::npos ? get(letter)
                                                       : (get("abe"[window]) - 1) * strides[window] +
                                                             (get("pqr"[window]) - 1) * dilations[window] + 1);
    }
    return type;
  }
  std::string printAttributes(size_t windows) const {
    if (!hasStrides || (strides == std::vector<int64_t>(3, 1) && dilations == std::vector<int64_t>(3, 1)))
      return "";
    auto print = [&](const std::vector<int64_t> &numbers) {
      std::vector<int64_t> used(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(windows));
      return "dense<" + printList(used) + "> : tensor<" + std::to_string(windows) + "xi64>";
    };
    return " {dilations = " + print(dilations) + ", strides = " + print(strides) + "}";
  }

private:
  Builder &builder;
  std::map<char, int64_t> extents;
  std::vector<int64_t> strides = {1, 1, 1}, dilations = {1, 1, 1};
  std::ptrdiff_t number = 0;
  bool hasStrides = false;
};

} // namespace

static bool mayUse(const Builder &builder, Element element) {
  const std::vector<Element> &types = builder.options.types;
  return types.empty() || std::find(types.begin(), types.end(), element) != types.end();
}

static bool writeStructured(Builder &builder, const StructuredOp &op) {
  using Kind = StructuredOp::Kind;
  bool isUnsigned = op.kind == Kind::LargestUnsigned || op.kind == Kind::SmallestUnsigned;
  bool isExtremum = isUnsigned || op.kind == Kind::Largest || op.kind == Kind::Smallest;
  bool isQuantized = op.kind == Kind::Quantized;
  Element element = builder.drawFloat();
  if (isUnsigned || (builder.random.chance(0.08) && op.kind == Kind::Contraction)) {
    Element other = builder.random.chance(0.5) ? Element::I32 : Element::I64;
    if (mayUse(builder, other))
      element = other;
    else if (isUnsigned)
      return false;
  }
  Element resultElement = element;
  if (isQuantized) {
    element = Element::I8;
    resultElement = Element::I32;
    if (!mayUse(builder, element) || !mayUse(builder, resultElement))
      return false;
  }
  Letters letters(builder, op);
  // Start from an array that is there, so that shapes chain.
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
        letters.set(left[i], start.type.shape[i]);
  Type leftType = letters.getType(op.left, element), rightType = letters.getType(op.right, element),
       resultType = letters.getType(op.result, resultElement);
  double terms = 1;
  for (const char *letter = op.reduced; *letter; ++letter)
    terms *= static_cast<double>(letters.get(*letter));
  if (terms * static_cast<double>(builder.countElements(resultType)) > 30000)
    return false;
  for (const Type *type : {&leftType, &rightType, &resultType})
    if (builder.countElements(*type) > 1500 || builder.countElements(*type) == 0)
      return false;
  double limit = builder.getLimit(element);
  double magnitude = isFloat(element) ? std::min(3.0, std::max(0.5, std::sqrt(limit / std::max(terms, 1.0)))) : 30;
  Want want{Range::symmetric(magnitude), false};
  std::vector<Value> operands = {builder.get(leftType, want)};
  // The window of a pooling is a shape that nobody reads.
  bool isContraction = op.kind == Kind::Contraction || isQuantized;
  operands.push_back(isContraction ? builder.get(rightType, want) : builder.empty(rightType));
  if (isQuantized)
    for (int i = 0; i < 2; ++i)
      operands.push_back(builder.get(Type::scalar(Element::I32), Want{{-20, 20}, true}));
  Value init;
  bool wantsLargest = op.kind == Kind::Largest || op.kind == Kind::LargestUnsigned;
  if (isExtremum && builder.random.chance(0.6))
    init = builder.filled(resultType, wantsLargest ? (isUnsigned ? 0 : -100) : 100);
  else if (builder.random.chance(0.4))
    init = builder.get(resultType, Want{Range::symmetric(10), false});
  else
    init = builder.zeros(resultType);
  Range range =
      Range::symmetric(init.range.getMagnitude() + terms * operands[0].range.getMagnitude() *
                                                       (isContraction ? operands[1].range.getMagnitude() : 1));
  if (isExtremum)
    range = {std::min(operands[0].range.low, init.range.low), std::max(operands[0].range.high, init.range.high)};
  if (!isFloat(resultElement))
    range = getFullRange(resultElement);
  bool exact = !isFloat(element) || (isExtremum && operands[0].exact && init.exact);
  size_t windows = static_cast<size_t>(
      std::count_if(left.begin(), left.end(), [](char letter) { return letter >= 'A' && letter <= 'E'; }));
  builder.emit(std::string(op.name) + letters.printAttributes(windows) + " ins(" + printNames(operands) + " : " +
                   printTypes(operands) + ") outs(" + init.name + " : " + resultType.print() + ") -> " +
                   resultType.print(),
               resultType, range, exact);
  return true;
}

namespace {

/// linalg.add and the like, also as a kind of linalg.elementwise.
struct NamedElementwise {
  const char *name;
  unsigned arity;
  Range range;
  double low, high;
  /// Of linalg.elementwise; null if it has none.
  const char *kind;
  bool isInteger = false, jumps = false;
};

} // namespace

static const NamedElementwise namedElementwise[] = {
    {"linalg.add", 2, Range::symmetric(50), -100, 100, "add"},
    {"linalg.sub", 2, Range::symmetric(50), -100, 100, "sub"},
    {"linalg.mul", 2, Range::symmetric(8), -64, 64, "mul"},
    {"linalg.div", 2, {0.5, 8}, 0.0625, 16, "div"},
    {"linalg.div_unsigned", 2, {1, 100}, 0, 100, "div_unsigned", true},
    {"linalg.max", 2, Range::symmetric(50), -50, 50, "max_signed"},
    {"linalg.min", 2, Range::symmetric(50), -50, 50, "min_signed"},
    {"linalg.powf", 2, {0.5, 2}, 0.25, 4, "powf"},
    {"linalg.exp", 1, {-3, 3}, 0, 21, "exp"},
    {"linalg.log", 1, {0.25, 50}, -2, 4, "log"},
    {"linalg.abs", 1, Range::symmetric(50), 0, 50, "abs"},
    {"linalg.negf", 1, Range::symmetric(50), -50, 50, "negf"},
    {"linalg.reciprocal", 1, {0.5, 50}, 0, 2, "reciprocal"},
    {"linalg.square", 1, Range::symmetric(8), 0, 64, "square"},
    {"linalg.sqrt", 1, {0.0625, 50}, 0, 8, "sqrt"},
    {"linalg.rsqrt", 1, {0.0625, 50}, 0, 4, "rsqrt"},
    {"linalg.tanh", 1, Range::symmetric(50), -1, 1, "tanh"},
    {"linalg.erf", 1, Range::symmetric(8), -1, 1, "erf"},
    {"linalg.floor", 1, Range::symmetric(50), -50, 50, "floor", false, true},
    {"linalg.ceil", 1, Range::symmetric(50), -50, 50, "ceil", false, true},
    {"linalg.round", 1, Range::symmetric(50), -50, 50, "round", false, true},
    {"linalg.copy", 1, Range::symmetric(50), -50, 50, nullptr},
};

static bool writeNamedElementwise(Builder &builder, const NamedElementwise &op, bool isKind) {
  Type type = builder.drawWorkingType(!op.isInteger);
  if (!type.isTensor || type.element == Element::I1 || type.element == Element::Index)
    return false;
  std::vector<Value> operands;
  for (unsigned i = 0; i < op.arity; ++i)
    operands.push_back(builder.get(type, Want{op.range, op.jumps}));
  Value destination = builder.random.chance(0.7) ? builder.empty(type) : builder.get(type);
  std::string name =
      isKind ? "linalg.elementwise kind=#linalg.elementwise_kind<" + std::string(op.kind) + ">" : op.name;
  builder.emit(name + " ins(" + printNames(operands) + " : " + printTypes(operands) + ") outs(" + destination.name +
                   " : " + type.print() + ") -> " + type.print(),
               type, {op.low, op.high}, op.jumps || op.isInteger);
  return true;
}

static bool writeSelect(Builder &builder) {
  Type type = builder.drawWorkingType(true);
  if (!type.isTensor)
    return false;
  std::vector<Value> operands = {builder.get(type.with(Element::I1)), builder.get(type), builder.get(type)};
  Value destination = builder.empty(type);
  builder.emit("linalg.select ins(" + printNames(operands) + " : " + printTypes(operands) + ") outs(" +
                   destination.name + " : " + type.print() + ") -> " + type.print(),
               type,
               {std::min(operands[1].range.low, operands[2].range.low),
                std::max(operands[1].range.high, operands[2].range.high)},
               operands[1].exact && operands[2].exact);
  return true;
}

void remat::random::addStructuredProductions(ProductionTable &table) {
  for (const StructuredOp &op : structuredOps)
    table.push_back(
        {op.name, op.weight, Places::Tensors, [&op](Builder &builder) { return writeStructured(builder, op); }});
  for (const NamedElementwise &op : namedElementwise)
    table.push_back({op.name, 0.12, Places::Tensors,
                     [&op](Builder &builder) { return writeNamedElementwise(builder, op, false); }});
  table.push_back({"linalg.elementwise", 0.6, Places::Tensors, [](Builder &builder) {
                     const NamedElementwise &op = namedElementwise[builder.random.below(std::size(namedElementwise))];
                     return op.kind && writeNamedElementwise(builder, op, true);
                   }});
  table.push_back({"linalg.select", 0.3, Places::Tensors, writeSelect});
}
