//===- ElementwiseGradientTest.cpp - Rules of arith and math -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GradientCheck.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace remat::test;

//===----------------------------------------------------------------------===//
// One operation per case, on tensors and on scalars in a linalg body
//===----------------------------------------------------------------------===//

namespace {
/// An elementwise operation on floats.
struct Operation {
  std::string name;
  std::vector<Domain> operands;
};
} // namespace

static std::string join(size_t count, const std::string &separator, const std::string &item) {
  std::string text;
  for (size_t index = 0; index < count; ++index) {
    std::string one = item;
    for (size_t at; (at = one.find('#')) != std::string::npos;)
      one.replace(at, 1, std::to_string(index));
    text += (index ? separator : "") + one;
  }
  return text;
}

/// `f` applies \p op to whole tensors.
static std::string onTensors(const Operation &op) {
  size_t count = op.operands.size();
  return "func.func private @f(" + join(count, ", ", "%x#: tensor<5xf64>") + ") -> tensor<5xf64> {\n  %y = " + op.name +
         " " + join(count, ", ", "%x#") + " : tensor<5xf64>\n  return %y : tensor<5xf64>\n}\n";
}

/// `f` applies \p op to scalars, next to a `linalg.index`, so that the body is
/// differentiated as it stands.
static std::string onScalars(const Operation &op) {
  size_t count = op.operands.size();
  std::string maps = join(count + 1, ", ", "affine_map<(d) -> (d)>");
  return "func.func private @f(" + join(count, ", ", "%x#: tensor<5xf64>") +
         ") -> tensor<5xf64> {\n  %empty = tensor.empty() : tensor<5xf64>\n  %y = linalg.generic {indexing_maps = [" +
         maps + "], iterator_types = [\"parallel\"]} ins(" + join(count, ", ", "%x#") + " : " +
         join(count, ", ", "tensor<5xf64>") + ") outs(%empty : tensor<5xf64>) {\n  ^bb0(" +
         join(count, ", ", "%e#: f64") + ", %out: f64):\n    %index = linalg.index 0 : index\n" +
         "    %integer = arith.index_cast %index : index to i64\n    %factor = arith.sitofp %integer : i64 to f64\n" +
         "    %value = " + op.name + " " + join(count, ", ", "%e#") + " : f64\n" +
         "    %scaled = arith.mulf %value, %factor : f64\n    linalg.yield %scaled : f64\n  } -> tensor<5xf64>\n" +
         "  return %y : tensor<5xf64>\n}\n";
}

class ElementwiseGradient : public testing::TestWithParam<Operation> {};

TEST_P(ElementwiseGradient, OnTensorsEqualsCentralDifference) {
  checkGradient({GetParam().name, onTensors(GetParam()), GetParam().operands});
}

TEST_P(ElementwiseGradient, OnScalarsEqualsCentralDifference) {
  checkGradient({GetParam().name, onScalars(GetParam()), GetParam().operands});
}

static const Operation operations[] = {
    {"arith.addf", {{}, {}}},
    {"arith.subf", {{}, {}}},
    {"arith.mulf", {{}, {}}},
    {"arith.divf", {{}, {0.5, 2.0}}},
    {"arith.negf", {{}}},
    {"arith.remf", {{3.0, 9.0}, {1.1, 1.4}}},
    {"arith.maximumf", {{}, {}}},
    {"arith.minimumf", {{}, {}}},
    {"arith.maxnumf", {{}, {}}},
    {"arith.minnumf", {{}, {}}},
    {"math.absf", {{}}},
    {"math.acos", {{-0.9, 0.9}}},
    {"math.acosh", {{1.2, 3.0}}},
    {"math.asin", {{-0.9, 0.9}}},
    {"math.asinh", {{}}},
    {"math.atan", {{}}},
    {"math.atan2", {{}, {}}},
    {"math.atanh", {{-0.9, 0.9}}},
    {"math.cbrt", {{0.5, 2.0}}},
    {"math.ceil", {{0.1, 0.9}}},
    {"math.copysign", {{}, {}}},
    {"math.cos", {{}}},
    {"math.cosh", {{}}},
    {"math.erf", {{}}},
    {"math.erfc", {{}}},
    {"math.exp", {{}}},
    {"math.exp2", {{}}},
    {"math.expm1", {{}}},
    {"math.floor", {{0.1, 0.9}}},
    {"math.fma", {{}, {}, {}}},
    {"math.log", {{0.5, 3.0}}},
    {"math.log10", {{0.5, 3.0}}},
    {"math.log1p", {{-0.5, 3.0}}},
    {"math.log2", {{0.5, 3.0}}},
    {"math.powf", {{0.5, 3.0}, {}}},
    {"math.round", {{0.1, 0.4}}},
    {"math.roundeven", {{0.1, 0.4}}},
    {"math.rsqrt", {{0.5, 3.0}}},
    {"math.sin", {{}}},
    {"math.sinh", {{}}},
    {"math.sqrt", {{0.5, 3.0}}},
    {"math.tan", {{}}},
    {"math.tanh", {{}}},
    {"math.trunc", {{0.1, 0.9}}},
};

INSTANTIATE_TEST_SUITE_P(Operations, ElementwiseGradient, testing::ValuesIn(operations), [](const auto &info) {
  return info.param.name.substr(info.param.name.find('.') + 1) + (info.param.name[0] == 'a' ? "_arith" : "_math");
});

//===----------------------------------------------------------------------===//
// Operations with a syntax of their own
//===----------------------------------------------------------------------===//

TEST(ElementwiseGradient, Clamp) {
  checkGradient({"clampf",
                 R"(
    func.func private @f(%x: tensor<9xf64>, %high: tensor<9xf64>, %low: tensor<9xf64>) -> tensor<9xf64> {
      %y = math.clampf %x to [%high, %low] : tensor<9xf64>
      return %y : tensor<9xf64>
    })",
                 {{-2.0, 2.0}, {0.2, 1.0}, {-1.0, -0.2}}});
}

TEST(ElementwiseGradient, IntegerPower) {
  checkGradient({"fpowi",
                 R"(
    func.func private @f(%x: tensor<9xf64>, %n: tensor<9xi32>) -> tensor<9xf64> {
      %y = math.fpowi %x, %n : tensor<9xf64>, tensor<9xi32>
      return %y : tensor<9xf64>
    })",
                 {{-1.5, -0.5}, {-3.0, 4.0}}});
}

TEST(ElementwiseGradient, SineAndCosine) {
  checkGradient({"sincos", R"(
    func.func private @f(%x: tensor<5xf64>) -> (tensor<5xf64>, tensor<5xf64>) {
      %sin, %cos = math.sincos %x : tensor<5xf64>
      return %sin, %cos : tensor<5xf64>, tensor<5xf64>
    })"});
}

TEST(ElementwiseGradient, Select) {
  checkGradient({"select", R"(
    func.func private @f(%x: tensor<9xf64>, %y: tensor<9xf64>, %s: tensor<f64>) -> tensor<9xf64> {
      %greater = arith.cmpf ogt, %x, %y : tensor<9xf64>
      %chosen = arith.select %greater, %x, %y : tensor<9xi1>, tensor<9xf64>
      %scalar = tensor.extract %s[] : tensor<f64>
      %zero = arith.constant 0.0 : f64
      %positive = arith.cmpf ogt, %scalar, %zero : f64
      %product = arith.mulf %chosen, %y : tensor<9xf64>
      %result = arith.select %positive, %product, %x : tensor<9xf64>
      return %result : tensor<9xf64>
    })"});
}

TEST(ElementwiseGradient, Logistic) {
  checkGradient({"logistic", R"(
    func.func private @f(%x: tensor<5xf64>) -> tensor<5xf64> {
      %one = arith.constant dense<1.0> : tensor<5xf64>
      %negated = arith.negf %x : tensor<5xf64>
      %decay = math.exp %negated : tensor<5xf64>
      %denominator = arith.addf %one, %decay : tensor<5xf64>
      %y = arith.divf %one, %denominator : tensor<5xf64>
      // The exponential is used once more: its cotangent has two parts.
      %result = arith.mulf %y, %decay : tensor<5xf64>
      return %result : tensor<5xf64>
    })"});
}

TEST(ElementwiseGradient, Conversions) {
  checkGradient({"extf, truncf",
                 R"(
    func.func private @f(%x: tensor<5xf64>, %y: tensor<5xf32>) -> (tensor<5xf64>, tensor<5xf32>) {
      %narrow = arith.truncf %x : tensor<5xf64> to tensor<5xf32>
      %product = arith.mulf %narrow, %y : tensor<5xf32>
      %wide = arith.extf %product : tensor<5xf32> to tensor<5xf64>
      %square = arith.mulf %wide, %x : tensor<5xf64>
      return %square, %product : tensor<5xf64>, tensor<5xf32>
    })",
                 {{0.5, 1.5}},
                 /*step=*/1e-2,
                 /*tolerance=*/1e-4});
}

//===----------------------------------------------------------------------===//
// Ties and zeros: exact values
//===----------------------------------------------------------------------===//

/// The gradients of `f` at \p arguments for cotangents of 1.
static std::vector<Elements> differentiate(const Operation &op, const std::vector<Elements> &arguments) {
  auto function = DifferentiatedFunction::compile(onTensors(op), /*split=*/true);
  return function ? function->differentiate(arguments, {Elements(5, 1.0)}) : std::vector<Elements>();
}

TEST(ElementwiseGradient, TiesAreSharedEqually) {
  for (const char *name : {"arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf"}) {
    SCOPED_TRACE(name);
    bool isMaximum = std::string(name).find("max") != std::string::npos;
    double first = isMaximum ? 0.0 : 1.0;
    auto gradients = differentiate({name, {{}, {}}}, {{1, 2, 3, 0, -1}, {2, 2, 3, -0.0, -2}});
    ASSERT_EQ(gradients.size(), 2u);
    EXPECT_EQ(gradients[0], (Elements{first, 0.5, 0.5, 0.5, 1 - first}));
    EXPECT_EQ(gradients[1], (Elements{1 - first, 0.5, 0.5, 0.5, first}));
  }
}

TEST(ElementwiseGradient, NumberWinsOverNaN) {
  for (const char *name : {"arith.maxnumf", "arith.minnumf"}) {
    auto gradients = differentiate({name, {{}, {}}}, {{NAN, 1, 0, 0, 0}, {1, NAN, 1, -1, 0}});
    ASSERT_EQ(gradients.size(), 2u);
    EXPECT_EQ(gradients[0][0], 0.0);
    EXPECT_EQ(gradients[1][0], 1.0);
    EXPECT_EQ(gradients[0][1], 1.0);
    EXPECT_EQ(gradients[1][1], 0.0);
  }
}

TEST(ElementwiseGradient, AbsoluteValueIsZeroAtZero) {
  auto gradients = differentiate({"math.absf", {{}}}, {{0.0, -0.0, 2, -2, 0}});
  ASSERT_EQ(gradients.size(), 1u);
  EXPECT_EQ(gradients[0], (Elements{0, 0, 1, -1, 0}));
}

TEST(ElementwiseGradient, PowersAreFiniteAtZero) {
  auto gradients = differentiate({"math.powf", {{}, {}}}, {{0, 0, 0, 2, 2}, {0, 1, 2, 0, 1}});
  ASSERT_EQ(gradients.size(), 2u);
  EXPECT_EQ(gradients[0], (Elements{0, 1, 0, 0, 1}));
  EXPECT_EQ(gradients[1][0], 0.0);
  EXPECT_EQ(gradients[1][1], 0.0);
  EXPECT_NEAR(gradients[1][3], std::log(2.0), 1e-12);
}
