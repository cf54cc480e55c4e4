//===- HalfLanes.h - f16 and bf16 -------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Computed in f64 and rounded once: products of two are exact there, and a sum
// that is not is rounded to odd, so that the second rounding sees on which side
// of every midpoint the true sum lies (53 bits are more than 11 + 2).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_HALFLANES_H
#define REMAT_TEST_STANDIN_HALFLANES_H

#include "FloatLanes.h"

namespace {

/// What f16 and bf16 differ in: bits of the fraction, and the exponent of the least normal number.
template <unsigned Fraction, int LeastExponent>
struct HalfFormat {
  static constexpr uint16_t Sign = 0x8000, NaN = 0x7fff;
  static constexpr uint16_t Exponent = uint16_t(0x7fffu >> Fraction << Fraction);
  static constexpr unsigned Dropped = 52 - Fraction;
  /// A biased exponent of f64 less this is one of the half.
  static constexpr uint64_t Rebias = uint64_t(1022 + LeastExponent);
  static constexpr uint64_t LeastNormal = uint64_t(1023 + LeastExponent) << 52;
  /// Added to a subnormal number, it rounds at the least bit there is.
  static constexpr uint64_t Magic = uint64_t(1023 + LeastExponent + int(Dropped)) << 52;

  static uint16_t round(double value) {
    uint64_t bits = bitsOf(value), magnitude = bits & ~Format<double>::Sign;
    uint64_t normal = ((magnitude + ((uint64_t(1) << (Dropped - 1)) - 1) + (magnitude >> Dropped & 1)) >> Dropped) -
                      (Rebias << Fraction);
    uint64_t subnormal = bitsOf(bitCast<double>(magnitude) + bitCast<double>(Magic)) - Magic;
    uint64_t result = magnitude < LeastNormal ? subnormal : normal;
    result = magnitude >= LeastNormal && normal > Exponent ? uint64_t(Exponent) : result;
    result = (bits >> 48 & Sign) | result;
    return value != value ? NaN : uint16_t(result);
  }
};

struct F16 : HalfFormat<10, -14> {
  static float value(uint16_t half) {
    uint32_t magnitude = half & 0x7fffu;
    // The fraction and exponent of f32, 112 powers of two too small.
    float number = bitCast<float>(magnitude << 13) * 0x1p112f;
    uint32_t bits = magnitude >= 0x7c00 ? magnitude << 13 | 0x7f800000u : bitsOf(number);
    return bitCast<float>(bits | uint32_t(half & 0x8000u) << 16);
  }
};

struct BF16 : HalfFormat<7, -126> {
  static float value(uint16_t half) { return bitCast<float>(uint32_t(half) << 16); }
};

template <bool Flush, class H>
inline uint16_t flushedHalf(uint16_t half) {
  return Flush && (half & H::Exponent) == 0 ? half & H::Sign : half;
}

/// a + b, rounded to odd where it is not exact.
inline double sumToOdd(double a, double b) {
  double sum = a + b, part = sum - a;
  double error = (a - (sum - part)) + (b - part);
  uint64_t bits = bitsOf(sum);
  // The sum and its error on the same side of zero: the truth is further out.
  uint64_t odd = (error > 0) == (sum > 0) ? bits + 1 : bits - 1;
  bool inexact = (error < 0) | (error > 0);
  return bitCast<double>((inexact & !(bits & 1)) ? odd : bits);
}

struct HAdd {
  static double apply(double a, double b) { return sumToOdd(a, b); }
};
struct HSub {
  static double apply(double a, double b) { return sumToOdd(a, -b); }
};
struct HMul {
  static double apply(double a, double b) { return a * b; }
};
struct HFma {
  static double apply(double a, double b, double c) { return sumToOdd(a * b, c); }
};

template <class H, class Op, bool Flush = false>
struct HalfArithmetic {
  static uint16_t apply(uint16_t a, uint16_t b) {
    return flushedHalf<Flush, H>(
        H::round(Op::apply(H::value(flushedHalf<Flush, H>(a)), H::value(flushedHalf<Flush, H>(b)))));
  }
  static uint16_t apply(uint16_t a, uint16_t b, uint16_t c) {
    return flushedHalf<Flush, H>(H::round(Op::apply(
        H::value(flushedHalf<Flush, H>(a)), H::value(flushedHalf<Flush, H>(b)), H::value(flushedHalf<Flush, H>(c)))));
  }
};

template <class H, bool Least, bool Propagate, bool Flush = false>
struct HalfExtremum {
  static uint16_t apply(uint16_t a, uint16_t b) {
    a = flushedHalf<Flush, H>(a);
    b = flushedHalf<Flush, H>(b);
    float x = H::value(a), y = H::value(b);
    bool negative = (a & H::Sign) != 0;
    bool first = Least ? x < y || (x == y && negative) : x > y || (x == y && !negative);
    uint16_t result = first ? a : b;
    result = x != x ? b : y != y ? a : result;
    bool none = Propagate ? x != x || y != y : x != x && y != y;
    return none ? H::NaN : result;
  }
};

template <class H, bool Flush = false>
struct HalfNeg {
  static uint16_t apply(uint16_t a) { return flushedHalf<Flush, H>(a) ^ H::Sign; }
};
template <class H, bool Flush = false>
struct HalfAbs {
  static uint16_t apply(uint16_t a) { return flushedHalf<Flush, H>(a) & ~H::Sign; }
};

/// A comparison of f32 on halves, which are f32 numbers.
template <class H, class Op, bool Flush = false>
struct HalfCompare {
  static bool apply(uint16_t a, uint16_t b) {
    return Op::apply(H::value(flushedHalf<Flush, H>(a)), H::value(flushedHalf<Flush, H>(b)));
  }
};

struct F16ToF32 {
  static float apply(uint16_t a) { return canonical(F16::value(a), 0.0f, 0.0f, 0.0f); }
};
struct BF16ToF32 {
  static float apply(uint16_t a) { return canonical(BF16::value(a), 0.0f, 0.0f, 0.0f); }
};
template <class H>
struct RoundToHalf {
  template <class F>
  static uint16_t apply(F a) {
    return H::round(double(a));
  }
};
/// `cvt.rn.bf16x2.f32 d, a, b`: the first source is the upper half.
template <class H>
struct RoundToPair {
  static uint32_t apply(float a, float b) { return uint32_t(H::round(a)) << 16 | H::round(b); }
};
template <class F>
struct ToFloat {
  template <class A>
  static F apply(A a) {
    return F(a);
  }
};
struct F64ToF32 {
  static float apply(double a) { return canonical(float(a), 0.0f, 0.0f, 0.0f); }
};

} // namespace

#endif // REMAT_TEST_STANDIN_HALFLANES_H
