//===- Solvers.h - plan a chain within a budget -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The entry points of the planner. The life of a request: validate the problem,
// solve, get a plan record and its table; a Simulator (Simulator.h) that shares
// no code with the solvers can play the result against the problem.
//
// The policies that have a table. A plan is certified if its time is its bound.
//
// clang-format off
//   policy     schedules that are searched               method       bound
//   ---------  ----------------------------------------  -----------  ----------------------------
//   store-all  one                                       direct       its own time
//   periodic   period p, all tapes inside it             all p        its own time
//   revolve    states only                               closed form  its own time
//   ism        tapes only                                closed form  its own time
//   msm        states and tapes, slots not used again    dual         that of the dual
//   mixed      as optimal, but no restart from a tape    dual         that of the dual
//   optimal    states and tapes, slots used again        dual         that of the dual
//   online     one for each number of states             a rule       that of optimal
// clang-format on
//
// multistage, every-interval, h-revolve and disk-revolve, and unequal steps,
// have lists of actions instead: ChainPlanner.h.
//
// If a step is advanced over at least as fast as it is recorded, times do not
// change which schedule is best: each step is recorded and reversed once in every
// schedule, so all of them minimise the number of advances. If recording is
// faster, a record takes the place of every advance; planChain() plans so for
// optimal, online and multistage, while plan() and the published policies advance
// all the same (docs/Schedules.md, section 1). The mathematics and the citations
// are in docs/Schedules.md.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_SOLVERS_H
#define REMAT_SCHEDULE_SOLVERS_H

#include "remat/Schedule/ChainPlan.h"
#include "remat/Schedule/EqualChain.h"

#include <vector>

namespace remat::schedule {

/// Plans `problem` by a policy of the table above, with a table; others are Unsupported. If the
/// budget is too small the status is Infeasible and plan.minimumBudget says what would
/// do. Store-all and the closed forms take time linear in the table, periodic O(sqrt(T));
/// msm and optimal O(rows * slopes) for at most a million distinct amounts of free memory,
/// see docs/Schedules.md.
PlanResult plan(const EqualChain &problem, Policy policy);

/// The smallest budget at which plan() succeeds; the problem's own budget does
/// not matter. Nothing if the problem is invalid or the policy does not apply.
std::optional<int64_t> minimumBudget(const EqualChain &problem, Policy policy);

/// One point of the memory-time frontier.
struct FrontierPoint {
  int64_t budget = 0;
  int64_t peak = 0;
  int64_t forward = 0;
  int64_t time = 0;
  int64_t lowerBound = 0;
  bool feasible = false;
};

/// Plans `problem` at each of `budgets` and returns one point for each.
std::vector<FrontierPoint> frontier(const EqualChain &problem, Policy policy, const std::vector<int64_t> &budgets);

/// At most `count` budgets from the smallest feasible one to that of keeping
/// everything, spread evenly on a logarithmic scale; ascending, distinct. Empty
/// if the problem is invalid or the policy does not apply.
std::vector<int64_t> frontierBudgets(const EqualChain &problem, Policy policy, int64_t count);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_SOLVERS_H
