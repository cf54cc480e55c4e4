//===- ElementwiseTest.cpp - Elementwise ops of every shape --- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Maps, tails, gathers, several results, in-place results, other element types.
//
//===----------------------------------------------------------------------===//

#include "KernelHarness.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cmath>

using namespace remat;
using namespace remat::test;

/// A function @f with \p arguments ("%a: type, ...") around \p op.
static std::string function(StringRef arguments, StringRef op) {
  return llvm::formatv("func.func @f({0}) attributes {{llvm.emit_c_interface} {{\n{1}\nreturn\n}", arguments, op);
}

TEST(Elementwise, SizesAroundTheVector) {
  for (int64_t n : {0, 1, 7, 16, 17, 33, 65}) {
    std::string type = "memref<3x" + std::to_string(n) + "xf32>";
    checkOp(function("%a: " + type + ", %b: " + type + ", %c: " + type, R"(
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>,
                                       affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]}
          ins(%a, %b : )" + type + ", " + type + ") outs(%c : " + type + R"() {
      ^bb0(%x: f32, %y: f32, %z: f32):
        %p = arith.mulf %x, %y : f32
        %s = arith.subf %p, %x : f32
        linalg.yield %s : f32
      })"),
            [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] * x[1] - x[0]}; }, {1e-6});
  }
}

TEST(Elementwise, BroadcastsAndSeveralResults) {
  checkOp(function("%row: memref<33xf32>, %col: memref<5xf32>, %s: memref<f32>, "
                   "%c: memref<5x33xf32>, %d: memref<5x33xf32, strided<[40, 1], offset: 2>>",
                   R"(
      %two = arith.constant 2.0 : f32
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>,
                                       affine_map<(i, j) -> ()>, affine_map<(i, j) -> (i, j)>,
                                       affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]}
          ins(%row, %col, %s : memref<33xf32>, memref<5xf32>, memref<f32>)
          outs(%c, %d : memref<5x33xf32>, memref<5x33xf32, strided<[40, 1], offset: 2>>) {
      ^bb0(%x: f32, %y: f32, %z: f32, %u: f32, %v: f32):
        %p = arith.mulf %y, %z : f32
        %q = arith.addf %x, %p : f32
        %r = arith.mulf %u, %two : f32
        %i = linalg.index 0 : index
        %j = linalg.index 1 : index
        %k = arith.addi %i, %j : index
        %l = arith.index_cast %k : index to i32
        %m = arith.sitofp %l : i32 to f32
        %n = arith.addf %m, %r : f32
        linalg.yield %q, %n : f32, f32
      })"),
          [](ArrayRef<double> x, ArrayRef<int64_t> point) {
            return std::vector<double>{x[0] + x[1] * x[2], static_cast<double>(point[0] + point[1]) + 2 * x[3]};
          },
          {1e-6});
}

TEST(Elementwise, SelectAndCompare) {
  checkOp(
      function("%a: memref<4x19xf32>, %n: memref<4xi32>, %c: memref<4x19xf32>", R"(
      %zero = arith.constant 0.0 : f32
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>,
                                       affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]}
          ins(%a, %n : memref<4x19xf32>, memref<4xi32>) outs(%c : memref<4x19xf32>) {
      ^bb0(%x: f32, %k: i32, %z: f32):
        %one = arith.constant 1 : i32
        %p = arith.cmpf ogt, %x, %zero : f32
        %q = arith.cmpi sgt, %k, %one : i32
        %r = arith.select %p, %x, %zero : f32
        %s = arith.select %q, %r, %z : f32
        linalg.yield %s : f32
      })"),
      [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[1] > 1 ? std::max(x[0], 0.0) : x[2]}; },
      {0});
}

TEST(Elementwise, Transposes) {
  for (auto [m, n] : {std::pair(5, 33), std::pair(16, 32), std::pair(35, 50), std::pair(33, 1)}) {
    std::string in = llvm::formatv("memref<{0}x{1}xf32>", m, n);
    std::string out = llvm::formatv("memref<{1}x{0}xf32>", m, n);
    std::string op = llvm::formatv("linalg.transpose ins(%a : {0}) outs(%c : {1}) permutation = [1, 0]", in, out);
    checkOp(function("%a: " + in + ", %c: " + out, op),
            [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0]}; }, {0});
  }
}

TEST(Elementwise, PackPanels) {
  checkOp(function("%a: memref<20x3x32xf32>, %c: memref<3x20x32xf32>",
                   "linalg.transpose ins(%a : memref<20x3x32xf32>) "
                   "outs(%c : memref<3x20x32xf32>) permutation = [1, 0, 2]"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0]}; }, {0});
  checkOp(function("%a: memref<3x32x20xf32>, %c: memref<3x20x32xf32>",
                   "linalg.transpose ins(%a : memref<3x32x20xf32>) "
                   "outs(%c : memref<3x20x32xf32>) permutation = [0, 2, 1]"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0]}; }, {0});
}

TEST(Elementwise, FillAndStridedCopy) {
  checkOp(function("%c: memref<7x9xf32, strided<[20, 1], offset: 5>>", R"(
      %v = arith.constant 2.5 : f32
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]}
          outs(%c : memref<7x9xf32, strided<[20, 1], offset: 5>>) {
      ^bb0(%z: f32):
        linalg.yield %v : f32
      })"),
          [](ArrayRef<double>, ArrayRef<int64_t>) { return std::vector<double>{2.5}; }, {0});
  checkOp(function("%a: memref<7x9xf32, strided<[20, 2], offset: 5>>, %c: memref<7x9xf32>",
                   "linalg.copy ins(%a : memref<7x9xf32, strided<[20, 2], offset: 5>>) "
                   "outs(%c : memref<7x9xf32>)"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0]}; }, {0});
}

TEST(Elementwise, StridedResult) {
  checkOp(function("%a: memref<7x9xf32>, %c: memref<7x9xf32, strided<[40, 2]>>",
                   "linalg.negf ins(%a : memref<7x9xf32>) "
                   "outs(%c : memref<7x9xf32, strided<[40, 2]>>)"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{-x[0]}; }, {0});
}

TEST(Elementwise, DynamicSizes) {
  for (int64_t size : {0, 1, 16, 37})
    checkOp(function("%a: memref<?x?xf32>, %b: memref<?xf32>, %c: memref<?x?xf32>", R"(
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (i)>,
                                       affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]}
          ins(%a, %b : memref<?x?xf32>, memref<?xf32>) outs(%c : memref<?x?xf32>) {
      ^bb0(%x: f32, %y: f32, %z: f32):
        %s = arith.addf %x, %y : f32
        linalg.yield %s : f32
      })"),
            [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + x[1]}; }, {1e-6, size});
}

TEST(Elementwise, OtherElementTypes) {
  for (StringRef element : {"f64", "f16", "bf16"}) {
    std::string type = "memref<37x" + element.str() + ">";
    std::string op = llvm::formatv(R"(
      linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]} ins(%a : {0}) outs(%c : {0}) {{
      ^bb0(%x: {1}, %z: {1}):
        %p = arith.mulf %x, %z : {1}
        %e = math.exp %p : {1}
        %s = arith.addf %e, %x : {1}
        linalg.yield %s : {1}
      })",
                                   type, element);
    checkOp(function("%a: " + type + ", %c: " + type, op),
            [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{std::exp(x[0] * x[1]) + x[0]}; },
            {element == "f64"   ? 1e-15
             : element == "f16" ? 1e-3
                                : 1e-2});
  }
  checkOp(function("%a: memref<37xi64>, %b: memref<37xi8>, %c: memref<37xi64>", R"(
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>,
                                       affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
          ins(%a, %b : memref<37xi64>, memref<37xi8>) outs(%c : memref<37xi64>) {
      ^bb0(%x: i64, %y: i8, %z: i64):
        %w = arith.extsi %y : i8 to i64
        %one = arith.constant 1 : i64
        %d = arith.addi %w, %one : i64
        %q = arith.divsi %x, %d : i64
        linalg.yield %q : i64
      })"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{std::trunc(x[0] / (x[1] + 1))}; },
          {0});
}

/// What GPUs cannot compute, or read from the host's stack.
static Expectation onHost() {
  Expectation expectation;
  expectation.onHost = true;
  return expectation;
}

TEST(Elementwise, SecondResult) {
  checkOp(
      function("%a: memref<37xi32>, %c: memref<37xi32>", R"(
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]} ins(%a : memref<37xi32>) outs(%c : memref<37xi32>) {
      ^bb0(%x: i32, %z: i32):
        %half = arith.constant 0x60000000 : i32
        %low, %high = arith.mulsi_extended %x, %half : i32
        linalg.yield %high : i32
      })"),
      [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{std::floor(x[0] * 0.375)}; }, onHost());
}

TEST(Elementwise, ControlFlowInTheBody) {
  checkOp(function("%a: memref<37xf32>, %c: memref<37xf32>", R"(
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]}
          ins(%a : memref<37xf32>) outs(%c : memref<37xf32>) {
      ^bb0(%x: f32, %z: f32):
        %zero = arith.constant 0.0 : f32
        %p = arith.cmpf ogt, %x, %zero : f32
        %s = scf.if %p -> f32 {
          %e = arith.addf %x, %z : f32
          scf.yield %e : f32
        } else {
          scf.yield %zero : f32
        }
        linalg.yield %s : f32
      })"),
          [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] > 0 ? x[0] + x[1] : 0}; },
          {1e-6});
}

// Gathers read a table that is no operand of the op; the reference knows the table
// because it is constant.
static const char *gatherTable = R"(
      %t = memref.alloca() : memref<4x40xf32>
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %c40 = arith.constant 40 : index
      scf.for %i = %c0 to %c4 step %c1 {
        scf.for %j = %c0 to %c40 step %c1 {
          %k = arith.muli %i, %c40 : index
          %l = arith.addi %k, %j : index
          %m = arith.index_cast %l : index to i32
          %v = arith.sitofp %m : i32 to f32
          memref.store %v, %t[%i, %j] : memref<4x40xf32>
        }
      }
)";

TEST(Elementwise, GatherRows) {
  checkOp(
      function("%ids: memref<6xi32>, %c: memref<6x39xf32>", std::string(gatherTable) + R"(
      linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                      iterator_types = ["parallel", "parallel"]}
          ins(%ids : memref<6xi32>) outs(%c : memref<6x39xf32>) {
      ^bb0(%id: i32, %z: f32):
        %row = arith.index_cast %id : i32 to index
        %col = linalg.index 1 : index
        %v = memref.load %t[%row, %col] : memref<4x40xf32>
        linalg.yield %v : f32
      })"),
      [](ArrayRef<double> x, ArrayRef<int64_t> point) { return std::vector<double>{x[0] * 40 + point[1]}; }, onHost());
}

TEST(Elementwise, GatherElements) {
  checkOp(
      function("%ids: memref<39xi32>, %c: memref<39xf32>", std::string(gatherTable) + R"(
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]}
          ins(%ids : memref<39xi32>) outs(%c : memref<39xf32>) {
      ^bb0(%id: i32, %z: f32):
        %col = arith.index_cast %id : i32 to index
        %v = memref.load %t[%c1, %col] : memref<4x40xf32>
        linalg.yield %v : f32
      })"),
      [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] + 40}; }, onHost());
  checkOp(
      function("%ids: memref<39xi32>, %c: memref<39xf32>", std::string(gatherTable) + R"(
      linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                      iterator_types = ["parallel"]}
          ins(%ids : memref<39xi32>) outs(%c : memref<39xf32>) {
      ^bb0(%id: i32, %z: f32):
        %row = arith.index_cast %id : i32 to index
        %v = memref.load %t[%row, %c1] : memref<4x40xf32>
        linalg.yield %v : f32
      })"),
      [](ArrayRef<double> x, ArrayRef<int64_t>) { return std::vector<double>{x[0] * 40 + 1}; }, onHost());
}
