//===- ComputedInReader.h - What a loop computes of its inputs ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An array that element-wise operations write and a later loop reads lies in memory
// between the two. The loop may compute its elements itself, from what is there
// anyway: a minimum cut of the operations in front of the loop says from which arrays
// it is the fewest bytes. What others read as well is then computed more than once, so
// this is done only where the bytes are worth the operations.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COMPUTEDINREADER_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COMPUTEDINREADER_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Operation.h"

namespace remat {

/// A loop that reads arrays, as the choice sees it.
struct ArrayReader {
  /// Its operations, in order; a reduction alone.
  ArrayRef<Operation *> members;
  /// Visits the arrays that a member, or an operation computed in the loop, reads, and
  /// whether each point reads the element that the loop would compute there.
  function_ref<void(Operation *, function_ref<void(Value, bool)>)> forEachArray;
  /// Whether the elements of the result of an operation can be computed in the loop.
  function_ref<bool(Operation *)> canCompute;
  /// The bytes that are kept until the loop if it reads the array, and are not otherwise.
  function_ref<int64_t(Value)> getKeptBytes;
  /// Points of the loop.
  int64_t points;
  /// Whether it reduces what it reads. Moving operations into it is worth it by itself then.
  bool isReduction;
};

/// The operations that \p reader computes itself, in the order of the block.
SmallVector<Operation *> chooseComputed(const ArrayReader &reader);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COMPUTEDINREADER_H
