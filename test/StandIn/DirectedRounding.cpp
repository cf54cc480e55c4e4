//===- DirectedRounding.cpp - f32 and f64 in every rounding mode ----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mode is set in the processor, around one operation at a time. Compiled
// with -frounding-math: nothing moves over the change of the mode.
//
//===----------------------------------------------------------------------===//

#include "Scalars.h"

#include <cfenv>
#include <cmath>
#include <cstring>

using namespace remat::standin;

namespace {

template <class F>
struct Bits;
template <>
struct Bits<float> {
  using Type = uint32_t;
  static constexpr Type Sign = 0x80000000u, Exponent = 0x7f800000u, NaN = 0x7fffffffu;
};
template <>
struct Bits<double> {
  using Type = uint64_t;
  static constexpr Type Sign = Type(1) << 63, Exponent = Type(0x7ff) << 52, NaN = Type(0xfff8) << 48;
};

} // namespace

template <class F>
static typename Bits<F>::Type bitsOf(F value) {
  typename Bits<F>::Type bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

template <class F>
static F fromBits(typename Bits<F>::Type bits) {
  F value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

template <class F>
static F flushed(F value) {
  auto bits = bitsOf(value);
  return (bits & Bits<F>::Exponent) == 0 ? fromBits<F>(bits & Bits<F>::Sign) : value;
}

/// Volatile operands and results keep the operation between the two changes of the mode.
template <class F>
static F rounded(RoundedArithmetic::Operation operation, F x, F y, F z) {
  volatile F a = x, b = y, c = z, result = 0;
  switch (operation) {
  case RoundedArithmetic::Add:
    result = a + b;
    break;
  case RoundedArithmetic::Sub:
    result = a - b;
    break;
  case RoundedArithmetic::Mul:
    result = a * b;
    break;
  case RoundedArithmetic::Div:
    result = a / b;
    break;
  case RoundedArithmetic::Fma:
    result = std::fma(F(a), F(b), F(c));
    break;
  case RoundedArithmetic::Rcp:
    result = F(1) / a;
    break;
  case RoundedArithmetic::Sqrt:
    result = std::sqrt(F(a));
    break;
  }
  return result;
}

template <class F>
static F compute(const RoundedArithmetic &variant, F a, F b, F c) {
  static constexpr int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
  F operands[3] = {a, b, c};
  if (variant.flush)
    for (F &operand : operands)
      operand = flushed(operand);
  std::fesetround(modes[unsigned(variant.rounding)]);
  F result = rounded(variant.operation, operands[0], operands[1], operands[2]);
  std::fesetround(FE_TONEAREST);
  if (result != result) {
    if (variant.saturate)
      return 0;
    if (sizeof(F) == 8)
      for (F operand : operands)
        if (operand != operand)
          return fromBits<F>(bitsOf(operand) | (Bits<F>::NaN & ~Bits<F>::Sign));
    return fromBits<F>(Bits<F>::NaN);
  }
  if (variant.flush)
    result = flushed(result);
  if (variant.saturate)
    result = std::signbit(result) ? F(0) : result < 1 ? result : F(1);
  return result;
}

template <class F>
static void loop(const Rows &rows, char *registers, uint32_t mask) {
  RoundedArithmetic variant = RoundedArithmetic::unpack(rows.variant);
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    F values[3];
    for (unsigned source = 0; source < 3; ++source)
      std::memcpy(&values[source], registers + rows.sources[source] + lane * sizeof(F), sizeof(F));
    // Operations of fewer operands have the first one in place of the others.
    F result = compute(variant, values[0], values[1], values[2]);
    std::memcpy(registers + rows.destination + lane * sizeof(F), &result, sizeof(F));
  }
}

uint32_t RoundedArithmetic::pack() const {
  return uint32_t(operation) | uint32_t(isDouble) << 3 | uint32_t(rounding) << 4 | uint32_t(flush) << 6 |
         uint32_t(saturate) << 7;
}

RoundedArithmetic RoundedArithmetic::unpack(uint32_t word) {
  RoundedArithmetic result;
  result.operation = Operation(word & 7);
  result.isDouble = word >> 3 & 1;
  result.rounding = Rounding(word >> 4 & 3);
  result.flush = word >> 6 & 1;
  result.saturate = word >> 7 & 1;
  return result;
}

void remat::standin::roundedLanes(const Rows &rows, char *registers, uint32_t mask) {
  if (RoundedArithmetic::unpack(rows.variant).isDouble)
    loop<double>(rows, registers, mask);
  else
    loop<float>(rows, registers, mask);
}
