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

#include "Bounds/RunLimits.h"
#include "Equal/PolicySolvers.h"
#include "Problem/Verdicts.h"
#include "Table/CheckedMath.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <chrono>

using namespace remat::schedule;

static Verdict checkPolicy(const EqualChain &problem, Policy policy) {
  if (!infoOf(policy).has(PlansPrograms))
    return {Status::Unsupported, "policy " + std::string(stringifyPolicy(policy)) + " has no plan tables"};
  if (policy == Policy::Online)
    return checkOnlineSteps(problem.steps);
  if (infoOf(policy).has(NeedsRestart) && !problem.restartable)
    return {Status::Unsupported,
            "policy " + std::string(stringifyPolicy(policy)) + " needs tapes from which the state can be restored"};
  return {};
}

/// The smallest feasible budget of a valid problem.
static int64_t leastBudget(const EqualChain &problem, Policy policy) {
  if (problem.steps == 0)
    return problem.fixedSize();
  if (policy == Policy::StoreAll)
    return problem.fixedSize() + (problem.steps - 1) * problem.tape;
  if (policy == Policy::Periodic)
    return periodicMinimum(problem);
  return problem.fixedSize();
}

/// The schedule of a policy that checkPolicy() accepts.
static Solution solve(const EqualChain &problem, Policy policy) {
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
    return solveStatesAndTapes(problem, policy);
  case Policy::Mixed: {
    // The best schedule of those that restart from no tape.
    EqualChain withoutRestarts = problem;
    withoutRestarts.restartable = false;
    return solveStatesAndTapes(withoutRestarts, Policy::Optimal);
  }
  case Policy::Online:
    return solveOnline(problem);
  case Policy::EveryInterval:
  case Policy::Multistage:
  case Policy::HRevolve:
  case Policy::DiskRevolve:
    break;
  }
  return {};
}

/// Time of a schedule with `forward` forward steps.
static Checked timeOf(const EqualChain &problem, int64_t forward) {
  Checked steps = problem.steps;
  return (Checked(forward) - steps) * problem.advance + steps * (Checked(problem.record) + problem.reverse);
}

/// Of a problem with a plan that takes so long. How many steps can run once, twice and so
/// on is limited (RunLimits.h); no run takes less than the cheaper way to run a step.
static int64_t boundAnySchedule(const EqualChain &problem, int64_t time) {
  int64_t once = problem.steps * (problem.record + problem.reverse);
  // A plan that runs no step again is the best there is.
  if (problem.tape == 0 || time == once)
    return once;
  __int128 reruns = RunLimits(problem).countReruns(problem.steps);
  return static_cast<int64_t>(once + reruns * std::min(problem.advance, problem.record));
}

static Verdict fillPlan(const EqualChain &problem, const Solution &solution, Plan &plan) {
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
    return tooLong();
  plan.time = *time;
  plan.lowerBound = *timeOf(problem, solution.forwardBound).get();
  plan.timeRatio = getTimeRatio(plan.time, *timeOf(problem, problem.steps).get());

  SlotSizes sizes = {problem.state, problem.tape, problem.initialState};
  plan.peak = *solution.table.slotPeak(sizes) + (problem.steps == 0 ? 0 : problem.workspace);
  return {};
}

PlanResult remat::schedule::planSegment(const EqualChain &problem, Policy policy) {
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
    result.verdict = infeasible(problem.budget, result.plan.minimumBudget);
    return result;
  }

  Solution solution = problem.steps == 0 ? solveStoreAll(problem) : solve(problem, policy);
  if (solution.table.getSteps() != problem.steps)
    result.verdict = noPlanner(policy);
  else
    result.verdict = fillPlan(problem, solution, result.plan);
  result.table = std::move(solution.table);
  return result;
}

PlanResult remat::schedule::plan(const EqualChain &problem, Policy policy) {
  auto begin = std::chrono::steady_clock::now();
  PlanResult result = planSegment(problem, policy);
  if (!result.ok()) {
    result.table.reset();
    return result;
  }
  Plan &plan = result.plan;
  plan.boundAnySchedule = boundAnySchedule(problem, plan.time);
  plan.lowerBound = std::max(plan.lowerBound, plan.boundAnySchedule);
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  plan.solveSeconds = elapsed.count();
  return result;
}

std::optional<int64_t> remat::schedule::minimumBudget(const EqualChain &problem, Policy policy) {
  EqualChain any = problem;
  any.budget = 0;
  if (!any.validate().ok() || !checkPolicy(any, policy).ok())
    return std::nullopt;
  return leastBudget(any, policy);
}
