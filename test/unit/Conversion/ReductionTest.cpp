//===- ReductionTest.cpp - Reductions of every shape ---------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reductions along and across rows, with fused producers, with several results.
//
//===----------------------------------------------------------------------===//

#include "KernelHarness.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace remat;
using namespace remat::test;

/// Reduces one input with \p op.
static std::string reduce(StringRef dims, StringRef in, StringRef out, StringRef iterators, StringRef inType,
                          StringRef outType, StringRef op, StringRef element) {
  return llvm::formatv(R"(
    func.func @f(%a: {4}, %c: {5}) attributes {{llvm.emit_c_interface} {{
      linalg.generic {{indexing_maps = [affine_map<({0}) -> ({1})>, affine_map<({0}) -> ({2})>],
                      iterator_types = [{3}]} ins(%a : {4}) outs(%c : {5}) {{
      ^bb0(%x: {7}, %z: {7}):
        %s = {6} %z, %x : {7}
        linalg.yield %s : {7}
      }
      return
    })",
                       dims, in, out, iterators, inType, outType, op, element);
}

static const char *kPR = R"("parallel", "reduction")";
static const char *kRP = R"("reduction", "parallel")";

TEST(Reduction, Kinds) {
  auto check = [](StringRef op, StringRef element, double (*combine)(double, double), double tolerance) {
    for (bool along : {true, false})
      checkOp(reduce("i, j", "i, j", along ? "i" : "j", along ? kPR : kRP, "memref<5x65x" + element.str() + ">",
                     (along ? "memref<5x" : "memref<65x") + element.str() + ">", op, element),
              [=](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{combine(x[1], x[0])}; },
              {tolerance});
  };
  for (StringRef element : {"f32", "f64"}) {
    double tolerance = element == "f32" ? 1e-6 : 1e-14;
    check("arith.addf", element, [](double a, double b) { return a + b; }, tolerance);
    check("arith.mulf", element, [](double a, double b) { return a * b; }, tolerance);
    check("arith.maximumf", element, [](double a, double b) { return std::fmax(a, b); }, 0);
    check("arith.minimumf", element, [](double a, double b) { return std::fmin(a, b); }, 0);
    check("arith.maxnumf", element, [](double a, double b) { return std::fmax(a, b); }, 0);
  }
  check("arith.addi", "i32", [](double a, double b) { return a + b; }, 0);
  check("arith.maxsi", "i64", [](double a, double b) { return std::fmax(a, b); }, 0);
}

TEST(Reduction, Sizes) {
  for (int64_t n : {0, 1, 7, 16, 17, 33, 65})
    for (bool along : {true, false})
      checkOp(reduce("i, j", "i, j", along ? "i" : "j", along ? kPR : kRP, llvm::formatv("memref<17x{0}xf32>", n).str(),
                     along ? "memref<17xf32>" : llvm::formatv("memref<{0}xf32>", n).str(), "arith.addf", "f32"),
              [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + x[1]}; }, {1e-6});
}

TEST(Reduction, ToScalar) {
  checkOp(reduce("i, j, k", "i, j, k", "", R"("reduction", "reduction", "reduction")", "memref<3x4x37xf32>",
                 "memref<f32>", "arith.addf", "f32"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + x[1]}; }, {1e-6});
}

TEST(Reduction, DynamicSizes) {
  for (int64_t size : {0, 1, 16, 37})
    for (bool along : {true, false})
      checkOp(reduce("i, j", "i, j", along ? "i" : "j", along ? kPR : kRP, "memref<?x?xf32>", "memref<?xf32>",
                     "arith.addf", "f32"),
              [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + x[1]}; }, {1e-6, size});
}

TEST(Reduction, Strides) {
  checkOp(reduce("i, j", "i, j", "i", kPR, "memref<5x37xf32, strided<[1, 5]>>", "memref<5xf32, strided<[3]>>",
                 "arith.addf", "f32"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + x[1]}; }, {1e-6});
  checkOp(reduce("i, j", "i, j", "j", kRP, "memref<5x37xf32, strided<[1, 5]>>", "memref<37xf32, strided<[3]>>",
                 "arith.addf", "f32"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + x[1]}; }, {1e-6});
}

/// The layout of the input must not change the bits of the result.
TEST(Reduction, SameBitsForAllLayouts) {
  auto run = [](StringRef inType) {
    std::string text = reduce("i, j", "i, j", "i", kPR, inType, "memref<5xf32>", "arith.addf", "f32");
    Program program(text, VectorISA::AVX512);
    EXPECT_TRUE(program.isValid());
    MLIRContext context;
    Type f32 = Float32Type::get(&context);
    bool transposed = inType.contains("[1,");
    Buffer in(MemRefType::get(
                  {5, 37}, f32,
                  StridedLayoutAttr::get(&context, 0, transposed ? ArrayRef<int64_t>{1, 5} : ArrayRef<int64_t>{37, 1})),
              0);
    auto out = std::make_unique<Buffer>(MemRefType::get({5}, f32), 0);
    for (int64_t i = 0; i < 5; ++i)
      for (int64_t j = 0; j < 37; ++j)
        in.set(in.getOffset({i, j}), 1.0 / (1 + i + 3 * j));
    out->fill(1, 0);
    program.run("f", {&in, out.get()});
    return out;
  };
  EXPECT_TRUE(run("memref<5x37xf32>")->sameBits(*run("memref<5x37xf32, strided<[1, 5]>>")));
}

TEST(Reduction, FusedSquaresAndTwoResults) {
  checkOp(R"(
    func.func @f(%a: memref<6x65xf32>, %s: memref<6xf32>, %m: memref<6xf32>)
        attributes {llvm.emit_c_interface} {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>,
                                       affine_map<(i, j) -> (i)>],
                      iterator_types = ["parallel", "reduction"]}
          ins(%a : memref<6x65xf32>) outs(%s, %m : memref<6xf32>, memref<6xf32>) {
      ^bb0(%x: f32, %y: f32, %z: f32):
        %p = arith.mulf %x, %x : f32
        %q = arith.addf %y, %p : f32
        %r = arith.maximumf %z, %p : f32
        linalg.yield %q, %r : f32, f32
      }
      return
    })",
          [](ArrayRef<double> x, ArrayRef<int64_t>) {
            return std::vector<double>{x[1] + x[0] * x[0], std::fmax(x[2], x[0] * x[0])};
          },
          {1e-6});
}

TEST(Reduction, NotACombiner) {
  // The result is scaled in every step: a recurrence, not a reduction.
  checkOp(R"(
    func.func @f(%a: memref<6x9xf32>, %s: memref<6xf32>) attributes {llvm.emit_c_interface} {
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>],
                      iterator_types = ["parallel", "reduction"]}
          ins(%a : memref<6x9xf32>) outs(%s : memref<6xf32>) {
      ^bb0(%x: f32, %y: f32):
        %p = arith.mulf %y, %x : f32
        %q = arith.addf %p, %x : f32
        linalg.yield %q : f32
      }
      return
    })",
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[1] * x[0] + x[0]}; }, {1e-6});
}
