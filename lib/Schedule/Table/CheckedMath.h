//===- CheckedMath.h - 64-bit arithmetic that notices overflow --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes and counts come from users and from untrusted tables. A Checked value
// behaves like an int64 until a result does not fit; from then on it is
// overflowed, and so is everything computed from it.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_TABLE_CHECKEDMATH_H
#define REMAT_LIB_SCHEDULE_TABLE_CHECKEDMATH_H

#include <cstdint>
#include <optional>

namespace remat::schedule {

class Checked {
public:
  Checked(int64_t number = 0) : value(number) {}

  friend Checked operator+(Checked a, Checked b) {
    Checked result;
    bool over = __builtin_add_overflow(a.value, b.value, &result.value);
    result.overflowed = over || a.overflowed || b.overflowed;
    return result;
  }
  friend Checked operator-(Checked a, Checked b) {
    Checked result;
    bool over = __builtin_sub_overflow(a.value, b.value, &result.value);
    result.overflowed = over || a.overflowed || b.overflowed;
    return result;
  }
  friend Checked operator*(Checked a, Checked b) {
    Checked result;
    bool over = __builtin_mul_overflow(a.value, b.value, &result.value);
    result.overflowed = over || a.overflowed || b.overflowed;
    return result;
  }

  /// Half of an even number.
  Checked half() const {
    Checked result = *this;
    result.value /= 2;
    return result;
  }

  /// The larger one; overflowed if either is.
  friend Checked max(Checked a, Checked b) {
    Checked result = a.value < b.value ? b : a;
    result.overflowed = a.overflowed || b.overflowed;
    return result;
  }

  bool hasOverflowed() const { return overflowed; }

  std::optional<int64_t> get() const {
    if (overflowed)
      return std::nullopt;
    return value;
  }

private:
  int64_t value;
  bool overflowed = false;
};

/// Integer division rounded towards plus infinity; `divisor` > 0.
template <typename Int>
Int ceilDiv(Int value, Int divisor) {
  Int quotient = value / divisor;
  return quotient + (value % divisor > 0 ? 1 : 0);
}

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_TABLE_CHECKEDMATH_H
