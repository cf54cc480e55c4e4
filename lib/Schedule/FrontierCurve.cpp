//===- FrontierCurve.cpp - time over memory of a chain ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/FrontierCurve.h"

#include "remat/Schedule/ChainPlanner.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <queue>

using namespace remat::schedule;

namespace {

/// Two neighbouring budgets between which others may be useful.
struct Gap {
  int64_t low;
  int64_t high;
  double weight;

  friend bool operator<(const Gap &a, const Gap &b) {
    return a.weight != b.weight ? a.weight < b.weight : a.low > b.low;
  }
};

class CurveSearch {
public:
  CurveSearch(const Chain &chain, int64_t storeAll, Policy policy, const CurveOptions &options)
      : chain(chain), storeAll(storeAll), options(options), isMonotone(neverFalls(policy)) {
    curve.policy = policy;
  }

  FrontierCurve run();

private:
  using PointIterator = std::map<int64_t, CurvePoint>::iterator;

  /// Whether more memory never makes a plan of exact sizes slower.
  bool neverFalls(Policy policy) const;
  /// Plans and enters the point, and that of the peak; false if there is no plan.
  bool planAt(int64_t budget);
  bool planOnly(int64_t budget, int64_t &peak);
  void enter(const CurvePoint &point);
  void addGap(PointIterator low, PointIterator high);
  /// The smallest known budget at which a time is reached; there is one.
  PointIterator findFast(int64_t time);
  /// Whether budgets just below that one have not been planned.
  bool isOpen(PointIterator fast);
  /// Whether no smaller budget reaches that time.
  bool isLeast(PointIterator fast, int64_t time);
  void refineKnees();
  void collectPoints();
  void collectKnees();

  Chain chain;
  int64_t storeAll;
  const CurveOptions &options;
  bool isMonotone;
  FrontierCurve curve;
  int64_t plans = 0;
  /// By budget.
  std::map<int64_t, CurvePoint> known;
  /// Some of them have been divided since.
  std::priority_queue<Gap> gaps;
};

} // namespace

bool CurveSearch::neverFalls(Policy policy) const {
  // Transfers, a list that grows with the steps, and blocks of stages are planned by rules
  // that may do better with less.
  const PolicyInfo &info = infoOf(policy);
  bool usesSlow = chain.slow && info.has(UsesSlowTier);
  bool isInBlocks = static_cast<int64_t>(chain.stages.size()) > options.search.maxItems && !chain.equalSteps();
  return !info.has(MakesLists) && !usesSlow && !isInBlocks;
}

bool CurveSearch::planAt(int64_t budget) {
  int64_t peak = 0;
  if (!planOnly(budget, peak))
    return false;
  if (known.count(peak) || peak < known.begin()->first)
    return true;
  // The plan fits there, and if it is the best one at its budget, a planner of exact sizes
  // finds it again with its bound. Else what is found may be another.
  CurvePoint point = known[budget];
  if (isMonotone && point.time == point.lowerBound) {
    point.budget = peak;
    enter(point);
    return true;
  }
  return planOnly(peak, peak);
}

bool CurveSearch::planOnly(int64_t budget, int64_t &peak) {
  ++plans;
  chain.budget = budget;
  PlanResult result = planChain(chain, curve.policy, options.search);
  if (!result.ok()) {
    curve.verdict = result.verdict;
    return false;
  }
  const Plan &plan = result.plan;
  bool isExact = isMonotone && plan.planningUnit == 1;
  enter({budget, plan.forward, plan.time, plan.lowerBound, plan.boundAnySchedule, plan.timeRatio,
         isExact ? plan.time : plan.lowerBound});
  peak = plan.peak;
  return true;
}

void CurveSearch::enter(const CurvePoint &point) {
  PointIterator at = known.insert_or_assign(point.budget, point).first;
  if (at != known.begin())
    addGap(std::prev(at), at);
  if (std::next(at) != known.end())
    addGap(at, std::next(at));
}

void CurveSearch::addGap(PointIterator low, PointIterator high) {
  if (high->first - low->first <= 1 || low->second.time <= high->second.leastBelow)
    return;
  // Where the times are equal there may be something in between, but little speaks for it.
  constexpr double leastRise = 1e-4;
  double rise =
      std::log(static_cast<double>(low->second.time) / static_cast<double>(std::max<int64_t>(high->second.time, 1)));
  double memory = std::log(static_cast<double>(high->first) / static_cast<double>(std::max<int64_t>(low->first, 1)));
  gaps.push({low->first, high->first, std::max(rise, leastRise) * memory});
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

CurveSearch::PointIterator CurveSearch::findFast(int64_t time) {
  return std::find_if(known.begin(), known.end(), [&](const auto &entry) { return entry.second.time <= time; });
}

bool CurveSearch::isOpen(PointIterator fast) {
  return fast != known.begin() && fast->first - std::prev(fast)->first > 1;
}

bool CurveSearch::isLeast(PointIterator fast, int64_t time) {
  for (PointIterator high = fast; high != known.begin(); --high)
    if (high->first - std::prev(high)->first > 1 && high->second.leastBelow <= time)
      return false;
  return true;
}

/// Halves what each knee leaves open, all in turn, so that what there is time for helps
/// all of them.
void CurveSearch::refineKnees() {
  int64_t everything = known.rbegin()->second.time;
  int64_t before = plans;
  for (bool isDone = false; !isDone;) {
    isDone = true;
    for (const NamedTime &named : namedTimes) {
      PointIterator fast = findFast(mostTime(named, everything));
      if (!isOpen(fast))
        continue;
      int64_t low = std::prev(fast)->first;
      if (plans - before >= options.kneePlans || !planAt(low + (fast->first - low) / 2)) {
        curve.verdict = {};
        return;
      }
      isDone = false;
    }
  }
}

void CurveSearch::collectKnees() {
  int64_t everything = known.rbegin()->second.time;
  for (const NamedTime &named : namedTimes) {
    int64_t most = mostTime(named, everything);
    PointIterator fast = findFast(most);
    if (!curve.knees.empty() && curve.knees.back().point.budget == fast->first)
      continue;
    double share = storeAll > 0 ? static_cast<double>(fast->first) / static_cast<double>(storeAll) : 1;
    curve.knees.push_back({named.name, fast->second, share, isLeast(fast, most)});
  }
}

void CurveSearch::collectPoints() {
  for (const auto &[budget, point] : known)
    if (curve.points.empty() || point.time < curve.points.back().time)
      curve.points.push_back(point);
}

FrontierCurve CurveSearch::run() {
  // No budget is smaller than nothing, and the answer says what would do.
  chain.budget = 0;
  PlanResult nothing = planChain(chain, curve.policy, options.search);
  curve.verdict = nothing.verdict;
  if (!nothing.ok() && nothing.verdict.status != Status::Infeasible)
    return std::move(curve);
  int64_t least = nothing.plan.minimumBudget;
  int64_t most = std::max(least, storeAll);
  if (!planAt(least) || !planAt(most))
    return std::move(curve);
  curve.verdict = {};

  while (!gaps.empty()) {
    Gap gap = gaps.top();
    bool isDivided = std::next(known.find(gap.low))->first != gap.high;
    if (!isDivided && plans >= options.plans)
      break;
    gaps.pop();
    if (isDivided)
      continue;
    // Geometric halves first: what is interesting happens at small budgets.
    double geometric =
        std::sqrt(static_cast<double>(std::max<int64_t>(gap.low, 1))) * std::sqrt(static_cast<double>(gap.high));
    int64_t middle = std::clamp(static_cast<int64_t>(geometric), gap.low + 1, gap.high - 1);
    if (!planAt(middle))
      return std::move(curve);
    if (options.progress)
      options.progress(static_cast<double>(plans) / static_cast<double>(options.plans));
  }
  curve.isComplete = gaps.empty();
  if (options.kneePlans > 0) {
    if (!curve.isComplete) {
      if (options.beginKnees)
        options.beginKnees();
      refineKnees();
    }
    collectKnees();
  }
  collectPoints();
  return std::move(curve);
}

FrontierCurve remat::schedule::computeFrontierCurve(const Chain &chain, int64_t storeAll, Policy policy,
                                                    const CurveOptions &options) {
  return CurveSearch(chain, storeAll, policy, options).run();
}
