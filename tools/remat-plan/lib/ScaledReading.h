//===- ScaledReading.h - Problems whose times may be fractions --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Times may be fractions in a file and are whole numbers in the library, where
// bounds are exact. All times of a problem are multiplied by the smallest power of
// ten, up to 10^9, that makes them whole: a first round finds it.
//
// What is wrong with a problem as a whole, the library says without knowing of
// files; which part of the file it is, the readers find by trying beginnings.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_SCALEDREADING_H
#define REMAT_TOOLS_REMAT_PLAN_SCALEDREADING_H

#include "Diagnostics.h"
#include "JsonFields.h"

namespace remat::plantool {

/// Reads a document by a `Reader` that is made from a report and a number of
/// decimal digits, and has read(JsonValue, Input &) and getNeededFraction().
template <typename Reader, typename Input>
llvm::Expected<Input> readScaled(llvm::StringRef text, llvm::StringRef file, bool printWarnings) {
  JsonDocument document;
  std::string message;
  unsigned line = 0;
  if (!document.parse(text, message, line))
    return makeInputError(file, line, message);
  JsonReport quiet(file, /*printWarnings=*/false);
  Reader probe(quiet, 0);
  Input unscaled;
  (void)probe.read(document.getRoot(), unscaled);
  if (llvm::Error error = quiet.takeError())
    return std::move(error);

  JsonReport report(file, printWarnings);
  Reader reader(report, probe.getNeededFraction());
  Input input;
  (void)reader.read(document.getRoot(), input);
  if (llvm::Error error = report.takeError())
    return std::move(error);
  return input;
}

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

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_SCALEDREADING_H
