//===- SlowProblems.h - what holds for every plan ------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_SLOWPROBLEMS_H
#define REMAT_TEST_UNIT_SCHEDULE_SLOWPROBLEMS_H

#include "StagedProblems.h"
#include "remat/Schedule/Simulator.h"

#include <gtest/gtest.h>

namespace remat::schedule {

/// The simulator says what the plan says, and no bound is above it.
inline void expectHonestPlan(const Chain &problem, const PlanResult &result) {
  ASSERT_NE(result.verdict.status, Status::Internal) << result.verdict.message << problem;
  ASSERT_TRUE(result.ok() || result.verdict.status == Status::Infeasible ||
              result.verdict.status == Status::Unsupported)
      << result.verdict.message << problem;
  if (!result.ok())
    return;
  SimulationResult played = simulate(problem, result.actions());
  ASSERT_TRUE(played.valid) << stringifyPolicy(result.plan.policy) << played.rule << " at " << played.action << "\n"
                            << problem;
  EXPECT_EQ(played.time, result.plan.time) << problem;
  EXPECT_EQ(played.peak, result.plan.peak) << problem;
  EXPECT_EQ(played.stall, result.plan.stall) << problem;
  EXPECT_EQ(played.slowPeak, result.plan.slowPeak) << problem;
  EXPECT_LE(result.plan.lowerBound, result.plan.time) << stringifyPolicy(result.plan.policy) << problem;
  EXPECT_LE(result.plan.boundAnySchedule, result.plan.time) << problem;
}

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_SLOWPROBLEMS_H
