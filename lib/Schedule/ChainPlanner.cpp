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

#include "Bounds/SlowBound.h"
#include "Equal/Online.h"
#include "Problem/Verdicts.h"
#include "SlowTier/EqualPolicies.h"
#include "SlowTier/PricedOffload.h"
#include "SlowTier/StagedOffload.h"
#include "Unequal/StagedSolver.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <chrono>

using namespace remat::schedule;

/// Steps up to which the best plan is sought among those of h-revolve, and of
/// disk-revolve, too.
static constexpr int64_t maxOptimalHierarchy = 1000;
static constexpr int64_t maxOptimalDisk = 5000;

/// Equal steps up to which single states and tapes are offloaded one by one; what
/// is periodic does as well for more of them.
static constexpr int64_t maxOptimalPrices = 128;

static PlanResult unsupported(Policy policy, const char *expected) {
  PlanResult result;
  result.verdict = {Status::Unsupported, "policy " + std::string(stringifyPolicy(policy)) + " expects " + expected};
  return result;
}

/// With a slow tier there are more schedules than those that the bounds of the
/// other policies know.
static void applySlowBound(const EqualChain &problem, const SlowTier &slow, Plan &plan) {
  plan.boundAnySchedule = slowBound(problem, slow);
}

/// The best of all plans with and without the slow tier, if there is one.
static PlanResult planOptimal(const Chain &problem, const std::optional<EqualChain> &equal,
                              const ChainOptions &options) {
  if (!equal) {
    if (!problem.slow)
      return planStaged(problem, options);
    return planStagedOffload(problem, options, [](const Chain &interval, const ChainOptions &options) {
      return planChain(interval, Policy::Optimal, options);
    });
  }
  if (!problem.slow)
    return plan(*equal, Policy::Optimal);
  PlanResult best = planMultistage(*equal, *problem.slow, options);
  // What takes too long may be done faster.
  auto goesOn = [&] { return best.ok() || best.verdict.status == Status::Overflow; };
  auto consider = [&](Policy policy) {
    if (goesOn() && !options.reportProgress(1))
      best.verdict = interrupted();
    if (!goesOn())
      return;
    PlanResult other = planHierarchical(*equal, *problem.slow, policy);
    bool isFaster = other.ok() && (!best.ok() || other.plan.time < best.plan.time);
    if (isFaster || other.verdict.status == Status::Internal)
      best = std::move(other);
  };
  if (equal->steps <= maxOptimalHierarchy)
    consider(Policy::HRevolve);
  if (equal->steps <= maxOptimalDisk)
    consider(Policy::DiskRevolve);
  if (!best.ok())
    return best;
  applySlowBound(*equal, *problem.slow, best.plan);
  if (equal->steps <= maxOptimalPrices)
    improveByPrices(problem, options, best);
  best.plan.lowerBound = best.plan.boundAnySchedule;
  return best;
}

/// What the policy says about a valid problem.
static PlanResult dispatch(const Chain &problem, const std::optional<EqualChain> &equal, Policy policy,
                           const ChainOptions &options) {
  const PolicyInfo &info = infoOf(policy);
  if (!equal && !info.has(PlansUnequalSteps))
    return unsupported(policy, "equal steps with one mode");
  if (info.has(NeedsSlowTier) && !problem.slow)
    return unsupported(policy, "a slow tier");
  if (equal && equal->steps == 0)
    return plan(*equal, Policy::Optimal);
  switch (policy) {
  case Policy::Optimal:
    return planOptimal(problem, equal, options);
  case Policy::StoreAll:
    return equal ? plan(*equal, policy) : planStagedStoreAll(problem);
  case Policy::Online:
    return planOnline(*equal);
  case Policy::Multistage:
    return planMultistage(*equal, *problem.slow, options);
  case Policy::EveryInterval:
    return planEveryInterval(*equal, *problem.slow);
  case Policy::HRevolve:
  case Policy::DiskRevolve:
    return planHierarchical(*equal, *problem.slow, policy);
  case Policy::Periodic:
  case Policy::Revolve:
  case Policy::Ism:
  case Policy::Msm:
  case Policy::Mixed:
    return plan(*equal, policy);
  }
  PlanResult result;
  result.verdict = noPlanner(policy);
  return result;
}

/// If recording a step is faster than advancing over it, a step is always recorded,
/// whether its tape is kept or not. The published policies know no such thing, and
/// unequal steps are looked at one by one.
static PlanResult dispatchFastest(const Chain &problem, const std::optional<EqualChain> &equal, Policy policy,
                                  const ChainOptions &options) {
  if (!infoOf(policy).has(RecordsWhereFaster) || !equal || equal->record >= equal->advance)
    return dispatch(problem, equal, policy, options);
  Chain faster = problem;
  for (ChainStage &stage : faster.stages)
    stage.advance = stage.modes.front().record;
  PlanResult result = dispatch(faster, faster.equalSteps(), policy, options);
  result.recordsAdvances = true;
  result.plan.record = result.plan.forward;
  result.plan.advance = 0;
  return result;
}

PlanResult remat::schedule::planChain(const Chain &problem, Policy policy, const ChainOptions &options) {
  auto begin = std::chrono::steady_clock::now();
  PlanResult result;
  result.verdict = problem.validate();
  if (result.ok()) {
    std::optional<EqualChain> equal = problem.equalSteps();
    result = dispatchFastest(problem, equal, policy, options);
    if (result.ok() && equal && equal->steps > 0 && problem.slow)
      applySlowBound(*equal, *problem.slow, result.plan);
    result.plan.steps = problem.steps();
    if (result.plan.scheme == OffloadScheme::None)
      result.plan.predictedTime = result.plan.time;
  }
  result.plan.policy = policy;
  result.plan.budget = problem.budget;
  std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  result.plan.solveSeconds = elapsed.count();
  return result;
}
