//===- BudgetSplit.cpp - One budget shared out among loops ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program/BudgetSplit.h"

#include <limits>

using namespace remat::schedule;

/// Points of a frontier that are compared.
static constexpr int64_t frontierPoints = 64;

int64_t remat::schedule::getAmpleSlots(const ProgramInstance &instance, size_t index) {
  const LoopStage &stage = instance.getLoop(index).stages.front();
  std::optional<int64_t> item = addBytes(stage.stateBytes, stage.tapeBytes);
  std::optional<int64_t> all = item ? multiplyBytes(*item, instance.getSteps(index) + 1) : std::nullopt;
  return all.value_or(std::numeric_limits<int64_t>::max());
}

int64_t remat::schedule::getLargestSlots(ProgramInstance &instance, std::vector<LoopNeeds> needs, size_t index,
                                         int64_t budget) {
  auto fits = [&](int64_t units) {
    needs[index].slotBytes = units * arenaAlignment;
    std::optional<int64_t> total = instance.layOut(needs);
    return total && *total <= budget;
  };
  int64_t low = 0, high = getAmpleSlots(instance, index) / arenaAlignment;
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
    if (!hull.points.empty() && (point.peak <= hull.points.back().peak || point.time >= hull.points.back().time))
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
    if (point.peak <= bytes && (!best || point.time < best->time))
      best = &point;
  return best;
}

BudgetSplit::BudgetSplit(ProgramInstance &instance, Policy policy, int64_t budget)
    : instance(instance), budget(budget), frontiers(instance.getNumLoops()) {
  for (size_t index = 0; index < frontiers.size(); ++index) {
    if (!instance.isPlanned(index))
      continue;
    EqualChain problem = instance.getEqualSteps(index, 0);
    for (const FrontierPoint &point : frontier(problem, policy, frontierBudgets(problem, policy, frontierPoints)))
      if (point.feasible)
        frontiers[index].push_back(point);
  }
}

/// One step up some hull after the other, the steepest first.
void BudgetSplit::climb(std::vector<LoopNeeds> &needs) {
  std::vector<Hull> hulls;
  for (const std::vector<FrontierPoint> &points : frontiers)
    hulls.push_back(makeHull(points));
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
}

/// Hulls leave bytes over: takes the best of all splits of what these two have.
void BudgetSplit::share(std::vector<LoopNeeds> &needs, size_t first, size_t second) {
  std::optional<int64_t> bestTime;
  std::vector<LoopNeeds> best = needs, trial = needs;
  for (const FrontierPoint &point : frontiers[first]) {
    trial[first].slotBytes = point.peak;
    const FrontierPoint *other = findPoint(frontiers[second], getLargestSlots(instance, trial, second, budget));
    std::optional<int64_t> time = other ? addBytes(point.time, other->time) : std::nullopt;
    if (!time || (bestTime && *bestTime <= *time))
      continue;
    bestTime = time;
    best[first].slotBytes = point.peak;
    best[second].slotBytes = other->peak;
  }
  needs = std::move(best);
}

std::vector<LoopNeeds> BudgetSplit::find(std::vector<LoopNeeds> needs) {
  climb(needs);
  for (size_t first = 0; first < frontiers.size(); ++first)
    for (size_t second = first + 1; second < frontiers.size(); ++second)
      if (!frontiers[first].empty() && !frontiers[second].empty())
        share(needs, first, second);
  return needs;
}
