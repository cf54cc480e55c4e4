//===- ProgramPlanner.cpp - One budget for all chains of a function -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/ProgramPlanner.h"

using namespace mlir;
using namespace remat;

/// Points of a frontier that are compared when a budget is split.
static constexpr int64_t frontierPoints = 64;
/// Stacks are reserved in pieces of this many frames. One piece serves nearly every
/// plan, so that the size of the stack hardly ever decides between two plans.
static constexpr int64_t framesPerPiece = 16;

ProgramPlanner::ProgramPlanner(ProgramMemory &memory, schedule::Policy policy) : memory(memory), policy(policy) {}

bool ProgramPlanner::isPlanned(unsigned index) {
  Loop &loop = memory.getLoops()[index];
  return loop.backward && loop.steps > 0;
}

schedule::ChainProblem ProgramPlanner::getProblem(unsigned index, int64_t slotBudget) {
  schedule::ChainProblem problem = memory.getLoops()[index].getProblem();
  problem.budget = slotBudget;
  return problem;
}

int64_t ProgramPlanner::getAmpleSlots(unsigned index) {
  Loop &loop = memory.getLoops()[index];
  std::optional<int64_t> item = addBytes(loop.stateBytes, loop.tapeBytes);
  std::optional<int64_t> all = item ? multiplyBytes(*item, loop.steps + 1) : std::nullopt;
  return all.value_or(std::numeric_limits<int64_t>::max());
}

LogicalResult ProgramPlanner::planLoop(ProgramPlan &plan, unsigned index, schedule::Policy loopPolicy,
                                       int64_t slotBudget) {
  Loop &loop = memory.getLoops()[index];
  schedule::ChainProblem problem = getProblem(index, slotBudget);
  schedule::PlanResult result = schedule::plan(problem, loopPolicy);
  if (!result.ok()) {
    error = ("planning @" + loop.chain.getSymName() + ": " + result.verdict.message).str();
    return failure();
  }
  std::optional<int64_t> bytes = result.table.slotPeak({loop.stateBytes, loop.tapeBytes, loop.stateBytes});
  if (!bytes) {
    error = ("planning @" + loop.chain.getSymName() + ": the peak does not fit in 64 bits").str();
    return failure();
  }
  int64_t pieces = (result.table.stackDepth() + framesPerPiece - 1) / framesPerPiece;
  plan.needs[index] = {*bytes, std::max<int64_t>(1, pieces) * framesPerPiece};
  plan.loops[index] = std::move(result);
  return success();
}

LogicalResult ProgramPlanner::finish(ProgramPlan &plan) {
  std::optional<int64_t> peak = memory.layOut(plan.needs);
  if (!peak) {
    error = "the arena does not fit in 64 bits";
    return failure();
  }
  plan.peak = *peak;
  return success();
}

static ProgramPlan makeEmptyPlan(size_t loops) {
  ProgramPlan plan;
  plan.loops.resize(loops);
  plan.needs.resize(loops);
  return plan;
}

FailureOr<ProgramPlan> ProgramPlanner::planStoreAll() {
  ProgramPlan plan = makeEmptyPlan(memory.getLoops().size());
  for (unsigned index = 0; index < plan.loops.size(); ++index)
    if (isPlanned(index) && failed(planLoop(plan, index, schedule::Policy::StoreAll, getAmpleSlots(index))))
      return failure();
  if (failed(finish(plan)))
    return failure();
  return plan;
}

FailureOr<ProgramPlan> ProgramPlanner::planMinimum() {
  ProgramPlan plan = makeEmptyPlan(memory.getLoops().size());
  for (unsigned index = 0; index < plan.loops.size(); ++index) {
    if (!isPlanned(index))
      continue;
    // Where the policy does not apply, planning says why.
    std::optional<int64_t> minimum = schedule::minimumBudget(getProblem(index, 0), policy);
    if (failed(planLoop(plan, index, policy, minimum.value_or(0))))
      return failure();
  }
  if (failed(finish(plan)))
    return failure();
  return plan;
}

int64_t ProgramPlanner::getLargestSlots(ArrayRef<LoopNeeds> needs, unsigned index, int64_t frames, int64_t budget) {
  SmallVector<LoopNeeds> trial(needs);
  auto fits = [&](int64_t units) {
    trial[index] = {units * arenaAlignment, frames};
    std::optional<int64_t> total = memory.layOut(trial);
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

LogicalResult ProgramPlanner::fill(ProgramPlan &plan, unsigned index, int64_t budget) {
  // The size of the stack is known when the plan is made: reserve more until it
  // is enough.
  for (int64_t frames = framesPerPiece;; frames += framesPerPiece) {
    int64_t slots = getLargestSlots(plan.needs, index, frames, budget);
    // A plan that is no larger than the present one is not a better one either.
    if (slots < plan.needs[index].slotBytes)
      break;
    ProgramPlan candidate = plan;
    if (failed(planLoop(candidate, index, policy, slots)) || failed(finish(candidate)))
      return failure();
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
  SmallVector<schedule::FrontierPoint> points;
  size_t at = 0;
  bool isDone = false;

  /// Time saved per byte by the next step.
  double getSlope() const {
    const schedule::FrontierPoint &from = points[at], &to = points[at + 1];
    return double(from.time - to.time) / double(to.peak - from.peak);
  }
};
} // namespace

/// Keeps the points that a straight line between two others does not beat.
static Hull makeHull(ArrayRef<schedule::FrontierPoint> frontier) {
  Hull hull;
  for (const schedule::FrontierPoint &point : frontier) {
    if (!point.feasible ||
        (!hull.points.empty() && (point.peak <= hull.points.back().peak || point.time >= hull.points.back().time)))
      continue;
    auto isBeaten = [&] {
      if (hull.points.size() < 2)
        return false;
      const schedule::FrontierPoint &a = hull.points[hull.points.size() - 2], &b = hull.points.back();
      return double(a.time - b.time) * double(point.peak - a.peak) <=
             double(a.time - point.time) * double(b.peak - a.peak);
    };
    while (isBeaten())
      hull.points.pop_back();
    hull.points.push_back(point);
  }
  hull.isDone = hull.points.size() < 2;
  return hull;
}

namespace {
/// A frontier by peak, for looking up the best time within some bytes.
struct Frontier {
  SmallVector<schedule::FrontierPoint> points;

  /// The fastest point that fits into \p bytes; null if none does.
  const schedule::FrontierPoint *find(int64_t bytes) const {
    const schedule::FrontierPoint *best = nullptr;
    for (const schedule::FrontierPoint &point : points)
      if (point.peak <= bytes && (!best || point.time < best->time))
        best = &point;
    return best;
  }
};
} // namespace

LogicalResult ProgramPlanner::splitBudget(ProgramPlan &plan, int64_t budget) {
  SmallVector<Hull> hulls(plan.loops.size());
  SmallVector<Frontier> frontiers(plan.loops.size());
  SmallVector<LoopNeeds> needs(plan.needs);
  for (unsigned index = 0; index < hulls.size(); ++index) {
    hulls[index].isDone = true;
    if (!isPlanned(index))
      continue;
    schedule::ChainProblem problem = getProblem(index, 0);
    std::vector<int64_t> budgets = schedule::frontierBudgets(problem, policy, frontierPoints);
    for (const schedule::FrontierPoint &point : schedule::frontier(problem, policy, budgets))
      if (point.feasible)
        frontiers[index].points.push_back(point);
    hulls[index] = makeHull(frontiers[index].points);
    needs[index].stackFrames = std::max(needs[index].stackFrames, framesPerPiece);
  }
  while (true) {
    Hull *best = nullptr;
    for (Hull &hull : hulls)
      if (!hull.isDone && (!best || hull.getSlope() > best->getSlope()))
        best = &hull;
    if (!best)
      break;
    unsigned index = best - hulls.data();
    int64_t before = needs[index].slotBytes;
    needs[index].slotBytes = best->points[best->at + 1].peak;
    std::optional<int64_t> total = memory.layOut(needs);
    if (!total || *total > budget) {
      needs[index].slotBytes = before;
      best->isDone = true;
      continue;
    }
    ++best->at;
    best->isDone = best->at + 1 == best->points.size();
  }
  // Hulls leave bytes over; two loops at a time, take the best split of all.
  for (unsigned first = 0; first < hulls.size(); ++first) {
    for (unsigned second = first + 1; second < hulls.size(); ++second) {
      if (!isPlanned(first) || !isPlanned(second))
        continue;
      std::optional<int64_t> bestTime;
      SmallVector<LoopNeeds> bestNeeds(needs);
      for (const schedule::FrontierPoint &point : frontiers[first].points) {
        SmallVector<LoopNeeds> trial(needs);
        trial[first].slotBytes = point.peak;
        int64_t rest = getLargestSlots(trial, second, trial[second].stackFrames, budget);
        const schedule::FrontierPoint *other = frontiers[second].find(rest);
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
  for (unsigned index = 0; index < hulls.size(); ++index)
    if (isPlanned(index) && failed(planLoop(plan, index, policy, needs[index].slotBytes)))
      return failure();
  return finish(plan);
}

FailureOr<ProgramPlan> ProgramPlanner::plan(std::optional<int64_t> budget) {
  FailureOr<ProgramPlan> plan = planMinimum();
  if (failed(plan))
    return failure();
  SmallVector<unsigned> planned;
  for (unsigned index = 0; index < plan->loops.size(); ++index)
    if (isPlanned(index))
      planned.push_back(index);
  // Often there is room for the best plan of every loop.
  ProgramPlan ample = *plan;
  for (unsigned index : planned)
    if (failed(planLoop(ample, index, policy, getAmpleSlots(index))))
      return failure();
  if (failed(finish(ample)))
    return failure();
  if (!budget || ample.peak <= *budget)
    return ample;
  if (planned.size() > 1) {
    ProgramPlan minimum = *plan;
    if (failed(splitBudget(*plan, *budget)))
      return failure();
    if (plan->peak > *budget)
      *plan = std::move(minimum);
  }
  for (unsigned index : planned)
    if (failed(fill(*plan, index, *budget)))
      return failure();
  return plan;
}
