//===- Numbers.cpp - Numbers as they are read and printed -----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Numbers.h"

#include "llvm/ADT/Twine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;

int64_t plantool::powerOfTen(int exponent) {
  int64_t power = 1;
  for (int i = 0; i < exponent; ++i)
    power *= 10;
  return power;
}

std::optional<int64_t> plantool::scaleDecimal(const Decimal &number, int exponent) {
  // No 64-bit number has more.
  constexpr int64_t maxDigits = 19;
  int64_t length = static_cast<int64_t>(number.digits.size()) + number.exponent + exponent;
  if (number.digits.empty() || length < 0)
    return 0;
  if (length > maxDigits)
    return std::nullopt;
  std::string digits = number.digits;
  digits.resize(std::max<size_t>(digits.size(), length + 1), '0');
  bool isRoundedUp = digits[length] >= '5';
  int64_t result = 0;
  if (length > 0 && llvm::StringRef(digits).take_front(length).getAsInteger(10, result))
    return std::nullopt;
  if (__builtin_add_overflow(result, isRoundedUp ? 1 : 0, &result))
    return std::nullopt;
  return number.isNegative ? -result : result;
}

std::string plantool::formatShortTime(int64_t time, int64_t scale) {
  std::string text = std::to_string(time / scale);
  std::string fraction = std::to_string(scale + time % scale).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

std::string plantool::formatTime(int64_t time, int64_t scale) {
  std::string text = formatShortTime(time, scale);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

std::string plantool::formatFixed(double value, int digits) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.*f", digits, value);
  return text;
}

std::string plantool::formatPercent(double share) {
  double percent = 100 * share;
  if (percent <= 0 || percent >= 99.95)
    return formatFixed(std::max(percent, 0.0), 0) + " %";
  // Where rounding gives the first digit its final place.
  int digits = 1;
  for (double least = 9.995; percent < least && digits < 9; least /= 10)
    ++digits;
  std::string text = formatFixed(percent, digits);
  if (text.find_first_of("123456789") == std::string::npos)
    llvm::raw_string_ostream(text = "") << llvm::format("%.2e", percent);
  return text + " %";
}

std::optional<double> plantool::gapOf(int64_t time, int64_t bound) {
  if (bound > 0)
    return static_cast<double>(time) / static_cast<double>(bound) - 1;
  return time > 0 ? std::nullopt : std::optional(0.0);
}

std::string plantool::formatGap(int64_t time, int64_t bound) {
  std::optional<double> gap = gapOf(time, bound);
  return gap ? formatPercent(*gap) : "unknown";
}

std::string plantool::formatMany(int64_t count, llvm::StringRef noun) {
  return (llvm::Twine(count) + " " + noun + (count == 1 ? "" : "s")).str();
}

std::string plantool::formatCount(int64_t value) {
  std::string text = std::to_string(value);
  for (int at = static_cast<int>(text.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    text.insert(at, ",");
  return text;
}
