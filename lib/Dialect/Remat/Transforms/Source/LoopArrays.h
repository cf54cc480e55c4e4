//===- LoopArrays.h - Which arrays a loop walks along ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a loop reads and writes one element of in each turn, in order, is an array over
// time. Whether it is walked from the front or from the end is the same for all of a loop.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_LOOPARRAYS_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_LOOPARRAYS_H

#include "CountingLoop.h"

namespace remat {

/// The elements start, start + factor, ... of \p array, as many as there are turns.
struct Walk {
  Value array;
  StepIndex index;

  bool operator==(const Walk &other) const { return array == other.array && index == other.index; }
  RankedTensorType getElementType() const;
};

/// An array that a loop hands on and writes one element of in each turn.
struct StackedArray {
  size_t position;
  /// The `tensor.insert_slice` or `tensor.insert`, and what it writes where.
  Operation *write;
  Value written;
  Walk walk;
  /// Reads of the element that the turn before has written.
  SmallVector<Operation *> previous;
};

/// The arrays of a loop.
struct LoopArrays {
  explicit LoopArrays(CountingLoop &loop);

  const StackedArray *getStacked(size_t position) const;

  bool isReversed = false;
  /// Each once, and which of them an operation reads an element of.
  SmallVector<Walk> scans;
  llvm::DenseMap<Operation *, size_t> reads;
  SmallVector<StackedArray> stacked;
};

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_LOOPARRAYS_H
