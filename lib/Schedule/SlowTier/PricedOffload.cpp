//===- PricedOffload.cpp - offload what is worth its transfer ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A price says how much goes to the slow tier, but not when: a channel that has
// time enough for all of it is late all the same for things that are made together. What
// steps wait for is therefore not offloaded in another round, and the planner
// finds something else to do with it. No price is right for sure, so a few are tried,
// which also makes up for the units in which they are planned.
//
//===----------------------------------------------------------------------===//

#include "SlowTier/PricedOffload.h"

#include "Plan/PlayedPlan.h"
#include "Problem/Verdicts.h"
#include "SlowTier/SlowModes.h"
#include "Table/CheckedMath.h"
#include "Unequal/StagedSolver.h"
#include "remat/Schedule/Simulator.h"

#include <algorithm>
#include <set>
#include <utility>

using namespace remat::schedule;

/// Steps up to which every choice is tried.
static constexpr int64_t fewSteps = 12;

/// States that may be in the slow tier, at most.
static constexpr int64_t maxRelays = 32;

/// What one plan may take of the effort, and units of memory beyond which, or half a
/// unit for each step, plans gain nothing.
static constexpr double effortShare = 400;
static constexpr double enoughUnits = 64;

/// Prices that are tried, and the distance of those that are tried first.
static constexpr int64_t prices[] = {0, 2, 4, 8, 12, 16, 24, 32, 64, 96, 128};
static constexpr size_t coarsePrices = 2;

/// Times that a choice is tried with less and less in the slow tier.
static constexpr int maxRounds = 5;

/// Sizes, and time of moving and running everything once, whose sums with prices and
/// over many runs are far from the end of 64 bits.
static constexpr int64_t modest = int64_t(1) << 42;

namespace {
class PricedOffload {
public:
  PricedOffload(const Chain &problem, const ChainOptions &options, PlanResult &best);

  /// Few steps: everything.
  void tryAll();
  /// Many: first the price, then the memory for transfers, then states.
  void descend();

private:
  bool isDone() const { return !best.ok() || best.plan.time == best.plan.boundAnySchedule; }
  void setTapes(bool has);
  void setRelays(bool has);
  void attempt();
  void adopt(Placement placed);
  void tryPrices(size_t first, size_t last, size_t stride);

  const Chain &problem;
  ChainOptions options;
  PlanResult &best;
  int64_t steps;
  int64_t largestTape = 0;
  int64_t largestState;
  /// What is tried, and the best of what was.
  SlowModesOptions choice;
  SlowModesOptions bestChoice;
  int64_t bestTime = INT64_MAX;
  size_t bestPrice = 0;
};
} // namespace

PricedOffload::PricedOffload(const Chain &problem, const ChainOptions &options, PlanResult &best)
    : problem(problem), options(options), best(best), steps(problem.steps()), largestState(problem.initialState) {
  double items = static_cast<double>(steps);
  this->options.effort =
      std::min(options.effort / effortShare, std::max(items / 2, enoughUnits) * items * items * items);
  for (const ChainStage &stage : problem.stages) {
    largestState = std::max(largestState, stage.state);
    for (const StageMode &mode : stage.modes)
      largestTape = std::max(largestTape, mode.tape);
  }
  setTapes(true);
  setRelays(false);
}

/// All that fit.
void PricedOffload::setTapes(bool has) {
  choice.tapes.assign(1, false);
  for (const ChainStage &stage : problem.stages) {
    auto fits = [&](const StageMode &mode) { return mode.tape <= problem.budget - stage.workspace; };
    bool mayMove = has && std::all_of(stage.modes.begin(), stage.modes.end(), fits);
    choice.tapes.insert(choice.tapes.end(), stage.count, mayMove);
  }
}

/// The initial state, and the smallest state in each of as many parts as there may be.
void PricedOffload::setRelays(bool has) {
  choice.states.assign(steps + 1, false);
  if (!has)
    return;
  choice.states[0] = problem.start == Start::Releasable;
  std::vector<int64_t> sizes(1, problem.initialState);
  for (const ChainStage &stage : problem.stages)
    sizes.insert(sizes.end(), stage.count, stage.state);
  int64_t parts = std::min(steps, maxRelays);
  for (int64_t i = 0; i < parts; ++i) {
    auto begin = sizes.begin() + 1 + i * (steps - 1) / parts, end = sizes.begin() + 1 + (i + 1) * (steps - 1) / parts;
    if (begin != end)
      choice.states[std::min_element(begin, end) - sizes.begin()] = true;
  }
}

void PricedOffload::attempt() {
  SlowModesOptions before = choice;
  for (int round = 0; round < maxRounds && !isDone(); ++round) {
    // The planner reports its own share, and for few steps nothing.
    if (!options.reportProgress(0)) {
      best.verdict = interrupted();
      break;
    }
    SlowModes modes(problem, choice);
    PlanResult plan = planStaged(modes.chain(), options);
    if (plan.verdict.status == Status::Interrupted)
      best.verdict = plan.verdict;
    if (!plan.ok())
      break;
    Placement placed = placeTransfers(problem, modes.draft(plan.actions()));
    if (placed.isPlaced && placed.time < bestTime) {
      bestTime = placed.time;
      bestChoice = before;
    }
    for (auto [step, isTape] : placed.unwelcome)
      (isTape ? choice.tapes : choice.states)[step] = false;
    bool isLast = placed.unwelcome.empty();
    if (placed.isPlaced && placed.time < best.plan.time)
      adopt(std::move(placed));
    if (isLast)
      break;
  }
  choice = std::move(before);
}

void PricedOffload::adopt(Placement placed) {
  if (!simulate(problem, placed.actions).valid)
    return;
  Plan &plan = best.plan;
  best.table.reset();
  best.list = std::move(placed.actions);
  best.verdict = fillFromActions(problem, best);
  plan.predictedTime = placed.predictedTime;
  plan.interval = plan.intervalTapes = 0;
  plan.scheme = OffloadScheme::None;
  if (plan.offloadedStates + plan.offloadedTapes == 0)
    return;
  plan.scheme = plan.offloadedTapes > 0 ? OffloadScheme::StatesAndTapes : OffloadScheme::EveryInterval;
  // On average.
  plan.interval = ceilDiv(steps, plan.offloadedStates + 1);
  plan.intervalTapes = ceilDiv(plan.offloadedTapes, plan.offloadedStates + 1);
}

/// Where steps wait, the price is known.
void PricedOffload::tryPrices(size_t first, size_t last, size_t stride) {
  for (size_t i = first; i < std::min(last, std::size(prices)) && !isDone(); i += stride) {
    choice.price = prices[i];
    int64_t before = bestTime;
    attempt();
    if (bestTime < before)
      bestPrice = i;
    if (problem.slow->blocking)
      return;
  }
}

void PricedOffload::tryAll() {
  using Preference = SlowModesOptions::Preference;
  std::set<int64_t> buffers = {0, largestState, largestTape, 2 * largestTape, problem.budget / 4, problem.budget / 2};
  for (auto [tapes, states] : {std::pair(true, false), std::pair(false, true), std::pair(true, true)})
    for (Preference preference : {Preference::Early, Preference::Late}) {
      setTapes(tapes);
      setRelays(states);
      choice.preference = preference;
      for (int64_t buffer : buffers) {
        choice.buffer = buffer;
        if (buffer < problem.budget)
          tryPrices(0, std::size(prices), 1);
      }
    }
}

void PricedOffload::descend() {
  choice.buffer = std::min(2 * largestTape, problem.budget / 2);
  tryPrices(1, std::size(prices), coarsePrices);
  if (bestTime == INT64_MAX)
    return;
  if (!problem.slow->blocking)
    for (size_t price : {bestPrice - 1, bestPrice + 1})
      tryPrices(price, price + 1, 1);
  choice = bestChoice;
  for (int64_t buffer : {largestTape, 4 * largestTape, problem.budget / 4}) {
    choice.buffer = buffer;
    if (buffer < problem.budget)
      attempt();
  }
  choice = bestChoice;
  setRelays(true);
  tryPrices(bestPrice, bestPrice + 2, 1);
}

/// Whether all sums of sizes and priced times stay far below 2^63.
static bool isModest(const Chain &problem) {
  const SlowTier &slow = *problem.slow;
  __int128 size = problem.initialState, time = 0, transfers = 1;
  for (const ChainStage &stage : problem.stages) {
    __int128 each = stage.state, run = stage.advance;
    for (const StageMode &mode : stage.modes) {
      each += mode.tape;
      run += __int128(mode.record) + mode.reverse;
    }
    size += stage.count * each;
    time += stage.count * run;
    transfers += stage.count * (__int128(stage.modes.size()) + 1);
  }
  if (size > modest || slow.latency > modest || std::max(slow.write, slow.read) > modest)
    return false;
  return time + size * (slow.write + slow.read) + 2 * transfers * slow.latency <= modest;
}

void remat::schedule::improveByPrices(const Chain &problem, const ChainOptions &options, PlanResult &best) {
  if (problem.steps() > maxPricedSteps || best.plan.time == best.plan.boundAnySchedule || !isModest(problem))
    return;
  PricedOffload offload(problem, options, best);
  if (problem.steps() <= fewSteps)
    offload.tryAll();
  else
    offload.descend();
}
