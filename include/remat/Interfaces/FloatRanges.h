//===- FloatRanges.h - What floats can be --------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An adjoint multiplies cotangents by factors, and 0 * infinity is NaN: where a
// factor may be infinite, the product has to be a strong one. Most factors are not,
// and to know it costs nothing at run time. The ranges here are those of the
// numbers as they are rounded, so that f * c + 1 with f in [0, 1] is as finite as c.
//
// What the program is given (arguments of functions, and so what loops read of them)
// counts as finite, and so does a sum over an extent of products of finite numbers:
// a network whose sums overflow has lost its values as well.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_FLOATRANGES_H
#define REMAT_INTERFACES_FLOATRANGES_H

#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

namespace remat {

/// The range of the elements of a float or of a tensor of floats.
struct FloatRange {
  double low = 0, high = 0;
  bool mayBeNaN = false;

  /// Nothing is known.
  static FloatRange getUnknown();
  /// Any number of \p type, infinities and NaN excepted.
  static FloatRange getFinite(mlir::Type type);

  /// True if no element is infinite or NaN.
  bool isFinite() const;
  /// True if no element is zero, or so small that it counts as zero.
  bool excludesZero(mlir::Type type) const;
  /// This range after its numbers were rounded to \p type.
  FloatRange round(mlir::Type type) const;
  /// The smallest range with this one and \p other in it.
  FloatRange join(const FloatRange &other) const;
};

/// Finds ranges from the operations that make values, and remembers them.
class FloatRanges {
public:
  FloatRange get(mlir::Value value);

  /// Takes \p range for the range of \p value, whatever makes it.
  void assume(mlir::Value value, FloatRange range) { assumed[value] = range; }

  /// Forgets what was found out, not what is assumed. Needed when an operation is
  /// erased: another one may get its address.
  void forget() { known.clear(); }

private:
  /// The values whose ranges compute() needs.
  static llvm::SmallVector<mlir::Value> getInputs(mlir::Value value);
  FloatRange compute(mlir::Value value);

  llvm::DenseMap<mlir::Value, FloatRange> assumed, known;
};

} // namespace remat

#include "remat/Interfaces/FloatRangeInterface.h.inc"

#endif // REMAT_INTERFACES_FLOATRANGES_H
