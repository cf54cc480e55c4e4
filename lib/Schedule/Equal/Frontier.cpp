//===- Frontier.cpp - cost over budget --------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a caller needs that divides one budget between several chains, or shows
// what a smaller one would cost.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <cmath>

using namespace remat::schedule;

std::vector<FrontierPoint> remat::schedule::frontier(const EqualChain &problem, Policy policy,
                                                     const std::vector<int64_t> &budgets) {
  std::vector<FrontierPoint> points;
  points.reserve(budgets.size());
  for (int64_t budget : budgets) {
    EqualChain at = problem;
    at.budget = budget;
    PlanResult result = plan(at, policy);
    FrontierPoint point;
    point.budget = budget;
    point.feasible = result.ok();
    if (result.ok()) {
      point.peak = result.plan.peak;
      point.forward = result.plan.forward;
      point.time = result.plan.time;
      point.lowerBound = result.plan.lowerBound;
    }
    points.push_back(point);
  }
  return points;
}

std::vector<int64_t> remat::schedule::frontierBudgets(const EqualChain &problem, Policy policy, int64_t count) {
  std::optional<int64_t> least = minimumBudget(problem, policy);
  std::optional<int64_t> most = minimumBudget(problem, Policy::StoreAll);
  if (!least || count < 1)
    return {};
  std::vector<int64_t> budgets = {*least};
  double range = std::log(static_cast<double>(*most - *least + 1));
  for (int64_t i = 1; i < count; ++i) {
    double share = static_cast<double>(i) / static_cast<double>(count - 1);
    int64_t budget = *least + static_cast<int64_t>(std::exp(range * share)) - 1;
    budgets.push_back(i + 1 == count ? *most : std::min(budget, *most));
  }
  budgets.erase(std::unique(budgets.begin(), budgets.end()), budgets.end());
  return budgets;
}
