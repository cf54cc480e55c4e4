//===- JudgeTest.cpp - What the judge catches and what it does not ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Programs.h"

#include "Interpreter/Datum.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace remat;
using namespace remat::test;
using interpreter::Outcome;

/// A copy of the results with one element changed.
static std::vector<interpreter::Array> change(const Outcome &outcome, size_t element, double value) {
  std::vector<interpreter::Array> results = outcome.results;
  mlir::Type type = results[0].elementType;
  interpreter::store(type, interpreter::Number::fromFloat(value),
                     results[0].bytes.data() + element * interpreter::getByteSize(type));
  return results;
}

/// The sum of 1000 f16 numbers in the order of the program.
static constexpr llvm::StringRef longSum = R"(
func.func @main(%x: tensor<1000xf16>) -> tensor<f16> {
  %z = arith.constant dense<0.0> : tensor<f16>
  %0 = linalg.reduce { arith.addf } ins(%x : tensor<1000xf16>) outs(%z : tensor<f16>) dimensions = [0]
  return %0 : tensor<f16>
})";

TEST(Judge, SumsInAnotherOrderAreRight) {
  Program program(longSum);
  std::vector<double> numbers;
  for (int i = 0; i < 1000; ++i)
    numbers.push_back(std::sin(i));
  Outcome outcome = program.run({{numbers}});
  // Backwards, each addition rounded.
  std::vector<double> backwards(numbers.rbegin(), numbers.rend());
  Outcome other = program.run({{backwards}});
  EXPECT_NE(getElements(outcome.results[0]), getElements(other.results[0]));
  EXPECT_EQ(interpreter::judge(other.results, outcome), std::nullopt);
}

TEST(Judge, ASingleWrongElementIsFound) {
  Program program(R"(func.func @main(%a: tensor<16x16xf32>) -> tensor<16x16xf32> {
    %0 = linalg.matmul ins(%a, %a : tensor<16x16xf32>, tensor<16x16xf32>) outs(%a : tensor<16x16xf32>) -> tensor<16x16xf32>
    return %0 : tensor<16x16xf32>
  })");
  std::vector<double> numbers;
  for (int i = 0; i < 256; ++i)
    numbers.push_back(std::sin(i));
  Outcome outcome = program.run({{numbers}});
  EXPECT_EQ(interpreter::judge(outcome.results, outcome), std::nullopt);
  double right = getElements(outcome.results[0])[37];
  EXPECT_EQ(interpreter::judge(change(outcome, 37, right + 1e-6), outcome), std::nullopt);
  std::optional<std::string> wrong = interpreter::judge(change(outcome, 37, right + 1e-4), outcome);
  ASSERT_TRUE(wrong);
  EXPECT_NE(wrong->find("result 0[2, 5]"), std::string::npos) << *wrong;
  EXPECT_TRUE(interpreter::judge(change(outcome, 0, NAN), outcome));
}

TEST(Judge, ExactResultsHaveExactBits) {
  Program program(R"(func.func @main(%a: tensor<2xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {
    %0 = arith.maximumf %a, %b : tensor<2xf32>
    return %0 : tensor<2xf32>
  })");
  Outcome outcome = program.run({{{0.0, 1.0}}, {{-0.0, 0.5}}});
  EXPECT_EQ(interpreter::judge(outcome.results, outcome), std::nullopt);
  EXPECT_TRUE(interpreter::judge(change(outcome, 0, -0.0), outcome));
  EXPECT_TRUE(interpreter::judge(change(outcome, 1, 1 + 0x1p-23), outcome));
}

TEST(Judge, WhatRoundingDecidesIsNotJudged) {
  // (1 + x) - 1 > 0 hangs on the rounding of 1 + x for x = 1e-8.
  Program program(R"(func.func @main(%x: f32, %a: f32, %b: f32) -> f32 {
    %one = arith.constant 1.0 : f32
    %zero = arith.constant 0.0 : f32
    %s = arith.addf %one, %x : f32
    %d = arith.subf %s, %one : f32
    %c = arith.cmpf ogt, %d, %zero : f32
    %r = scf.if %c -> f32 {
      scf.yield %a : f32
    } else {
      scf.yield %b : f32
    }
    return %r : f32
  })");
  Outcome outcome = program.run({{{1e-8}}, {{1}}, {{2}}});
  EXPECT_EQ(interpreter::judge(change(outcome, 0, 1), outcome), std::nullopt);
  EXPECT_TRUE(outcome.uncertain);
  outcome = program.run({{{0.5}}, {{1}}, {{2}}});
  EXPECT_TRUE(interpreter::judge(change(outcome, 0, 2), outcome));
  EXPECT_FALSE(outcome.uncertain);
}

TEST(Judge, GradientsOfNarrowFloats) {
  // d/dx sum x * w = w: the bound is a few roundings of f16, not more.
  Program program(R"(
  func.func private @f(%x: tensor<4xf16>, %w: tensor<4xf16>) -> tensor<f16> {
    %z = arith.constant dense<0.0> : tensor<f16>
    %p = arith.mulf %x, %w : tensor<4xf16>
    %0 = linalg.reduce { arith.addf } ins(%p : tensor<4xf16>) outs(%z : tensor<f16>) dimensions = [0]
    return %0 : tensor<f16>
  }
  func.func @main(%x: tensor<4xf16>, %w: tensor<4xf16>) -> tensor<4xf16> {
    %l, %d = remat.value_and_gradient @f(%x, %w) wrt [0]
      : (tensor<4xf16>, tensor<4xf16>) -> (tensor<f16>, tensor<4xf16>)
    return %d : tensor<4xf16>
  })");
  Outcome outcome = program.run({{{1, 2, 3, 4}}, {{0.5, 0.25, 0.125, 3}}});
  EXPECT_EQ(getElements(outcome.results[0]), (std::vector<double>{0.5, 0.25, 0.125, 3}));
  EXPECT_TRUE(interpreter::judge(change(outcome, 2, 0.126), outcome));
}
