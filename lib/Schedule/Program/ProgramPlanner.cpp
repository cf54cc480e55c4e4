//===- ProgramPlanner.cpp - One budget for all loops of a program -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ProgramPlanner.h"

#include "Program/BudgetSplit.h"
#include "remat/Schedule/TableSimulator.h"

#include <algorithm>

using namespace remat::schedule;

/// Stacks are reserved in pieces of this many frames. One piece serves nearly every
/// plan, so that the size of the stack hardly ever decides between two plans.
static constexpr int64_t framesPerPiece = 16;
/// Playing a schedule takes time proportional to the number of its actions; up
/// to this many steps that is not noticed.
static constexpr int64_t maxSimulatedSteps = 2000000;

namespace {

/// Makes plans; false means that `verdict` says what went wrong.
class ProgramPlanner {
public:
  explicit ProgramPlanner(ProgramInstance &instance) : instance(instance), policy(instance.getProblem().policy) {}

  /// The plan that keeps everything.
  bool planStoreAll(ProgramPlan &plan);
  /// The plan with the smallest peak that the policy has.
  bool planMinimum(ProgramPlan &plan);
  /// Improves the smallest plan as far as `budget` goes; no limit if it is not given.
  bool improve(ProgramPlan &plan, std::optional<int64_t> budget);
  /// Plays every schedule and compares what happened with what was promised.
  bool verify(const ProgramPlan &plan);

  const Verdict &getVerdict() const { return verdict; }

private:
  bool fail(Status status, const std::string &message);
  ProgramPlan makeEmptyPlan() const;
  /// Plans one loop and notes what it needs.
  bool planLoop(ProgramPlan &plan, size_t index, Policy loopPolicy, int64_t slotBudget);
  bool finish(ProgramPlan &plan);
  /// Moves budget to the loops where it saves the most time. Leaves the plan as it is
  /// if no split has room for the stacks too.
  bool splitBudget(ProgramPlan &plan, int64_t budget);
  /// Gives one loop everything that the others leave.
  bool fill(ProgramPlan &plan, size_t index, int64_t budget);

  ProgramInstance &instance;
  Policy policy;
  Verdict verdict;
};

} // namespace

bool ProgramPlanner::fail(Status status, const std::string &message) {
  verdict = {status, message};
  return false;
}

ProgramPlan ProgramPlanner::makeEmptyPlan() const {
  ProgramPlan plan;
  plan.loops.resize(instance.getNumLoops());
  plan.needs.resize(instance.getNumLoops());
  return plan;
}

bool ProgramPlanner::planLoop(ProgramPlan &plan, size_t index, Policy loopPolicy, int64_t slotBudget) {
  PlanResult result = remat::schedule::plan(instance.getEqualSteps(index, slotBudget), loopPolicy);
  if (!result.ok())
    return fail(result.verdict.status, "loop #" + std::to_string(index) + ": " + result.verdict.message);
  int64_t pieces = (result.table->stackDepth() + framesPerPiece - 1) / framesPerPiece;
  plan.needs[index] = {result.plan.peak, std::max<int64_t>(1, pieces) * framesPerPiece};
  plan.loops[index] = std::move(result);
  return true;
}

bool ProgramPlanner::finish(ProgramPlan &plan) {
  std::optional<int64_t> peak = instance.layOut(plan.needs);
  if (!peak)
    return fail(Status::Overflow, "the arena does not fit in 64 bits");
  plan.peak = *peak;
  return true;
}

bool ProgramPlanner::planStoreAll(ProgramPlan &plan) {
  plan = makeEmptyPlan();
  for (size_t index = 0; index < plan.loops.size(); ++index)
    if (instance.isPlanned(index) && !planLoop(plan, index, Policy::StoreAll, getAmpleSlots(instance, index)))
      return false;
  return finish(plan);
}

bool ProgramPlanner::planMinimum(ProgramPlan &plan) {
  plan = makeEmptyPlan();
  for (size_t index = 0; index < plan.loops.size(); ++index) {
    if (!instance.isPlanned(index))
      continue;
    // Where the policy does not apply, planning says why.
    std::optional<int64_t> minimum = minimumBudget(instance.getEqualSteps(index, 0), policy);
    if (!planLoop(plan, index, policy, minimum.value_or(0)))
      return false;
  }
  return finish(plan);
}

bool ProgramPlanner::fill(ProgramPlan &plan, size_t index, int64_t budget) {
  // The size of the stack is known when the plan is made: reserve more until it
  // is enough.
  for (int64_t frames = framesPerPiece;; frames += framesPerPiece) {
    std::vector<LoopNeeds> needs = plan.needs;
    needs[index].stackFrames = frames;
    int64_t slots = getLargestSlots(instance, needs, index, budget);
    // A plan that is no larger than the present one is not a better one either.
    if (slots < plan.needs[index].slotBytes)
      break;
    ProgramPlan candidate = plan;
    if (!planLoop(candidate, index, policy, slots) || !finish(candidate))
      return false;
    if (candidate.peak > budget)
      continue;
    if (candidate.loops[index].plan.time < plan.loops[index].plan.time)
      plan = std::move(candidate);
    break;
  }
  return finish(plan);
}

bool ProgramPlanner::splitBudget(ProgramPlan &plan, int64_t budget) {
  BudgetSplit split(instance, policy, budget);
  // The sizes of the stacks are known when the plans are made: reserve what they
  // turned out to need until it is enough.
  std::vector<LoopNeeds> reserved = plan.needs;
  while (true) {
    ProgramPlan candidate = plan;
    std::vector<LoopNeeds> needs = split.find(reserved);
    for (size_t index = 0; index < needs.size(); ++index)
      if (instance.isPlanned(index) && !planLoop(candidate, index, policy, needs[index].slotBytes))
        return false;
    if (!finish(candidate))
      return false;
    if (candidate.peak <= budget) {
      plan = std::move(candidate);
      return true;
    }
    bool isReserved = true;
    for (size_t index = 0; index < needs.size(); ++index) {
      isReserved &= candidate.needs[index].stackFrames <= reserved[index].stackFrames;
      reserved[index].stackFrames = std::max(reserved[index].stackFrames, candidate.needs[index].stackFrames);
    }
    std::optional<int64_t> total = instance.layOut(reserved);
    if (isReserved || !total || *total > budget)
      return true;
  }
}

bool ProgramPlanner::improve(ProgramPlan &plan, std::optional<int64_t> budget) {
  std::vector<size_t> planned;
  for (size_t index = 0; index < plan.loops.size(); ++index)
    if (instance.isPlanned(index))
      planned.push_back(index);
  // Often there is room for the best plan of every loop.
  ProgramPlan ample = plan;
  for (size_t index : planned)
    if (!planLoop(ample, index, policy, getAmpleSlots(instance, index)))
      return false;
  if (!finish(ample))
    return false;
  if (!budget || ample.peak <= *budget) {
    plan = std::move(ample);
    return true;
  }
  if (planned.size() > 1 && !splitBudget(plan, *budget))
    return false;
  for (size_t index : planned)
    if (!fill(plan, index, *budget))
      return false;
  return finish(plan);
}

bool ProgramPlanner::verify(const ProgramPlan &plan) {
  for (size_t index = 0; index < plan.loops.size(); ++index) {
    if (!instance.isPlanned(index) || instance.getSteps(index) > maxSimulatedSteps)
      continue;
    std::string loop = "internal error: the schedule of loop #" + std::to_string(index);
    const Plan &promised = plan.loops[index].plan;
    int64_t slotBytes = plan.needs[index].slotBytes;
    SimulationResult played = simulate(instance.getEqualSteps(index, slotBytes), *plan.loops[index].table);
    if (!played.valid)
      return fail(Status::Internal,
                  loop + " breaks a rule at action " + std::to_string(played.action) + ": " + std::string(played.rule));
    if (played.forward != promised.forward || played.time != promised.time || played.peak > slotBytes)
      return fail(Status::Internal, loop + " takes " + std::to_string(played.forward) + " forward steps and " +
                                        std::to_string(played.peak) + " bytes, but its plan says " +
                                        std::to_string(promised.forward) + " and " + std::to_string(slotBytes));
  }
  return true;
}

ProgramResult remat::schedule::planProgram(ProgramInstance &instance) {
  ProgramResult result;
  ProgramPlanner planner(instance);
  ProgramPlan storeAll;
  if (!planner.planStoreAll(storeAll) || !planner.planMinimum(result.plan)) {
    result.verdict = planner.getVerdict();
    return result;
  }
  result.storeAll = storeAll.peak;
  result.minimum = result.plan.peak;
  result.budget = instance.getProblem().budget.resolve(storeAll.peak, result.minimum);
  if (result.budget && *result.budget < result.minimum)
    result.verdict = {Status::Infeasible,
                      "the smallest feasible budget is " + std::to_string(result.minimum) + " bytes"};
  else if (!planner.improve(result.plan, result.budget) || !planner.verify(result.plan))
    result.verdict = planner.getVerdict();
  return result;
}
