//===- ProgramPlanner.cpp - One budget for all loops of a program -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ProgramPlanner.h"

#include "remat/Schedule/Simulator.h"

#include <algorithm>
#include <limits>

using namespace remat::schedule;

/// Points of a frontier that are compared when a budget is split.
static constexpr int64_t frontierPoints = 64;
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
  /// Slot bytes with which any policy can do its best.
  int64_t getAmpleSlots(size_t index) const;
  /// Moves budget to the loops where it saves the most time.
  bool splitBudget(ProgramPlan &plan, int64_t budget);
  /// The most slot bytes that loop `index` can have beside the needs of the others;
  /// negative if not even none fit.
  int64_t getLargestSlots(std::vector<LoopNeeds> needs, size_t index, int64_t frames, int64_t budget);
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
  int64_t pieces = (result.table.stackDepth() + framesPerPiece - 1) / framesPerPiece;
  plan.needs[index] = {*bytes, std::max<int64_t>(1, pieces) * framesPerPiece};
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

int64_t ProgramPlanner::getLargestSlots(std::vector<LoopNeeds> needs, size_t index, int64_t frames, int64_t budget) {
  auto fits = [&](int64_t units) {
    needs[index] = {units * arenaAlignment, frames};
    std::optional<int64_t> total = instance.layOut(needs);
    return total && *total <= budget;
  };
  int64_t low = 0, high = getAmpleSlots(index) / arenaAlignment;
  if (!fits(low))
    return -1;
  while (low < high) {
    int64_t middle = high - (high - low) / 2;
    if (fits(middle))
      low = middle;
    else
      high = middle - 1;
  }
  return low * arenaAlignment;
}

bool ProgramPlanner::fill(ProgramPlan &plan, size_t index, int64_t budget) {
  // The size of the stack is known when the plan is made: reserve more until it
  // is enough.
  for (int64_t frames = framesPerPiece;; frames += framesPerPiece) {
    int64_t slots = getLargestSlots(plan.needs, index, frames, budget);
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

/// The fastest point that fits into `bytes`; null if none does.
static const FrontierPoint *findPoint(const std::vector<FrontierPoint> &points, int64_t bytes) {
  const FrontierPoint *best = nullptr;
  for (const FrontierPoint &point : points)
    if (point.feasible && point.peak <= bytes && (!best || point.time < best->time))
      best = &point;
  return best;
}

bool ProgramPlanner::splitBudget(ProgramPlan &plan, int64_t budget) {
  std::vector<Hull> hulls(plan.loops.size());
  std::vector<std::vector<FrontierPoint>> frontiers(plan.loops.size());
  std::vector<LoopNeeds> needs = plan.needs;
  for (size_t index = 0; index < hulls.size(); ++index) {
    if (!instance.isPlanned(index))
      continue;
    ChainProblem problem = instance.getChain(index, 0);
    frontiers[index] = frontier(problem, policy, frontierBudgets(problem, policy, frontierPoints));
    hulls[index] = makeHull(frontiers[index]);
    needs[index].stackFrames = std::max(needs[index].stackFrames, framesPerPiece);
  }
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
  // Hulls leave bytes over; two loops at a time, take the best split of all.
  for (size_t first = 0; first < hulls.size(); ++first) {
    for (size_t second = first + 1; second < hulls.size(); ++second) {
      if (!instance.isPlanned(first) || !instance.isPlanned(second))
        continue;
      std::optional<int64_t> bestTime;
      std::vector<LoopNeeds> bestNeeds = needs;
      for (const FrontierPoint &point : frontiers[first]) {
        if (!point.feasible)
          continue;
        std::vector<LoopNeeds> trial = needs;
        trial[first].slotBytes = point.peak;
        int64_t rest = getLargestSlots(trial, second, trial[second].stackFrames, budget);
        const FrontierPoint *other = findPoint(frontiers[second], rest);
        std::optional<int64_t> time = other ? addBytes(point.time, other->time) : std::nullopt;
        if (!time || (bestTime && *bestTime <= *time))
          continue;
        bestTime = time;
        trial[second].slotBytes = other->peak;
        bestNeeds = trial;
      }
      needs = bestNeeds;
    }
  }
  for (size_t index = 0; index < hulls.size(); ++index)
    if (instance.isPlanned(index) && !planLoop(plan, index, policy, needs[index].slotBytes))
      return false;
  return finish(plan);
}

bool ProgramPlanner::improve(ProgramPlan &plan, std::optional<int64_t> budget) {
  std::vector<size_t> planned;
  for (size_t index = 0; index < plan.loops.size(); ++index)
    if (instance.isPlanned(index))
      planned.push_back(index);
  // Often there is room for the best plan of every loop.
  ProgramPlan ample = plan;
  for (size_t index : planned)
    if (!planLoop(ample, index, policy, getAmpleSlots(index)))
      return false;
  if (!finish(ample))
    return false;
  if (!budget || ample.peak <= *budget) {
    plan = std::move(ample);
    return true;
  }
  if (planned.size() > 1) {
    ProgramPlan minimum = plan;
    if (!splitBudget(plan, *budget))
      return false;
    if (plan.peak > *budget)
      plan = std::move(minimum);
  }
  for (size_t index : planned)
    if (!fill(plan, index, *budget))
      return false;
  return finish(plan);
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
  else if (!planner.improve(result.plan, result.budget) || !planner.verify(result.plan))
    result.verdict = planner.getVerdict();
  return result;
}
