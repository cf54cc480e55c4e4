//===- ElementAccess.h - What element-wise code reads ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which operations compute one element at a time, and where each element that they
// read lies. Elements are counted by the indices of the result: a structured operation
// that writes its result through a permutation has its loops in another order.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTACCESS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTACCESS_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Operation.h"

namespace remat {

/// How an element of a tensor is read: from `source` at `map` of the indices, or
/// from a scalar (no map) that is used for every element.
struct ElementAccess {
  Value source;
  AffineMap map;      // null for a scalar
  Attribute constant; // in place of a source
};

/// True for an operation that can become part of a fused loop: element-wise on
/// tensors of one shape, or a structured operation over parallel loops that only
/// computes on scalars and does more than copy.
bool isElementwiseFusible(Operation *op);

/// Visits what \p op, which is fusible, reads, in the order of its operands, with the map
/// from the element that it computes.
void forEachRead(Operation *op, function_ref<void(OpOperand &, AffineMap)> visit);

/// Looks through broadcasts, transpositions, fills and splats: reading an element
/// of their result is reading one of their operand.
ElementAccess resolveAccess(Value value, AffineMap map);

/// True if each point of a loop over \p shape reads its own element through \p map.
/// Where an extent is one, its only index may be written as 0.
bool readsInPlace(AffineMap map, ArrayRef<int64_t> shape);

/// True if \p op, which is fusible, reads the results of \p producer only at the point
/// that it computes: not transposed, not as a row for every row.
bool readsOnlyInPlace(Operation *op, Operation *producer);

/// The array that a loop reads for \p value, which may be a broadcast or transposed copy of
/// it; null if it is a scalar or a constant.
Value getReadArray(Value value);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTACCESS_H
