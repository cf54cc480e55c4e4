//===- TensorGradientTest.cpp - Rules of tensor, scf, remat --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"

#include "gtest/gtest.h"

using namespace remat::test;

namespace {
class TensorGradient : public testing::TestWithParam<Case> {};
} // namespace

TEST_P(TensorGradient, EqualsCentralDifference) { checkGradient(GetParam()); }

static std::string getName(const testing::TestParamInfo<Case> &info) { return info.param.name; }

static const Case moves[] = {
    // Slices that overlap, with a stride, and of a lower rank.
    {"extract_slice", R"(
      func.func private @f(%x: tensor<4x6xf64>) -> (tensor<2x3xf64>, tensor<3xf64>, tensor<4x6xf64>) {
        %a = tensor.extract_slice %x[0, 0] [2, 3] [1, 1] : tensor<4x6xf64> to tensor<2x3xf64>
        %b = tensor.extract_slice %x[1, 0] [2, 3] [1, 2] : tensor<4x6xf64> to tensor<2x3xf64>
        %c = tensor.extract_slice %x[1, 1] [1, 3] [1, 1] : tensor<4x6xf64> to tensor<3xf64>
        %product = arith.mulf %a, %b : tensor<2x3xf64>
        %square = arith.mulf %c, %c : tensor<3xf64>
        return %product, %square, %x : tensor<2x3xf64>, tensor<3xf64>, tensor<4x6xf64>
      })"},
    {"disjoint_slices_that_cover", R"(
      func.func private @f(%x: tensor<2x6xf64>) -> tensor<2x2xf64> {
        %y = math.sin %x : tensor<2x6xf64>
        %a = tensor.extract_slice %y[0, 0] [2, 2] [1, 1] : tensor<2x6xf64> to tensor<2x2xf64>
        %b = tensor.extract_slice %y[0, 2] [2, 2] [1, 1] : tensor<2x6xf64> to tensor<2x2xf64>
        %c = tensor.extract_slice %y[0, 4] [2, 2] [1, 1] : tensor<2x6xf64> to tensor<2x2xf64>
        %ab = arith.mulf %a, %b : tensor<2x2xf64>
        %abc = arith.mulf %ab, %c : tensor<2x2xf64>
        return %abc : tensor<2x2xf64>
      })"},
    {"insert_slice", R"(
      func.func private @f(%x: tensor<2x3xf64>, %y: tensor<4x6xf64>, %z: tensor<6xf64>) -> tensor<4x6xf64> {
        %a = tensor.insert_slice %x into %y[1, 1] [2, 3] [1, 2] : tensor<2x3xf64> into tensor<4x6xf64>
        %b = tensor.insert_slice %z into %a[2, 0] [1, 6] [1, 1] : tensor<6xf64> into tensor<4x6xf64>
        %c = arith.mulf %b, %y : tensor<4x6xf64>
        return %c : tensor<4x6xf64>
      })"},
    {"concat", R"(
      func.func private @f(%x: tensor<2x3xf64>, %y: tensor<2x1xf64>) -> tensor<2x7xf64> {
        %a = tensor.concat dim(1) %x, %y, %x : (tensor<2x3xf64>, tensor<2x1xf64>, tensor<2x3xf64>) -> tensor<2x7xf64>
        %b = arith.mulf %a, %a : tensor<2x7xf64>
        return %b : tensor<2x7xf64>
      })"},
    {"pad", R"(
      func.func private @f(%x: tensor<2x3xf64>, %s: tensor<f64>) -> tensor<4x4xf64> {
        %scalar = tensor.extract %s[] : tensor<f64>
        %y = tensor.pad %x low[1, 0] high[1, 1] {
        ^bb0(%i: index, %j: index):
          tensor.yield %scalar : f64
        } : tensor<2x3xf64> to tensor<4x4xf64>
        %z = arith.mulf %y, %y : tensor<4x4xf64>
        return %z : tensor<4x4xf64>
      })"},
    {"extract_and_insert", R"(
      func.func private @f(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
        %zero = arith.constant 0 : index
        %one = arith.constant 1 : index
        %a = tensor.extract %x[%one, %one] : tensor<2x3xf64>
        %b = tensor.extract %x[%zero, %one] : tensor<2x3xf64>
        %ab = arith.mulf %a, %b : f64
        %y = tensor.insert %ab into %x[%one, %zero] : tensor<2x3xf64>
        %z = arith.mulf %y, %x : tensor<2x3xf64>
        return %z : tensor<2x3xf64>
      })"},
    {"from_elements_and_splat", R"(
      func.func private @f(%s: tensor<2xf64>) -> (tensor<2x2xf64>, tensor<3xf64>) {
        %zero = arith.constant 0 : index
        %one = arith.constant 1 : index
        %a = tensor.extract %s[%zero] : tensor<2xf64>
        %b = tensor.extract %s[%one] : tensor<2xf64>
        %ab = arith.mulf %a, %b : f64
        %x = tensor.from_elements %a, %ab, %b, %a : tensor<2x2xf64>
        %y = tensor.splat %ab : tensor<3xf64>
        return %x, %y : tensor<2x2xf64>, tensor<3xf64>
      })"},
    {"expand_and_collapse_shape", R"(
      func.func private @f(%x: tensor<6x2xf64>) -> (tensor<12xf64>, tensor<2x3x2xf64>) {
        %a = tensor.expand_shape %x [[0, 1], [2]] output_shape [2, 3, 2] : tensor<6x2xf64> into tensor<2x3x2xf64>
        %b = arith.mulf %a, %a : tensor<2x3x2xf64>
        %c = tensor.collapse_shape %b [[0, 1, 2]] : tensor<2x3x2xf64> into tensor<12xf64>
        return %c, %a : tensor<12xf64>, tensor<2x3x2xf64>
      })"},
    {"reshape", R"(
      func.func private @f(%x: tensor<6xf64>) -> tensor<2x3xf64> {
        %shape = arith.constant dense<[2, 3]> : tensor<2xindex>
        %a = tensor.reshape %x(%shape) : (tensor<6xf64>, tensor<2xindex>) -> tensor<2x3xf64>
        %b = arith.mulf %a, %a : tensor<2x3xf64>
        return %b : tensor<2x3xf64>
      })"},
    // Dynamic shapes inside: zeros, constants and sizes come from the values.
    {"dynamic_shapes", R"(
      func.func private @f(%x: tensor<4x3xf64>, %y: tensor<4x3xf64>) -> (tensor<4x3xf64>, tensor<2x3xf64>) {
        %a = tensor.cast %x : tensor<4x3xf64> to tensor<?x?xf64>
        %b = tensor.cast %y : tensor<4x3xf64> to tensor<?x?xf64>
        %c = math.tanh %a : tensor<?x?xf64>
        %d = arith.maximumf %c, %b : tensor<?x?xf64>
        %zero = arith.constant 0 : index
        %rows = tensor.dim %a, %zero : tensor<?x?xf64>
        %two = arith.constant 2 : index
        %half = arith.divui %rows, %two : index
        %slice = tensor.extract_slice %d[%half, 0] [%half, 3] [1, 1] : tensor<?x?xf64> to tensor<?x3xf64>
        %e = tensor.cast %d : tensor<?x?xf64> to tensor<4x3xf64>
        %g = tensor.cast %slice : tensor<?x3xf64> to tensor<2x3xf64>
        return %e, %g : tensor<4x3xf64>, tensor<2x3xf64>
      })"},
};

INSTANTIATE_TEST_SUITE_P(Moves, TensorGradient, testing::ValuesIn(moves), getName);

static const Case control[] = {
    {"branch", R"(
      func.func private @f(%x: tensor<4xf64>, %w: tensor<4xf64>, %s: tensor<f64>) -> (tensor<4xf64>, tensor<4xf64>) {
        %scalar = tensor.extract %s[] : tensor<f64>
        %zero = arith.constant 0.0 : f64
        %positive = arith.cmpf ogt, %scalar, %zero : f64
        %a, %b = scf.if %positive -> (tensor<4xf64>, tensor<4xf64>) {
          %product = arith.mulf %x, %w : tensor<4xf64>
          %sin = math.sin %product : tensor<4xf64>
          scf.yield %sin, %product : tensor<4xf64>, tensor<4xf64>
        } else {
          %exp = math.exp %x : tensor<4xf64>
          scf.yield %exp, %x : tensor<4xf64>, tensor<4xf64>
        }
        %negative = arith.cmpf olt, %scalar, %zero : f64
        %c = scf.if %negative -> tensor<4xf64> {
          %square = arith.mulf %a, %w : tensor<4xf64>
          scf.yield %square : tensor<4xf64>
        } else {
          scf.yield %b : tensor<4xf64>
        }
        return %a, %c : tensor<4xf64>, tensor<4xf64>
      })"},
    {"result_is_argument", R"(
      func.func private @f(%x: tensor<4xf64>, %unused: tensor<3xf64>) -> (tensor<4xf64>, tensor<4xf64>) {
        return %x, %x : tensor<4xf64>, tensor<4xf64>
      })"},
    {"calls", R"(
      func.func private @square(%x: tensor<4xf64>) -> tensor<4xf64> {
        %y = arith.mulf %x, %x : tensor<4xf64>
        return %y : tensor<4xf64>
      }
      func.func private @fourth(%x: tensor<4xf64>) -> tensor<4xf64> {
        %y = func.call @square(%x) : (tensor<4xf64>) -> tensor<4xf64>
        %z = func.call @square(%y) : (tensor<4xf64>) -> tensor<4xf64>
        return %z : tensor<4xf64>
      }
      func.func private @f(%x: tensor<4xf64>) -> tensor<4xf64> {
        %y = func.call @fourth(%x) : (tensor<4xf64>) -> tensor<4xf64>
        return %y : tensor<4xf64>
      })"},
    // The rule is the true derivative, so finite differences apply.
    {"custom_vjp", R"(
      func.func private @product(%x: tensor<4xf64>, %n: tensor<4xi32>, %y: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xi32>) {
        %z = arith.mulf %x, %y : tensor<4xf64>
        return %z, %n : tensor<4xf64>, tensor<4xi32>
      }
      func.func private @rule(%x: tensor<4xf64>, %n: tensor<4xi32>, %y: tensor<4xf64>,
                              %z: tensor<4xf64>, %m: tensor<4xi32>, %dz: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>) {
        %dx = arith.mulf %dz, %y : tensor<4xf64>
        %dy = arith.mulf %dz, %x : tensor<4xf64>
        return %dx, %dy : tensor<4xf64>, tensor<4xf64>
      }
      func.func private @f(%x: tensor<4xf64>, %y: tensor<4xf64>) -> tensor<4xf64> {
        %n = arith.constant dense<1> : tensor<4xi32>
        %z:2 = remat.custom_vjp @product(%x, %n, %y) rule @rule : (tensor<4xf64>, tensor<4xi32>, tensor<4xf64>) -> (tensor<4xf64>, tensor<4xi32>)
        %u = arith.mulf %z#0, %y : tensor<4xf64>
        return %u : tensor<4xf64>
      })"},
    // A gradient of a gradient: y = (x^4)' = 4 x^3.
    {"second_order", R"(
      func.func private @fourth(%x: tensor<4xf64>) -> tensor<4xf64> {
        %y = arith.mulf %x, %x : tensor<4xf64>
        %z = arith.mulf %y, %y : tensor<4xf64>
        return %z : tensor<4xf64>
      }
      func.func private @f(%x: tensor<4xf64>) -> tensor<4xf64> {
        %one = arith.constant dense<1.0> : tensor<4xf64>
        %y, %dx = remat.value_and_gradient @fourth(%x) wrt [0] seed(%one : tensor<4xf64>) : (tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>)
        return %dx : tensor<4xf64>
      })"},
};

INSTANTIATE_TEST_SUITE_P(Control, TensorGradient, testing::ValuesIn(control), getName);

//===----------------------------------------------------------------------===//
// Derivatives that are not those of the function
//===----------------------------------------------------------------------===//

TEST(SourceOps, StopGradientGivesZero) {
  auto function = DifferentiatedFunction::compile(R"(
      func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> {
        %stopped = remat.stop_gradient %x : tensor<3xf64>
        %y = arith.mulf %x, %stopped : tensor<3xf64>
        return %y : tensor<3xf64>
      })",
                                                  /*split=*/true);
  ASSERT_TRUE(function);
  EXPECT_EQ(function->differentiate({{2, 3, 4}}, {{1, 1, 1}}), (std::vector<Elements>{{2, 3, 4}}));
  EXPECT_EQ(function->evaluate({{2, 3, 4}}), (std::vector<Elements>{{4, 9, 16}}));
}

TEST(SourceOps, CustomRuleOverrides) {
  auto function = DifferentiatedFunction::compile(R"(
      func.func private @identity(%x: tensor<3xf64>) -> tensor<3xf64> {
        return %x : tensor<3xf64>
      }
      func.func private @minus(%x: tensor<3xf64>, %y: tensor<3xf64>, %dy: tensor<3xf64>) -> tensor<3xf64> {
        %dx = arith.negf %dy : tensor<3xf64>
        return %dx : tensor<3xf64>
      }
      func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> {
        %y = remat.custom_vjp @identity(%x) rule @minus : (tensor<3xf64>) -> tensor<3xf64>
        return %y : tensor<3xf64>
      })",
                                                  /*split=*/true);
  ASSERT_TRUE(function);
  EXPECT_EQ(function->differentiate({{2, 3, 4}}, {{1, 2, 3}}), (std::vector<Elements>{{-1, -2, -3}}));
}

//===----------------------------------------------------------------------===//
// Narrow types
//===----------------------------------------------------------------------===//

TEST(NarrowTypes, CotangentsAreSummedInF32) {
  for (const char *type : {"f16", "bf16"}) {
    SCOPED_TRACE(type);
    // dx = the sum of 4096 ones: in f16 the sum would stop at 2048, in bf16 at 256.
    std::string program = R"(
      func.func private @f(%x: tensor<1xTYPE>) -> tensor<4096xTYPE> {
        %empty = tensor.empty() : tensor<4096x1xTYPE>
        %wide = linalg.broadcast ins(%x : tensor<1xTYPE>) outs(%empty : tensor<4096x1xTYPE>) dimensions = [0]
        %y = tensor.collapse_shape %wide [[0, 1]] : tensor<4096x1xTYPE> into tensor<4096xTYPE>
        return %y : tensor<4096xTYPE>
      })";
    for (size_t at; (at = program.find("TYPE")) != std::string::npos;)
      program.replace(at, 4, type);
    auto function = DifferentiatedFunction::compile(program, /*split=*/true);
    ASSERT_TRUE(function);
    EXPECT_EQ(function->differentiate({{1}}, {Elements(4096, 1.0)}), (std::vector<Elements>{{4096}}));
  }
}

TEST(NarrowTypes, RulesRunInF32) {
  auto function = DifferentiatedFunction::compile(R"(
      func.func private @f(%a: tensor<2x2xf16>, %b: tensor<2x2xf16>) -> tensor<2x2xf16> {
        %zero = arith.constant dense<0.0> : tensor<2x2xf16>
        %product = linalg.matmul ins(%a, %b : tensor<2x2xf16>, tensor<2x2xf16>) outs(%zero : tensor<2x2xf16>) -> tensor<2x2xf16>
        %y = arith.maximumf %product, %zero : tensor<2x2xf16>
        return %y : tensor<2x2xf16>
      })",
                                                  /*split=*/true);
  ASSERT_TRUE(function);
  // product = [[5, -1], [11, -1]]: the second column is cut off.
  auto gradients = function->differentiate({{1, 2, 3, 4}, {1, 1, 2, -1}}, {{1, 1, 2, 1}});
  EXPECT_EQ(gradients, (std::vector<Elements>{{1, 2, 2, 4}, {7, 0, 10, 0}}));
}
