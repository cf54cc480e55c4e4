//===- PlayedPlan.cpp - figures of a plan, from the referee -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Plan/PlayedPlan.h"

#include "Problem/Verdicts.h"
#include "remat/Schedule/Simulator.h"

using namespace remat::schedule;

Verdict remat::schedule::fillFromActions(const Chain &problem, PlanResult &result) {
  SimulationResult played = simulate(problem, result.list);
  Plan &plan = result.plan;
  if (played.overflowed)
    return tooLong();
  if (!played.valid)
    return {Status::Internal, "internal error: the plan cannot be played: " + played.rule + " at action " +
                                  std::to_string(played.action)};
  plan.forward = played.forward;
  plan.advance = played.advance;
  plan.record = played.record;
  plan.reverse = played.reverse;
  plan.time = played.time;
  plan.peak = played.peak;
  plan.stall = played.stall;
  plan.slowPeak = played.slowPeak;
  plan.offloadedStates = played.offloadedStates;
  plan.offloadedTapes = played.offloadedTapes;

  int64_t keepAll = 0;
  for (const ChainStage &stage : problem.stages)
    keepAll += stage.count * stage.leastOnce();
  plan.timeRatio = getTimeRatio(plan.time, keepAll);
  return {};
}
