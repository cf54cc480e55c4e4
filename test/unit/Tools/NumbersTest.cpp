//===- NumbersTest.cpp - Numbers as they are read and printed -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat-plan/lib/Input/Numbers.h"

#include <gtest/gtest.h>

using namespace remat::plantool;

TEST(NumbersTest, GapAboveNothingIsUnknown) {
  EXPECT_EQ(formatGap(5, 4), "25.0 %");
  EXPECT_EQ(formatGap(4, 4), "0 %");
  EXPECT_EQ(formatGap(0, 0), "0 %");
  EXPECT_EQ(formatGap(5, 0), "unknown");
}
