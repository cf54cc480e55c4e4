//===- Budget.cpp - A memory budget as people write it ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Numbers are kept as exact decimal fractions: "0.1%" of a size is the same
// number of bytes on every machine, which a detour over double would not
// promise.
//
//===----------------------------------------------------------------------===//

#include "remat/Support/Budget.h"

#include <array>
#include <cstdio>
#include <limits>

using namespace remat;

namespace {

__extension__ using WideInt = __int128;

constexpr int64_t maxBytes = std::numeric_limits<int64_t>::max();
/// 10^9: more digits behind the point than any size needs.
constexpr int maxFractionDigits = 9;

/// numerator / denominator, denominator a power of ten.
struct Decimal {
  int64_t numerator = 0;
  int64_t denominator = 1;
};

struct Unit {
  std::string_view name;
  int64_t bytes;
};

constexpr int64_t kibi = 1024;
constexpr std::array<Unit, 10> units = {{{"B", 1},
                                         {"KiB", kibi},
                                         {"MiB", kibi * kibi},
                                         {"GiB", kibi * kibi * kibi},
                                         {"TiB", kibi * kibi * kibi * kibi},
                                         {"kB", 1000},
                                         {"KB", 1000},
                                         {"MB", 1000 * 1000},
                                         {"GB", 1000 * 1000 * 1000},
                                         {"TB", 1000LL * 1000 * 1000 * 1000}}};

/// Why a number is refused that has the form of one.
constexpr std::string_view tooLarge = ", which does not fit into 64 bits";
constexpr std::string_view tooManyDigits = ", which has more than nine digits behind the point";

} // namespace

static bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes a number off the front of \p text; on failure \p reason says why if it is too long.
static bool consumeNumber(std::string_view &text, Decimal &number, std::string_view &reason) {
  size_t position = 0;
  int fractionDigits = 0;
  bool inFraction = false;
  for (; position < text.size(); ++position) {
    char c = text[position];
    if (c == '.' && !inFraction && position > 0) {
      inFraction = true;
      continue;
    }
    if (!isDigit(c))
      break;
    if (inFraction && ++fractionDigits > maxFractionDigits) {
      reason = tooManyDigits;
      return false;
    }
    if (number.numerator > (maxBytes - (c - '0')) / 10) {
      reason = tooLarge;
      return false;
    }
    number.numerator = number.numerator * 10 + (c - '0');
    if (inFraction)
      number.denominator *= 10;
  }
  if (position == 0 || (inFraction && fractionDigits == 0))
    return false;
  text.remove_prefix(position);
  return true;
}

/// That \p text is not \p expected, and why if there is a \p reason.
static std::string describe(std::string_view text, std::string_view expected, std::string_view reason) {
  std::string message = "expects ";
  message += expected;
  message += ", but got '";
  message += text;
  message += "'";
  return message += reason;
}

/// The bytes of a size; else nullopt, as consumeNumber().
static std::optional<int64_t> readByteSize(std::string_view text, std::string_view &reason) {
  Decimal number;
  if (!consumeNumber(text, number, reason))
    return std::nullopt;
  if (text.empty()) {
    if (number.denominator != 1)
      return std::nullopt;
    return number.numerator;
  }
  for (const Unit &unit : units) {
    if (unit.name != text)
      continue;
    WideInt bytes = WideInt(number.numerator) * unit.bytes / number.denominator;
    if (bytes <= maxBytes)
      return static_cast<int64_t>(bytes);
    reason = tooLarge;
  }
  return std::nullopt;
}

std::optional<int64_t> Budget::resolve(int64_t storeAllBytes, int64_t minimumBytes) const {
  switch (kind) {
  case Kind::Unlimited:
    return std::nullopt;
  case Kind::Minimum:
    return minimumBytes;
  case Kind::Bytes:
    return numerator;
  case Kind::Share:
    break;
  }
  WideInt bytes = WideInt(storeAllBytes) * numerator / denominator;
  return bytes > maxBytes ? maxBytes : static_cast<int64_t>(bytes);
}

std::string Budget::str() const {
  switch (kind) {
  case Kind::Unlimited:
    return "unlimited";
  case Kind::Minimum:
    return "min";
  case Kind::Bytes:
    return std::to_string(numerator);
  case Kind::Share:
    break;
  }
  // As many digits behind the point as the denominator has zeros beyond 100: as it was written.
  int digits = 0;
  int64_t scale = 1;
  while (scale < denominator / 100 && digits < maxFractionDigits) {
    scale *= 10;
    ++digits;
  }
  WideInt percent = WideInt(numerator) * 100 * scale / denominator;
  std::string text = std::to_string(static_cast<int64_t>(percent / scale));
  if (digits == 0)
    return text + "%";
  std::string fraction = std::to_string(static_cast<int64_t>(percent % scale));
  return text + "." + std::string(digits - fraction.size(), '0') + fraction + "%";
}

std::string ByteLimit::str() const { return bytes == maxBytes ? "unlimited" : std::to_string(bytes); }

std::optional<Budget> remat::parseBudget(std::string_view text, std::string &error) {
  if (text == "unlimited")
    return Budget::unlimited();
  if (text == "min")
    return Budget::minimum();
  std::string_view reason;
  if (!text.empty() && text.back() == '%') {
    std::string_view rest = text;
    Decimal percent;
    if (consumeNumber(rest, percent, reason) && rest == "%") {
      if (percent.numerator <= maxBytes / 100)
        return Budget::share(percent.numerator, percent.denominator * 100);
      reason = tooLarge;
    }
  } else if (std::optional<int64_t> bytes = readByteSize(text, reason)) {
    return Budget::bytes(*bytes);
  }
  error = describe(text,
                   "a budget in bytes ('4915200', '64MiB'), as a share of the store-all peak ('5%'), 'min' for the "
                   "least that does, or 'unlimited'",
                   reason);
  return std::nullopt;
}

std::optional<int64_t> remat::parseByteSize(std::string_view text, std::string &error) {
  std::string_view reason;
  if (std::optional<int64_t> bytes = readByteSize(text, reason))
    return bytes;
  error = describe(text, "a size in bytes ('4915200', '64MiB')", reason);
  return std::nullopt;
}

std::optional<ByteLimit> remat::parseByteLimit(std::string_view text, std::string &error) {
  if (text == "unlimited")
    return ByteLimit();
  std::string_view reason;
  if (std::optional<int64_t> bytes = readByteSize(text, reason))
    return ByteLimit{*bytes};
  error = describe(text, "bytes ('4915200', '64MiB') or 'unlimited'", reason);
  return std::nullopt;
}

std::string remat::formatByteSize(int64_t bytes) {
  std::string text = std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
  if (bytes < kibi)
    return text;
  const char *suffixes[] = {"KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes) / kibi;
  size_t suffix = 0;
  while (value >= kibi && suffix + 1 < std::size(suffixes)) {
    value /= kibi;
    ++suffix;
  }
  std::array<char, 32> buffer;
  std::snprintf(buffer.data(), buffer.size(), " (%.2f %s)", value, suffixes[suffix]);
  return text + buffer.data();
}
