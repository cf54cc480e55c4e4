//===- ChainPlan.cpp - the plan of a chain ----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ChainPlan.h"

#include "remat/Schedule/ActionStream.h"

using namespace remat::schedule;

/// Visits an action, or the records that an advance stands for.
static bool visitEach(const Action &action, bool recordsAdvances, const std::function<bool(const Action &)> &visit) {
  if (!recordsAdvances || action.kind != ActionKind::Advance)
    return visit(action);
  for (int64_t step = action.step + 1; step <= action.to; ++step)
    if (!visit({ActionKind::Record, step}))
      return false;
  return true;
}

void PlanResult::forEachAction(const std::function<bool(const Action &)> &visit) const {
  if (!table) {
    for (const Action &action : list)
      if (!visitEach(action, recordsAdvances, visit))
        return;
    return;
  }
  ActionStream stream(*table);
  Action action;
  while (stream.next(action))
    if (!visitEach(action, recordsAdvances, visit))
      return;
}

std::vector<Action> PlanResult::actions() const {
  std::vector<Action> result;
  forEachAction([&](const Action &action) {
    result.push_back(action);
    return true;
  });
  return result;
}
