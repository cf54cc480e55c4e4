//===- BudgetSplit.h - One budget shared out among loops --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How many bytes of slots each of several loops gets. Every loop starts at its
// smallest plan, and the step up some memory-time frontier that saves the most time
// per byte is taken next, as long as the layout of the whole arena fits; on convex
// frontiers that compete for the same bytes this is the best split. What is left
// over afterwards is shared out anew among two loops at a time.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_PROGRAM_BUDGETSPLIT_H
#define REMAT_LIB_SCHEDULE_PROGRAM_BUDGETSPLIT_H

#include "remat/Schedule/Program.h"
#include "remat/Schedule/Solvers.h"

namespace remat::schedule {

/// Slot bytes with which any policy can do its best.
int64_t getAmpleSlots(const ProgramInstance &instance, size_t index);

/// The most slot bytes that loop `index` can have beside the needs of the others and
/// its own stack; negative if not even none fit.
int64_t getLargestSlots(ProgramInstance &instance, std::vector<LoopNeeds> needs, size_t index, int64_t budget);

class BudgetSplit {
public:
  BudgetSplit(ProgramInstance &instance, Policy policy, int64_t budget);

  /// Starts from the slots in `needs`, which fit, and leaves room for the stacks in it.
  /// The slots of the result are those of points on the frontiers, or those in `needs`.
  std::vector<LoopNeeds> find(std::vector<LoopNeeds> needs);

private:
  void climb(std::vector<LoopNeeds> &needs);
  void share(std::vector<LoopNeeds> &needs, size_t first, size_t second);

  ProgramInstance &instance;
  int64_t budget;
  /// The feasible points of every loop; none for loops without a schedule.
  std::vector<std::vector<FrontierPoint>> frontiers;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_PROGRAM_BUDGETSPLIT_H
