//===- Conversion.cpp - cvt -----------------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A number is taken apart into sign, magnitude and exponent and rounded once,
// in integers, so that no conversion inherits the host's.
//
//===----------------------------------------------------------------------===//

#include "Scalars.h"

#include <cstring>

using namespace remat::standin;

namespace {

__extension__ typedef unsigned __int128 Wide;

/// What the encodings of floating-point types differ in.
struct Encoding {
  int fraction, leastExponent, greatestExponent;
  uint64_t nan;

  unsigned signBit() const { return fraction + (greatestExponent == 127 ? 8 : greatestExponent == 15 ? 5 : 11); }
  uint64_t infinity() const { return (uint64_t(1) << signBit()) - (uint64_t(1) << fraction); }
};

/// A finite number: (-1)^negative * magnitude * 2^exponent.
struct Number {
  bool negative = false;
  uint64_t magnitude = 0;
  int exponent = 0;
};

} // namespace

static Encoding encodingOf(Type type) {
  if (type.kind == TypeClass::BFloat)
    return {7, -126, 127, 0x7fff};
  if (type.bytes == 2)
    return {10, -14, 15, 0x7fff};
  if (type.bytes == 4)
    return {23, -126, 127, 0x7fffffff};
  return {52, -1022, 1023, uint64_t(0xfff8) << 48};
}

/// magnitude / 2^shift, rounded.
static Wide shiftRounded(Wide magnitude, int shift, bool negative, Rounding rounding) {
  if (shift <= 0)
    return magnitude << -shift;
  Wide quotient = shift < 128 ? magnitude >> shift : 0;
  Wide rest = shift < 128 ? magnitude - (quotient << shift) : magnitude;
  if (rest == 0)
    return quotient;
  bool up = false;
  switch (rounding) {
  case Rounding::Nearest: {
    // Beyond 64 bits the magnitude is less than a half.
    Wide half = shift <= 127 ? Wide(1) << (shift - 1) : 0;
    up = shift <= 127 && (rest > half || (rest == half && (quotient & 1)));
    break;
  }
  case Rounding::Zero:
    break;
  case Rounding::Down:
    up = negative;
    break;
  case Rounding::Up:
    up = !negative;
    break;
  }
  return quotient + up;
}

static uint64_t encode(const Encoding &format, const Number &number, Rounding rounding) {
  uint64_t sign = uint64_t(number.negative) << format.signBit();
  if (number.magnitude == 0)
    return sign;
  int top = 63 - __builtin_clzll(number.magnitude) + number.exponent;
  int exponent = top < format.leastExponent ? format.leastExponent : top;
  uint64_t quotient =
      shiftRounded(number.magnitude, exponent - format.fraction - number.exponent, number.negative, rounding);
  if (quotient >> (format.fraction + 1)) {
    quotient >>= 1;
    ++exponent;
  }
  if (exponent > format.greatestExponent) {
    bool toInfinity = rounding == Rounding::Nearest || rounding == (number.negative ? Rounding::Down : Rounding::Up);
    return sign | (format.infinity() - !toInfinity);
  }
  // The leading bit of a normal number counts the exponent up by one.
  return sign | ((uint64_t(exponent - format.leastExponent) << format.fraction) + quotient);
}

static Number decode(const Encoding &format, uint64_t bits) {
  Number result;
  result.negative = bits >> format.signBit() & 1;
  uint64_t fraction = bits & ((uint64_t(1) << format.fraction) - 1);
  uint64_t biased = (bits & format.infinity()) >> format.fraction;
  result.magnitude = fraction | uint64_t(biased != 0) << format.fraction;
  result.exponent = format.leastExponent - format.fraction + (biased ? int(biased) - 1 : 0);
  return result;
}

static bool isFlushed(Type type, uint64_t bits) {
  return type == Type{TypeClass::Float, 4} && (bits & 0x7f800000) == 0;
}

static uint64_t saturated(const Encoding &format, uint64_t bits) {
  uint64_t one = uint64_t(format.greatestExponent) << format.fraction;
  uint64_t sign = uint64_t(1) << format.signBit();
  if ((bits & ~sign) > format.infinity() || (bits & sign))
    return 0;
  return bits < one ? bits : one;
}

static uint64_t floatToFloat(const Conversion &c, uint64_t bits) {
  Encoding from = encodingOf(c.from), to = encodingOf(c.to);
  uint64_t sign = uint64_t(1) << from.signBit();
  uint64_t result;
  if ((bits & ~sign) > from.infinity()) {
    // Only f64 keeps what a NaN carries.
    bool wide = c.to.bytes == 8;
    uint64_t payload = (bits & ((uint64_t(1) << from.fraction) - 1)) << (52 - from.fraction);
    result = wide ? uint64_t(bits >> from.signBit() & 1) << 63 | to.infinity() | uint64_t(1) << 51 | payload : to.nan;
  } else if ((bits & ~sign) == from.infinity()) {
    result = uint64_t((bits & sign) != 0) << to.signBit() | to.infinity();
  } else {
    if (c.flush && isFlushed(c.from, bits))
      bits &= sign;
    Number number = decode(from, bits);
    if (c.integral && number.exponent < 0) {
      number.magnitude = shiftRounded(number.magnitude, -number.exponent, number.negative, c.rounding);
      number.exponent = 0;
    }
    result = encode(to, number, c.rounding);
  }
  if (c.saturate)
    result = saturated(to, result);
  if (c.flush && isFlushed(c.to, result))
    result &= uint64_t(1) << to.signBit();
  return result;
}

static uint64_t integerLimit(Type type, bool negative) {
  unsigned width = 8 * type.bytes;
  if (type.kind != TypeClass::Signed)
    return negative ? 0 : ~uint64_t(0) >> (64 - width);
  return negative ? ~uint64_t(0) << (width - 1) : ~uint64_t(0) >> (65 - width);
}

static uint64_t floatToInteger(const Conversion &c, uint64_t bits) {
  Encoding from = encodingOf(c.from);
  uint64_t sign = uint64_t(1) << from.signBit();
  bool negative = (bits & sign) != 0;
  if ((bits & ~sign) > from.infinity())
    return c.from.bytes != 8 && c.to.bytes != 8 ? 0 : uint64_t(1) << (8 * c.to.bytes - 1);
  if ((bits & ~sign) == from.infinity())
    return integerLimit(c.to, negative);
  if (c.flush && isFlushed(c.from, bits))
    return 0;
  Number number = decode(from, bits);
  if (number.magnitude && 64 - __builtin_clzll(number.magnitude) + number.exponent > 65)
    return integerLimit(c.to, negative);
  Wide magnitude = shiftRounded(number.magnitude, -number.exponent, negative, c.rounding);
  if (negative && c.to.kind != TypeClass::Signed)
    return 0;
  Wide limit = negative ? Wide(1) << (8 * c.to.bytes - 1) : Wide(integerLimit(c.to, false));
  uint64_t value = magnitude < limit ? uint64_t(magnitude) : uint64_t(limit);
  return negative ? -value : value;
}

static uint64_t integerToFloat(const Conversion &c, uint64_t bits) {
  Number number;
  number.negative = c.from.kind == TypeClass::Signed && int64_t(bits) < 0;
  number.magnitude = number.negative ? -bits : bits;
  Encoding to = encodingOf(c.to);
  uint64_t result = encode(to, number, c.rounding);
  return c.saturate ? saturated(to, result) : result;
}

static uint64_t integerToInteger(const Conversion &c, uint64_t bits) {
  if (!c.saturate)
    return bits;
  bool negative = c.from.kind == TypeClass::Signed && int64_t(bits) < 0;
  if (negative) {
    if (c.to.kind != TypeClass::Signed)
      return 0;
    int64_t least = int64_t(integerLimit(c.to, true));
    return int64_t(bits) < least ? uint64_t(least) : bits;
  }
  uint64_t greatest = integerLimit(c.to, false);
  return bits > greatest ? greatest : bits;
}

/// The low bytes, extended as the type says.
static uint64_t extend(Type type, uint64_t bits) {
  unsigned drop = 64 - 8 * type.bytes;
  return type.kind == TypeClass::Signed ? uint64_t(int64_t(bits << drop) >> drop) : bits << drop >> drop;
}

uint64_t remat::standin::convert(const Conversion &conversion, uint64_t bits) {
  bits = extend(conversion.from, bits);
  uint64_t result;
  if (conversion.from.isFloat())
    result = conversion.to.isFloat() ? floatToFloat(conversion, bits) : floatToInteger(conversion, bits);
  else
    result = conversion.to.isFloat() ? integerToFloat(conversion, bits) : integerToInteger(conversion, bits);
  return extend(conversion.to, result);
}

static uint32_t packType(Type type) { return uint32_t(type.kind) << 2 | __builtin_ctz(type.bytes); }
static Type unpackType(uint32_t word) { return {TypeClass(word >> 2 & 7), uint8_t(1 << (word & 3))}; }

uint32_t Conversion::pack() const {
  return packType(from) | packType(to) << 5 | uint32_t(rounding) << 10 | uint32_t(integral) << 12 |
         uint32_t(flush) << 13 | uint32_t(saturate) << 14 | uint32_t(__builtin_ctz(fromRegister)) << 15 |
         uint32_t(__builtin_ctz(toRegister)) << 17;
}

Conversion Conversion::unpack(uint32_t word) {
  Conversion result;
  result.from = unpackType(word);
  result.to = unpackType(word >> 5);
  result.rounding = Rounding(word >> 10 & 3);
  result.integral = word >> 12 & 1;
  result.flush = word >> 13 & 1;
  result.saturate = word >> 14 & 1;
  result.fromRegister = 1 << (word >> 15 & 3);
  result.toRegister = 1 << (word >> 17 & 3);
  return result;
}

void remat::standin::convertLanes(const Rows &rows, char *registers, uint32_t mask) {
  Conversion conversion = Conversion::unpack(rows.variant);
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    if (!(mask >> lane & 1))
      continue;
    uint64_t bits = 0;
    std::memcpy(&bits, registers + rows.sources[0] + lane * conversion.fromRegister, conversion.fromRegister);
    uint64_t result = convert(conversion, bits);
    std::memcpy(registers + rows.destination + lane * conversion.toRegister, &result, conversion.toRegister);
  }
}
