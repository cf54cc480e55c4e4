//===- ProgramPlanner.h - One budget for all chains of a function -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The planners of lib/Schedule know one chain and the bytes of its slot region.
// An entry function has a budget for everything: its own buffers, the fixed parts
// of all chains, and their slot regions, which overlap in time or not. This class
// turns the one into the other.
//
// With one chain the slot region gets what the rest leaves. With several, each
// starts at its smallest feasible size, and the step up its memory-time frontier
// that saves the most time per byte is taken next, as long as the layout of the
// whole arena fits; on convex frontiers that compete for the same bytes this is the
// best split. What that leaves over is then divided again, two loops at a time.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMPLANNER_H
#define REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMPLANNER_H

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Schedule/Solvers.h"

namespace remat {

/// The plans of all loops of a function and the arena they add up to.
struct ProgramPlan {
  /// One per loop; empty tables for loops that are not differentiated.
  SmallVector<schedule::PlanResult> loops;
  SmallVector<LoopNeeds> needs;
  int64_t peak = 0;
};

class ProgramPlanner {
public:
  ProgramPlanner(ProgramMemory &memory, schedule::Policy policy);

  /// The plan that keeps everything.
  FailureOr<ProgramPlan> planStoreAll();

  /// The plan with the smallest peak that the policy has.
  FailureOr<ProgramPlan> planMinimum();

  /// The best plan whose peak is at most \p budget, which is at least the peak of
  /// planMinimum; no limit if it is not given.
  FailureOr<ProgramPlan> plan(std::optional<int64_t> budget);

  /// What went wrong if one of the above failed.
  StringRef getError() const { return error; }

private:
  /// Whether the loop at \p index has a schedule to plan.
  bool isPlanned(unsigned index);
  schedule::ChainProblem getProblem(unsigned index, int64_t slotBudget);
  /// Plans one loop and notes what it needs.
  LogicalResult planLoop(ProgramPlan &plan, unsigned index, schedule::Policy policy, int64_t slotBudget);
  LogicalResult finish(ProgramPlan &plan);
  /// Slot bytes with which any policy can do its best.
  int64_t getAmpleSlots(unsigned index);
  /// Moves budget to the loops where it saves the most time.
  LogicalResult splitBudget(ProgramPlan &plan, int64_t budget);
  /// The most slot bytes that loop \p index can have beside \p needs of the others;
  /// negative if not even none fit.
  int64_t getLargestSlots(ArrayRef<LoopNeeds> needs, unsigned index, int64_t frames, int64_t budget);
  /// Gives one loop everything that the others leave.
  LogicalResult fill(ProgramPlan &plan, unsigned index, int64_t budget);

  ProgramMemory &memory;
  schedule::Policy policy;
  std::string error;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMPLANNER_H
