//===- SumLoops.h - The loops of a reduction ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The order of docs/Sums.md as code, for kernels of all targets. Values are what one
// result is made of: a scalar, or a vector of lanes.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_KERNELS_SUMLOOPS_H
#define REMAT_LIB_TARGET_KERNELS_SUMLOOPS_H

#include "KernelBuilder.h"
#include "remat/Dialect/Linalg/Reduction.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace remat {

class SumLoops {
public:
  SumLoops(KernelBuilder &builder, linalg::GenericOp op, const Reduction &reduction)
      : b(builder), op(op), reduction(reduction), extents(getExtents(builder, op)), point(op.getNumLoops()) {}

protected:
  /// Calls the body with the sums so far; it returns the next ones.
  using Body = function_ref<SmallVector<Value>(ValueRange)>;
  /// Combines the values at `first` to `first + count` of the vector dimension with the
  /// lanes so far.
  using LaneBody = function_ref<SmallVector<Value>(OpFoldResult first, OpFoldResult count, ValueRange lanes)>;

  /// combine(lhs, rhs).
  Value emitCombine(const Combiner &combiner, Value lhs, Value rhs);
  SmallVector<Value> emitCombineAll(ArrayRef<Value> lhs, ArrayRef<Value> rhs);
  /// What leaves the other operand as it is: scalars, or vectors of \p lanes lanes.
  SmallVector<Value> createNeutral(int64_t lanes);

  /// Loops over \p dims around \p body.
  SmallVector<Value> sumOver(ArrayRef<unsigned> dims, int64_t lanes, ValueRange init, Body body);
  /// The loop along the vector dimension, of which each iteration takes a value in each
  /// of 16 lanes. The lanes are in vectors of \p lanes lanes, or one is a scalar.
  SmallVector<Value> sumAlongVector(int64_t lanes, ValueRange init, LaneBody body);

  /// The values of all block arguments at the point, as sums \p carried stand: body and
  /// combination of one iteration.
  SmallVector<Value> emitScalarBody(ValueRange carried);

  std::optional<int64_t> getSize(unsigned dim) const { return getConstantIntValue(extents[dim]); }

  KernelBuilder &b;
  linalg::GenericOp op;
  const Reduction &reduction;
  SmallVector<OpFoldResult> extents;
  /// The values of the loops that are open.
  SmallVector<Value> point;
};

} // namespace remat

#endif // REMAT_LIB_TARGET_KERNELS_SUMLOOPS_H
