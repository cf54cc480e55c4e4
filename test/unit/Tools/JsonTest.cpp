//===- JsonTest.cpp - JSON values that know their line --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat-plan/lib/Input/Json.h"
#include "remat-plan/lib/Input/Numbers.h"

#include <gtest/gtest.h>

using namespace remat::plantool;

namespace {

/// A document of one value.
class Parsed {
public:
  explicit Parsed(llvm::StringRef text) : isValid(document.parse(text, message, line)) {}

  JsonValue operator*() const { return document.getRoot(); }

  JsonDocument document;
  std::string message;
  unsigned line = 0;
  bool isValid;
};

} // namespace

static std::optional<std::pair<int64_t, int>> decimal(llvm::StringRef text) {
  Parsed parsed(text);
  EXPECT_TRUE(parsed.isValid) << text.str();
  std::optional<Decimal> number = (*parsed).getDecimal();
  if (!number)
    return std::nullopt;
  int fraction = static_cast<int>(number->getFraction());
  std::optional<int64_t> digits = scaleDecimal(*number, fraction);
  return digits ? std::optional(std::pair(*digits, fraction)) : std::nullopt;
}

TEST(JsonTest, DecimalsAreExact) {
  using Pair = std::pair<int64_t, int>;
  EXPECT_EQ(decimal("0"), Pair(0, 0));
  EXPECT_EQ(decimal("-0.0e99999999999999999999"), Pair(0, 0));
  EXPECT_EQ(decimal("250"), Pair(250, 0));
  EXPECT_EQ(decimal("250.00"), Pair(250, 0));
  EXPECT_EQ(decimal("0.1"), Pair(1, 1));
  EXPECT_EQ(decimal("-12.50"), Pair(-125, 1));
  EXPECT_EQ(decimal("1e3"), Pair(1000, 0));
  EXPECT_EQ(decimal("1.5E+3"), Pair(1500, 0));
  EXPECT_EQ(decimal("1500e-2"), Pair(15, 0));
  EXPECT_EQ(decimal("1e-9"), Pair(1, 9));
  EXPECT_EQ(decimal("9223372036854775807"), Pair(INT64_MAX, 0));
  EXPECT_EQ(decimal("9223372036854775808"), std::nullopt);
  EXPECT_EQ(decimal("1e19"), std::nullopt);
  EXPECT_EQ(decimal("1e400"), std::nullopt);
  EXPECT_EQ(decimal("1e-400"), Pair(1, 400));
  EXPECT_EQ(decimal("1e9999999999999999999"), std::nullopt);
  EXPECT_EQ(decimal("0.00000000000000000000001"), Pair(1, 23));
  EXPECT_EQ(decimal("12.3456789012345678901"), std::nullopt);
}

TEST(JsonTest, DecimalsAreRoundedToNearest) {
  auto round = [](llvm::StringRef text, int fraction) {
    Parsed parsed(text);
    return scaleDecimal(*(*parsed).getDecimal(), fraction);
  };
  EXPECT_EQ(round("12.3456789012345678901", 3), 12346);
  EXPECT_EQ(round("0.05", 1), 1);
  EXPECT_EQ(round("0.049999999999999999999", 1), 0);
  EXPECT_EQ(round("0.5", 0), 1);
  EXPECT_EQ(round("1e-400", 18), 0);
  EXPECT_EQ(round("9223372036854775807.4", 0), INT64_MAX);
  EXPECT_EQ(round("9223372036854775807.5", 0), std::nullopt);
}

TEST(JsonTest, StringsAreDecoded) {
  Parsed parsed(R"("a\"b\\\/\n\tA\u00e9\ud83d\ude00\ud800x")");
  ASSERT_TRUE(parsed.isValid) << parsed.message;
  EXPECT_EQ((*parsed).getString(), "a\"b\\/\n\tA\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbdx");
}

TEST(JsonTest, ValuesKnowTheirLine) {
  Parsed parsed("[1,\n [2, {}],\n\n 3]");
  ASSERT_TRUE(parsed.isValid) << parsed.message;
  std::vector<unsigned> lines;
  for (JsonValue value : *parsed)
    lines.push_back(value.getLine());
  EXPECT_EQ(lines, (std::vector<unsigned>{1, 2, 4}));
}

TEST(JsonTest, ErrorsNameTheirLine) {
  for (auto [text, line, message] : {
           std::tuple("[1,\n]", 2U, "expects a value, but got ']'"),
           std::tuple("{\"a\" 1}", 1U, "expects ':', but got '1'"),
           std::tuple("\n\n01", 3U, "expects a number without leading zeros, but got '01'"),
           std::tuple("[1 2]", 1U, "expects ',' or ']', but got '2'"),
           std::tuple("{\"a\": 1,}", 1U, "expects a key in quotes, but got '}'"),
           std::tuple("tru", 1U, "expects a value, but got 't'"),
           std::tuple("\"\\x\"", 1U, "expects one of \"\\/bfnrtu behind a backslash, but got 'x'"),
           std::tuple("\"abc", 1U, "expects a closing quote, but the text ends"),
       }) {
    Parsed parsed(text);
    EXPECT_FALSE(parsed.isValid) << text;
    EXPECT_EQ(parsed.message, message);
    EXPECT_EQ(parsed.line, line);
  }
}

TEST(JsonTest, NestingIsLimited) {
  auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  std::string allowed = nested(JsonDocument::maxNesting);
  EXPECT_TRUE(Parsed(allowed).isValid);
  EXPECT_FALSE(Parsed(nested(JsonDocument::maxNesting + 1)).isValid);
}
