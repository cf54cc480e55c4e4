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

#include "StagedSolver.h"
#include "remat/Schedule/Solvers.h"

#include <chrono>

using namespace remat::schedule;

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

/// What the policy says about a valid problem.
static ChainResult dispatch(const StagedChain &problem, Policy policy) {
  std::optional<ChainProblem> equal = problem.equalSteps();
  if (equal)
    return planTable(*equal, policy);
  if (policy == Policy::StoreAll)
    return planStagedStoreAll(problem);
  if (policy == Policy::Optimal)
    return planStaged(problem);
  ChainResult result;
  result.verdict = {Status::Unsupported,
                    "policy " + std::string(stringifyPolicy(policy)) + " expects equal steps with one mode"};
  return result;
}

ChainResult remat::schedule::planChain(const StagedChain &problem, Policy policy) {
  auto begin = std::chrono::steady_clock::now();
  ChainResult result;
  result.verdict = problem.validate();
  if (result.ok()) {
    result = dispatch(problem, policy);
    result.plan.steps = problem.steps();
  }
  result.plan.policy = policy;
  result.plan.budget = problem.budget;
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  result.plan.solveSeconds = elapsed.count();
  return result;
}
