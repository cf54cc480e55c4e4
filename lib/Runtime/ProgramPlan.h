//===- ProgramPlan.h - What the handle of a plan has inside ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C callers see a pointer (remat/Runtime/Planner.h). The engine, which is C++, answers
// from the same plan what a budget that is too small consists of, and which chain
// problems were solved: nothing is planned twice.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_RUNTIME_PROGRAMPLAN_H
#define REMAT_LIB_RUNTIME_PROGRAMPLAN_H

#include "remat/Schedule/ProgramPlanner.h"

struct RematProgramPlan {
  /// What the instance refers to.
  remat::schedule::ProgramProblem problem;
  /// Empty if the problem or the counts are wrong; laid out as the plan has it or, if the
  /// budget is too small, as the smallest plan.
  std::optional<remat::schedule::ProgramInstance> instance;
  remat::schedule::ProgramResult result;
  /// Empty if there is no plan.
  std::vector<int64_t> words;
};

#endif // REMAT_LIB_RUNTIME_PROGRAMPLAN_H
