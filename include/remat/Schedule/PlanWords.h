//===- PlanWords.h - Writing a plan for a program -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layout of the words is in remat/ABI/PlanWords.h.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_PLANWORDS_H
#define REMAT_SCHEDULE_PLANWORDS_H

#include "remat/Schedule/ProgramPlanner.h"

namespace remat::schedule {

/// The words of a plan of `instance` that was just made.
std::vector<int64_t> writePlanWords(const ProgramInstance &instance, const ProgramResult &result);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_PLANWORDS_H
