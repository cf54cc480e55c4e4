//===- Verdicts.h - verdicts of several planners ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_PROBLEM_VERDICTS_H
#define REMAT_LIB_SCHEDULE_PROBLEM_VERDICTS_H

#include "remat/Schedule/EqualChain.h"
#include "remat/Schedule/Policy.h"

namespace remat::schedule {

inline Verdict tooLong() { return {Status::Overflow, "the time of the plan does not fit in 64 bits"}; }

/// The caller's progress function asked for an end.
inline Verdict interrupted() { return {Status::Interrupted, "the search was interrupted"}; }

/// A policy that a switch does not know, in spite of its row in Policy.def.
inline Verdict noPlanner(Policy policy) {
  return {Status::Internal, "policy " + std::string(stringifyPolicy(policy)) + " has no planner"};
}

/// The least feasible budget is `least`.
inline Verdict infeasible(int64_t budget, int64_t least) {
  return {Status::Infeasible,
          "budget " + std::to_string(budget) + " is below the smallest feasible one, " + std::to_string(least)};
}

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_PROBLEM_VERDICTS_H
