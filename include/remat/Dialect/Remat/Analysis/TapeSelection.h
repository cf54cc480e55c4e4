//===- TapeSelection.h - What a step leaves for its adjoint ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the tape of a step: the smallest set of values from which everything
// that the adjoint reads can be had again. Answers only, changes nothing.
//
// What costs nothing: the step number, scan elements and captured values, which
// the reverse step reads itself, and constants. What may be computed again:
// element-wise operations and data movement (`isCheapToRecompute`), from values
// that are on the tape or cost nothing. Everything else, the carries before the
// step among it, has to be on the tape. That is a minimum vertex cut with the
// sizes of the values as weights; among equal cuts the one with the latest
// values wins, because it leaves the least to compute again.
//
// A tape is restartable if the carries after the step can be had from it in the
// same way. They are asked for as well when that costs nothing, or when it adds
// at most half the bytes of the carries themselves: a schedule can always keep
// the carries beside a tape that is not restartable, and loses at most that.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_TAPESELECTION_H
#define REMAT_DIALECT_REMAT_ANALYSIS_TAPESELECTION_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Operation.h"

namespace remat {

/// What is what in a block that holds a step and its adjoint.
struct JointStep {
  Block *block = nullptr;
  /// The carries before the step: arguments of the block.
  ValueRange carries;
  /// What the adjoint starts from (cotangents, accumulators): arguments of the block.
  ValueRange cotangents;
  /// The carries after the step.
  ValueRange nextCarries;
  /// What the adjoint is asked for.
  ValueRange results;
};

struct Tape {
  /// In the order in which the block defines them.
  SmallVector<Value> values;
  /// Sum of the sizes, each rounded up to a multiple of 64.
  int64_t bytes = 0;
  /// The carries after the step can be had from the tape.
  bool restartable = false;
};

/// True for operations that only move data or work element by element, which may
/// be run again in place of keeping their results.
bool isCheapToRecompute(Operation *op);

/// The bytes of a tensor of static shape, rounded up to a multiple of 64; nothing
/// for a type that cannot be on a tape.
std::optional<int64_t> getTapeBytes(Type type);

/// Chooses the tape. Fails, with a diagnostic, if the adjoint reads a value that
/// can neither be kept nor computed again.
FailureOr<Tape> selectTape(const JointStep &joint);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_TAPESELECTION_H
