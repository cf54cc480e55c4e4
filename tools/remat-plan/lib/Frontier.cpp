//===- Frontier.cpp - Time over memory ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <queue>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

namespace {

/// Two planned budgets with different times and others in between.
struct Gap {
  int64_t low;
  int64_t high;
  double weight;

  friend bool operator<(const Gap &a, const Gap &b) {
    return a.weight != b.weight ? a.weight < b.weight : a.low > b.low;
  }
};

class FrontierSearch {
public:
  FrontierSearch(const LoadedChain &loaded, Policy policy, const FrontierLimits &limits)
      : chain(loaded.chain), storeAll(loaded.storeAll), limits(limits) {
    curve.policy = policy;
  }

  FrontierCurve run(Progress &progress);

private:
  using PointIterator = std::map<int64_t, FrontierPoint>::iterator;

  /// Plans and enters the point; false if there is no plan.
  bool planAt(int64_t budget);
  void addGap(int64_t low, int64_t high);
  /// The planned budget from which on a time is reached; there is one.
  PointIterator findFast(int64_t time);
  /// Whether smaller budgets than that could do.
  bool isOpen(PointIterator fast);
  void refineKnees();
  void collectPoints();
  void collectKnees();

  StagedChain chain;
  int64_t storeAll;
  const FrontierLimits &limits;
  FrontierCurve curve;
  int64_t plans = 0;
  /// By budget; the peak of a plan is a budget that gives the same time.
  std::map<int64_t, FrontierPoint> known;
  std::priority_queue<Gap> gaps;
};

} // namespace

bool FrontierSearch::planAt(int64_t budget) {
  ++plans;
  chain.budget = budget;
  ChainResult result = planChain(chain, curve.policy, limits.search);
  if (!result.ok()) {
    curve.verdict = result.verdict;
    return false;
  }
  const Plan &plan = result.plan;
  FrontierPoint point = {budget, plan.forward, plan.time, plan.lowerBound, plan.boundAnySchedule, plan.timeRatio};
  known[budget] = point;
  if (plan.peak < budget) {
    point.budget = plan.peak;
    known.emplace(plan.peak, point);
  }
  return true;
}

void FrontierSearch::addGap(int64_t low, int64_t high) {
  if (high - low <= 1 || known[low].time <= known[high].time)
    return;
  double time =
      std::log(static_cast<double>(known[low].time) / static_cast<double>(std::max<int64_t>(known[high].time, 1)));
  double memory = std::log(static_cast<double>(high) / static_cast<double>(std::max<int64_t>(low, 1)));
  gaps.push({low, high, time * memory});
}

namespace {
/// A time that has a name.
struct NamedTime {
  const char *name;
  /// More time than that of keeping everything, as a fraction.
  int64_t numerator;
  int64_t denominator;
};
} // namespace

static constexpr NamedTime namedTimes[] = {
    {"no more time", 0, 1},        {"one tenth more time", 1, 10}, {"one quarter more time", 1, 4},
    {"one third more time", 1, 3}, {"one half more time", 1, 2},   {"two thirds more time", 2, 3},
    {"twice the time", 1, 1},      {"three times the time", 2, 1}, {"ten times the time", 9, 1}};

/// The most time that counts as that.
static int64_t mostTime(const NamedTime &named, int64_t everything) {
  __extension__ using Wide = __int128;
  Wide most = Wide(everything) * (named.numerator + named.denominator) / named.denominator;
  return static_cast<int64_t>(std::min<Wide>(most, std::numeric_limits<int64_t>::max()));
}

FrontierSearch::PointIterator FrontierSearch::findFast(int64_t time) {
  return std::find_if(known.begin(), known.end(), [&](const auto &entry) { return entry.second.time <= time; });
}

bool FrontierSearch::isOpen(PointIterator fast) {
  return fast != known.begin() && fast->first - std::prev(fast)->first > 1;
}

/// Halves what each knee leaves open, all in turn, so that what there is time for helps
/// all of them.
void FrontierSearch::refineKnees() {
  int64_t everything = known.rbegin()->second.time;
  bool isDone = false;
  for (int64_t count = 0; !isDone;) {
    isDone = true;
    for (const NamedTime &named : namedTimes) {
      PointIterator fast = findFast(mostTime(named, everything));
      if (!isOpen(fast))
        continue;
      int64_t low = std::prev(fast)->first;
      if (count++ == limits.kneePlans || !planAt(low + (fast->first - low) / 2)) {
        curve.verdict = {};
        return;
      }
      isDone = false;
    }
  }
}

void FrontierSearch::collectKnees() {
  int64_t everything = known.rbegin()->second.time;
  for (const NamedTime &named : namedTimes) {
    PointIterator fast = findFast(mostTime(named, everything));
    if (!curve.knees.empty() && curve.knees.back().point.budget == fast->first)
      continue;
    double share = storeAll > 0 ? static_cast<double>(fast->first) / static_cast<double>(storeAll) : 1;
    curve.knees.push_back({named.name, fast->second, share, curve.isComplete || !isOpen(fast)});
  }
}

void FrontierSearch::collectPoints() {
  for (const auto &[budget, point] : known)
    if (curve.points.empty() || point.time < curve.points.back().time)
      curve.points.push_back(point);
}

FrontierCurve FrontierSearch::run(Progress &progress) {
  // No budget is smaller than nothing, and the answer says what would do.
  chain.budget = 0;
  ChainResult nothing = planChain(chain, curve.policy, limits.search);
  curve.verdict = nothing.verdict;
  if (!nothing.ok() && nothing.verdict.status != Status::Infeasible)
    return std::move(curve);
  int64_t least = nothing.plan.minimumBudget;
  int64_t most = std::max(least, storeAll);
  if (!planAt(least) || !planAt(most))
    return std::move(curve);
  curve.verdict = {};

  addGap(least, most);
  while (!gaps.empty() && plans < limits.plans) {
    Gap gap = gaps.top();
    gaps.pop();
    // Geometric halves first: what is interesting happens at small budgets.
    double geometric =
        std::sqrt(static_cast<double>(std::max<int64_t>(gap.low, 1))) * std::sqrt(static_cast<double>(gap.high));
    int64_t middle = std::clamp(static_cast<int64_t>(geometric), gap.low + 1, gap.high - 1);
    if (!planAt(middle))
      return std::move(curve);
    // A peak below the budget is a point too.
    auto below = std::prev(known.find(middle));
    for (auto it = known.find(gap.low); it != below; ++it)
      addGap(it->first, std::next(it)->first);
    addGap(below->first, middle);
    addGap(middle, gap.high);
    progress.setShare(static_cast<double>(plans) / static_cast<double>(limits.plans));
  }
  curve.isComplete = gaps.empty();
  if (limits.kneePlans > 0) {
    if (!curve.isComplete) {
      progress.begin("looking for the knees");
      refineKnees();
    }
    collectKnees();
  }
  collectPoints();
  return std::move(curve);
}

FrontierCurve plantool::computeFrontier(const LoadedChain &loaded, Policy policy, const FrontierLimits &limits,
                                        Progress &progress) {
  return FrontierSearch(loaded, policy, limits).run(progress);
}
