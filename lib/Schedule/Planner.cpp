//===- Planner.cpp - plan a chain within a budget ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Validate, check the budget, dispatch to the solver of the policy, and fill
// the record from the table. No solver reports its own cost: counts and peak
// always come from the table that will be walked.
//
//===----------------------------------------------------------------------===//

#include "CheckedMath.h"
#include "PolicySolvers.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <chrono>

using namespace remat::schedule;

static bool needsRestart(Policy policy) { return policy == Policy::Ism || policy == Policy::Msm; }

static Verdict checkPolicy(const ChainProblem &problem, Policy policy) {
  if (needsSlowTier(policy))
    return {Status::Unsupported, "policy " + std::string(stringifyPolicy(policy)) + " has no plan tables"};
  if (policy == Policy::Online)
    return checkOnlineSteps(problem.steps);
  if (needsRestart(policy) && !problem.restartable)
    return {Status::Unsupported,
            "policy " + std::string(stringifyPolicy(policy)) + " needs tapes from which the state can be restored"};
  return {};
}

/// The smallest feasible budget of a valid problem.
static int64_t leastBudget(const ChainProblem &problem, Policy policy) {
  if (problem.steps == 0)
    return problem.fixedSize();
  if (policy == Policy::StoreAll)
    return problem.fixedSize() + (problem.steps - 1) * problem.tapeSize;
  if (policy == Policy::Periodic)
    return periodicMinimum(problem);
  return problem.fixedSize();
}

static Solution solve(const ChainProblem &problem, Policy policy) {
  switch (policy) {
  case Policy::StoreAll:
    return solveStoreAll(problem);
  case Policy::Periodic:
    return solvePeriodic(problem);
  case Policy::Revolve:
    return solveRevolve(problem);
  case Policy::Ism:
    return solveIsm(problem);
  case Policy::Msm:
  case Policy::Optimal:
    return solveMixed(problem, policy);
  case Policy::Mixed: {
    // The best schedule of those that restart from no tape.
    ChainProblem withoutRestarts = problem;
    withoutRestarts.restartable = false;
    return solveMixed(withoutRestarts, Policy::Optimal);
  }
  case Policy::Online:
    return solveOnline(problem);
  default:
    break;
  }
  return solveStoreAll(problem);
}

/// Time of a schedule with `forward` forward steps.
static Checked timeOf(const ChainProblem &problem, int64_t forward) {
  Checked steps = problem.steps;
  return (Checked(forward) - steps) * problem.advanceTime + steps * (Checked(problem.recordTime) + problem.reverseTime);
}

/// A step runs only once if its first tape survives until it is reversed, and
/// no more tapes exist at once than fit beside the one in the core. The others
/// run once more, in the cheaper of the two ways.
static int64_t boundAnySchedule(const ChainProblem &problem) {
  int64_t steps = problem.steps;
  if (steps == 0)
    return 0;
  int64_t free = problem.budget - problem.workspace;
  if (problem.start == Start::Pinned)
    free -= problem.initialStateSize;
  int64_t tapes = problem.tapeSize == 0 ? steps : free / problem.tapeSize + 1;
  int64_t again = std::max<int64_t>(steps - tapes, 0);
  return *(Checked(steps) * (Checked(problem.recordTime) + problem.reverseTime) +
           Checked(again) * std::min(problem.advanceTime, problem.recordTime))
              .get();
}

static Verdict fillPlan(const ChainProblem &problem, const Solution &solution, Plan &plan) {
  MoveCounts counts = *solution.table.countMoves();
  plan.forward = counts.forward();
  plan.advance = counts.advances;
  plan.record = counts.records;
  plan.reverse = counts.reverses;
  plan.resume = counts.resumes;
  plan.copy = counts.copies;
  plan.planningUnit = solution.planningUnit;

  std::optional<int64_t> time = timeOf(problem, plan.forward).get();
  if (!time)
    return {Status::Overflow, "the time of the plan does not fit in 64 bits"};
  plan.time = *time;
  plan.lowerBound = *timeOf(problem, solution.forwardBound).get();
  plan.certified = plan.time == plan.lowerBound;
  plan.boundAnySchedule = boundAnySchedule(problem);
  int64_t keepAll = *timeOf(problem, problem.steps).get();
  if (keepAll > 0)
    plan.timeRatio = static_cast<double>(plan.time) / static_cast<double>(keepAll);

  SlotSizes sizes = {problem.stateSize, problem.tapeSize, problem.initialStateSize};
  plan.peak = *solution.table.slotPeak(sizes) + (problem.steps == 0 ? 0 : problem.workspace);
  return {};
}

PlanResult remat::schedule::plan(const ChainProblem &problem, Policy policy) {
  auto begin = std::chrono::steady_clock::now();
  PlanResult result;
  result.plan.policy = policy;
  result.plan.steps = problem.steps;
  result.plan.budget = problem.budget;
  result.verdict = problem.validate();
  if (result.ok())
    result.verdict = checkPolicy(problem, policy);
  if (!result.ok())
    return result;

  result.plan.minimumBudget = leastBudget(problem, policy);
  if (problem.budget < result.plan.minimumBudget) {
    result.verdict = {Status::Infeasible, "budget " + std::to_string(problem.budget) +
                                              " is below the smallest feasible one, " +
                                              std::to_string(result.plan.minimumBudget)};
    return result;
  }

  Solution solution = problem.steps == 0 ? solveStoreAll(problem) : solve(problem, policy);
  result.verdict = fillPlan(problem, solution, result.plan);
  result.table = std::move(solution.table);
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  result.plan.solveSeconds = elapsed.count();
  return result;
}

std::optional<int64_t> remat::schedule::minimumBudget(const ChainProblem &problem, Policy policy) {
  ChainProblem any = problem;
  any.budget = 0;
  if (!any.validate().ok() || !checkPolicy(any, policy).ok())
    return std::nullopt;
  return leastBudget(any, policy);
}
