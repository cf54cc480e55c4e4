//===- Number.h - One element and what is known of it ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERPRETER_NUMBER_H
#define REMAT_TEST_RANDOM_INTERPRETER_NUMBER_H

#include "mlir/IR/Types.h"
#include "llvm/ADT/APFloat.h"

#include <cmath>
#include <cstdint>
#include <limits>

namespace remat::interpreter {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

/// How many bounds off a correct number may be: bounds are of the first order in the
/// roundings, and other orders of operations have other intermediate values. What a
/// program decides by a number is certain only if it is so this far off.
inline constexpr double slack = 4;

/// What rounding does in a float type.
struct Format {
  const llvm::fltSemantics *semantics = nullptr;
  /// The distance from 1 to the next number.
  double epsilon = 0;
  /// What lies below may be flushed to zero.
  double smallestNormal = 0;
  double largest = 0;

  /// The format of \p type; null if it is no float type that f64 holds.
  static const Format *get(mlir::Type type);
  /// \p value rounded to nearest even.
  double round(double value) const;
};

/// A number of a program. An integer or index uses `bits`, zero-extended from its
/// width; a float number `value`. `error` bounds the distance to what a correct
/// compilation may have in its place; it is 0 or infinity for an integer, infinity
/// meaning that it hangs on rounding, or is undefined.
struct Number {
  union {
    double value = 0;
    uint64_t bits;
  };
  double error = 0;
  /// Of a sum, the sum of the magnitudes of its terms, which any order of the
  /// additions stays below; else the magnitude.
  double magnitude = 0;
  /// Of a sum, the bounds of its terms together, and the number of additions, each of
  /// which may meet the whole magnitude: a small term rounds differently behind a large
  /// one than before it.
  double termErrors = 0;
  uint32_t additions = 0;
  /// Where it stands on the tape; 0: nowhere, it is a constant.
  uint32_t node = 0;
  /// Whether the sign of a zero is certain: that of a sum depends on the order.
  bool hasCertainSign = true;

  static Number fromFloat(double value, double error = 0) {
    Number number;
    number.value = value;
    number.error = error;
    number.magnitude = std::fabs(value);
    return number;
  }
  static Number fromBits(uint64_t bits, bool certain = true) {
    Number number;
    number.bits = bits;
    number.error = certain ? 0 : infinity;
    return number;
  }
  /// Sets a bound that has nothing to do with the terms of a sum.
  void setError(double bound) {
    error = bound;
    additions = 0;
  }
  double getTermErrors() const { return additions == 0 ? error : termErrors; }
  bool isCertain() const { return error != infinity; }
  /// Whether a correct compilation has a number of this sign: that of a zero may depend on an order, that of another
  /// number on rounding.
  bool isSignCertain() const { return value == 0 && error == 0 ? hasCertainSign : std::fabs(value) > slack * error; }
  /// A zero that is certain and constant: a product with it is zero.
  bool isExactZero() const { return value == 0 && error == 0 && node == 0; }
};

/// \p bits of \p width bits as a signed number.
inline int64_t signExtend(uint64_t bits, unsigned width) {
  return width >= 64 ? static_cast<int64_t>(bits) : static_cast<int64_t>(bits << (64 - width)) >> (64 - width);
}

/// The lowest \p width bits.
inline uint64_t truncateBits(uint64_t bits, unsigned width) {
  return width >= 64 ? bits : bits & ((uint64_t(1) << width) - 1);
}

} // namespace remat::interpreter

#endif // REMAT_TEST_RANDOM_INTERPRETER_NUMBER_H
