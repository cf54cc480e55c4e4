//===- ProgramPlanner.h - One budget for all loops of a program -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The solvers know one chain and the bytes of its slot region. A program has a
// budget for everything: its own buffers, the fixed parts of all loops, and their
// slot regions, which overlap in time or not. This turns the one into the other.
//
// With one loop the slot region gets what the rest leaves. With several, the budget
// is shared out first (lib/Schedule/BudgetSplit.h), and each loop then gets what the
// others leave.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_PROGRAMPLANNER_H
#define REMAT_SCHEDULE_PROGRAMPLANNER_H

#include "remat/Schedule/Program.h"
#include "remat/Schedule/Solvers.h"

namespace remat::schedule {

/// The plans of all loops of a program and the arena and walk they add up to.
struct ProgramPlan {
  /// One per loop; no tables for loops that have no schedule.
  std::vector<PlanResult> loops;
  std::vector<LoopNeeds> needs;
  int64_t peak = 0;
};

/// A plan, or why there is none.
struct ProgramResult {
  /// Infeasible if the budget is below `minimum`; the layout of the instance is
  /// then that of the smallest plan.
  Verdict verdict;
  ProgramPlan plan;
  /// The peak with everything kept, and the smallest one that the policy has.
  int64_t storeAll = 0;
  int64_t minimum = 0;
  /// The budget in bytes; nothing: no limit.
  std::optional<int64_t> budget;
};

/// Plans `instance` by its problem's policy and budget, and lays it out. Every
/// schedule of up to two million steps is played by the simulator, which shares no
/// code with the solvers; one that does not keep its promise is an error.
ProgramResult planProgram(ProgramInstance &instance);

/// The words of a plan of `instance` that was just made (remat/ABI/PlanWords.h).
std::vector<int64_t> writePlanWords(const ProgramInstance &instance, const ProgramResult &result);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_PROGRAMPLANNER_H
