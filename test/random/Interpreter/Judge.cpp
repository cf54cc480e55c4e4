//===- Judge.cpp - Whether results are right ----------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Datum.h"
#include "Interpreter.h"

#include "llvm/Support/FormatVariadic.h"

using namespace remat::interpreter;

/// Whether \p given is as near to \p expected as the bound says.
static bool isNear(double given, double expected, double error) {
  if (error == infinity)
    return true;
  if (std::isnan(expected))
    return std::isnan(given);
  if (std::isinf(expected))
    return given == expected;
  if (error == 0)
    return given == expected && std::signbit(given) == std::signbit(expected);
  return std::fabs(given - expected) <= slack * error;
}

static std::string formatPosition(int64_t element, llvm::ArrayRef<int64_t> shape) {
  std::string text;
  Shape strides = getStrides(shape);
  for (int64_t stride : strides) {
    text += (text.empty() ? "[" : ", ") + std::to_string(element / stride);
    element %= stride;
  }
  return text.empty() ? "" : text + "]";
}

std::optional<std::string> remat::interpreter::judge(llvm::ArrayRef<Array> results, const Outcome &own,
                                                     const Outcome *f64) {
  if (results.size() != own.results.size())
    return llvm::formatv("{0} results where {1} are expected", results.size(), own.results.size()).str();
  for (size_t number = 0; number < results.size(); ++number) {
    const Array &given = results[number], &expected = own.results[number];
    if (given.elementType != expected.elementType || given.shape != expected.shape ||
        given.bytes.size() != expected.bytes.size())
      return llvm::formatv("result {0} is {1}, expected {2}", number, describe(given.shape, given.elementType),
                           describe(expected.shape, expected.elementType))
          .str();
    const Format *format = Format::get(given.elementType);
    unsigned bytes = getByteSize(given.elementType);
    for (int64_t element = 0; element < given.getNumElements(); ++element) {
      Number is = load(given.elementType, given.bytes.data() + element * bytes);
      Number should = load(given.elementType, expected.bytes.data() + element * bytes);
      double error = own.errors[number][element];
      if (!format) {
        // A byte of an i1 that is neither 0 nor 1 is wrong, too.
        bool equal = std::equal(given.bytes.begin() + element * bytes, given.bytes.begin() + (element + 1) * bytes,
                                expected.bytes.begin() + element * bytes);
        if (!equal && error == 0)
          return llvm::formatv("result {0}{1} is {2}, expected {3}", number, formatPosition(element, given.shape),
                               signExtend(is.bits, getIntegerWidth(given.elementType)),
                               signExtend(should.bits, getIntegerWidth(given.elementType)))
              .str();
        continue;
      }
      if (isNear(is.value, should.value, error))
        continue;
      if (f64 && !f64->failed) {
        Number exact = load(given.elementType, f64->results[number].bytes.data() + element * bytes);
        if (f64->errors[number][element] > 0 &&
            isNear(is.value, exact.value, f64->errors[number][element] + format->epsilon * std::fabs(exact.value)))
          continue;
      }
      return llvm::formatv("result {0}{1} is {2:e9}, expected {3:e9} within {4:e2}", number,
                           formatPosition(element, given.shape), is.value, should.value, slack * error)
          .str();
    }
  }
  return std::nullopt;
}
