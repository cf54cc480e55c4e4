//===- PlanWords.h - A plan as the words a program reads -------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program whose trip counts are known only when it runs takes its plan as an
// argument: an array of 64-bit words. The lowering that emits the loads and the
// planner that writes the words share this header.
//
//   figures    numFigures words, see PlanFigure
//   loops      loopWords words each: the offsets of its parts in the arena or, of those
//              of the walk, in the block of the walk, in the order of LoopPart, then the
//              position of its plan table in this array (0: none)
//   buffers    one word each: its offset in the arena
//   tables     the plan tables, one after the other
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_ABI_PLANWORDS_H
#define REMAT_ABI_PLANWORDS_H

#include <stdint.h>

namespace remat::schedule {

/// The buffers of a loop besides those of the program.
enum class LoopPart {
  /// Core state 0 of the forward sweep without what of it is in CarriedTape, and core
  /// state 1.
  ForwardState0,
  ForwardState1,
  ForwardWorkspace,
  /// Of the step of the forward sweep that leaves its tape in the core.
  TurnWorkspace,
  /// The walker with its move, and its stack. These lie in the block of the walk, all
  /// others in the arena.
  Walk,
  Stack,
  /// The carries of core state 0 that are components of the core tape, and the other
  /// components.
  CarriedTape,
  CoreTape,
  /// The other carries of core state 0, and core state 1, in the backward sweep.
  CoreState0,
  CoreState1,
  /// Of the moves of a backward sweep by kind.
  ReverseWorkspace,
  LinearizeWorkspace,
  AgainWorkspace,
  Gradients,
  Slots
};
inline constexpr int64_t numLoopParts = 15;

/// The number of steps from which on unread results stay in core memory.
inline constexpr int64_t stepsForUnusedResults = 3;

/// What the first words of a plan say. Steps, counts and times are sums over loops;
/// loops that are not differentiated count with their forward steps.
enum class PlanFigure {
  /// Bytes of the arena, of the block of parameter copies, and of that of the walk. The
  /// peak is the arena and the walk.
  ArenaBytes,
  ParameterBytes,
  WalkBytes,
  /// Bytes with everything kept, the smallest feasible ones, and the budget (-1: no
  /// limit).
  StoreAllBytes,
  MinimumBytes,
  BudgetBytes,
  Steps,
  ForwardSteps,
  ReverseSteps,
  /// In thousandths of an advance.
  Time,
  StoreAllTime,
  LowerBound,
  /// 1 if every plan is proved to be the best of its class.
  Certified,
  /// 1 if every run touches the highest bytes of the arena and of the block of the walk.
  PeakCertain
};
inline constexpr int64_t numFigures = 14;

inline constexpr int64_t loopWords = numLoopParts + 1;

/// The positions of words in a plan.
inline constexpr int64_t getPartPosition(int64_t loop, LoopPart part) {
  return numFigures + loop * loopWords + static_cast<int64_t>(part);
}
inline constexpr int64_t getTablePosition(int64_t loop) { return numFigures + loop * loopWords + numLoopParts; }
inline constexpr int64_t getBufferPosition(int64_t numLoops, int64_t buffer) {
  return numFigures + numLoops * loopWords + buffer;
}

} // namespace remat::schedule

#endif // REMAT_ABI_PLANWORDS_H
