//===- PlayedPlan.h - figures of a plan, from the referee -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_PLAN_PLAYEDPLAN_H
#define REMAT_LIB_SCHEDULE_PLAN_PLAYEDPLAN_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

namespace remat::schedule {

/// Fills the counts, time and peak of a plan from a schedule that was made for
/// this problem; lowerBound, boundAnySchedule and minimumBudget must be set. Overflow if
/// it takes too long; Internal, a bug, if it breaks a rule.
Verdict fillFromActions(const Chain &problem, PlanResult &result);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_PLAN_PLAYEDPLAN_H
