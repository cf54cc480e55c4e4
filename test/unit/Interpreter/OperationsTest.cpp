//===- OperationsTest.cpp - Values of operations, by hand ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Programs.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace remat;
using namespace remat::test;
using Numbers = std::vector<double>;

TEST(Arith, IntegersWrapAround) {
  EXPECT_EQ(evaluate("i8, i8, i8", R"(
    %a = arith.constant 100 : i8
    %b = arith.constant 60 : i8
    %0 = arith.addi %a, %b : i8
    %1 = arith.muli %a, %b : i8
    %c = arith.constant -128 : i8
    %2 = arith.subi %c, %b : i8
    return %0, %1, %2 : i8, i8, i8)"),
            (Numbers{-96, 112, 68}));
}

TEST(Arith, Divisions) {
  // -7 / 2
  EXPECT_EQ(evaluate("i32, i32, i32, i32, i32, i32", R"(
    %a = arith.constant -7 : i32
    %b = arith.constant 2 : i32
    %0 = arith.divsi %a, %b : i32
    %1 = arith.floordivsi %a, %b : i32
    %2 = arith.ceildivsi %a, %b : i32
    %3 = arith.remsi %a, %b : i32
    %4 = arith.divui %a, %b : i32
    %5 = arith.remui %a, %b : i32
    return %0, %1, %2, %3, %4, %5 : i32, i32, i32, i32, i32, i32)"),
            (Numbers{-3, -4, -3, -1, 2147483644, 1}));
}

TEST(Arith, WhatMLIRLeavesOpenHasAValue) {
  Program program(R"(func.func @main(%a: i8, %b: i8, %x: f32) -> (i8, i8, i8, i8, i8, i8, i8, i8, i8) {
    %0 = arith.divsi %a, %b : i8
    %1 = arith.remsi %a, %b : i8
    %2 = arith.divui %a, %b : i8
    %3 = arith.ceildivsi %a, %b : i8
    %4 = arith.shli %a, %b : i8
    %5 = arith.shrui %a, %b : i8
    %6 = arith.shrsi %a, %b : i8
    %7 = arith.fptosi %x : f32 to i8
    %8 = arith.fptoui %x : f32 to i8
    return %0, %1, %2, %3, %4, %5, %6, %7, %8 : i8, i8, i8, i8, i8, i8, i8, i8, i8
  })");
  EXPECT_EQ(program.getResults({{{-7}}, {{0}}, {{-1000}}}), (Numbers{-1, -7, -1, -1, -7, -7, -7, -128, 0}));
  EXPECT_EQ(program.getResults({{{-128}}, {{-1}}, {{1000}}}), (Numbers{-128, 0, 0, -128, 0, 0, -1, 127, -1}));
  EXPECT_EQ(program.getResults({{{-6}}, {{4}}, {{NAN}}}), (Numbers{-1, -2, 62, -1, -96, 15, -1, 0, 0}));
}

TEST(Arith, ExtendedProductsAndSums) {
  EXPECT_EQ(evaluate("i8, i8, i8, i8, i8, i1", R"(
    %a = arith.constant -3 : i8
    %b = arith.constant 100 : i8
    %0, %1 = arith.mulsi_extended %a, %b : i8
    %2, %3 = arith.mului_extended %a, %b : i8
    %4, %5 = arith.addui_extended %a, %b : i8, i1
    return %0, %1, %2, %3, %4, %5 : i8, i8, i8, i8, i8, i1)"),
            // -300 = -2 * 256 + 212, 253 * 100 = 98 * 256 + 212, 353 = 256 + 97; 212 is -44, true is -1.
            (Numbers{-44, -2, -44, 98, 97, -1}));
}

TEST(Arith, ShiftsAndExtensions) {
  EXPECT_EQ(evaluate("i8, i8, i8, i32, i32, i4", R"(
    %a = arith.constant -112 : i8
    %b = arith.constant 2 : i8
    %0 = arith.shli %a, %b : i8
    %1 = arith.shrsi %a, %b : i8
    %2 = arith.shrui %a, %b : i8
    %3 = arith.extsi %a : i8 to i32
    %4 = arith.extui %a : i8 to i32
    %c = arith.constant 27 : i8
    %5 = arith.trunci %c : i8 to i4
    return %0, %1, %2, %3, %4, %5 : i8, i8, i8, i32, i32, i4)"),
            (Numbers{64, -28, 36, -112, 144, -5}));
}

TEST(Arith, EachOperationRoundsInItsType) {
  // 2048 + 1 is 2048 in f16, so two additions of 1 are lost; 1 + 2^-9 is 1 in bf16.
  Numbers results = evaluate("f16, bf16, f32", R"(
    %a = arith.constant 2048.0 : f16
    %b = arith.constant 1.0 : f16
    %0 = arith.addf %a, %b : f16
    %1 = arith.addf %0, %b : f16
    %c = arith.constant 1.0 : bf16
    %d = arith.constant 1.953125e-03 : bf16
    %2 = arith.addf %c, %d : bf16
    %e = arith.constant 16777216.0 : f32
    %f = arith.constant 1.0 : f32
    %3 = arith.addf %e, %f : f32
    return %1, %2, %3 : f16, bf16, f32)");
  EXPECT_EQ(results, (Numbers{2048, 1, 16777216}));
}

TEST(Arith, ExtremaOfZerosAndNaN) {
  Numbers results = evaluate("f32, f32, f32, f32, f32, f32", R"(
    %p = arith.constant 0.0 : f32
    %m = arith.constant -0.0 : f32
    %n = arith.constant 0x7FC00000 : f32
    %o = arith.constant 1.0 : f32
    %0 = arith.maximumf %m, %p : f32
    %1 = arith.maximumf %p, %m : f32
    %2 = arith.minimumf %p, %m : f32
    %3 = arith.minimumf %m, %p : f32
    %4 = arith.maximumf %n, %o : f32
    %5 = arith.maxnumf %n, %o : f32
    return %0, %1, %2, %3, %4, %5 : f32, f32, f32, f32, f32, f32)");
  EXPECT_FALSE(std::signbit(results[0]) || std::signbit(results[1]));
  EXPECT_TRUE(std::signbit(results[2]) && std::signbit(results[3]));
  EXPECT_TRUE(std::isnan(results[4]));
  EXPECT_EQ(results[5], 1);
}

TEST(Arith, ConversionsAndComparisons) {
  EXPECT_EQ(evaluate("i32, i8, f32, f32, i32, i1, i1", R"(
    %a = arith.constant -2.75 : f32
    %0 = arith.fptosi %a : f32 to i32
    %b = arith.constant 200.5 : f32
    %1 = arith.fptoui %b : f32 to i8
    %c = arith.constant 255 : i8
    %2 = arith.sitofp %c : i8 to f32
    %3 = arith.uitofp %c : i8 to f32
    %4 = arith.bitcast %a : f32 to i32
    %n = arith.constant 0x7FC00000 : f32
    %5 = arith.cmpf olt, %a, %n : f32
    %6 = arith.cmpf ult, %a, %n : f32
    return %0, %1, %2, %3, %4, %5, %6 : i32, i8, f32, f32, i32, i1, i1)"),
            (Numbers{-2, -56, -1, 255, double(int32_t(0xC0300000)), 0, -1}));
}

TEST(Math, Functions) {
  Numbers results = evaluate("f64, f64, f64, f64, f64, f64, f64, f64, f64, i32", R"(
    %x = arith.constant 0.5 : f64
    %y = arith.constant -3.0 : f64
    %0 = math.tanh %x : f64
    %1 = math.erf %x : f64
    %2 = math.powf %y, %y : f64
    %3 = math.atan2 %x, %y : f64
    %4 = math.fma %x, %y, %x : f64
    %5 = math.copysign %x, %y : f64
    %h = arith.constant 2.5 : f64
    %6 = math.roundeven %h : f64
    %7 = math.round %h : f64
    %k = arith.constant 3 : i32
    %8 = math.fpowi %y, %k : f64, i32
    %9 = math.ipowi %k, %k : i32
    return %0, %1, %2, %3, %4, %5, %6, %7, %8, %9 : f64, f64, f64, f64, f64, f64, f64, f64, f64, i32)");
  Numbers expected = {0.46211715726000975, 0.5204998778130465, -1.0 / 27, 2.976443976175166, -1, -0.5, 2, 3, -27, 27};
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(results[i], expected[i], 1e-15) << i;
}

TEST(Math, Bits) {
  EXPECT_EQ(evaluate("i8, i8, i8, i8, i1, i1", R"(
    %a = arith.constant 20 : i8
    %b = arith.constant -20 : i8
    %0 = math.ctlz %a : i8
    %1 = math.cttz %a : i8
    %2 = math.ctpop %a : i8
    %3 = math.absi %b : i8
    %x = arith.constant 0x7F800000 : f32
    %4 = math.isinf %x : f32
    %5 = math.isfinite %x : f32
    return %0, %1, %2, %3, %4, %5 : i8, i8, i8, i8, i1, i1)"),
            (Numbers{3, 2, 2, 20, -1, 0}));
}

TEST(Linalg, Matmul) {
  EXPECT_EQ(Program(R"(func.func @main(%a: tensor<2x3xf32>, %b: tensor<3x2xf32>) -> tensor<2x2xf32> {
    %c = arith.constant dense<1.0> : tensor<2x2xf32>
    %0 = linalg.matmul ins(%a, %b : tensor<2x3xf32>, tensor<3x2xf32>) outs(%c : tensor<2x2xf32>) -> tensor<2x2xf32>
    return %0 : tensor<2x2xf32>
  })")
                .getResults({{{1, 2, 3, 4, 5, 6}}, {{1, 0, 2, 1, 0, 3}}}),
            (Numbers{6, 12, 15, 24}));
}

TEST(Linalg, MapsOfEveryKind) {
  // Diagonal of the transpose, an element per loop index, and the old output.
  EXPECT_EQ(Program(R"(func.func @main(%a: tensor<2x2xf64>, %r: tensor<2xf64>) -> tensor<2x2xf64> {
    %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (j, i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]
    } ins(%a, %r : tensor<2x2xf64>, tensor<2xf64>) outs(%a : tensor<2x2xf64>) {
    ^bb0(%x: f64, %y: f64, %old: f64):
      %i = linalg.index 0 : index
      %k = arith.index_cast %i : index to i64
      %f = arith.sitofp %k : i64 to f64
      %s = arith.addf %x, %y : f64
      %t = arith.mulf %s, %old : f64
      %u = arith.addf %t, %f : f64
      linalg.yield %u : f64
    } -> tensor<2x2xf64>
    return %0 : tensor<2x2xf64>
  })")
                .getResults({{{1, 2, 3, 4}}, {{10, 20}}}),
            // (1+10)*1, (3+20)*2, (2+10)*3+1, (4+20)*4+1
            (Numbers{11, 46, 37, 97}));
}

TEST(Linalg, WindowsAndReductions) {
  EXPECT_EQ(Program(R"(func.func @main(%x: tensor<5xf32>, %w: tensor<2xf32>) -> (tensor<4xf32>, tensor<f32>) {
    %z = arith.constant dense<0.0> : tensor<4xf32>
    %0 = linalg.conv_1d ins(%x, %w : tensor<5xf32>, tensor<2xf32>) outs(%z : tensor<4xf32>) -> tensor<4xf32>
    %m = arith.constant dense<-1.0> : tensor<f32>
    %1 = linalg.reduce { arith.maximumf } ins(%0 : tensor<4xf32>) outs(%m : tensor<f32>) dimensions = [0]
    return %0, %1 : tensor<4xf32>, tensor<f32>
  })")
                .getResults({{{1, 2, 3, 4, 5}}, {{1, -2}}}),
            (Numbers{-3, -4, -5, -6, -1}));
}

TEST(Linalg, SoftmaxPackUnpack) {
  Numbers results =
      Program(R"(func.func @main(%x: tensor<1x3xf64>) -> (tensor<1x3xf64>, tensor<2x1x2xf64>, tensor<1x3xf64>) {
    %e = tensor.empty() : tensor<1x3xf64>
    %0 = linalg.softmax dimension(1) ins(%x : tensor<1x3xf64>) outs(%e : tensor<1x3xf64>) -> tensor<1x3xf64>
    %p = arith.constant 9.0 : f64
    %f = tensor.empty() : tensor<2x1x2xf64>
    %1 = linalg.pack %x padding_value(%p : f64) outer_dims_perm = [1, 0] inner_dims_pos = [1] inner_tiles = [2]
        into %f : tensor<1x3xf64> -> tensor<2x1x2xf64>
    %2 = linalg.unpack %1 outer_dims_perm = [1, 0] inner_dims_pos = [1] inner_tiles = [2]
        into %e : tensor<2x1x2xf64> -> tensor<1x3xf64>
    return %0, %1, %2 : tensor<1x3xf64>, tensor<2x1x2xf64>, tensor<1x3xf64>
  })")
          .getResults({{{0, 0.6931471805599453, 0}}});
  ASSERT_EQ(results.size(), 10u);
  EXPECT_NEAR(results[0], 0.25, 1e-15);
  EXPECT_NEAR(results[1], 0.5, 1e-15);
  EXPECT_EQ(Numbers(results.begin() + 3, results.begin() + 7), (Numbers{0, 0.6931471805599453, 0, 9}));
  EXPECT_EQ(Numbers(results.begin() + 7, results.end()), (Numbers{0, 0.6931471805599453, 0}));
}

TEST(Tensor, SlicesAndShapes) {
  EXPECT_EQ(
      Program(
          R"(func.func @main(%x: tensor<2x4xi32>, %o: index) -> (tensor<2xi32>, tensor<2x4xi32>, tensor<4x2xi32>, tensor<3xi32>) {
    %0 = tensor.extract_slice %x[1, %o] [1, 2] [1, 2] : tensor<2x4xi32> to tensor<2xi32>
    %1 = tensor.insert_slice %0 into %x[0, 0] [2, 1] [1, 1] : tensor<2xi32> into tensor<2x4xi32>
    %2 = tensor.collapse_shape %x [[0, 1]] : tensor<2x4xi32> into tensor<8xi32>
    %3 = tensor.expand_shape %2 [[0, 1]] output_shape [4, 2] : tensor<8xi32> into tensor<4x2xi32>
    %c = arith.constant -1 : i32
    %e = tensor.extract_slice %0[0] [1] [1] : tensor<2xi32> to tensor<1xi32>
    %4 = tensor.pad %e low[1] high[1] {
    ^bb0(%i: index):
      tensor.yield %c : i32
    } : tensor<1xi32> to tensor<3xi32>
    return %0, %1, %3, %4 : tensor<2xi32>, tensor<2x4xi32>, tensor<4x2xi32>, tensor<3xi32>
  })")
          .getResults({{{0, 1, 2, 3, 4, 5, 6, 7}}, {{1}}}),
      (Numbers{5, 7, /**/ 5, 1, 2, 3, 7, 5, 6, 7, /**/ 0, 1, 2, 3, 4, 5, 6, 7, /**/ -1, 5, -1}));
}

TEST(Tensor, GatherScatterConcat) {
  EXPECT_EQ(
      Program(
          R"(func.func @main(%x: tensor<3x2xf32>, %i: tensor<2x1xi32>) -> (tensor<2x2xf32>, tensor<3x2xf32>, tensor<2x3xf32>) {
    %0 = tensor.gather %x[%i] gather_dims([0]) : (tensor<3x2xf32>, tensor<2x1xi32>) -> tensor<2x2xf32>
    %z = arith.constant dense<0.0> : tensor<3x2xf32>
    %1 = tensor.scatter %0 into %z[%i] scatter_dims([0]) unique
      : (tensor<2x2xf32>, tensor<3x2xf32>, tensor<2x1xi32>) -> tensor<3x2xf32>
    %s = tensor.extract_slice %0[0, 0] [2, 1] [1, 1] : tensor<2x2xf32> to tensor<2x1xf32>
    %2 = tensor.concat dim(1) %s, %0 : (tensor<2x1xf32>, tensor<2x2xf32>) -> tensor<2x3xf32>
    return %0, %1, %2 : tensor<2x2xf32>, tensor<3x2xf32>, tensor<2x3xf32>
  })")
          .getResults({{{1, 2, 3, 4, 5, 6}}, {{2, 0}}}),
      (Numbers{5, 6, 1, 2, /**/ 1, 2, 0, 0, 5, 6, /**/ 5, 5, 6, 1, 1, 2}));
}

TEST(Tensor, IndicesAndExtentsAreChecked) {
  Program extract(R"(func.func @main(%x: tensor<3xf32>, %i: index) -> f32 {
    %0 = tensor.extract %x[%i] : tensor<3xf32>
    return %0 : f32
  })");
  EXPECT_EQ(extract.run({{{1, 2, 3}}, {{3}}}).kind, interpreter::Failure::IndexOutOfRange);
  EXPECT_EQ(extract.run({{{1, 2, 3}}, {{-1}}}).kind, interpreter::Failure::IndexOutOfRange);
  Program add(R"(func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
    %0 = arith.addf %x, %y : tensor<?xf32>
    return %0 : tensor<?xf32>
  })");
  EXPECT_EQ(add.run({{{1, 2}, {2}}, {{1}, {1}}}).kind, interpreter::Failure::Extents);
  Program cast(R"(func.func @main(%x: tensor<?xf32>) -> tensor<2xf32> {
    %0 = tensor.cast %x : tensor<?xf32> to tensor<2xf32>
    return %0 : tensor<2xf32>
  })");
  EXPECT_EQ(cast.run({{{1, 2, 3}, {3}}}).kind, interpreter::Failure::Extents);
  EXPECT_EQ(cast.getResults({{{1, 2}, {2}}}), (Numbers{1, 2}));
}

TEST(SCF, Loops) {
  EXPECT_EQ(Program(R"(func.func @main(%n: index) -> (index, i64, tensor<4xindex>, index) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %sum = scf.for %i = %c0 to %n step %c2 iter_args(%s = %c1) -> index {
      %t = arith.addi %s, %i : index
      scf.yield %t : index
    }
    %one = arith.constant 1 : i64
    %limit = arith.constant 100 : i64
    %power = scf.while (%p = %one) : (i64) -> i64 {
      %more = arith.cmpi slt, %p, %limit : i64
      scf.condition(%more) %p : i64
    } do {
    ^bb0(%p: i64):
      %twice = arith.addi %p, %p : i64
      scf.yield %twice : i64
    }
    %empty = tensor.empty() : tensor<4xindex>
    %all = scf.forall (%i) in (4) shared_outs(%o = %empty) -> tensor<4xindex> {
      %square = arith.muli %i, %i : index
      %e = tensor.from_elements %square : tensor<1xindex>
      scf.forall.in_parallel {
        tensor.parallel_insert_slice %e into %o[%i] [1] [1] : tensor<1xindex> into tensor<4xindex>
      }
    }
    %case = scf.index_switch %n -> index
    case 5 {
      scf.yield %c2 : index
    }
    default {
      scf.yield %c0 : index
    }
    return %sum, %power, %all, %case : index, i64, tensor<4xindex>, index
  })")
                .getResults({{{5}}}),
            (Numbers{1 + 0 + 2 + 4, 128, 0, 1, 4, 9, 2}));
}

TEST(SCF, Parallel) {
  EXPECT_EQ(evaluate("f64", R"(
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %init = arith.constant 0.5 : f64
    %0 = scf.parallel (%i) = (%c0) to (%c4) step (%c1) init(%init) -> f64 {
      %k = arith.index_cast %i : index to i64
      %f = arith.sitofp %k : i64 to f64
      scf.reduce(%f : f64) {
      ^bb0(%a: f64, %b: f64):
        %s = arith.addf %a, %b : f64
        scf.reduce.return %s : f64
      }
    }
    return %0 : f64)"),
            Numbers{6.5});
}

static constexpr llvm::StringRef recurrence = R"(
func.func @main(%n: index, %h0: tensor<1xf32>, %xs: tensor<?x1xf32>) -> (tensor<1xf32>, tensor<?x1xf32>) {
  %h, %ys = remat.recurrence reversed count(%n) at(%t) carry(%c = %h0 : tensor<1xf32>) scan(%x = %xs : tensor<?x1xf32>)
      -> tensor<?x1xf32> {
    %twice = arith.addf %c, %c : tensor<1xf32>
    %next = arith.addf %twice, %x : tensor<1xf32>
    remat.yield carry(%next : tensor<1xf32>) emit(%next : tensor<1xf32>)
  }
  return %h, %ys : tensor<1xf32>, tensor<?x1xf32>
})";

TEST(Remat, Recurrence) {
  Program program(recurrence);
  EXPECT_EQ(program.getResults({{{3}}, {{1}}, {{10, 20, 30}, {3, 1}}}), (Numbers{178, 178, 84, 32}));
  EXPECT_EQ(program.getResults({{{0}}, {{1}}, {{}, {0, 1}}}), Numbers{1});
  EXPECT_EQ(program.run({{{2}}, {{1}}, {{10, 20, 30}, {3, 1}}}).kind, interpreter::Failure::Extents);
  EXPECT_EQ(program.run({{{-1}}, {{1}}, {{}, {0, 1}}}).kind, interpreter::Failure::Extents);
}

TEST(Control, AssertionsAndLimits) {
  Program program(R"(func.func @main(%n: i32) -> i32 {
    %c = arith.constant 3 : i32
    %ok = arith.cmpi slt, %n, %c : i32
    cf.assert %ok, "n is too large"
    %0 = scf.while (%p = %n) : (i32) -> i32 {
      %more = arith.cmpi ne, %p, %c : i32
      scf.condition(%more) %p : i32
    } do {
    ^bb0(%p: i32):
      scf.yield %p : i32
    }
    return %0 : i32
  })");
  interpreter::Outcome outcome = program.run({{{5}}});
  EXPECT_EQ(outcome.kind, interpreter::Failure::Assertion);
  EXPECT_EQ(outcome.why, "n is too large");
  interpreter::InterpretOptions options;
  options.operationLimit = 1000;
  EXPECT_EQ(program.run({{{2}}}, options).kind, interpreter::Failure::Limit);
}
