//===- ExtentOrigin.h - Where an extent comes from ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_EXTENTORIGIN_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_EXTENTORIGIN_H

#include "remat/Support/LLVM.h"

namespace remat {

/// An extent as it is known first: a constant, a number of the program, or an axis of
/// an array that is made of no other. Two that are equal are the same extent.
class ExtentOrigin {
public:
  /// Of the array \p tensor along \p axis.
  static ExtentOrigin of(Value tensor, int64_t axis);
  /// Of something that is \p size elements long.
  static ExtentOrigin of(OpFoldResult size);

  bool operator==(const ExtentOrigin &other) const { return source == other.source && axis == other.axis; }
  bool operator!=(const ExtentOrigin &other) const { return !(*this == other); }

  /// The number, if it is a constant.
  std::optional<int64_t> getConstant() const;
  /// Whether it is an axis of an array.
  bool isAxis() const { return axis >= 0; }
  /// The number as a value or attribute, which \p builder may have to read.
  OpFoldResult materialize(OpBuilder &builder, Location loc) const;

private:
  ExtentOrigin(OpFoldResult source, int64_t axis) : source(source), axis(axis) {}

  /// A constant or number, or the array that \p axis belongs to.
  OpFoldResult source;
  int64_t axis;
};

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_EXTENTORIGIN_H
