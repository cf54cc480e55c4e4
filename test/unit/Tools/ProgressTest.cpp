//===- ProgressTest.cpp - How far a search is ---------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat-plan/lib/Output/Progress.h"

#include "gtest/gtest.h"

using remat::plantool::ShareOfParts;

TEST(ShareOfPartsTest, NeverFalls) {
  ShareOfParts share;
  auto after = [&](double value) {
    share.note(value);
    return share.describe();
  };
  EXPECT_EQ(share.describe(), "");
  EXPECT_EQ(after(0), "");
  EXPECT_EQ(after(0.371), "37 %");
  // Threads report out of turn.
  EXPECT_EQ(after(0.36), "37 %");
  EXPECT_EQ(after(0.98), "98 %");
  EXPECT_EQ(after(0.02), "part 2, 2 %");
  EXPECT_EQ(after(0.5), "part 2, 50 %");
  EXPECT_EQ(after(0), "part 3, 0 %");
  EXPECT_EQ(after(1), "part 3, 99 %");
}
