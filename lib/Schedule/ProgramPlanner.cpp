//===- ProgramPlanner.cpp - One budget for all loops of a program -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ProgramPlanner.h"

#include "remat/Runtime/Runtime.h"
#include "remat/Schedule/Simulator.h"

#include <algorithm>
#include <limits>
#include <numeric>

using namespace remat::schedule;

/// Points of a frontier that are compared when a budget is split.
static constexpr int64_t frontierPoints = 48;
/// Stack frames assumed for a plan that is not made yet; plans of a thousand
/// steps need less.
static constexpr int64_t assumedFrames = 32;
/// Playing a schedule takes time proportional to the number of its actions; up
/// to this many steps that is not noticed.
static constexpr int64_t maxSimulatedSteps = 2000000;

namespace {

/// The points of one loop's frontier on its lower convex hull.
struct Hull {
  std::vector<FrontierPoint> points;
  size_t at = 0;
  bool isDone = true;

  /// Time saved per byte by the next step.
  double getSlope() const {
    const FrontierPoint &from = points[at], &to = points[at + 1];
    return static_cast<double>(from.time - to.time) / static_cast<double>(to.peak - from.peak);
  }
};

} // namespace

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
  /// Takes the plan that keeps everything if it is better.
  bool preferStoreAll(ProgramResult &result, const ProgramPlan &storeAll);
  /// Plays every schedule and compares what happened with what was promised.
  bool verify(const ProgramPlan &plan);

  const Verdict &getVerdict() const { return verdict; }

private:
  bool fail(Status status, const std::string &message);
  /// The number of loops that have a schedule.
  int64_t countPlanned() const;
  ProgramPlan makeEmptyPlan() const;
  /// Plans one loop and notes what it needs.
  bool planLoop(ProgramPlan &plan, size_t index, Policy loopPolicy, int64_t slotBudget);
  bool finish(ProgramPlan &plan);
  /// Slot bytes with which any policy can do its best.
  int64_t getAmpleSlots(size_t index) const;
  /// Moves budget to the loops where it saves the most time, if their walks have at
  /// most `frames` frames.
  bool splitBudget(ProgramPlan &plan, int64_t budget, int64_t frames);
  /// Gives each loop in turn an equal share of what is left.
  bool shareBudget(ProgramPlan &plan, int64_t budget);
  /// Improves a plan whose budget is split.
  bool fillAll(ProgramPlan &plan, int64_t budget);
  /// The bytes of slots that the others leave to a loop whose walk has `frames`
  /// frames, at least what it has; nothing if not even that fits.
  std::optional<int64_t> findSlots(const ProgramPlan &plan, size_t index, int64_t frames, int64_t budget);
  /// Gives one loop everything that the others leave.
  bool fill(ProgramPlan &plan, size_t index, int64_t budget);

  ProgramInstance &instance;
  Policy policy;
  Verdict verdict;
  /// The frontiers of all loops, for splitting a budget.
  std::vector<Hull> frontiers;
};

} // namespace

bool ProgramPlanner::fail(Status status, const std::string &message) {
  verdict = {status, message};
  return false;
}

int64_t ProgramPlanner::countPlanned() const {
  int64_t planned = 0;
  for (size_t index = 0; index < instance.getNumLoops(); ++index)
    planned += instance.isPlanned(index) ? 1 : 0;
  return planned;
}

ProgramPlan ProgramPlanner::makeEmptyPlan() const {
  ProgramPlan plan;
  plan.loops.resize(instance.getNumLoops());
  plan.needs.resize(instance.getNumLoops());
  return plan;
}

int64_t ProgramPlanner::getAmpleSlots(size_t index) const {
  const ProgramLoop &loop = instance.getLoop(index);
  std::optional<int64_t> item = addBytes(loop.stateBytes, loop.tapeBytes);
  std::optional<int64_t> all = item ? multiplyBytes(*item, instance.getSteps(index) + 1) : std::nullopt;
  return all.value_or(std::numeric_limits<int64_t>::max());
}

bool ProgramPlanner::planLoop(ProgramPlan &plan, size_t index, Policy loopPolicy, int64_t slotBudget) {
  PlanResult result = remat::schedule::plan(instance.getChain(index, slotBudget), loopPolicy);
  if (!result.ok())
    return fail(result.verdict.status, "loop #" + std::to_string(index) + ": " + result.verdict.message);
  const ProgramLoop &loop = instance.getLoop(index);
  std::optional<int64_t> bytes = result.table.slotPeak({loop.stateBytes, loop.tapeBytes, loop.stateBytes});
  if (!bytes)
    return fail(Status::Overflow, "loop #" + std::to_string(index) + ": the peak does not fit in 64 bits");
  plan.needs[index] = {*bytes, result.table.stackDepth()};
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
    if (instance.isPlanned(index) && !planLoop(plan, index, Policy::StoreAll, getAmpleSlots(index)))
      return false;
  return finish(plan);
}

bool ProgramPlanner::planMinimum(ProgramPlan &plan) {
  plan = makeEmptyPlan();
  for (size_t index = 0; index < plan.loops.size(); ++index) {
    if (!instance.isPlanned(index))
      continue;
    // Where the policy does not apply, planning says why.
    std::optional<int64_t> minimum = minimumBudget(instance.getChain(index, 0), policy);
    if (!planLoop(plan, index, policy, minimum.value_or(0)))
      return false;
  }
  return finish(plan);
}

std::optional<int64_t> ProgramPlanner::findSlots(const ProgramPlan &plan, size_t index, int64_t frames,
                                                 int64_t budget) {
  auto fits = [&](int64_t units) {
    std::vector<LoopNeeds> needs = plan.needs;
    needs[index] = {units * arenaAlignment, frames};
    std::optional<int64_t> total = instance.layOut(needs);
    return total && *total <= budget;
  };
  int64_t low = plan.needs[index].slotBytes / arenaAlignment, high = getAmpleSlots(index) / arenaAlignment;
  if (!fits(low))
    return std::nullopt;
  while (low < high) {
    int64_t middle = high - (high - low) / 2;
    fits(middle) ? low = middle : high = middle - 1;
  }
  return low * arenaAlignment;
}

bool ProgramPlanner::fill(ProgramPlan &plan, size_t index, int64_t budget) {
  const ProgramLoop &loop = instance.getLoop(index);
  // Slots that differ by less than this hold the same states and tapes.
  int64_t unit = std::max(arenaAlignment, std::gcd(loop.stateBytes, loop.tapeBytes));
  int64_t lastUnits = -1;
  ProgramPlan best = plan;
  bool needsMoreFrames = false;
  auto tryFrames = [&](int64_t frames) {
    std::optional<int64_t> slots = findSlots(plan, index, frames, budget);
    needsMoreFrames &= slots.has_value();
    if (!slots || *slots / unit == lastUnits)
      return true;
    lastUnits = *slots / unit;
    ProgramPlan candidate = plan;
    if (!planLoop(candidate, index, policy, *slots) || !finish(candidate))
      return false;
    needsMoreFrames = candidate.peak > budget;
    if (!needsMoreFrames && candidate.loops[index].plan.time <= best.loops[index].plan.time)
      best = std::move(candidate);
    return true;
  };
  // How many frames a plan needs is known when it is made. If it needs more than is
  // assumed, the best number is in between, as more frames leave fewer slots. If it
  // needs fewer, a frame less may be a state more where steps are small.
  int64_t assumed = std::max(assumedFrames, plan.needs[index].stackFrames);
  if (!tryFrames(assumed))
    return false;
  bool isBetween = needsMoreFrames;
  for (int64_t low = assumed, high = budget / REMAT_FRAME_BYTES + 1; isBetween && high - low > 1;) {
    int64_t middle = low + (high - low) / 2;
    if (!tryFrames(middle))
      return false;
    (needsMoreFrames ? low : high) = middle;
  }
  for (int64_t frames = assumed - 1; frames > 0 && best.loops[index].plan.forward != instance.getSteps(index); --frames)
    if (!tryFrames(frames))
      return false;
  plan = std::move(best);
  return finish(plan);
}

/// Keeps the points that a straight line between two others does not beat.
static Hull makeHull(const std::vector<FrontierPoint> &frontier) {
  Hull hull;
  for (const FrontierPoint &point : frontier) {
    if (!point.feasible ||
        (!hull.points.empty() && (point.peak <= hull.points.back().peak || point.time >= hull.points.back().time)))
      continue;
    auto isBeaten = [&] {
      if (hull.points.size() < 2)
        return false;
      const FrontierPoint &a = hull.points[hull.points.size() - 2], &b = hull.points.back();
      return static_cast<double>(a.time - b.time) * static_cast<double>(point.peak - a.peak) <=
             static_cast<double>(a.time - point.time) * static_cast<double>(b.peak - a.peak);
    };
    while (isBeaten())
      hull.points.pop_back();
    hull.points.push_back(point);
  }
  hull.isDone = hull.points.size() < 2;
  return hull;
}

bool ProgramPlanner::splitBudget(ProgramPlan &plan, int64_t budget, int64_t frames) {
  if (frontiers.empty()) {
    frontiers.resize(plan.loops.size());
    for (size_t index = 0; index < frontiers.size(); ++index) {
      ChainProblem problem = instance.getChain(index, 0);
      if (instance.isPlanned(index))
        frontiers[index] = makeHull(frontier(problem, policy, frontierBudgets(problem, policy, frontierPoints)));
    }
  }
  std::vector<Hull> hulls = frontiers;
  std::vector<LoopNeeds> needs = plan.needs;
  for (size_t index = 0; index < hulls.size(); ++index)
    if (instance.isPlanned(index))
      needs[index].stackFrames = std::max(needs[index].stackFrames, frames);
  while (true) {
    Hull *best = nullptr;
    for (Hull &hull : hulls)
      if (!hull.isDone && (!best || hull.getSlope() > best->getSlope()))
        best = &hull;
    if (!best)
      break;
    auto index = static_cast<size_t>(best - hulls.data());
    int64_t before = needs[index].slotBytes;
    needs[index].slotBytes = best->points[best->at + 1].peak;
    std::optional<int64_t> total = instance.layOut(needs);
    if (!total || *total > budget) {
      needs[index].slotBytes = before;
      best->isDone = true;
      continue;
    }
    ++best->at;
    best->isDone = best->at + 1 == best->points.size();
  }
  for (size_t index = 0; index < hulls.size(); ++index)
    if (instance.isPlanned(index) && !planLoop(plan, index, policy, needs[index].slotBytes))
      return false;
  return finish(plan);
}

bool ProgramPlanner::shareBudget(ProgramPlan &plan, int64_t budget) {
  int64_t sharers = countPlanned();
  for (size_t index = 0; index < plan.loops.size(); ++index)
    if (instance.isPlanned(index) && !fill(plan, index, plan.peak + (budget - plan.peak) / sharers--))
      return false;
  return true;
}

bool ProgramPlanner::fillAll(ProgramPlan &plan, int64_t budget) {
  for (size_t index = 0; index < plan.loops.size(); ++index)
    if (instance.isPlanned(index) && !fill(plan, index, budget))
      return false;
  return true;
}

/// The time of all schedules.
static double getTime(const ProgramPlan &plan) {
  double time = 0;
  for (const PlanResult &loop : plan.loops)
    time += static_cast<double>(loop.plan.time);
  return time;
}

bool ProgramPlanner::improve(ProgramPlan &plan, std::optional<int64_t> budget) {
  int64_t planned = countPlanned();
  if (!budget) {
    for (size_t index = 0; index < plan.loops.size(); ++index)
      if (instance.isPlanned(index) && !planLoop(plan, index, policy, getAmpleSlots(index)))
        return false;
    return finish(plan);
  }
  const ProgramPlan minimum = plan;
  if ((planned > 1 && !shareBudget(plan, *budget)) || !fillAll(plan, *budget))
    return false;
  // Only where walks are as large as what is kept does it matter how large they are.
  int64_t leastFrames = planned * assumedFrames * REMAT_FRAME_BYTES > *budget / 64 ? 1 : assumedFrames;
  for (int64_t frames = assumedFrames; planned > 1 && frames >= leastFrames; frames /= 2) {
    ProgramPlan candidate = minimum;
    if (!splitBudget(candidate, *budget, frames))
      return false;
    if (candidate.peak > *budget)
      continue;
    if (!fillAll(candidate, *budget))
      return false;
    if (getTime(candidate) < getTime(plan))
      plan = std::move(candidate);
  }
  return finish(plan);
}

/// With room for everything the shortest walk is that of keeping everything.
bool ProgramPlanner::preferStoreAll(ProgramResult &result, const ProgramPlan &storeAll) {
  bool fits = !result.budget || storeAll.peak <= *result.budget;
  bool isInClass = policy == Policy::Optimal || policy == Policy::Msm || policy == Policy::Ism;
  if (fits && isInClass && getTime(storeAll) < getTime(result.plan))
    result.plan = storeAll;
  return finish(result.plan);
}

bool ProgramPlanner::verify(const ProgramPlan &plan) {
  for (size_t index = 0; index < plan.loops.size(); ++index) {
    if (!instance.isPlanned(index) || instance.getSteps(index) > maxSimulatedSteps)
      continue;
    std::string loop = "the schedule of loop #" + std::to_string(index);
    const Plan &promised = plan.loops[index].plan;
    int64_t slotBytes = plan.needs[index].slotBytes;
    SimulationResult played = simulate(instance.getChain(index, slotBytes), plan.loops[index].table);
    if (!played.valid)
      return fail(Status::BadValue, loop + " breaks a rule at action " + std::to_string(played.action) + ": " +
                                        std::string(played.rule));
    if (played.forward != promised.forward || played.time != promised.time || played.peak > slotBytes)
      return fail(Status::BadValue, loop + " takes " + std::to_string(played.forward) + " forward steps and " +
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
  result.budget = instance.getProblem().budget.resolve(storeAll.peak);
  if (result.budget && *result.budget < result.minimum)
    result.verdict = {Status::Infeasible, "the smallest feasible budget is " + std::to_string(result.minimum) +
                                              " bytes"};
  else if (!planner.improve(result.plan, result.budget) || !planner.preferStoreAll(result, storeAll) ||
           !planner.verify(result.plan))
    result.verdict = planner.getVerdict();
  return result;
}
