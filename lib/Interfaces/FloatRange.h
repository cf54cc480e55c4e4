//===- FloatRange.h - Arithmetic of ranges -------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Exact up to the rounding of f64, which the type at hand then rounds (round()).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_INTERFACES_FLOATRANGE_H
#define REMAT_LIB_INTERFACES_FLOATRANGE_H

#include "remat/Interfaces/FloatRanges.h"

namespace remat {

bool mayBeInfinite(const FloatRange &x);
bool containsZero(const FloatRange &x);

FloatRange operator-(const FloatRange &x);
FloatRange operator+(const FloatRange &x, const FloatRange &y);
/// The product of two values that do not depend on each other.
FloatRange operator*(const FloatRange &x, const FloatRange &y);
/// The product of a value with itself.
FloatRange square(const FloatRange &x);
/// What counts as zero depends on \p type.
FloatRange divide(const FloatRange &x, const FloatRange &y, mlir::Type type);

} // namespace remat

#endif // REMAT_LIB_INTERFACES_FLOATRANGE_H
