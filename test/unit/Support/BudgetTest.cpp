//===- BudgetTest.cpp - Tests of the budget parser
//----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Support/Budget.h"

#include <gtest/gtest.h>

#include <limits>

using namespace remat;

static constexpr int64_t largest = std::numeric_limits<int64_t>::max();

static int64_t resolved(std::string_view text, int64_t storeAll) {
  std::string error;
  std::optional<Budget> budget = parseBudget(text, error);
  EXPECT_TRUE(budget.has_value()) << error;
  return budget ? budget->resolve(storeAll, 7).value_or(-1) : -2;
}

static std::string errorOf(std::string_view text) {
  std::string error;
  EXPECT_FALSE(parseBudget(text, error).has_value()) << text;
  return error;
}

TEST(Budget, Bytes) {
  EXPECT_EQ(resolved("0", 100), 0);
  EXPECT_EQ(resolved("4915200", 100), 4915200);
  EXPECT_EQ(resolved("4915200B", 100), 4915200);
  EXPECT_EQ(resolved("9223372036854775807", 100), largest);
}

TEST(Budget, Units) {
  EXPECT_EQ(resolved("64MiB", 0), 67108864);
  EXPECT_EQ(resolved("3KiB", 0), 3072);
  EXPECT_EQ(resolved("1.5GiB", 0), 1610612736);
  EXPECT_EQ(resolved("2kB", 0), 2000);
  EXPECT_EQ(resolved("2KB", 0), 2000);
  EXPECT_EQ(resolved("7TB", 0), 7000000000000);
  // A fraction of a byte is rounded down.
  EXPECT_EQ(resolved("0.0004kB", 0), 0);
  EXPECT_EQ(resolved("1.9B", 0), 1);
}

TEST(Budget, ShareIsExact) {
  EXPECT_EQ(resolved("5%", 98304000), 4915200);
  EXPECT_EQ(resolved("0.1%", 1000), 1);
  EXPECT_EQ(resolved("0.1%", 999), 0);
  EXPECT_EQ(resolved("12.5%", 80), 10);
  EXPECT_EQ(resolved("150%", 80), 120);
  EXPECT_EQ(resolved("0%", 80), 0);
  EXPECT_EQ(resolved("200%", largest), largest);
}

TEST(Budget, Unlimited) {
  EXPECT_EQ(resolved("unlimited", 5), -1);
  EXPECT_TRUE(Budget().isUnlimited());
}

TEST(Budget, MinimumIsWhatThePlannerSays) { EXPECT_EQ(resolved("min", 5), 7); }

TEST(Budget, TextIsReadBackAsItWas) {
  std::string error;
  for (std::string_view text : {"unlimited", "min", "0", "4915200", "5%", "2.50%", "0.001%", "150%", "0.000000001%"})
    EXPECT_EQ(parseBudget(text, error)->str(), text) << error;
  EXPECT_EQ(parseBudget("3KiB", error)->str(), "3072");
  EXPECT_EQ(Budget::share(1, 3).str(), "33%");
  EXPECT_EQ(parseByteLimit("unlimited", error)->str(), "unlimited");
  EXPECT_EQ(parseByteLimit("2KiB", error)->str(), "2048");
}

TEST(Budget, WrongText) {
  for (std::string_view text :
       {"",    "5 apples", " 5",  "5 ",  "5 MiB",   "-1",     "+1",        "1e6",  "0x10", "MiB", "%",   "5%%",
        "5 %", ".5%",      "5.%", "5.5", "1..5MiB", "1.5.5%", "Unlimited", "5mib", "5Mib", "5M",  "nan", "5%MiB"})
    EXPECT_NE(errorOf(text).find("expects a budget in bytes"), std::string::npos) << text;
  EXPECT_NE(errorOf("5 apples").find("but got '5 apples'"), std::string::npos);
}

TEST(Budget, Overflow) {
  for (std::string_view text :
       {"9223372036854775808", "99999999999999999999999", "9999999999TiB", "8388608TiB", "99999999999999999999%"})
    EXPECT_NE(errorOf(text).find("does not fit into 64 bits"), std::string::npos) << text;
  for (std::string_view text : {"0.0000000001%", "0.1234567890%", "1.0000000000KiB"})
    EXPECT_NE(
        errorOf(text).find("but got '" + std::string(text) + "', which has more than nine digits behind the point"),
        std::string::npos)
        << text;
  EXPECT_EQ(resolved("0.123456789%", 1000000000000), 1234567890);
  EXPECT_EQ(resolved("8388607TiB", 0), 8388607 * (int64_t(1) << 40));
}

TEST(ByteSize, HasNoShares) {
  std::string error;
  EXPECT_EQ(parseByteSize("2KiB", error), 2048);
  EXPECT_FALSE(parseByteSize("5%", error).has_value());
  EXPECT_EQ(error, "expects a size in bytes ('4915200', '64MiB'), but got '5%'");
  EXPECT_FALSE(parseByteSize("unlimited", error).has_value());
}

TEST(ByteLimit, SizeOrUnlimited) {
  std::string error;
  EXPECT_EQ(parseByteLimit("0", error)->bytes, 0);
  EXPECT_EQ(parseByteLimit("2KiB", error)->bytes, 2048);
  EXPECT_EQ(parseByteLimit("unlimited", error)->bytes, largest);
  EXPECT_FALSE(parseByteLimit("5%", error).has_value());
  EXPECT_EQ(error, "expects bytes ('4915200', '64MiB') or 'unlimited', but got '5%'");
  EXPECT_FALSE(parseByteLimit("9999999999TiB", error).has_value());
  EXPECT_NE(error.find("does not fit into 64 bits"), std::string::npos);
}

TEST(ByteSize, Format) {
  EXPECT_EQ(formatByteSize(0), "0 bytes");
  EXPECT_EQ(formatByteSize(1), "1 byte");
  EXPECT_EQ(formatByteSize(1023), "1023 bytes");
  EXPECT_EQ(formatByteSize(4912128), "4912128 bytes (4.68 MiB)");
}
