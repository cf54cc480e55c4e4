//===- StagedSolver.cpp - plan unequal steps --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Budgets have more bytes than tables can have columns. Rounding sizes up wastes
// half a unit on everything that is kept; rounding them to the nearest unit makes
// some of it free, which is what a plan then keeps. So a size stays what it is,
// the table is read between two units, the plan is taken from it with the bytes that
// are left (StagedDescent.h), and short segments get finer tables of their own
// (StagedRefinement.h).
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedSolver.h"

#include "Bounds/TapeBound.h"
#include "Plan/PlayedPlan.h"
#include "Problem/Verdicts.h"
#include "Table/CheckedMath.h"
#include "Unequal/StagedAsEqual.h"
#include "Unequal/StagedRefinement.h"
#include "remat/Schedule/Simulator.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace remat::schedule;

/// A longer chain is cut into this many items at most: so few that each has `unitsPerTable`
/// units within the effort, but from `fewestItems` to `mostItems`.
static constexpr double unitsPerTable = 180;
static constexpr int64_t fewestItems = 256, mostItems = 1024;
/// Plans of unequal steps are lists of actions, some 200 bytes for each step.
static constexpr int64_t maxListedSteps = 4000000;
/// What a bound may take of the effort for a plan, N^3 M.
static constexpr double boundShare = 0.15;

/// Units for each item below which a bound is not worth its time.
static constexpr int64_t leastBoundUnits = 2;
/// Effort of the finer tables: a share of the whole, a share for the plans of all guesses,
/// and the least that either gets.
static constexpr double fineShare = 0.1, guessShare = 0.003, leastFineEffort = 2e9, leastGuessEffort = 5e8;
/// Units of a table that is not exact, by default; more of them gain little.
static constexpr double enoughUnits = 512;
/// Units of a table whatever it takes: with 0 they fill a line of floats (LineTable.h).
static constexpr int64_t fewestUnits = 15;
/// Up to here times are held in double precision.
static constexpr int64_t maxDoubleItems = 128;

static int64_t targetItems(double effort) {
  return std::clamp(static_cast<int64_t>(std::cbrt(effort / unitsPerTable)), fewestItems, mostItems);
}

/// Not ok if a list of actions would be too long.
static Verdict checkSteps(const Chain &problem) {
  if (problem.steps() <= maxListedSteps)
    return {};
  return {Status::Unsupported, "unequal steps, or steps with several modes, are planned up to " +
                                   std::to_string(maxListedSteps) + " steps, but there are " +
                                   std::to_string(problem.steps())};
}

PlanResult remat::schedule::planStagedStoreAll(const Chain &problem) {
  PlanResult result;
  int64_t steps = problem.steps();
  result.verdict = checkSteps(problem);
  if (!result.ok())
    return result;
  result.plan.minimumBudget = storeAllPeak(problem);
  if (problem.budget < result.plan.minimumBudget) {
    result.verdict = infeasible(problem.budget, result.plan.minimumBudget);
    return result;
  }
  int64_t step = 0;
  for (const ChainStage &stage : problem.stages) {
    int64_t mode = stage.fastestMode();
    result.plan.lowerBound += stage.count * stage.leastOnce();
    for (int64_t i = 0; i < stage.count; ++i) {
      result.list.push_back({ActionKind::Record, ++step, mode});
      if (step < steps)
        result.list.push_back({ActionKind::Keep, step});
    }
  }
  for (; step > 0; --step) {
    result.list.push_back({ActionKind::Reverse, step});
    if (step < steps)
      result.list.push_back({ActionKind::DiscardTape, step});
  }
  result.plan.boundAnySchedule = result.plan.lowerBound;
  result.verdict = fillFromActions(problem, result);
  return result;
}

namespace {
class StagedSolver {
public:
  StagedSolver(const Chain &problem, const ChainOptions &options)
      : problem(problem), options(options),
        chain(problem, std::min(targetItems(options.effort), options.maxItems), options.maxItems, options.progress) {}

  PlanResult solve();

private:
  int64_t sizesDivisor() const;
  /// The effort in multiples of the default, at least 1.
  double moreEffort() const { return std::max(options.effort / ChainOptions().effort, 1.0); }
  int64_t unitsFor(double work, int64_t bytesPerValue) const;
  template <typename Value>
  Verdict solveTables(const StagedMinimum &minimum, Plan &plan);
  template <typename Value>
  int64_t boundOf(const StagedTables<Value> &tables) const;
  /// Takes a plan over if it fits and is better than what there is.
  void consider(const ChoiceSource &source);
  void consider(std::vector<Action> list);

  Segment top() const {
    SegmentKind kind = problem.start == Start::Releasable ? SegmentKind::Owned : SegmentKind::Held;
    return {kind, 0, chain.size(), available};
  }

  const Chain &problem;
  const ChainOptions &options;
  ItemChain chain;
  /// What the budget leaves beside a start state that stays.
  int64_t available = 0;
  int64_t bestTime = -1;
  std::vector<Action> best;
};
} // namespace

int64_t StagedSolver::sizesDivisor() const {
  int64_t divisor = problem.countedInitialState();
  for (const ChainStage &stage : problem.stages) {
    divisor = std::gcd(std::gcd(divisor, stage.state), stage.workspace);
    for (const StageMode &mode : stage.modes)
      divisor = std::gcd(divisor, mode.tape);
  }
  return std::max<int64_t>(divisor, 1);
}

int64_t StagedSolver::unitsFor(double work, int64_t bytesPerValue) const {
  double items = static_cast<double>(chain.size());
  double byWork = work / (items * items * items + 1);
  double byMemory = static_cast<double>(options.tableBytes / bytesPerValue) / (1.5 * items * (items + 1));
  // Up to here tables may be exact.
  double enough = (chain.size() <= maxDoubleItems ? 2048 : std::max(512.0, 2 * items)) * moreEffort();
  return std::max(fewestUnits, static_cast<int64_t>(std::min({byWork, byMemory, enough})));
}

void StagedSolver::consider(const ChoiceSource &source) {
  SegmentCost cost = SegmentCosts(chain, source).of(top());
  if (cost.time < 0 || cost.peak > available)
    return;
  if (bestTime < 0 || cost.time < bestTime) {
    bestTime = cost.time;
    best = emitActions(chain, source, top());
  }
}

void StagedSolver::consider(std::vector<Action> list) {
  SimulationResult played = simulate(problem, list);
  if (!played.valid || (bestTime >= 0 && played.time >= bestTime))
    return;
  bestTime = played.time;
  best = std::move(list);
}

/// The table's value as a bound in whole units of time, less the rounding of at
/// most a few sums for each item. Whole numbers are exact as far as the mantissa goes: what
/// is kept comes with the time of a way, and then no other value that the least one is a
/// sum of is larger.
template <typename Value>
int64_t StagedSolver::boundOf(const StagedTables<Value> &tables) const {
  double value = static_cast<double>(tables.value(top().kind, tables.units()));
  if (!(value < 9e18))
    return 0;
  bool isExact = value + tables.wayTime(0, chain.size()) < std::ldexp(1.0, std::numeric_limits<Value>::digits);
  if (!isExact)
    value -=
        value * 8 * static_cast<double>(chain.size() + 4) * static_cast<double>(std::numeric_limits<Value>::epsilon());
  return static_cast<int64_t>(std::ceil(value));
}

template <typename Value>
Verdict StagedSolver::solveTables(const StagedMinimum &minimum, Plan &plan) {
  int64_t units = unitsFor(options.effort, sizeof(Value));
  int64_t divisor = sizesDivisor();
  bool isExact = available / divisor <= units;
  if (!isExact)
    units = std::min(units, static_cast<int64_t>(enoughUnits * moreEffort()));
  {
    if (isExact)
      units = available / divisor;
    else
      plan.planningUnit = ceilDiv(available, units);
    StagedTables<Value> tables(chain, isExact ? UnitScale{divisor, 1} : UnitScale{available, units}, units);
    if (!tables.solve(options.progress))
      return interrupted();
    RefinementOptions refinement;
    refinement.items = chain.size() / 2;
    refinement.units = 2 * units;
    refinement.divisor = divisor;
    refinement.effort = std::max(fineShare * options.effort, leastFineEffort);
    refinement.guessEffort = std::max(guessShare * options.effort, leastGuessEffort);
    refinement.progress = options.progress;
    auto found = planFromTables(chain, tables, minimum, top(), refinement);
    if (!found)
      return interrupted();
    consider(found->choices);
    if (isExact && !chain.hasBlocks())
      plan.lowerBound = std::max(plan.lowerBound, boundOf(tables));
  }
  int64_t boundUnits = std::min(units, unitsFor(boundShare * options.effort, sizeof(Value)));
  if (!isExact && !chain.hasBlocks() && boundUnits >= leastBoundUnits * chain.size()) {
    StagedTables<Value> tables(chain, {available, boundUnits, Rounding::Down}, boundUnits);
    if (!tables.solve(options.progress))
      return interrupted();
    plan.lowerBound = std::max(plan.lowerBound, boundOf(tables));
  }
  return {};
}

PlanResult StagedSolver::solve() {
  PlanResult result;
  Plan &plan = result.plan;
  if (!chain.isComplete()) {
    result.verdict = interrupted();
    return result;
  }
  StagedMinimum minimum(chain, options.progress);
  if (!minimum.isComplete()) {
    result.verdict = interrupted();
    return result;
  }
  int64_t fixed = problem.start == Start::Pinned ? problem.initialState : 0;
  int64_t first = problem.countedInitialState() + chain.workspace(1);
  int64_t leastOfClass = std::max(first, fixed + minimum.peak(top()));
  plan.minimumBudget =
      chain.hasBlocks() ? std::min(leastOfClass, minimumAsEqual(problem).value_or(leastOfClass)) : leastOfClass;
  if (problem.budget < plan.minimumBudget) {
    result.verdict = infeasible(problem.budget, plan.minimumBudget);
    return result;
  }
  if (problem.budget >= storeAllPeak(problem)) {
    int64_t least = plan.minimumBudget;
    result = planStagedStoreAll(problem);
    plan.minimumBudget = least;
    return result;
  }

  // Nothing fits in less than the unit of all sizes.
  available = (problem.budget - fixed) / sizesDivisor() * sizesDivisor();
  plan.boundAnySchedule = plan.lowerBound = tapeBound(problem);
  if (problem.budget >= leastOfClass) {
    result.verdict =
        chain.size() <= maxDoubleItems ? solveTables<double>(minimum, plan) : solveTables<float>(minimum, plan);
    if (!result.ok())
      return result;
    if (bestTime < 0)
      consider(minimum);
  }
  for (bool smallestTapes : {false, true})
    if (chain.hasBlocks())
      consider(planAsEqual(problem, smallestTapes));
  if (bestTime < 0) {
    result.verdict = tooLong();
    return result;
  }
  result.list = std::move(best);
  result.verdict = fillFromActions(problem, result);
  return result;
}

PlanResult remat::schedule::planStaged(const Chain &problem, const ChainOptions &options) {
  Chain plain = problem;
  plain.slow.reset();
  auto isEmpty = [](const ChainStage &stage) { return stage.count == 0; };
  plain.stages.erase(std::remove_if(plain.stages.begin(), plain.stages.end(), isEmpty), plain.stages.end());
  if (Verdict verdict = checkSteps(plain); !verdict.ok()) {
    PlanResult result;
    result.verdict = verdict;
    return result;
  }
  return StagedSolver(plain, options).solve();
}
