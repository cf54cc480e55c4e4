//===- GradientTest.cpp - Gradients of the interpreter, by hand ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Programs.h"

#include "llvm/ADT/StringExtras.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace remat;
using namespace remat::test;
using Numbers = std::vector<double>;

/// Value and gradient of a scalar function with this body, at x.
static Numbers differentiate(llvm::StringRef body, double x) {
  std::string program = ("func.func private @f(%x: tensor<f64>) -> tensor<f64> {\n" + body + R"(
    return %y : tensor<f64>
  }
  func.func @main(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
    %l, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
    return %l, %d : tensor<f64>, tensor<f64>
  })")
                            .str();
  return Program(program).getResults({{{x}}});
}

/// Every function with one operand against central differences of itself.
TEST(Gradient, FunctionsAgreeWithDifferences) {
  struct Case {
    const char *name;
    double x;
  };
  for (const Case &test :
       {Case{"absf", -0.7}, Case{"acos", 0.3},  Case{"acosh", 1.7}, Case{"asin", 0.3},  Case{"asinh", 0.4},
        Case{"atan", 0.6},  Case{"atanh", 0.2}, Case{"cbrt", 0.9},  Case{"ceil", 0.4},  Case{"cos", 0.8},
        Case{"cosh", 0.5},  Case{"erf", 0.3},   Case{"erfc", 0.3},  Case{"exp", 0.4},   Case{"exp2", 0.4},
        Case{"expm1", 0.2}, Case{"floor", 0.4}, Case{"log", 1.3},   Case{"log10", 1.3}, Case{"log1p", 0.4},
        Case{"log2", 1.3},  Case{"rsqrt", 1.7}, Case{"sin", 0.8},   Case{"sinh", 0.5},  Case{"sqrt", 1.7},
        Case{"tan", 0.4},   Case{"tanh", 0.4},  Case{"trunc", 0.4}, Case{"round", 0.4}, Case{"roundeven", 0.4}}) {
    std::string body = std::string("%y = math.") + test.name + " %x : tensor<f64>";
    double step = 1e-5;
    double difference = (differentiate(body, test.x + step)[0] - differentiate(body, test.x - step)[0]) / (2 * step);
    EXPECT_NEAR(differentiate(body, test.x)[1], difference, 1e-8) << test.name;
  }
}

/// Where the square of the operand is no number of the type.
TEST(Gradient, FarOut) {
  for (double x : {1e200, -1e200}) {
    Numbers asinh = differentiate("%y = math.asinh %x : tensor<f64>", x);
    EXPECT_DOUBLE_EQ(asinh[1], 1e-200);
    // Nobody knows the square of 1e-200 but that it is small.
    interpreter::Outcome atan = Program(R"(
      func.func private @f(%x: tensor<f64>) -> tensor<f64> {
        %y = math.atan %x : tensor<f64>
        return %y : tensor<f64>
      }
      func.func @main(%x: tensor<f64>) -> tensor<f64> {
        %l, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
        return %d : tensor<f64>
      })")
                                    .run({{{x}}});
    EXPECT_GT(atan.errors[0][0], 0);
    EXPECT_LT(atan.errors[0][0], 1e-300);
  }
}

TEST(Gradient, SingularPoints) {
  // A zero cotangent stays zero: max(sqrt x, 1) at 0.
  EXPECT_EQ(differentiate(R"(
    %one = arith.constant dense<1.0> : tensor<f64>
    %r = math.sqrt %x : tensor<f64>
    %y = arith.maximumf %r, %one : tensor<f64>)",
                          0),
            (Numbers{1, 0}));
  // A tie is shared, |x| has none at 0.
  EXPECT_EQ(differentiate(R"(
    %zero = arith.constant dense<0.0> : tensor<f64>
    %y = arith.maximumf %x, %zero : tensor<f64>)",
                          0),
            (Numbers{0, 0.5}));
  EXPECT_EQ(differentiate("%y = math.absf %x : tensor<f64>", 0), (Numbers{0, 0}));
  // No direction at the origin, and a NaN has not won.
  EXPECT_EQ(differentiate("%y = math.atan2 %x, %x : tensor<f64>", 0)[1], 0);
  EXPECT_EQ(differentiate(R"(
    %n = arith.constant dense<0x7FF8000000000000> : tensor<f64>
    %y = arith.maximumf %x, %n : tensor<f64>)",
                          1)[1],
            0);
  // The branch that is not selected overflows.
  EXPECT_EQ(differentiate(R"(
    %big = arith.constant dense<1000.0> : tensor<f64>
    %s = arith.mulf %x, %big : tensor<f64>
    %e = math.exp %s : tensor<f64>
    %zero = arith.constant dense<0.0> : tensor<f64>
    %c = arith.cmpf olt, %x, %zero : tensor<f64>
    %y = arith.select %c, %e, %x : tensor<i1>, tensor<f64>)",
                          5),
            (Numbers{5, 1}));
}

TEST(Gradient, AllThatAttainAnExtremumShareIt) {
  EXPECT_EQ(Program(R"(
  func.func private @f(%x: tensor<4xf64>) -> tensor<f64> {
    %m = arith.constant dense<2.0> : tensor<f64>
    %0 = linalg.reduce { arith.maximumf } ins(%x : tensor<4xf64>) outs(%m : tensor<f64>) dimensions = [0]
    return %0 : tensor<f64>
  }
  func.func @main(%x: tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>) {
    %l, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<4xf64>) -> (tensor<f64>, tensor<4xf64>)
    return %l, %d : tensor<f64>, tensor<4xf64>
  })")
                .getResults({{{2, 1, 2, 2}}}),
            (Numbers{2, 0.25, 0, 0.25, 0.25}));
}

TEST(Gradient, SeedsAuxiliaryResultsAndUnusedArguments) {
  // y = x * x with the seed (1, 10); the auxiliary result x + 1 is not differentiated.
  EXPECT_EQ(Program(R"(
  func.func private @f(%x: tensor<2xf32>, %u: tensor<1xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
    %one = arith.constant dense<1.0> : tensor<2xf32>
    %a = arith.addf %x, %one : tensor<2xf32>
    %y = arith.mulf %x, %x : tensor<2xf32>
    return %a, %y : tensor<2xf32>, tensor<2xf32>
  }
  func.func @main(%x: tensor<2xf32>, %u: tensor<1xf32>, %s: tensor<2xf32>)
      -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<1xf32>) {
    %a, %y, %dx, %du = remat.value_and_gradient @f(%x, %u) wrt [0, 1] of [1] seed(%s : tensor<2xf32>)
      : (tensor<2xf32>, tensor<1xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<1xf32>)
    return %a, %y, %dx, %du : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<1xf32>
  })")
                .getResults({{{3, 4}}, {{7}}, {{1, 10}}}),
            (Numbers{4, 5, 9, 16, 6, 80, 0}));
}

TEST(Gradient, ASeedHasTheExtentsOfItsResult) {
  Program program(R"(
func.func private @f(%x: tensor<?xf64>) -> tensor<?xf64> {
  %y = math.sin %x : tensor<?xf64>
  return %y : tensor<?xf64>
}
func.func @main(%x: tensor<?xf64>, %s: tensor<?xf64>) -> (tensor<?xf64>, tensor<?xf64>) {
  %y, %g = remat.value_and_gradient @f(%x) wrt [0] of [0] seed(%s : tensor<?xf64>) : (tensor<?xf64>) -> (tensor<?xf64>, tensor<?xf64>)
  return %y, %g : tensor<?xf64>, tensor<?xf64>
})");
  EXPECT_FALSE(program.run({{{1.0, 2.0}, {2}}, {{1.0, 1.0}, {2}}}).failed);
  for (const Argument &seed : {Argument{{1.0}, {1}}, Argument{{1.0, 1.0, 1.0}, {3}}}) {
    interpreter::Outcome outcome = program.run({{{1.0, 2.0}, {2}}, seed});
    EXPECT_TRUE(outcome.failed);
    EXPECT_EQ(outcome.kind, interpreter::Failure::Extents);
  }
}

TEST(Gradient, ThroughALoop) {
  // h' = h * x_t, from 2, with x = (3, 4, 5): h = 120, dh/dx_t = 120 / x_t.
  EXPECT_EQ(Program(R"(
  func.func private @f(%xs: tensor<3xf64>) -> tensor<f64> {
    %n = arith.constant 3 : index
    %h0 = arith.constant dense<2.0> : tensor<f64>
    %h = remat.recurrence count(%n) at(%t) carry(%c = %h0 : tensor<f64>) scan(%x = %xs : tensor<3xf64>) {
      %next = arith.mulf %c, %x : tensor<f64>
      remat.yield carry(%next : tensor<f64>)
    }
    return %h : tensor<f64>
  }
  func.func @main(%xs: tensor<3xf64>) -> (tensor<f64>, tensor<3xf64>) {
    %l, %d = remat.value_and_gradient @f(%xs) wrt [0] : (tensor<3xf64>) -> (tensor<f64>, tensor<3xf64>)
    return %l, %d : tensor<f64>, tensor<3xf64>
  })")
                .getResults({{{3, 4, 5}}}),
            (Numbers{120, 40, 30, 24}));
}

/// The gradient of a gradient: x^4 has 4 x^3 and 12 x^2.
static Numbers differentiateTwice(llvm::StringRef body, double x) {
  return Program(("func.func private @f(%x: tensor<f64>) -> tensor<f64> {\n" + body + R"(
    return %y : tensor<f64>
  }
  func.func private @df(%x: tensor<f64>) -> tensor<f64> {
    %l, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
    return %d : tensor<f64>
  }
  func.func @main(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
    %d, %dd = remat.value_and_gradient @df(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
    return %d, %dd : tensor<f64>, tensor<f64>
  })")
                     .str())
      .getResults({{{x}}});
}

TEST(Gradient, OfAGradient) {
  EXPECT_EQ(differentiateTwice(R"(
    %s = arith.mulf %x, %x : tensor<f64>
    %y = arith.mulf %s, %s : tensor<f64>)",
                               3),
            (Numbers{108, 108}));
  // x / (1 + x): -2 / (1 + x)^3.
  Numbers quotient = differentiateTwice(R"(
    %one = arith.constant dense<1.0> : tensor<f64>
    %b = arith.addf %x, %one : tensor<f64>
    %y = arith.divf %x, %b : tensor<f64>)",
                                        1);
  EXPECT_NEAR(quotient[0], 0.25, 1e-15);
  EXPECT_NEAR(quotient[1], -0.25, 1e-15);
  Numbers tangent = differentiateTwice("%y = math.tanh %x : tensor<f64>", 0.5);
  double y = std::tanh(0.5);
  EXPECT_NEAR(tangent[1], -2 * y * (1 - y * y), 1e-15);
  Numbers exponential = differentiateTwice("%y = math.exp %x : tensor<f64>", 0.5);
  EXPECT_NEAR(exponential[1], std::exp(0.5), 1e-15);
}

TEST(Gradient, RulesAndStops) {
  // The rule says 10 times the truth; the stopped factor is a constant.
  EXPECT_EQ(Program(R"(
  func.func private @square(%x: tensor<f64>, %k: tensor<f64>) -> tensor<f64> {
    %y = arith.mulf %x, %x : tensor<f64>
    return %y : tensor<f64>
  }
  func.func private @rule(%x: tensor<f64>, %k: tensor<f64>, %y: tensor<f64>, %dy: tensor<f64>)
      -> (tensor<f64>, tensor<f64>) {
    %twenty = arith.constant dense<20.0> : tensor<f64>
    %a = arith.mulf %twenty, %x : tensor<f64>
    %b = arith.mulf %a, %dy : tensor<f64>
    return %b, %dy : tensor<f64>, tensor<f64>
  }
  func.func private @f(%x: tensor<f64>) -> tensor<f64> {
    %a = remat.custom_vjp @square(%x, %x) rule @rule : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %s = remat.stop_gradient %x : tensor<f64>
    %y = arith.mulf %a, %s : tensor<f64>
    return %y : tensor<f64>
  }
  func.func @main(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>) {
    %l, %d = remat.value_and_gradient @f(%x) wrt [0] : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
    return %l, %d : tensor<f64>, tensor<f64>
  })")
                .getResults({{{3}}}),
            // 3 (20 * 3 + 1)
            (Numbers{27, 183}));
}
