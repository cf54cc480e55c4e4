//===- ChainPlanner.cpp - plan any chain problem ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Validates, and hands equal steps in one memory to plan().
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ChainPlanner.h"

#include "EqualPolicies.h"
#include "StagedSolver.h"
#include "remat/Schedule/Solvers.h"

#include <chrono>

using namespace remat::schedule;

/// Steps up to which the best plan is sought among those of h-revolve too.
static constexpr int64_t maxOptimalHierarchy = 1000;

void ChainResult::forEachAction(const std::function<bool(const Action &)> &visit) const {
  if (!table) {
    for (const Action &action : list)
      if (!visit(action))
        return;
    return;
  }
  ActionStream stream(*table);
  Action action;
  while (stream.next(action))
    if (!visit(action))
      return;
}

std::vector<Action> ChainResult::actions() const { return table ? schedule::actions(*table) : list; }

static ChainResult planTable(const ChainProblem &problem, Policy policy) {
  PlanResult result = plan(problem, policy);
  ChainResult chain;
  chain.verdict = result.verdict;
  chain.plan = result.plan;
  if (result.ok())
    chain.table = std::move(result.table);
  return chain;
}

static ChainResult unsupported(Policy policy, const char *expected) {
  ChainResult result;
  result.verdict = {Status::Unsupported, "policy " + std::string(stringifyPolicy(policy)) + " expects " + expected};
  return result;
}

/// Maddison's schedules are the best ones that restart from no tape.
static ChainResult planMixed(ChainProblem problem) {
  problem.restartable = false;
  return planTable(problem, Policy::Optimal);
}

/// The better one of the plans with and without the slow tier, if there is one.
static ChainResult planOptimal(const StagedChain &problem, const std::optional<ChainProblem> &equal,
                               const ChainOptions &options) {
  if (!equal)
    return planStaged(problem, options);
  if (!problem.slow || equal->steps == 0)
    return planTable(*equal, Policy::Optimal);
  ChainResult best = planMultistage(*equal, *problem.slow);
  if (best.verdict.status == Status::Unsupported)
    return planTable(*equal, Policy::Optimal);
  if (best.ok() && equal->steps <= maxOptimalHierarchy) {
    ChainResult other = planHierarchical(*equal, *problem.slow, Policy::HRevolve);
    if (other.ok() && other.plan.time < best.plan.time) {
      other.plan.lowerBound = other.plan.boundAnySchedule;
      other.plan.certified = other.plan.time == other.plan.lowerBound;
      return other;
    }
  }
  return best;
}

/// What the policy says about a valid problem.
static ChainResult dispatch(const StagedChain &problem, Policy policy, const ChainOptions &options) {
  std::optional<ChainProblem> equal = problem.equalSteps();
  if (policy == Policy::Optimal)
    return planOptimal(problem, equal, options);
  if (policy == Policy::StoreAll && !equal)
    return planStagedStoreAll(problem);
  if (!equal)
    return unsupported(policy, "equal steps with one mode");
  bool needsSlow = policy == Policy::Multistage || policy == Policy::HRevolve || policy == Policy::DiskRevolve;
  if (needsSlow && !problem.slow)
    return unsupported(policy, "a slow tier");
  if (equal->steps == 0)
    return planTable(*equal, Policy::Optimal);
  switch (policy) {
  case Policy::Mixed:
    return planMixed(*equal);
  case Policy::Online:
    return planOnline(*equal);
  case Policy::Multistage:
    return planMultistage(*equal, *problem.slow);
  case Policy::HRevolve:
  case Policy::DiskRevolve:
    return planHierarchical(*equal, *problem.slow, policy);
  default:
    return planTable(*equal, policy);
  }
}

ChainResult remat::schedule::planChain(const StagedChain &problem, Policy policy, const ChainOptions &options) {
  auto begin = std::chrono::steady_clock::now();
  ChainResult result;
  result.verdict = problem.validate();
  if (result.ok()) {
    result = dispatch(problem, policy, options);
    result.plan.steps = problem.steps();
  }
  result.plan.policy = policy;
  result.plan.budget = problem.budget;
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  result.plan.solveSeconds = elapsed.count();
  return result;
}
