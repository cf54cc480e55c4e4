//===- KernelBuilder.h - Helpers that emit kernels ------------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A builder for the few shapes of code that kernels of all targets are made of: folded
// index arithmetic, loops that vanish when they run once, access to a linalg
// operand at a point of the iteration space, and the split of a dimension into
// full vectors and a tail.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_KERNELS_KERNELBUILDER_H
#define REMAT_LIB_TARGET_KERNELS_KERNELBUILDER_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/DenseMap.h"

namespace remat {

/// A run of `lanes` consecutive points along the vector dimension. With a mask,
/// only the leading lanes whose bit is set exist. A block of one lane may be
/// accessed with any stride.
struct VectorBlock {
  Value start;
  int64_t lanes = 1;
  Value mask;
};

class KernelBuilder : public ImplicitLocOpBuilder {
public:
  /// A builder that inserts before \p op.
  explicit KernelBuilder(Operation *op);

  //===--- Index arithmetic, folded -------------------------------------------===//

  Value index(int64_t value);
  Value index(OpFoldResult value);
  Value add(Value lhs, Value rhs);
  Value add(Value lhs, int64_t rhs) { return rhs == 0 ? lhs : add(lhs, index(rhs)); }
  Value sub(Value lhs, Value rhs);
  Value mul(Value lhs, int64_t rhs);
  Value min(Value lhs, Value rhs);
  /// \p value rounded down to a multiple of the constant \p step.
  OpFoldResult floorTo(OpFoldResult value, int64_t step);

  //===--- Loops ---------------------------------------------------------------===//

  /// for (i = from; i < to; i += step) body(i). Without a loop if it is known to
  /// run once; nothing if it is known not to run.
  void loop(OpFoldResult from, OpFoldResult to, int64_t step, function_ref<void(Value)> body);

  /// The same with values that are carried from one iteration to the next.
  SmallVector<Value> loop(OpFoldResult from, OpFoldResult to, int64_t step, ValueRange init,
                          function_ref<SmallVector<Value>(Value, ValueRange)> body);

  /// A nest of loops from 0 over \p dims, the first outermost, that sets
  /// `point[dim]` before it calls \p body.
  void nest(ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents, MutableArrayRef<Value> point,
            function_ref<void()> body);
  SmallVector<Value> nest(ArrayRef<unsigned> dims, ArrayRef<OpFoldResult> extents, MutableArrayRef<Value> point,
                          ValueRange init, function_ref<SmallVector<Value>(ValueRange)> body);

  /// Calls \p body for each vector block of [0, extent): full blocks of \p lanes,
  /// then what remains: as one masked block, as one block of its exact size where
  /// the target has no masks, or element by element if the size is unknown too.
  void vectorLoop(OpFoldResult extent, int64_t lanes, bool hasMasks, function_ref<void(VectorBlock)> body);

  /// The same with carried values.
  SmallVector<Value> vectorLoop(OpFoldResult extent, int64_t lanes, bool hasMasks, ValueRange init,
                                function_ref<SmallVector<Value>(VectorBlock, ValueRange)> body);

  /// A mask of \p lanes bits of which the first \p count are set.
  Value mask(OpFoldResult count, int64_t lanes);

  //===--- Memory --------------------------------------------------------------===//

  /// The indices of an operand with indexing map \p map at \p point.
  SmallVector<Value> indices(AffineMap map, ArrayRef<Value> point);

  /// The element of \p operand (a memref, or a scalar that stands for itself).
  Value loadScalar(Value operand, ValueRange indices);
  /// \p block lanes at \p indices along the last dimension.
  Value loadVector(Value memref, ValueRange indices, const VectorBlock &block);
  void storeVector(Value vector, Value memref, ValueRange indices, const VectorBlock &block);

  /// \p scalar in all of \p lanes lanes.
  Value splat(Value scalar, int64_t lanes);
  /// The transpose of a square: n vectors of n lanes, n a power of two.
  SmallVector<Value> transpose(ArrayRef<Value> rows);
  /// \p value, a float or a vector of floats, in the wider element type.
  Value extend(Value value, Type elementType);

  //===--- Bodies --------------------------------------------------------------===//

  /// The body of \p op at \p point, with a value for each of its arguments; returns what
  /// it yields.
  SmallVector<Value> inlineBody(linalg::GenericOp op, ArrayRef<Value> point, ArrayRef<Value> arguments);

private:
  /// Index constants, each once, before everything else that is built.
  llvm::DenseMap<int64_t, Value> constants;
  Operation *constantsEnd;
};

/// The extents of the loops of \p op, from the shapes of its operands.
SmallVector<OpFoldResult> getExtents(KernelBuilder &builder, linalg::GenericOp op);

/// Whether the points along loop \p dim lie at consecutive addresses of an
/// operand of type \p type with map \p map.
bool isContiguousAlong(Type type, AffineMap map, unsigned dim);

/// Whether the operand does not move along loop \p dim.
inline bool isInvariantAlong(AffineMap map, unsigned dim) { return !map.isFunctionOfDim(dim); }

} // namespace remat

#endif // REMAT_LIB_TARGET_KERNELS_KERNELBUILDER_H
