//===- ElementwiseDestinations.h - Where results are written -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISEDESTINATIONS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISEDESTINATIONS_H

#include "remat/Dialect/Remat/IR/Remat.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinOps.h"

namespace remat {

/// The arguments of step functions that may be written over.
struct WritableArguments {
  /// Those of the chains of \p module.
  static WritableArguments find(ModuleOp module);

  /// By the result that has to be written there: stacked arrays, accumulators.
  DenseMap<OpOperand *, Value> updated;
  /// By the result that is its next value: the gradients of carries. They are not written
  /// before remat-gradients-in-place, which can tell whether they may be.
  DenseMap<OpOperand *, Value> gradients;
  /// The tapes of reverse steps, each of which is used once.
  DenseSet<Value> consumed;
};

/// What a loop reads: values and the maps they are read through.
struct ElementwiseReads {
  SmallVector<Value> values;
  SmallVector<AffineMap> maps;

  /// True if each element is read only where it would be written.
  bool isReadInPlace(Value value) const;
};

/// For each of \p outputs of a loop over \p members the value that it is written
/// over, or null for a new tensor. An accumulator has to be updated where it is.
/// Otherwise it is a value that nobody reads afterwards: the result of a reduction
/// (the pre-activation of a gate, say), a slice that is put back, a tape. The next
/// gradient of a carry is left a new tensor where it can lie in place of the last one.
SmallVector<Value> chooseDestinations(ArrayRef<Operation *> members, const ElementwiseReads &reads, ValueRange outputs,
                                      const WritableArguments &writable);

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_ELEMENTWISEDESTINATIONS_H
