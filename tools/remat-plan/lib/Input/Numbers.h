//===- Numbers.h - Numbers as they are read and printed ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_NUMBERS_H
#define REMAT_TOOLS_REMAT_PLAN_NUMBERS_H

#include "Json.h"

#include <string>

namespace remat::plantool {

/// The largest power of ten of 64 bits.
inline constexpr int maxPower = 18;

/// Exponents from 0 to maxPower.
int64_t powerOfTen(int exponent);

/// number * 10^exponent, rounded to the nearest whole number; nothing if it does not fit.
std::optional<int64_t> scaleDecimal(const Decimal &number, int exponent);

/// time / scale in decimals, exactly; `scale` is a power of ten. Whole numbers end
/// in ".0", as docs/Contracts.md prints times.
std::string formatTime(int64_t time, int64_t scale);

/// The same without ".0".
std::string formatShortTime(int64_t time, int64_t scale);

/// With `digits` digits behind the point.
std::string formatFixed(double value, int digits);

/// A share in percent with three significant digits: "1.96 %"; nothing but 0 is
/// printed as 0.
std::string formatPercent(double share);

/// By how much of its bound a time is above it; nothing if the bound is 0 and the time is not.
std::optional<double> gapOf(int64_t time, int64_t bound);

/// The same as a percentage, or "unknown".
std::string formatGap(int64_t time, int64_t bound);

/// "1 step", "2 steps".
std::string formatMany(int64_t count, llvm::StringRef noun);

/// With a separator every three digits: "1,949".
std::string formatCount(int64_t value);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_NUMBERS_H
