//===- Moves.h - What a walk asks for --------------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Places are 64-bit codes. A value >= 0 is a byte offset inside the loop's slot
// region, which works as a stack: what is kept last is dropped first. Negative
// values name the fixed places of the loop. Checkpoints are written in place:
// the step that produces a state to be kept has the slot as destination, and a
// kept state is read where it lies.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_MOVES_H
#define REMAT_ABI_MOVES_H

#include <stdint.h>

namespace remat::schedule {

/// Places outside the slot region.
enum Place : int64_t {
  /// The two core states; a step reads one and writes the other.
  CoreState0 = -1,
  CoreState1 = -2,
  /// The tape of a step that is reversed at once.
  CoreTape = -3,
  /// The initial state, when it is external.
  InitialState = -4,
  /// The move does not use this field.
  NoPlace = -5
};

enum class MoveKind : int64_t {
  /// Run step `step` from the state at `src` to the state at `dst`. The `First`
  /// kinds run a step for the first time, in order 0, 1, ..., and write its
  /// emitted outputs; the others are re-runs.
  AdvanceFirst = 0,
  AdvanceAgain = 1,
  /// The same, and leave the tape of the step at `tape`.
  RecordFirst = 2,
  RecordAgain = 3,
  /// Backward step `step`, from the tape at `tape`.
  Reverse = 4,
  /// Compute the state before step `step` (after step `step - 1`) from the tape
  /// of step `step - 1` at `src` into `dst`.
  Resume = 5,
  /// Copy the state before step `step` from `src` to `dst`.
  Copy = 6,
  /// Once, in front of the first Reverse: all steps have run, the final state
  /// is at `src`, and control goes to the code between forward and backward.
  Turn = 7,
  /// The walk is over.
  Done = 8,
  /// Only on request: the state before step `step` at `src` is needed no more.
  /// A state whose slot was taken over is dropped a second time; ignore that.
  DropState = 9,
  /// Only on request: the tape of step `step` at `tape` is needed no more.
  DropTape = 10
};

/// One physical move. Steps are numbered 0..T-1 here (1..T in actions).
struct Move {
  MoveKind kind;
  int64_t step;
  int64_t src;
  int64_t dst;
  int64_t tape;
  /// In which the tape is recorded, reversed, read or dropped, from 0; else 0.
  int64_t mode = 0;
};

/// The words of a move as a program finds it; its kind is what rematWalkNext returns.
enum MoveWord : int64_t { StepWord, SourceWord, DestinationWord, TapeWord, ModeWord };
inline constexpr int64_t numMoveWords = 5;

/// Sizes in bytes as they lie in the slot region, alignment included.
struct SlotSizes {
  int64_t state;
  /// In whatever mode.
  int64_t tape;
  /// Size of the state before step 0; not used when it is external.
  int64_t initial;
};

} // namespace remat::schedule

#endif // REMAT_ABI_MOVES_H
