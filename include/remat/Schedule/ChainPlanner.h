//===- ChainPlanner.h - plan any chain problem ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One entry point for every policy of docs/Contracts.md on every chain problem.
// Equal steps in one memory go to plan() (Solvers.h), whose plans are compact
// tables; all other plans are lists of actions.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_CHAINPLANNER_H
#define REMAT_SCHEDULE_CHAINPLANNER_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"

namespace remat::schedule {

/// Plans `problem` by `policy`. Policies other than store-all and optimal need
/// equal steps with one mode; multistage, h-revolve and disk-revolve need a
/// slow tier, which the others but optimal leave alone. If the budget is too
/// small the status is Infeasible and plan.minimumBudget says what would do.
///
/// Schedules that offload are lists, some hundred bytes for a step. With a slow tier, optimal,
/// multistage and every-interval take at most 10^7 equal steps and are Unsupported beyond;
/// of more than 10^5 unequal steps optimal offloads nothing (plan.scheme is None).
PlanResult planChain(const Chain &problem, Policy policy, const ChainOptions &options = {});

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_CHAINPLANNER_H
