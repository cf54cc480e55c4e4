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

#include "remat/Schedule/Solvers.h"

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

ChainResult remat::schedule::planChain(const StagedChain &problem, Policy policy) {
  ChainResult result;
  result.plan.policy = policy;
  result.plan.budget = problem.budget;
  result.verdict = problem.validate();
  if (!result.ok())
    return result;
  result.plan.steps = problem.steps();
  std::optional<ChainProblem> equal = problem.equalSteps();
  if (!equal) {
    result.verdict = {Status::Unsupported, "expects equal steps with one mode"};
    return result;
  }
  return planTable(*equal, policy);
}
