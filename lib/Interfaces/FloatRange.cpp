//===- FloatRange.cpp - Arithmetic of ranges ------------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FloatRange.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/APFloat.h"

#include <cmath>
#include <limits>

using namespace mlir;
using namespace remat;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// \p value as the nearest number of \p semantics; above the largest it is infinite.
static double roundTo(double value, const llvm::fltSemantics &semantics) {
  if (!std::isfinite(value) || APFloat::semanticsSizeInBits(semantics) >= 64)
    return value;
  APFloat rounded(value);
  bool losesInfo;
  rounded.convert(semantics, APFloat::rmNearestTiesToEven, &losesInfo);
  rounded.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return rounded.convertToDouble();
}

static double toDouble(APFloat value) {
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

FloatRange FloatRange::getUnknown() { return {-infinity, infinity, true}; }

FloatRange FloatRange::getFinite(Type type) {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!element || element.getWidth() > 64)
    return getUnknown();
  double largest = toDouble(APFloat::getLargest(element.getFloatSemantics()));
  return {-largest, largest, false};
}

bool FloatRange::isFinite() const { return !mayBeNaN && std::isfinite(low) && std::isfinite(high); }

bool FloatRange::excludesZero(Type type) const {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!element || element.getWidth() > 64 || mayBeNaN)
    return false;
  double smallest = toDouble(APFloat::getSmallestNormalized(element.getFloatSemantics()));
  return low >= smallest || high <= -smallest;
}

FloatRange FloatRange::round(Type type) const {
  auto element = dyn_cast<FloatType>(getElementTypeOrSelf(type));
  if (!element || element.getWidth() > 64)
    return getUnknown();
  const llvm::fltSemantics &semantics = element.getFloatSemantics();
  return {roundTo(low, semantics), roundTo(high, semantics), mayBeNaN};
}

FloatRange FloatRange::join(const FloatRange &other) const {
  return {std::min(low, other.low), std::max(high, other.high), mayBeNaN || other.mayBeNaN};
}

bool remat::mayBeInfinite(const FloatRange &x) { return x.low == -infinity || x.high == infinity; }

bool remat::containsZero(const FloatRange &x) { return x.low <= 0 && x.high >= 0; }

/// The smallest range with four numbers in it; those that are NaN stand for 0 * infinity
/// or infinity / infinity, whose neighbours may be anything from zero to infinity.
static FloatRange enclose(double a, double b, double c, double d, bool mayBeNaN) {
  FloatRange range{infinity, -infinity, mayBeNaN};
  for (double value : {a, b, c, d}) {
    if (std::isnan(value))
      value = 0;
    range.low = std::min(range.low, value);
    range.high = std::max(range.high, value);
  }
  return range;
}

FloatRange remat::operator-(const FloatRange &x) { return {-x.high, -x.low, x.mayBeNaN}; }

FloatRange remat::operator+(const FloatRange &x, const FloatRange &y) {
  bool cancels = (x.high == infinity && y.low == -infinity) || (x.low == -infinity && y.high == infinity);
  double low = x.low + y.low, high = x.high + y.high;
  return {std::isnan(low) ? -infinity : low, std::isnan(high) ? infinity : high, x.mayBeNaN || y.mayBeNaN || cancels};
}

FloatRange remat::operator*(const FloatRange &x, const FloatRange &y) {
  bool vanishes = (mayBeInfinite(x) && containsZero(y)) || (mayBeInfinite(y) && containsZero(x));
  return enclose(x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high, x.mayBeNaN || y.mayBeNaN || vanishes);
}

FloatRange remat::square(const FloatRange &x) {
  double low = x.low * x.low, high = x.high * x.high;
  return {containsZero(x) ? 0 : std::min(low, high), std::max(low, high), x.mayBeNaN};
}

FloatRange remat::divide(const FloatRange &x, const FloatRange &y, Type type) {
  bool mayBeNaN = x.mayBeNaN || y.mayBeNaN || (mayBeInfinite(x) && mayBeInfinite(y));
  FloatRange withoutNaN{y.low, y.high, false};
  if (withoutNaN.excludesZero(type))
    return enclose(x.low / y.low, x.low / y.high, x.high / y.low, x.high / y.high, mayBeNaN);
  bool isPositive = x.low >= 0 && y.low >= 0;
  return {isPositive ? 0 : -infinity, infinity, mayBeNaN || containsZero(x)};
}
