//===- ScaledReading.h - Problems whose times may be fractions --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Times may be fractions in a file and are whole numbers in the library, where
// bounds are exact. All times of a problem are multiplied by the smallest power of
// ten that makes them whole, if their sums then fit in 64 bits; a first round finds
// it. Else they are rounded, by the largest power with which they fit a thousand
// times, so that plans that compute again fit too.
//
// What is wrong with a problem as a whole, the library says without knowing of
// files; which part of the file it is, the readers find by trying beginnings.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_SCALEDREADING_H
#define REMAT_TOOLS_REMAT_PLAN_SCALEDREADING_H

#include "Diagnostics.h"
#include "JsonFields.h"
#include "Numbers.h"
#include "remat/Schedule/EqualChain.h"

#include <algorithm>

namespace remat::plantool {

/// The length of the shortest beginning of \p count things that is wrong, where none
/// of them is right, all of them are wrong, and what goes on with a wrong one is wrong.
template <typename IsWrong>
size_t findShortest(size_t count, IsWrong isWrong) {
  size_t right = 0, wrong = count;
  while (wrong - right > 1) {
    size_t middle = right + (wrong - right) / 2;
    (isWrong(middle) ? wrong : right) = middle;
  }
  return wrong;
}

/// The digits behind the point to read times with, where \p needed would be exact.
/// `fits` says whether times and their sums fit with so many digits.
template <typename Fits>
int chooseFraction(int64_t needed, Fits fits) {
  constexpr int most = maxPower, spare = 3;
  if (needed <= most && fits(static_cast<int>(needed)))
    return static_cast<int>(needed);
  if (!fits(spare))
    return 0;
  size_t choices = static_cast<size_t>(std::min<int64_t>(needed, most)) + 1;
  return static_cast<int>(
             findShortest(choices, [&](size_t digits) { return !fits(static_cast<int>(digits) + spare); })) -
         1;
}

/// What times were rounded to, or nothing if they were not.
std::string describeRounding(const TimeUnit &unit);

/// Reads a document by a `Reader` that is made from a report and a number of decimal
/// digits, and has read(JsonValue, Input &) and getTimeUnit(). `Input` has validate().
template <typename Reader, typename Input>
llvm::Expected<Input> readScaled(llvm::StringRef text, llvm::StringRef file, bool printWarnings) {
  JsonDocument document;
  std::string message;
  unsigned line = 0;
  if (!document.parse(text, message, line))
    return makeInputError(file, line, message);
  TimeUnit unit;
  auto readWith = [&](int fraction, bool isLast, Input &input) {
    JsonReport report(file, isLast && printWarnings);
    Reader reader(report, fraction);
    (void)reader.read(document.getRoot(), input);
    unit = reader.getTimeUnit();
    return report.takeError();
  };
  Input whole;
  if (llvm::Error error = readWith(0, /*isLast=*/false, whole))
    return std::move(error);
  int fraction = chooseFraction(unit.needed, [&](int digits) {
    Input input;
    // What is wrong but for times has been found.
    llvm::consumeError(readWith(digits, /*isLast=*/false, input));
    return !unit.hasOverflowed && input.validate().status != schedule::Status::Overflow;
  });
  Input input;
  if (llvm::Error error = readWith(fraction, /*isLast=*/true, input))
    return std::move(error);
  std::string rounding = describeRounding(unit);
  if (printWarnings && !rounding.empty() && input.validate().ok())
    warn(file, document.getRoot().getLine(), rounding);
  return input;
}

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_SCALEDREADING_H
