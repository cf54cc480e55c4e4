//===- Planner.h - Plans for trip counts known at run time ----- ---*- C -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A function whose trip counts are not constants is compiled without a plan. To
// call such a function @f:
//
//   1. f_counts(arguments..., counts) checks the arguments and writes the counts;
//   2. rematPlanProgram makes a plan from f_problem, a constant array of the object
//      file, and the counts; the same plan serves all calls with these counts;
//   3. the first three words of the plan are the bytes of the arena, of the block of
//      parameter copies and of the block of the walk; remat/ABI/PlanWords.h lists the
//      others;
//   4. f(arguments..., arena, parameters, counters, walk, plan), see remat/ABI/Entry.h.
//
// The planner is that of the compiler, so a plan is the same whenever it is made.
// The library (RematRuntimePlanner) is separate from the runtime because it needs
// the C++ library; it allocates, and never ends the process.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_RUNTIME_PLANNER_H
#define REMAT_RUNTIME_PLANNER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum RematPlanStatus {
  REMAT_PLAN_OK = 0,
  /// A count, or a word of the problem, is not what it may be.
  REMAT_PLAN_BAD_VALUE = 1,
  /// Sizes or times do not fit in 64 bits.
  REMAT_PLAN_OVERFLOW = 2,
  /// The policy does not apply.
  REMAT_PLAN_UNSUPPORTED = 3,
  /// The budget is below the smallest feasible one.
  REMAT_PLAN_INFEASIBLE = 4,
  /// There is not enough memory for planning.
  REMAT_PLAN_NO_MEMORY = 5,
  /// The planner made a plan that breaks a rule: a bug in remat.
  REMAT_PLAN_INTERNAL = 6
};

typedef struct RematProgramPlan RematProgramPlan;

/// Plans the program that `problemWords` words at `problem` describe, for the given
/// counts. `*plan` receives the outcome, to be destroyed by the caller; null only if
/// there is no memory. Returns a RematPlanStatus.
int32_t rematPlanProgram(const int64_t *problem, int64_t problemWords, const int64_t *counts, int64_t numCounts,
                         RematProgramPlan **plan);

/// The words to pass to the program, and how many; null if there is no plan.
const int64_t *rematPlanGetWords(const RematProgramPlan *plan, int64_t *numWords);

/// What is wrong, for people; empty if nothing is.
const char *rematPlanGetMessage(const RematProgramPlan *plan);

/// If the budget is too small: the budget in bytes and the smallest feasible one.
int64_t rematPlanGetBudget(const RematProgramPlan *plan);
int64_t rematPlanGetMinimum(const RematProgramPlan *plan);

/// Accepts null.
void rematPlanDestroy(RematProgramPlan *plan);

#ifdef __cplusplus
}
#endif

#endif // REMAT_RUNTIME_PLANNER_H
