//===- FloatLanes.h - f32 and f64 -------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rounding to nearest; the other modes are in DirectedRounding.cpp. A NaN that
// an f32 operation makes is 0x7fffffff. One of f64 is the payload of the first
// operand that is a NaN, quiet, or 0xfff8000000000000 where no operand is one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_FLOATLANES_H
#define REMAT_TEST_STANDIN_FLOATLANES_H

#include "LaneRows.h"

namespace {

template <class F>
struct Format;
template <>
struct Format<float> {
  using Bits = uint32_t;
  static constexpr Bits Sign = 0x80000000u, Exponent = 0x7f800000u, NaN = 0x7fffffffu;
};
template <>
struct Format<double> {
  using Bits = uint64_t;
  static constexpr Bits Sign = Bits(1) << 63, Exponent = Bits(0x7ff) << 52, NaN = Bits(0xfff8) << 48;
  static constexpr Bits Quiet = Bits(1) << 51;
};

template <class F>
inline typename Format<F>::Bits bitsOf(F value) {
  return bitCast<typename Format<F>::Bits>(value);
}

/// Subnormal numbers become zeros of their sign.
template <bool Flush, class F>
inline F flushed(F value) {
  using Bits = typename Format<F>::Bits;
  if (!Flush)
    return value;
  Bits bits = bitsOf(value);
  return bitCast<F>((bits & Format<F>::Exponent) == 0 ? Bits(bits & Format<F>::Sign) : bits);
}

inline float canonical(float value, float, float, float) {
  return value != value ? bitCast<float>(Format<float>::NaN) : value;
}
inline double canonical(double value, double a, double b, double c) {
  uint64_t chosen = a != a   ? bitsOf(a) | Format<double>::Quiet
                    : b != b ? bitsOf(b) | Format<double>::Quiet
                    : c != c ? bitsOf(c) | Format<double>::Quiet
                             : Format<double>::NaN;
  return value != value ? bitCast<double>(chosen) : value;
}

/// An operation of IEEE 754 with the NaNs of PTX.
template <class Op, bool Flush>
struct Arithmetic {
  template <class F>
  static F apply(F a) {
    a = flushed<Flush>(a);
    return flushed<Flush>(canonical(Op::apply(a), a, F(0), F(0)));
  }
  template <class F>
  static F apply(F a, F b) {
    a = flushed<Flush>(a);
    b = flushed<Flush>(b);
    return flushed<Flush>(canonical(Op::apply(a, b), a, b, F(0)));
  }
  template <class F>
  static F apply(F a, F b, F c) {
    a = flushed<Flush>(a);
    b = flushed<Flush>(b);
    c = flushed<Flush>(c);
    return flushed<Flush>(canonical(Op::apply(a, b, c), a, b, c));
  }
};

struct FAdd {
  template <class F>
  static F apply(F a, F b) {
    return a + b;
  }
};
struct FSub {
  template <class F>
  static F apply(F a, F b) {
    return a - b;
  }
};
struct FMul {
  template <class F>
  static F apply(F a, F b) {
    return a * b;
  }
};
struct FDiv {
  template <class F>
  static F apply(F a, F b) {
    return a / b;
  }
};
struct FRcp {
  template <class F>
  static F apply(F a) {
    return F(1) / a;
  }
};
struct FFma {
  static float apply(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  static double apply(double a, double b, double c) { return __builtin_fma(a, b, c); }
};
/// Of the magnitude: LLVM 22 takes a choice between a NaN and the root of a negative number for the root alone, and
/// so loses which NaN it was.
struct FSqrt {
  static float root(float a) { return __builtin_sqrtf(__builtin_fabsf(a)); }
  static double root(double a) { return __builtin_sqrt(__builtin_fabs(a)); }
  template <class F>
  static F apply(F a) {
    using Bits = typename Format<F>::Bits;
    Bits result = bitsOf(root(a)) | (bitsOf(a) & Format<F>::Sign);
    return bitCast<F>(a < 0 ? Bits(Format<F>::NaN) : result);
  }
};

/// Both numbers of a 64-bit register.
template <class Op>
struct FloatPair {
  static float low(uint64_t a) { return bitCast<float>(uint32_t(a)); }
  static float high(uint64_t a) { return bitCast<float>(uint32_t(a >> 32)); }
  static uint64_t join(float low, float high) { return bitsOf(low) | uint64_t(bitsOf(high)) << 32; }
  static uint64_t apply(uint64_t a, uint64_t b) { return join(Op::apply(low(a), low(b)), Op::apply(high(a), high(b))); }
  static uint64_t apply(uint64_t a, uint64_t b, uint64_t c) {
    return join(Op::apply(low(a), low(b), low(c)), Op::apply(high(a), high(b), high(c)));
  }
};

/// The other operand where one is a NaN, or with `Propagate` the canonical NaN; -0 is less than +0.
template <bool Least, bool Propagate, bool Flush>
struct Extremum {
  template <class F>
  static F apply(F a, F b) {
    using Bits = typename Format<F>::Bits;
    a = flushed<Flush>(a);
    b = flushed<Flush>(b);
    bool negative = (bitsOf(a) & Format<F>::Sign) != 0;
    bool first = Least ? a < b || (a == b && negative) : a > b || (a == b && !negative);
    Bits result = first ? bitsOf(a) : bitsOf(b);
    result = a != a ? bitsOf(b) : b != b ? bitsOf(a) : result;
    bool none = Propagate ? a != a || b != b : a != a && b != b;
    return bitCast<F>(none ? Format<F>::NaN : result);
  }
};

/// Signs are bits, but an f64 NaN passes as it is.
template <bool Flush>
struct FNeg {
  static float apply(float a) {
    a = flushed<Flush>(a);
    return bitCast<float>(bitsOf(a) ^ Format<float>::Sign);
  }
  static double apply(double a) { return a != a ? a : bitCast<double>(bitsOf(a) ^ Format<double>::Sign); }
};
template <bool Flush>
struct FAbs {
  static float apply(float a) {
    a = flushed<Flush>(a);
    return bitCast<float>(bitsOf(a) & ~Format<float>::Sign);
  }
  static double apply(double a) { return a != a ? a : bitCast<double>(bitsOf(a) & ~Format<double>::Sign); }
};
/// The sign of the first operand on the second.
struct CopySign {
  template <class F>
  static F apply(F a, F b) {
    return bitCast<F>((bitsOf(a) & Format<F>::Sign) | (bitsOf(b) & ~Format<F>::Sign));
  }
};

struct IsFinite {
  template <class F>
  static bool apply(F a) {
    return (bitsOf(a) & Format<F>::Exponent) != Format<F>::Exponent;
  }
};
struct IsInfinite {
  template <class F>
  static bool apply(F a) {
    return (bitsOf(a) & ~Format<F>::Sign) == Format<F>::Exponent;
  }
};
struct IsNumber {
  template <class F>
  static bool apply(F a) {
    return a == a;
  }
};
struct IsNaN {
  template <class F>
  static bool apply(F a) {
    return a != a;
  }
};
struct IsNormal {
  template <class F>
  static bool apply(F a) {
    return IsFinite::apply(a) && (bitsOf(a) & Format<F>::Exponent) != 0;
  }
};
struct IsSubnormal {
  template <class F>
  static bool apply(F a) {
    return (bitsOf(a) & Format<F>::Exponent) == 0 && a != 0;
  }
};

template <class Op, bool Flush>
struct Ordered {
  template <class F>
  static bool apply(F a, F b) {
    a = flushed<Flush>(a);
    b = flushed<Flush>(b);
    return !(a != a) & !(b != b) & Op::apply(a, b);
  }
};
template <class Op, bool Flush>
struct Unordered {
  template <class F>
  static bool apply(F a, F b) {
    a = flushed<Flush>(a);
    b = flushed<Flush>(b);
    return (a != a) | (b != b) | Op::apply(a, b);
  }
};
struct Always {
  template <class F>
  static bool apply(F, F) {
    return true;
  }
};
struct Never {
  template <class F>
  static bool apply(F, F) {
    return false;
  }
};

} // namespace

#endif // REMAT_TEST_STANDIN_FLOATLANES_H
