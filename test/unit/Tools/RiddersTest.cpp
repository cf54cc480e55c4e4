//===- RiddersTest.cpp - Tests of numerical differentiation -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tools/remat-run/lib/Ridders.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace remat;

TEST(Ridders, SmoothFunction) {
  auto derivative =
      differentiate([](double t) -> llvm::Expected<double> { return std::exp(std::sin(3 + t)); }, 0.1, 1e-11);
  ASSERT_TRUE(bool(derivative));
  double expected = std::cos(3.0) * std::exp(std::sin(3.0));
  EXPECT_NEAR(derivative->value, expected, 1e-10);
  EXPECT_GE(derivative->error + 1e-12, std::abs(derivative->value - expected));
}

TEST(Ridders, PolynomialsOfDegreeTwoAreExactAtOnce) {
  int evaluations = 0;
  auto derivative = differentiate(
      [&](double t) -> llvm::Expected<double> {
        ++evaluations;
        return 5 + 2 * t + 7 * t * t;
      },
      0.25, 1e-13);
  ASSERT_TRUE(bool(derivative));
  EXPECT_EQ(derivative->value, 2);
  EXPECT_EQ(evaluations, 4);
}

TEST(Ridders, KinkHasNoSmallError) {
  auto derivative = differentiate(
      [](double t) -> llvm::Expected<double> { return t < 0.001 ? t : 5 * (t - 0.001) + 0.001; }, 0.01, 1e-12);
  ASSERT_TRUE(bool(derivative));
  EXPECT_GT(derivative->error, 1e-3);
}

TEST(Ridders, ValuesThatDoNotChangeSayLittle) {
  auto flat = [](double t) -> llvm::Expected<double> { return 0.15 + 1e-12 * std::sin(t); };
  auto longSteps = differentiate(flat, 1e-3, 0), shortSteps = differentiate(flat, 1e-6, 0);
  ASSERT_TRUE(longSteps && shortSteps);
  EXPECT_EQ(shortSteps->value, 0);
  EXPECT_GT(shortSteps->error, 1e-12);
  EXPECT_NEAR(longSteps->value, 1e-12, 1e-13);
  EXPECT_LT(longSteps->error, 2e-13);
}

TEST(Ridders, ErrorsArePassedOn) {
  auto derivative =
      differentiate([](double) -> llvm::Expected<double> { return llvm::createStringError("no value"); }, 0.1, 1e-6);
  ASSERT_FALSE(bool(derivative));
  EXPECT_EQ(llvm::toString(derivative.takeError()), "no value");
}
