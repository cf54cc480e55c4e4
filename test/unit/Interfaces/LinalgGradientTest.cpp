//===- LinalgGradientTest.cpp - The rule of structured ops ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace remat::test;

namespace {
class LinalgGradient : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(LinalgGradient, EqualsCentralDifference) { checkGradient(GetParam()); }

static std::string getName(const testing::TestParamInfo<Case> &info) { return info.param.name; }

//===----------------------------------------------------------------------===//
// Contractions and convolutions
//===----------------------------------------------------------------------===//

static const Case contractions[] = {
    {"matmul", R"(
      func.func private @f(%a: tensor<2x3xf64>, %b: tensor<3x4xf64>, %c: tensor<2x4xf64>) -> tensor<2x4xf64> {
        %d = linalg.matmul ins(%a, %b : tensor<2x3xf64>, tensor<3x4xf64>) outs(%c : tensor<2x4xf64>) -> tensor<2x4xf64>
        return %d : tensor<2x4xf64>
      })"},
    {"matmul_of_itself", R"(
      func.func private @f(%a: tensor<3x3xf64>) -> tensor<3x3xf64> {
        %d = linalg.matmul ins(%a, %a : tensor<3x3xf64>, tensor<3x3xf64>) outs(%a : tensor<3x3xf64>) -> tensor<3x3xf64>
        return %d : tensor<3x3xf64>
      })"},
    {"transposed_contraction", R"(
      func.func private @f(%a: tensor<3x2xf64>, %b: tensor<4x3xf64>, %c: tensor<4x2xf64>) -> tensor<4x2xf64> {
        %d = linalg.contract indexing_maps = [affine_map<(m, n, k) -> (k, m)>, affine_map<(m, n, k) -> (n, k)>,
                                              affine_map<(m, n, k) -> (n, m)>]
            ins(%a, %b : tensor<3x2xf64>, tensor<4x3xf64>) outs(%c : tensor<4x2xf64>) -> tensor<4x2xf64>
        return %d : tensor<4x2xf64>
      })"},
    {"batch_matmul", R"(
      func.func private @f(%a: tensor<2x2x3xf64>, %b: tensor<2x3x2xf64>, %c: tensor<2x2x2xf64>) -> tensor<2x2x2xf64> {
        %d = linalg.batch_matmul ins(%a, %b : tensor<2x2x3xf64>, tensor<2x3x2xf64>) outs(%c : tensor<2x2x2xf64>) -> tensor<2x2x2xf64>
        return %d : tensor<2x2x2xf64>
      })"},
    {"matvec_vecmat_dot", R"(
      func.func private @f(%a: tensor<3x3xf64>, %x: tensor<3xf64>, %c: tensor<f64>) -> tensor<f64> {
        %zero = arith.constant dense<0.0> : tensor<3xf64>
        %u = linalg.matvec ins(%a, %x : tensor<3x3xf64>, tensor<3xf64>) outs(%zero : tensor<3xf64>) -> tensor<3xf64>
        %v = linalg.vecmat ins(%u, %a : tensor<3xf64>, tensor<3x3xf64>) outs(%x : tensor<3xf64>) -> tensor<3xf64>
        %d = linalg.dot ins(%u, %v : tensor<3xf64>, tensor<3xf64>) outs(%c : tensor<f64>) -> tensor<f64>
        return %d : tensor<f64>
      })"},
    {"outer_product", R"(
      func.func private @f(%a: tensor<3xf64>, %b: tensor<2xf64>) -> tensor<3x2xf64> {
        %empty = tensor.empty() : tensor<3x2xf64>
        %d = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i, j)>],
                             iterator_types = ["parallel", "parallel"]}
            ins(%a, %b : tensor<3xf64>, tensor<2xf64>) outs(%empty : tensor<3x2xf64>) {
        ^bb0(%x: f64, %y: f64, %out: f64):
          %product = arith.mulf %x, %y : f64
          linalg.yield %product : f64
        } -> tensor<3x2xf64>
        return %d : tensor<3x2xf64>
      })"},
    {"convolution_2d_with_strides_and_dilations", R"(
      func.func private @f(%x: tensor<1x6x7x2xf64>, %w: tensor<2x2x2x2xf64>, %y: tensor<1x2x3x2xf64>) -> tensor<1x2x3x2xf64> {
        %d = linalg.conv_2d_nhwc_hwcf {strides = dense<[3, 2]> : tensor<2xi64>, dilations = dense<[1, 2]> : tensor<2xi64>}
            ins(%x, %w : tensor<1x6x7x2xf64>, tensor<2x2x2x2xf64>) outs(%y : tensor<1x2x3x2xf64>) -> tensor<1x2x3x2xf64>
        return %d : tensor<1x2x3x2xf64>
      })"},
    {"convolution_1d", R"(
      func.func private @f(%x: tensor<6xf64>, %w: tensor<3xf64>, %y: tensor<4xf64>) -> tensor<4xf64> {
        %d = linalg.conv_1d ins(%x, %w : tensor<6xf64>, tensor<3xf64>) outs(%y : tensor<4xf64>) -> tensor<4xf64>
        return %d : tensor<4xf64>
      })"},
    {"depthwise_convolution", R"(
      func.func private @f(%x: tensor<1x4x4x2xf64>, %w: tensor<2x2x2xf64>, %y: tensor<1x3x3x2xf64>) -> tensor<1x3x3x2xf64> {
        %d = linalg.depthwise_conv_2d_nhwc_hwc ins(%x, %w : tensor<1x4x4x2xf64>, tensor<2x2x2xf64>)
            outs(%y : tensor<1x3x3x2xf64>) -> tensor<1x3x3x2xf64>
        return %d : tensor<1x3x3x2xf64>
      })"},
    {"sum_pooling", R"(
      func.func private @f(%x: tensor<1x4x4x1xf64>, %y: tensor<1x3x3x1xf64>) -> tensor<1x3x3x1xf64> {
        %window = tensor.empty() : tensor<2x2xf64>
        %d = linalg.pooling_nhwc_sum ins(%x, %window : tensor<1x4x4x1xf64>, tensor<2x2xf64>)
            outs(%y : tensor<1x3x3x1xf64>) -> tensor<1x3x3x1xf64>
        return %d : tensor<1x3x3x1xf64>
      })"},
    {"max_pooling",
     R"(
      func.func private @f(%x: tensor<1x4x4x1xf64>, %y: tensor<1x3x3x1xf64>) -> tensor<1x3x3x1xf64> {
        %window = tensor.empty() : tensor<2x2xf64>
        %d = linalg.pooling_nhwc_max ins(%x, %window : tensor<1x4x4x1xf64>, tensor<2x2xf64>)
            outs(%y : tensor<1x3x3x1xf64>) -> tensor<1x3x3x1xf64>
        return %d : tensor<1x3x3x1xf64>
      })",
     {{-1.0, 1.0}, {-1.0, 0.0}}},
    {"transposed_convolution", R"(
      func.func private @f(%x: tensor<4xf64>, %w: tensor<3xf64>, %y: tensor<6xf64>) -> tensor<6xf64> {
        %d = linalg.generic {indexing_maps = [affine_map<(i, k) -> (i)>, affine_map<(i, k) -> (k)>, affine_map<(i, k) -> (i + k)>],
                             iterator_types = ["reduction", "reduction"]}
            ins(%x, %w : tensor<4xf64>, tensor<3xf64>) outs(%y : tensor<6xf64>) {
        ^bb0(%a: f64, %b: f64, %out: f64):
          %product = arith.mulf %a, %b : f64
          %sum = arith.addf %out, %product : f64
          linalg.yield %sum : f64
        } -> tensor<6xf64>
        return %d : tensor<6xf64>
      })"},
};

INSTANTIATE_TEST_SUITE_P(Contractions, LinalgGradient, testing::ValuesIn(contractions), getName);

//===----------------------------------------------------------------------===//
// Pointwise operations
//===----------------------------------------------------------------------===//

static const Case pointwise[] = {
    {"named_elementwise", R"(
      func.func private @f(%x: tensor<2x3xf64>, %y: tensor<2x3xf64>) -> tensor<2x3xf64> {
        %empty = tensor.empty() : tensor<2x3xf64>
        %exp = linalg.exp ins(%x : tensor<2x3xf64>) outs(%empty : tensor<2x3xf64>) -> tensor<2x3xf64>
        %sum = linalg.add ins(%exp, %y : tensor<2x3xf64>, tensor<2x3xf64>) outs(%empty : tensor<2x3xf64>) -> tensor<2x3xf64>
        %product = linalg.mul ins(%sum, %x : tensor<2x3xf64>, tensor<2x3xf64>) outs(%empty : tensor<2x3xf64>) -> tensor<2x3xf64>
        return %product : tensor<2x3xf64>
      })"},
    {"map", R"(
      func.func private @f(%x: tensor<5xf64>, %y: tensor<5xf64>) -> tensor<5xf64> {
        %empty = tensor.empty() : tensor<5xf64>
        %z = linalg.map { arith.mulf } ins(%x, %y : tensor<5xf64>, tensor<5xf64>) outs(%empty : tensor<5xf64>)
        return %z : tensor<5xf64>
      })"},
    {"transpose_and_broadcast", R"(
      func.func private @f(%x: tensor<2x3xf64>, %y: tensor<3xf64>) -> tensor<3x2xf64> {
        %empty = tensor.empty() : tensor<3x2xf64>
        %t = linalg.transpose ins(%x : tensor<2x3xf64>) outs(%empty : tensor<3x2xf64>) permutation = [1, 0]
        %b = linalg.broadcast ins(%y : tensor<3xf64>) outs(%empty : tensor<3x2xf64>) dimensions = [1]
        %z = arith.mulf %t, %b : tensor<3x2xf64>
        return %z : tensor<3x2xf64>
      })"},
    {"fill_and_copy", R"(
      func.func private @f(%s: tensor<f64>, %x: tensor<2x3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>) {
        %scalar = tensor.extract %s[] : tensor<f64>
        %filled = linalg.fill ins(%scalar : f64) outs(%x : tensor<2x3xf64>) -> tensor<2x3xf64>
        %empty = tensor.empty() : tensor<2x3xf64>
        %copied = linalg.copy ins(%x : tensor<2x3xf64>) outs(%empty : tensor<2x3xf64>) -> tensor<2x3xf64>
        %z = arith.mulf %filled, %copied : tensor<2x3xf64>
        return %z, %filled : tensor<2x3xf64>, tensor<2x3xf64>
      })"},
    {"body_reads_init", R"(
      func.func private @f(%x: tensor<2x3xf64>, %init: tensor<3x2xf64>) -> tensor<3x2xf64> {
        %z = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j, i)>],
                             iterator_types = ["parallel", "parallel"]}
            ins(%x : tensor<2x3xf64>) outs(%init : tensor<3x2xf64>) {
        ^bb0(%a: f64, %old: f64):
          %product = arith.mulf %a, %old : f64
          %result = arith.addf %product, %old : f64
          linalg.yield %result : f64
        } -> tensor<3x2xf64>
        return %z : tensor<3x2xf64>
      })"},
    {"init_is_written_in_part", R"(
      func.func private @f(%x: tensor<3xf64>, %init: tensor<3x2xf64>) -> tensor<3x2xf64> {
        %z = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i, 1)>],
                             iterator_types = ["parallel"]}
            ins(%x : tensor<3xf64>) outs(%init : tensor<3x2xf64>) {
        ^bb0(%a: f64, %old: f64):
          %square = arith.mulf %a, %old : f64
          linalg.yield %square : f64
        } -> tensor<3x2xf64>
        return %z : tensor<3x2xf64>
      })"},
    {"operand_with_constant_result", R"(
      func.func private @f(%x: tensor<2x3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
        %empty = tensor.empty() : tensor<3xf64>
        %z = linalg.generic {indexing_maps = [affine_map<(i) -> (1, i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                             iterator_types = ["parallel"]}
            ins(%x, %y : tensor<2x3xf64>, tensor<3xf64>) outs(%empty : tensor<3xf64>) {
        ^bb0(%a: f64, %b: f64, %out: f64):
          %product = arith.mulf %a, %b : f64
          linalg.yield %product : f64
        } -> tensor<3xf64>
        return %z : tensor<3xf64>
      })"},
    {"two_results", R"(
      func.func private @f(%x: tensor<4xf64>, %y: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>) {
        %empty = tensor.empty() : tensor<4xf64>
        %z:2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
                               iterator_types = ["parallel"]}
            ins(%x, %y : tensor<4xf64>, tensor<4xf64>) outs(%empty, %empty : tensor<4xf64>, tensor<4xf64>) {
        ^bb0(%a: f64, %b: f64, %o0: f64, %o1: f64):
          %product = arith.mulf %a, %b : f64
          %sin = math.sin %product : f64
          linalg.yield %product, %sin : f64, f64
        } -> (tensor<4xf64>, tensor<4xf64>)
        return %z#0, %z#1 : tensor<4xf64>, tensor<4xf64>
      })"},
    {"captured_scalar_and_branch", R"(
      func.func private @f(%x: tensor<2x3xf64>, %s: tensor<f64>) -> tensor<2x3xf64> {
        %scalar = tensor.extract %s[] : tensor<f64>
        %zero = arith.constant 0.0 : f64
        %empty = tensor.empty() : tensor<2x3xf64>
        %z = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
                             iterator_types = ["parallel", "parallel"]}
            ins(%x : tensor<2x3xf64>) outs(%empty : tensor<2x3xf64>) {
        ^bb0(%a: f64, %out: f64):
          %positive = arith.cmpf ogt, %a, %zero : f64
          %result = scf.if %positive -> f64 {
            %product = arith.mulf %a, %scalar : f64
            %exp = math.exp %product : f64
            scf.yield %exp : f64
          } else {
            scf.yield %a : f64
          }
          linalg.yield %result : f64
        } -> tensor<2x3xf64>
        return %z : tensor<2x3xf64>
      })"},
    {"softmax", R"(
      func.func private @f(%x: tensor<2x4x2xf64>) -> tensor<2x4x2xf64> {
        %empty = tensor.empty() : tensor<2x4x2xf64>
        %y = linalg.softmax dimension(1) ins(%x : tensor<2x4x2xf64>) outs(%empty : tensor<2x4x2xf64>) -> tensor<2x4x2xf64>
        return %y : tensor<2x4x2xf64>
      })"},
};

INSTANTIATE_TEST_SUITE_P(Pointwise, LinalgGradient, testing::ValuesIn(pointwise), getName);

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// Reduces the columns of the sine of x into an init.
static std::string reduction(const std::string &combiner) {
  return R"(
      func.func private @f(%x: tensor<3x4xf64>, %init: tensor<4xf64>) -> tensor<4xf64> {
        %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>],
                             iterator_types = ["reduction", "parallel"]}
            ins(%x : tensor<3x4xf64>) outs(%init : tensor<4xf64>) {
        ^bb0(%a: f64, %old: f64):
          %sin = math.sin %a : f64
          %new = )" +
         combiner + R"( : f64
          linalg.yield %new : f64
        } -> tensor<4xf64>
        return %y : tensor<4xf64>
      })";
}

static const Case reductions[] = {
    {"add", reduction("arith.addf %old, %sin")},
    {"add_other_order", reduction("arith.addf %sin, %old")},
    {"subtract", reduction("arith.subf %old, %sin")},
    {"maximum", reduction("arith.maximumf %old, %sin")},
    {"minimum", reduction("arith.minimumf %sin, %old")},
    {"maxnum", reduction("arith.maxnumf %sin, %old")},
    {"minnum", reduction("arith.minnumf %old, %sin")},
    {"product", reduction("arith.mulf %old, %sin")},
    {"reduce", R"(
      func.func private @f(%x: tensor<3x4xf64>, %init: tensor<4xf64>) -> (tensor<4xf64>, tensor<3xf64>) {
        %sum = linalg.reduce { arith.addf } ins(%x : tensor<3x4xf64>) outs(%init : tensor<4xf64>) dimensions = [0]
        %lowest = arith.constant dense<0xFFF0000000000000> : tensor<3xf64>
        %max = linalg.reduce { arith.maximumf } ins(%x : tensor<3x4xf64>) outs(%lowest : tensor<3xf64>) dimensions = [1]
        return %sum, %max : tensor<4xf64>, tensor<3xf64>
      })"},
    {"sums_of_two_kinds", R"(
      func.func private @f(%x: tensor<3x4xf64>, %a: tensor<4xf64>, %b: tensor<3xf64>) -> (tensor<4xf64>, tensor<3xf64>) {
        %y:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (i)>],
                               iterator_types = ["reduction", "reduction"]}
            ins(%x : tensor<3x4xf64>) outs(%a, %b : tensor<4xf64>, tensor<3xf64>) {
        ^bb0(%e: f64, %p: f64, %q: f64):
          %square = arith.mulf %e, %e : f64
          %s = arith.addf %p, %square : f64
          %t0 = arith.addf %q, %e : f64
          %t = arith.subf %t0, %square : f64
          linalg.yield %s, %t : f64, f64
        } -> (tensor<4xf64>, tensor<3xf64>)
        return %y#0, %y#1 : tensor<4xf64>, tensor<3xf64>
      })"},
};

INSTANTIATE_TEST_SUITE_P(Reductions, LinalgGradient, testing::ValuesIn(reductions), getName);

static std::vector<Elements> differentiateReduction(const std::string &combiner,
                                                    const std::vector<Elements> &arguments) {
  auto function = DifferentiatedFunction::compile(R"(
      func.func private @f(%x: tensor<4xf64>, %init: tensor<f64>) -> tensor<f64> {
        %y = linalg.reduce { )" + combiner + R"( } ins(%x : tensor<4xf64>) outs(%init : tensor<f64>) dimensions = [0]
        return %y : tensor<f64>
      })",
                                                  /*split=*/true);
  return function ? function->differentiate(arguments, {{6.0}}) : std::vector<Elements>();
}

TEST(LinalgReduction, ElementsThatTieShareEqually) {
  for (const char *combiner : {"arith.maximumf", "arith.maxnumf"}) {
    SCOPED_TRACE(combiner);
    auto gradients = differentiateReduction(combiner, {{3, 1, 3, 2}, {0}});
    EXPECT_EQ(gradients, (std::vector<Elements>{{3, 0, 3, 0}, {0}}));
    gradients = differentiateReduction(combiner, {{3, 1, 3, 2}, {3}});
    EXPECT_EQ(gradients, (std::vector<Elements>{{2, 0, 2, 0}, {2}}));
  }
}

TEST(LinalgReduction, ProductWithZeros) {
  using Gradients = std::vector<Elements>;
  EXPECT_EQ(differentiateReduction("arith.mulf", {{2, 3, 4, 5}, {1}}), (Gradients{{360, 240, 180, 144}, {720}}));
  EXPECT_EQ(differentiateReduction("arith.mulf", {{2, 0, 4, 5}, {1}}), (Gradients{{0, 240, 0, 0}, {0}}));
  EXPECT_EQ(differentiateReduction("arith.mulf", {{2, 3, 4, 5}, {0}}), (Gradients{{0, 0, 0, 0}, {720}}));
  EXPECT_EQ(differentiateReduction("arith.mulf", {{0, 3, 0, 5}, {1}}), (Gradients{{0, 0, 0, 0}, {0}}));
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

static const std::vector<Domain> gatherRanges = {{-1.0, 1.0}, {0.0, 3.0}};

static const Case gathers[] = {
    // Six rows out of three: some are gathered more than once.
    {"rows", R"(
      func.func private @f(%table: tensor<3x4xf64>, %rows: tensor<6xi32>) -> tensor<6x4xf64> {
        %empty = tensor.empty() : tensor<6x4xf64>
        %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>],
                             iterator_types = ["parallel", "parallel"]}
            ins(%rows : tensor<6xi32>) outs(%empty : tensor<6x4xf64>) {
        ^bb0(%row: i32, %out: f64):
          %i = arith.index_cast %row : i32 to index
          %j = linalg.index 1 : index
          %value = tensor.extract %table[%i, %j] : tensor<3x4xf64>
          linalg.yield %value : f64
        } -> tensor<6x4xf64>
        %z = arith.mulf %y, %y : tensor<6x4xf64>
        return %z : tensor<6x4xf64>
      })",
     gatherRanges},
    {"one_element_per_row", R"(
      func.func private @f(%table: tensor<5x3xf64>, %columns: tensor<5xi64>) -> tensor<5xf64> {
        %empty = tensor.empty() : tensor<5xf64>
        %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
            ins(%columns : tensor<5xi64>) outs(%empty : tensor<5xf64>) {
        ^bb0(%column: i64, %out: f64):
          %i = linalg.index 0 : index
          %j = arith.index_cast %column : i64 to index
          %value = tensor.extract %table[%i, %j] : tensor<5x3xf64>
          linalg.yield %value : f64
        } -> tensor<5xf64>
        %z = arith.mulf %y, %y : tensor<5xf64>
        return %z : tensor<5xf64>
      })",
     gatherRanges},
    {"weighted_sum",
     R"(
      func.func private @f(%table: tensor<3x2xf64>, %rows: tensor<5xi32>, %weights: tensor<5x2xf64>) -> tensor<2xf64> {
        %zero = arith.constant dense<0.0> : tensor<2xf64>
        %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>],
                             iterator_types = ["reduction", "parallel"]}
            ins(%rows, %weights : tensor<5xi32>, tensor<5x2xf64>) outs(%zero : tensor<2xf64>) {
        ^bb0(%row: i32, %weight: f64, %old: f64):
          %i = arith.index_cast %row : i32 to index
          %j = linalg.index 1 : index
          %value = tensor.extract %table[%i, %j] : tensor<3x2xf64>
          %square = arith.mulf %value, %value : f64
          %product = arith.mulf %square, %weight : f64
          %sum = arith.addf %old, %product : f64
          linalg.yield %sum : f64
        } -> tensor<2xf64>
        return %y : tensor<2xf64>
      })",
     {{-1.0, 1.0}, {0.0, 3.0}, {-1.0, 1.0}}},
    // The row depends on both indices: no whole rows.
    {"reversed_columns", R"(
      func.func private @f(%table: tensor<3x4xf64>) -> tensor<3x4xf64> {
        %empty = tensor.empty() : tensor<3x4xf64>
        %three = arith.constant 3 : index
        %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
            outs(%empty : tensor<3x4xf64>) {
        ^bb0(%out: f64):
          %i = linalg.index 0 : index
          %j = linalg.index 1 : index
          %column = arith.subi %three, %j : index
          %left = tensor.extract %table[%i, %column] : tensor<3x4xf64>
          %right = tensor.extract %table[%i, %j] : tensor<3x4xf64>
          %value = arith.mulf %left, %right : f64
          linalg.yield %value : f64
        } -> tensor<3x4xf64>
        return %y : tensor<3x4xf64>
      })"},
    // Rows where a mask allows it, their squares in the branch: the branch computes.
    {"masked_rows",
     R"(
      func.func private @f(%table: tensor<3x2xf64>, %rows: tensor<5xi32>, %x: tensor<5x2xf64>) -> tensor<5x2xf64> {
        %empty = tensor.empty() : tensor<5x2xf64>
        %three = arith.constant 3 : i32
        %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i, j)>,
                                              affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
            ins(%rows, %x : tensor<5xi32>, tensor<5x2xf64>) outs(%empty : tensor<5x2xf64>) {
        ^bb0(%row: i32, %element: f64, %out: f64):
          %j = linalg.index 1 : index
          %inside = arith.cmpi ult, %row, %three : i32
          %value = scf.if %inside -> (f64) {
            %i = arith.index_cast %row : i32 to index
            %entry = tensor.extract %table[%i, %j] : tensor<3x2xf64>
            %square = arith.mulf %entry, %entry : f64
            %product = arith.mulf %square, %element : f64
            scf.yield %product : f64
          } else {
            scf.yield %element : f64
          }
          linalg.yield %value : f64
        } -> tensor<5x2xf64>
        return %y : tensor<5x2xf64>
      })",
     {{-1.0, 1.0}, {-2.0, 5.0}, {-1.0, 1.0}}},
    // Two tables under nested conditions, one of which depends on a gathered element, and an
    // index that a conditional chooses.
    {"nested_branches",
     R"(
      func.func private @f(%a: tensor<4xf64>, %b: tensor<3xf64>, %limit: tensor<i64>) -> tensor<6xf64> {
        %empty = tensor.empty() : tensor<6xf64>
        %zero = arith.constant 0.0 : f64
        %c1 = arith.constant 1 : index
        %c2 = arith.constant 2 : index
        %n = tensor.extract %limit[] : tensor<i64>
        %boundary = arith.index_cast %n : i64 to index
        %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
            outs(%empty : tensor<6xf64>) {
        ^bb0(%out: f64):
          %i = linalg.index 0 : index
          %first = arith.cmpi ult, %i, %boundary : index
          %value = scf.if %first -> (f64) {
            %entry = tensor.extract %a[%i] : tensor<4xf64>
            %other = scf.if %first -> (index) {
              %small = arith.minsi %i, %c2 : index
              scf.yield %small : index
            } else {
              scf.yield %c1 : index
            }
            %positive = arith.cmpf ogt, %entry, %zero : f64
            %inner = scf.if %positive -> (f64) {
              scf.yield %entry : f64
            } else {
              %element = tensor.extract %b[%other] : tensor<3xf64>
              %product = arith.mulf %element, %entry : f64
              scf.yield %product : f64
            }
            scf.yield %inner : f64
          } else {
            %rest = arith.subi %i, %boundary : index
            %last = arith.minsi %rest, %c2 : index
            %element = tensor.extract %b[%last] : tensor<3xf64>
            %square = arith.mulf %element, %element : f64
            scf.yield %square : f64
          }
          linalg.yield %value : f64
        } -> tensor<6xf64>
        return %y : tensor<6xf64>
      })",
     {{-1.0, 1.0}, {-1.0, 1.0}, {0.0, 4.0}}},
    // The form of a concatenation whose boundary only run time knows, as a sum over rows.
    {"branches_in_a_sum",
     R"(
      func.func private @f(%a: tensor<4x3xf64>, %b: tensor<4x3xf64>, %limit: tensor<i64>) -> tensor<3xf64> {
        %zeros = arith.constant dense<0.0> : tensor<3xf64>
        %like = tensor.empty() : tensor<5xf64>
        %n = tensor.extract %limit[] : tensor<i64>
        %boundary = arith.index_cast %n : i64 to index
        %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (j)>],
                             iterator_types = ["reduction", "parallel"]}
            ins(%like : tensor<5xf64>) outs(%zeros : tensor<3xf64>) {
        ^bb0(%unused: f64, %old: f64):
          %i = linalg.index 0 : index
          %j = linalg.index 1 : index
          %first = arith.cmpi slt, %i, %boundary : index
          %value = scf.if %first -> (f64) {
            %element = tensor.extract %a[%i, %j] : tensor<4x3xf64>
            scf.yield %element : f64
          } else {
            %k = arith.subi %i, %boundary : index
            %element = tensor.extract %b[%k, %j] : tensor<4x3xf64>
            %square = arith.mulf %element, %element : f64
            scf.yield %square : f64
          }
          %sum = arith.addf %old, %value : f64
          linalg.yield %sum : f64
        } -> tensor<3xf64>
        return %y : tensor<3xf64>
      })",
     {{-1.0, 1.0}, {-1.0, 1.0}, {1.0, 4.0}}},
};

INSTANTIATE_TEST_SUITE_P(Gathers, LinalgGradient, testing::ValuesIn(gathers), getName);

//===----------------------------------------------------------------------===//
// Indices outside the table
//===----------------------------------------------------------------------===//

/// Gathers rows of a table of three with a conversion of i32 indices.
static std::string gatherRows(const std::string &conversion) {
  return R"(
      func.func private @f(%table: tensor<3x2xf64>, %rows: tensor<4x2xi32>) -> tensor<4x2x2xf64> {
        %empty = tensor.empty() : tensor<4x2x2xf64>
        %y = linalg.generic {indexing_maps = [affine_map<(t, i, j) -> (t, i)>, affine_map<(t, i, j) -> (t, i, j)>],
                             iterator_types = ["parallel", "parallel", "parallel"]}
            ins(%rows : tensor<4x2xi32>) outs(%empty : tensor<4x2x2xf64>) {
        ^bb0(%row: i32, %out: f64):
          %i = )" +
         conversion + R"( %row : i32 to index
          %j = linalg.index 2 : index
          %value = tensor.extract %table[%i, %j] : tensor<3x2xf64>
          linalg.yield %value : f64
        } -> tensor<4x2x2xf64>
        return %y : tensor<4x2x2xf64>
      })";
}

static const std::vector<Elements> badIndices = {{1, 2, 3, 4, 5, 6}, {0, 1, 2, 0, 1, 70, 2, 1}};

TEST(GatherDeathTest, IndexOutsideTheTableEndsTheRun) {
  for (const char *conversion : {"arith.index_cast", "arith.index_castui"}) {
    auto function = DifferentiatedFunction::compile(gatherRows(conversion), /*split=*/true);
    ASSERT_TRUE(function);
    EXPECT_EXIT(function->evaluate(badIndices), testing::ExitedWithCode(6),
                "index 70 at position 5 is outside its table: expected 0 to 2");
    EXPECT_EXIT(function->differentiate(badIndices, {Elements(16, 1.0)}), testing::ExitedWithCode(6),
                "index 70 at position 5");
  }
}

//===----------------------------------------------------------------------===//
// Random operations
//===----------------------------------------------------------------------===//

namespace {
/// Draws linalg.generic operations: maps with single dimensions and sums of two,
/// bodies that multiply and bend, sums and pointwise results.
class RandomGeneric {
public:
  explicit RandomGeneric(unsigned seed) : random(seed) {}

  std::string draw() {
    numDims = 1 + random() % 3;
    extents.clear();
    for (unsigned dim = 0; dim < numDims; ++dim)
      extents.push_back(2 + random() % 2);
    // The first input knows every extent.
    std::vector<Map> maps = {drawMap(/*dropped=*/0, /*withSums=*/false), drawMap(random() % 2, true),
                             drawMap(random() % 3, true)};
    Map output = drawMap(random() % 3, random() % 4 == 0);
    bool isPointwise = true;
    std::string iterators;
    for (unsigned dim = 0; dim < numDims; ++dim) {
      bool isAlone = llvm::is_contained(output, std::vector<unsigned>{dim});
      isPointwise &= isAlone;
      iterators += std::string(dim ? ", " : "") + (isAlone ? "\"parallel\"" : "\"reduction\"");
    }
    std::string combine = isPointwise && random() % 2 ? "arith.mulf %old, %value" : "arith.addf %old, %value";
    std::string text = "func.func private @f(";
    for (unsigned index = 0; index < 3; ++index)
      text += "%x" + std::to_string(index) + ": " + getType(maps[index]) + ", ";
    text += "%init: " + getType(output) + ") -> " + getType(output) + " {\n  %y = linalg.generic {indexing_maps = [";
    for (const Map &map : maps)
      text += getMap(map) + ", ";
    text += getMap(output) + "], iterator_types = [" + iterators + "]} ins(%x0, %x1, %x2 : " + getType(maps[0]) + ", " +
            getType(maps[1]) + ", " + getType(maps[2]) + ") outs(%init : " + getType(output) +
            ") {\n  ^bb0(%a: f64, %b: f64, %c: f64, %old: f64):\n    %ab = arith.mulf %a, %b : f64\n" +
            (random() % 2 ? "    %d = math.tanh %ab : f64\n    %value = arith.mulf %d, %c : f64\n"
                          : "    %value = arith.subf %ab, %c : f64\n") +
            "    %new = " + combine + " : f64\n    linalg.yield %new : f64\n  } -> " + getType(output) +
            "\n  return %y : " + getType(output) + "\n}\n";
    return text;
  }

private:
  /// Per result the dimensions that are added up.
  using Map = std::vector<std::vector<unsigned>>;

  Map drawMap(unsigned dropped, bool withSums) {
    std::vector<unsigned> dims;
    for (unsigned dim = 0; dim < numDims; ++dim)
      dims.push_back(dim);
    std::shuffle(dims.begin(), dims.end(), random);
    dims.resize(numDims - std::min(dropped, numDims));
    Map map;
    for (unsigned dim : dims) {
      if (withSums && !map.empty() && map.back().size() == 1 && random() % 3 == 0)
        map.back().push_back(dim);
      else
        map.push_back({dim});
    }
    return map;
  }

  std::string getType(const Map &map) const {
    std::string shape;
    for (const std::vector<unsigned> &dims : map) {
      unsigned extent = 1;
      for (unsigned dim : dims)
        extent += extents[dim] - 1;
      shape += std::to_string(extent) + "x";
    }
    return "tensor<" + shape + "f64>";
  }

  std::string getMap(const Map &map) const {
    std::string dims, results;
    for (unsigned dim = 0; dim < numDims; ++dim)
      dims += (dim ? ", d" : "d") + std::to_string(dim);
    for (const std::vector<unsigned> &sum : map) {
      results += results.empty() ? "" : ", ";
      for (size_t index = 0; index < sum.size(); ++index)
        results += (index ? " + d" : "d") + std::to_string(sum[index]);
    }
    return "affine_map<(" + dims + ") -> (" + results + ")>";
  }

  std::mt19937 random;
  unsigned numDims = 0;
  std::vector<unsigned> extents;
};
} // namespace

TEST(RandomLinalgGradient, EqualsCentralDifference) {
  RandomGeneric generator(7);
  for (int number = 0; number < 60; ++number) {
    std::string program = generator.draw();
    SCOPED_TRACE(program);
    checkGradient({"operation " + std::to_string(number), program});
    if (HasFailure())
      return;
  }
}
