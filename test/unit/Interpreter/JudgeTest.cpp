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

TEST(Judge, ProductsByPowersOfTwoAreFlushed) {
  // 3 * 2^-132 is none of the normal numbers of f32, but one of f64.
  Program program(R"(func.func @main(%x: f32, %s: f32, %y: f64, %u: f64) -> (i1, i1, f32) {
    %zero = arith.constant 0.0 : f32
    %none = arith.constant 0.0 : f64
    %0 = arith.mulf %x, %s : f32
    %1 = arith.mulf %0, %s : f32
    %2 = arith.cmpf oeq, %1, %zero : f32
    %3 = arith.mulf %y, %u : f64
    %4 = arith.mulf %3, %u : f64
    %5 = arith.cmpf oeq, %4, %none : f64
    return %2, %5, %1 : i1, i1, f32
  })");
  Outcome outcome = program.run({{{-3.0}}, {{0x1p-66}}, {{-3.0}}, {{0x1p-66}}});
  ASSERT_FALSE(outcome.failed);
  EXPECT_EQ(getElements(outcome.results[0])[0], -1);
  EXPECT_EQ(getElements(outcome.results[1])[0], 0);
  EXPECT_TRUE(std::signbit(getElements(outcome.results[2])[0]));
  for (size_t i = 0; i < 3; ++i)
    EXPECT_EQ(outcome.errors[i][0], 0);
  // By another number it may have been rounded, so that nobody knows.
  EXPECT_GT(program.run({{{-3.0}}, {{0.75 * 0x1p-66}}, {{-3.0}}, {{0x1p-66}}}).errors[2][0], 0);
  // Neither does anybody where nothing is flushed: other products may be rounded.
  interpreter::InterpretOptions keeping;
  keeping.flushesDenormals = false;
  Outcome kept = program.run({{{-3.0}}, {{0x1p-66}}, {{-3.0}}, {{0x1p-66}}}, keeping);
  EXPECT_GT(kept.errors[0][0], 0);
  EXPECT_GT(kept.errors[2][0], 0);
}

TEST(Judge, AZeroHasTheSignOfItsOperandsIfTheyHaveOne) {
  // Behind 1 + x, whose last bits are anybody's, less 1: zero times that, divided by it, a root of it, and a choice
  // between zeros by it.
  Program program(R"(func.func @main(%x: f32, %zero: f32) -> (f32, f32, f32, f32, f32, f32, f32) {
    %one = arith.constant 1.0 : f32
    %s = arith.addf %one, %x : f32
    %d = arith.subf %s, %one : f32
    %n = arith.negf %zero : f32
    %0 = arith.mulf %d, %zero : f32
    %1 = arith.divf %0, %one : f32
    %2 = arith.remf %0, %one : f32
    %3 = math.atan2 %0, %one : f32
    %4 = math.trunc %d : f32
    %c = arith.cmpf ogt, %d, %zero : f32
    %5 = arith.select %c, %zero, %n : f32
    %6 = arith.divf %one, %0 : f32
    return %0, %1, %2, %3, %4, %5, %6 : f32, f32, f32, f32, f32, f32, f32
  })");
  auto judgeNegated = [&](double x) {
    Outcome outcome = program.run({{{x}}, {{0}}});
    std::vector<bool> wrong;
    for (size_t i = 0; i < outcome.results.size(); ++i) {
      std::vector<interpreter::Array> results = outcome.results;
      results[i].bytes.back() ^= 0x80;
      wrong.push_back(interpreter::judge(results, outcome).has_value());
    }
    return wrong;
  };
  EXPECT_EQ(judgeNegated(1e-7), std::vector<bool>(7, false));
  EXPECT_EQ(judgeNegated(0.25), std::vector<bool>(7, true));
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

/// The position of the largest of two sums in bf16, the first if they are equal.
static constexpr llvm::StringRef argmaxOfSums = R"(
func.func @main(%x: tensor<2x33xbf16>) -> i32 {
  %zeros = arith.constant dense<0.0> : tensor<2xbf16>
  %least = arith.constant dense<-1.0e+4> : tensor<bf16>
  %first = arith.constant dense<0> : tensor<i32>
  %sums = linalg.reduce { arith.addf } ins(%x : tensor<2x33xbf16>) outs(%zeros : tensor<2xbf16>) dimensions = [1]
  %best:2 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>, affine_map<(i) -> ()>],
                            iterator_types = ["reduction"]}
      ins(%sums : tensor<2xbf16>) outs(%least, %first : tensor<bf16>, tensor<i32>) {
  ^bb0(%sum: bf16, %most: bf16, %at: i32):
    %i = linalg.index 0 : index
    %here = arith.index_cast %i : index to i32
    %larger = arith.cmpf ogt, %sum, %most : bf16
    %new = arith.select %larger, %sum, %most : bf16
    %position = arith.select %larger, %here, %at : i32
    linalg.yield %new, %position : bf16, i32
  } -> (tensor<bf16>, tensor<i32>)
  %0 = tensor.extract %best#1[] : tensor<i32>
  return %0 : i32
})";

TEST(Judge, AnArgmaxOfSumsHangsOnTheirOrder) {
  Program program(argmaxOfSums);
  // 32 times 0.9 and then 256: behind 256, which has a unit of 2, each 0.9 is lost.
  std::vector<double> forwards(66, 0.0), backwards(66, 0.0);
  for (int i = 0; i < 32; ++i)
    forwards[i] = backwards[i + 1] = 0.8984375;
  forwards[32] = backwards[0] = 256;
  // The other sum lies between.
  forwards[33] = backwards[33] = 270;
  Outcome outcome = program.run({{forwards}}), other = program.run({{backwards}});
  EXPECT_EQ(getElements(outcome.results[0]), (std::vector<double>{0}));
  EXPECT_EQ(getElements(other.results[0]), (std::vector<double>{1}));
  EXPECT_EQ(interpreter::judge(other.results, outcome), std::nullopt);
  EXPECT_EQ(interpreter::judge(outcome.results, other), std::nullopt);
  // Sums that lie further apart have an order.
  forwards[33] = 1000;
  outcome = program.run({{forwards}});
  EXPECT_EQ(getElements(outcome.results[0]), (std::vector<double>{1}));
  other.results[0].bytes.assign(4, 0);
  EXPECT_TRUE(interpreter::judge(other.results, outcome));
}

TEST(Judge, WhatIsDecidedIsDecidedWithinTheSlackOfTheJudge) {
  Program program(R"(func.func @main(%x: bf16, %y: bf16, %three: bf16) -> (bf16, i1, i32, bf16) {
    %0 = arith.mulf %x, %y : bf16
    %1 = arith.cmpf olt, %0, %three : bf16
    %2 = arith.fptosi %0 : bf16 to i32
    %3 = math.floor %0 : bf16
    return %0, %1, %2, %3 : bf16, i1, i32, bf16
  })");
  // 3 is two bounds and a half below this product; the judge takes numbers on both sides of it.
  Outcome outcome = program.run({{{1.75}}, {{1.75}}, {{3}}});
  Outcome other = program.run({{{1.75}}, {{1.703125}}, {{3}}});
  EXPECT_EQ(getElements(outcome.results[0])[0], 3.0625);
  EXPECT_LT(getElements(other.results[0])[0], 3);
  EXPECT_EQ(interpreter::judge(other.results, outcome), std::nullopt);
}

TEST(Judge, AnIndexIsAsUncertainAsTheOneItMayBe) {
  Program program(R"(func.func @main(%x: f32, %i: i32) -> i32 {
    %one = arith.constant 1.0 : f32
    %zero = arith.constant 0.0 : f32
    %s = arith.addf %one, %x : f32
    %d = arith.subf %s, %one : f32
    %c = arith.cmpf ogt, %d, %zero : f32
    %two = arith.constant 2 : i32
    %0 = arith.select %c, %two, %i : i32
    %1 = arith.select %c, %0, %i : i32
    return %1 : i32
  })");
  // Where %c does not hold, %0 is %i, but where it does, it is 2.
  Outcome outcome = program.run({{{1e-8}}, {{2}}});
  EXPECT_EQ(interpreter::judge(outcome.results, outcome), std::nullopt);
  EXPECT_EQ(outcome.errors[0][0], 0);
  outcome = program.run({{{1e-8}}, {{7}}});
  EXPECT_EQ(outcome.errors[0][0], interpreter::infinity);
}

TEST(Judge, ACotangentIsRoundedWhereItMeetsANarrowFloat) {
  // The cotangent of bf16 is f32, whatever it is computed from.
  Program program(R"(
  func.func private @f(%x: tensor<f64>) -> tensor<f64> {
    %n = arith.truncf %x : tensor<f64> to tensor<bf16>
    %0 = arith.extf %n : tensor<bf16> to tensor<f64>
    return %0 : tensor<f64>
  }
  func.func @main(%x: tensor<f64>, %s: tensor<f64>) -> tensor<f64> {
    %l, %d = remat.value_and_gradient @f(%x) wrt [0] of [0] seed(%s : tensor<f64>)
      : (tensor<f64>) -> (tensor<f64>, tensor<f64>)
    return %d : tensor<f64>
  })");
  Outcome outcome = program.run({{{1}}, {{0.1}}});
  EXPECT_EQ(interpreter::judge(change(outcome, 0, static_cast<float>(0.1)), outcome), std::nullopt);
  EXPECT_TRUE(interpreter::judge(change(outcome, 0, 0.1 + 1e-6), outcome));
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
