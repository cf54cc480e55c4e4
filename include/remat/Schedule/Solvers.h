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
//   policy      class of schedules searched          method        certificate
//   store-all   one                                  direct        always
//   periodic    one period p, tapes inside           all p         always
//   revolve     states only                          closed form   always
//   ism         tapes only                           closed form   always
//   msm         states and tapes, slots not reused   dual          lower bound
//   optimal     states and tapes, slots reused       dual          lower bound
//   mixed       the same, no restart from a tape     dual          lower bound
//   online      one for each number of states        a rule        ratio to optimal
//
// Times do not change which schedule is best: each step is recorded and
// reversed once in every schedule, so all of them minimise the number of
// advances. docs/Schedules.md has the mathematics and the citations.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_SOLVERS_H
#define REMAT_SCHEDULE_SOLVERS_H

#include "remat/Schedule/Plan.h"
#include "remat/Schedule/PlanTable.h"
#include "remat/Schedule/Problem.h"

#include <vector>

namespace remat::schedule {

/// A plan with its table, or the reason why there is none.
struct PlanResult {
  Verdict verdict;
  Plan plan;
  PlanTable table;

  bool ok() const { return verdict.ok(); }
};

/// Plans `problem` by `policy`. If the budget is too small the status is
/// Infeasible and plan.minimumBudget says what would do. Store-all, periodic
/// and the closed forms take time linear in the table (periodic: in T at
/// worst); msm and optimal O(rows * slopes) for at most a million distinct
/// amounts of free memory, see docs/Schedules.md.
PlanResult plan(const ChainProblem &problem, Policy policy);

/// The smallest budget at which plan() succeeds; the problem's own budget does
/// not matter. Nothing if the problem is invalid or the policy does not apply.
std::optional<int64_t> minimumBudget(const ChainProblem &problem, Policy policy);

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
std::vector<FrontierPoint> frontier(const ChainProblem &problem, Policy policy, const std::vector<int64_t> &budgets);

/// At most `count` budgets from the smallest feasible one to that of keeping
/// everything, spread evenly on a logarithmic scale; ascending, distinct. Empty
/// if the problem is invalid or the policy does not apply.
std::vector<int64_t> frontierBudgets(const ChainProblem &problem, Policy policy, int64_t count);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_SOLVERS_H
