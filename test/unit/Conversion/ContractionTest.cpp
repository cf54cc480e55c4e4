//===- ContractionTest.cpp - Contractions of every shape ------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every spelling of a product at sizes around the register tiles, against the
// naive triple loop in double, and bit for bit between tiles.
//
//===----------------------------------------------------------------------===//

#include "KernelHarness.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace remat;
using namespace remat::test;

static std::vector<double> multiplyAdd(ArrayRef<double> x, ArrayRef<int64_t>) { return {x[2] + x[0] * x[1]}; }

/// A function with one generic contraction. \p maps are the three maps' results.
static std::string generic(StringRef dims, StringRef a, StringRef b, StringRef c, StringRef iterators, StringRef types,
                           StringRef element = "f32", StringRef narrow = "") {
  auto [typeA, rest] = types.split(';');
  auto [typeB, typeC] = rest.split(';');
  std::string body = llvm::formatv("%m = arith.mulf %x, %y : {0}", element);
  StringRef input = element;
  if (!narrow.empty()) {
    input = narrow;
    body = llvm::formatv("%u = arith.extf %x : {0} to {1}\n%v = arith.extf %y : {0} to {1}\n"
                         "%m = arith.mulf %u, %v : {1}",
                         narrow, element);
  }
  return llvm::formatv(R"(
    func.func @f(%a: {4}, %b: {5}, %c: {6}) attributes {{llvm.emit_c_interface} {{
      linalg.generic {{indexing_maps = [affine_map<({0}) -> ({1})>, affine_map<({0}) -> ({2})>,
                                       affine_map<({0}) -> ({3})>],
                      iterator_types = [{7}]}
          ins(%a, %b : {4}, {5}) outs(%c : {6}) {{
      ^bb0(%x: {9}, %y: {9}, %z: {8}):
        {10}
        %s = arith.addf %z, %m : {8}
        linalg.yield %s : {8}
      }
      return
    })",
                       dims, a, b, c, typeA, typeB, typeC, iterators, element, input, body);
}

static const char *kPPR = R"("parallel", "parallel", "reduction")";

static std::string type(std::initializer_list<int64_t> shape, StringRef element = "f32") {
  std::string text = "memref<";
  for (int64_t size : shape)
    text += (size < 0 ? "?" : std::to_string(size)) + "x";
  return text + element.str() + ">";
}

namespace {

struct Sizes {
  int64_t m, n, k;
};

class ContractionShape : public ::testing::TestWithParam<Sizes> {};

} // namespace

TEST_P(ContractionShape, Matmul) {
  auto [m, n, k] = GetParam();
  for (StringRef element : {"f32", "f64"})
    checkOp(generic("m, n, k", "m, k", "k, n", "m, n", kPPR,
                    type({m, k}, element) + ";" + type({k, n}, element) + ";" + type({m, n}, element), element),
            multiplyAdd, {element == "f32" ? 1e-5 : 1e-14});
}

TEST_P(ContractionShape, TransposedRight) {
  auto [m, n, k] = GetParam();
  checkOp(generic("m, n, k", "m, k", "n, k", "m, n", kPPR, type({m, k}) + ";" + type({n, k}) + ";" + type({m, n})),
          multiplyAdd, {1e-5});
}

TEST_P(ContractionShape, TransposedLeft) {
  auto [m, n, k] = GetParam();
  checkOp(generic("m, n, k", "k, m", "k, n", "m, n", kPPR, type({k, m}) + ";" + type({k, n}) + ";" + type({m, n})),
          multiplyAdd, {1e-5});
}

TEST_P(ContractionShape, BothTransposed) {
  auto [m, n, k] = GetParam();
  for (StringRef element : {"f32", "f64"})
    checkOp(generic("m, n, k", "k, m", "n, k", "m, n", kPPR,
                    type({k, m}, element) + ";" + type({n, k}, element) + ";" + type({m, n}, element), element),
            multiplyAdd, {element == "f32" ? 1e-5 : 1e-14});
}

TEST_P(ContractionShape, TransposedResult) {
  auto [m, n, k] = GetParam();
  checkOp(generic("m, n, k", "m, k", "k, n", "n, m", kPPR, type({m, k}) + ";" + type({k, n}) + ";" + type({n, m})),
          multiplyAdd, {1e-5});
}

INSTANTIATE_TEST_SUITE_P(Edges, ContractionShape,
                         ::testing::Values(Sizes{1, 1, 1}, Sizes{7, 17, 5}, Sizes{17, 33, 65}, Sizes{16, 65, 33},
                                           Sizes{33, 7, 300}, Sizes{2, 100, 4}, Sizes{65, 48, 16}, Sizes{3, 0, 2},
                                           Sizes{12, 32, 130}));

// Matrices read where they lie, results transposed in registers, gradients of weights.
INSTANTIATE_TEST_SUITE_P(Layouts, ContractionShape,
                         ::testing::Values(Sizes{16, 64, 130}, Sizes{16, 1056, 40}, Sizes{48, 32, 37},
                                           Sizes{150, 100, 16}, Sizes{256, 96, 50}));

TEST(Contraction, PackedPanels) {
  // Depth 300 makes chunks of unequal size.
  for (int64_t k : {16, 256, 300})
    checkOp(generic("m, no, ni, k", "m, k", "no, k, ni", "m, no, ni",
                    R"("parallel", "parallel", "parallel", "reduction")",
                    type({16, k}) + ";" + type({3, k, 32}) + ";" + type({16, 3, 32})),
            multiplyAdd, {1e-5});
}

TEST(Contraction, PanelResult) {
  checkOp(generic("m, no, ni, k", "k, m", "k, no, ni", "no, m, ni",
                  R"("parallel", "parallel", "parallel", "reduction")",
                  type({16, 40}) + ";" + type({16, 3, 32}) + ";" + type({3, 40, 32})),
          multiplyAdd, {1e-5});
}

TEST(Contraction, Batch) {
  checkOp(generic("b, m, n, k", "b, m, k", "b, k, n", "b, m, n", R"("parallel", "parallel", "parallel", "reduction")",
                  type({3, 9, 10}) + ";" + type({3, 10, 20}) + ";" + type({3, 9, 20})),
          multiplyAdd, {1e-5});
}

TEST(Contraction, BatchInnermost) {
  checkOp(generic("b, m, n, k", "m, k, b", "k, n, b", "m, b, n", R"("parallel", "parallel", "parallel", "reduction")",
                  type({9, 10, 3}) + ";" + type({10, 20, 3}) + ";" + type({9, 3, 20})),
          multiplyAdd, {1e-5});
}

TEST(Contraction, TwoDepths) {
  checkOp(generic("m, n, k, l", "k, m, l", "k, l, n", "m, n", R"("parallel", "parallel", "reduction", "reduction")",
                  type({5, 9, 6}) + ";" + type({5, 6, 40}) + ";" + type({9, 40})),
          multiplyAdd, {1e-5});
}

TEST(Contraction, TwoRowsAndColumns) {
  checkOp(generic("a, b, n, p, k", "a, k, b", "p, k, n", "a, p, b, n",
                  R"("parallel", "parallel", "parallel", "parallel", "reduction")",
                  type({3, 12, 5}) + ";" + type({4, 12, 18}) + ";" + type({3, 4, 5, 18})),
          multiplyAdd, {1e-5});
}

TEST(Contraction, VectorMatrix) {
  for (int64_t n : {1, 31, 64, 100})
    checkOp(generic("n, k", "k", "k, n", "n", R"("parallel", "reduction")",
                    type({40}) + ";" + type({40, n}) + ";" + type({n})),
            multiplyAdd, {1e-5});
}

TEST(Contraction, MatrixVector) {
  for (int64_t k : {1, 16, 33})
    checkOp(generic("m, k", "m, k", "k", "m", R"("parallel", "reduction")",
                    type({9, k}) + ";" + type({k}) + ";" + type({9})),
            multiplyAdd, {1e-5});
}

TEST(Contraction, Dot) {
  for (int64_t k : {1, 16, 100})
    checkOp(generic("k", "k", "k", "", R"("reduction")", type({k}) + ";" + type({k}) + ";memref<f32>"), multiplyAdd,
            {1e-5});
}

TEST(Contraction, DynamicSizes) {
  for (int64_t size : {0, 1, 19, 70})
    for (const char *b : {"k, n", "n, k"})
      checkOp(generic("m, n, k", "m, k", b, "m, n", kPPR, type({-1, -1}) + ";" + type({-1, -1}) + ";" + type({-1, -1})),
              multiplyAdd, {1e-5, size});
}

TEST(Contraction, StridedViews) {
  checkOp(generic("m, n, k", "m, k", "k, n", "m, n", kPPR,
                  "memref<9x20xf32, strided<[50, 1], offset: 7>>;"
                  "memref<20x33xf32, strided<[100, 1], offset: 3>>;"
                  "memref<9x33xf32, strided<[132, 1], offset: 33>>"),
          multiplyAdd, {1e-5});
  checkOp(generic("m, n, k", "m, k", "k, n", "m, n", kPPR,
                  "memref<9x20xf32, strided<[3, 30]>>;memref<20x33xf32, strided<[70, 2]>>;"
                  "memref<9x33xf32, strided<[2, 20]>>"),
          multiplyAdd, {1e-5});
}

TEST(Contraction, NarrowInputs) {
  for (StringRef narrow : {"f16", "bf16"}) {
    checkOp(generic("m, n, k", "m, k", "k, n", "m, n", kPPR,
                    type({17, 40}, narrow) + ";" + type({40, 33}, narrow) + ";" + type({17, 33}), "f32", narrow),
            multiplyAdd, {1e-5});
    checkOp(generic("m, n, k", "m, k", "n, k", "m, n", kPPR,
                    type({17, 40}, narrow) + ";" + type({33, 40}, narrow) + ";" + type({17, 33}), "f32", narrow),
            multiplyAdd, {1e-5});
  }
}

TEST(Contraction, NarrowAccumulator) {
  for (StringRef element : {"f16", "bf16"})
    checkOp(generic("m, n, k", "m, k", "k, n", "m, n", kPPR,
                    type({5, 8}, element) + ";" + type({8, 9}, element) + ";" + type({5, 9}, element), element),
            multiplyAdd, {element == "f16" ? 1e-2 : 5e-2});
}

TEST(Contraction, NamedOps) {
  auto named = [](StringRef op, StringRef a, StringRef b, StringRef c) {
    return llvm::formatv(R"(
      func.func @f(%a: {1}, %b: {2}, %c: {3}) attributes {{llvm.emit_c_interface} {{
        {0} ins(%a, %b : {1}, {2}) outs(%c : {3})
        return
      })",
                         op, a, b, c)
        .str();
  };
  checkOp(named("linalg.matmul", type({9, 20}), type({20, 40}), type({9, 40})), multiplyAdd, {1e-5});
  checkOp(named("linalg.batch_matmul", type({2, 9, 20}), type({2, 20, 40}), type({2, 9, 40})), multiplyAdd, {1e-5});
  checkOp(named("linalg.matvec", type({9, 20}), type({20}), type({9})), multiplyAdd, {1e-5});
  checkOp(named("linalg.vecmat", type({20}), type({20, 9}), type({9})), multiplyAdd, {1e-5});
  checkOp(named("linalg.dot", type({20}), type({20}), "memref<f32>"), multiplyAdd, {1e-5});
}
