//===- RuntimePlan.h - A plan as the words a program reads ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program whose trip counts are known only when it runs takes its plan as an
// argument: an array of 64-bit words. The lowering that emits the loads and the
// runtime that writes the words share this header.
//
//   figures    numFigures words, see PlanFigure
//   loops      loopWords words each: the offsets of its parts in the arena, in the
//              order of LoopPart, then the position of its plan table in this array
//              (0: none)
//   buffers    one word each: its offset in the arena
//   tables     the plan tables, one after the other
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_RUNTIMEPLAN_H
#define REMAT_SCHEDULE_RUNTIMEPLAN_H

#include "remat/Schedule/ProgramPlanner.h"

namespace remat::schedule {

/// What the first words of a plan say. Steps, counts and times are sums over loops;
/// loops that are not differentiated count with their forward steps.
enum class PlanFigure {
  /// Bytes of the arena and of the block of parameter copies.
  ArenaBytes,
  ParameterBytes,
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
  /// 1 if every run touches the highest byte of the arena.
  PeakCertain
};
inline constexpr int64_t numFigures = 13;

inline constexpr int64_t loopWords = static_cast<int64_t>(numLoopParts) + 1;

/// The positions of words in a plan.
inline constexpr int64_t getPartPosition(int64_t loop, LoopPart part) {
  return numFigures + loop * loopWords + static_cast<int64_t>(part);
}
inline constexpr int64_t getTablePosition(int64_t loop) {
  return numFigures + loop * loopWords + static_cast<int64_t>(numLoopParts);
}
inline constexpr int64_t getBufferPosition(int64_t numLoops, int64_t buffer) {
  return numFigures + numLoops * loopWords + buffer;
}

/// The words of a plan of `instance` that was just made.
std::vector<int64_t> writeRuntimePlan(const ProgramInstance &instance, const ProgramResult &result);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_RUNTIMEPLAN_H
