//===- StagedOffload.cpp - offload states of unequal steps ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The published scheme with intervals of unequal lengths: a state is offloaded
// once the one before has had some multiple of its transfer time, at the place
// with the smallest state within half of that. Each interval is reversed by the
// best plan in what its start state and the one that is being prefetched leave.
// The initial state stays. What the simulator rejects, or finds slower than what
// there is, is dropped. Chains that are short enough for it are first planned with tapes
// and single states in the slow tier (PricedOffload.h).
//
//===----------------------------------------------------------------------===//

#include "SlowTier/StagedOffload.h"

#include "Bounds/TapeBound.h"
#include "Plan/PlayedPlan.h"
#include "Problem/Verdicts.h"
#include "SlowTier/PricedOffload.h"
#include "Unequal/StagedSolver.h"
#include "remat/Schedule/Simulator.h"

#include <algorithm>
#include <map>

using namespace remat::schedule;

/// Unequal steps of an interval, and steps of a chain, up to which this is tried.
static constexpr int64_t maxIntervalSteps = 64;
static constexpr int64_t maxOffloadSteps = 100000;

/// Intervals that the effort of a plan is shared out to.
static constexpr double effortShare = 1000;

namespace {
class StagedOffload {
public:
  StagedOffload(const Chain &problem, double effort, const SegmentPlanner &planInterval);

  /// Where states are offloaded, from 0 on, if each waits for that many quarters
  /// of the transfer time of the one before. The last one begins the rest.
  std::vector<int64_t> cuts(int64_t quarters) const;

  /// The schedule, or nothing if a part has no plan.
  std::optional<std::vector<Action>> emit(const std::vector<int64_t> &cuts);

private:
  const ChainStage &stageOf(int64_t step) const { return problem.stages[stages[step - 1]]; }
  int64_t stateSize(int64_t state) const { return state == 0 ? problem.initialState : stageOf(state).state; }
  Chain segment(int64_t begin, int64_t end, int64_t budget) const;
  bool play(int64_t begin, int64_t end, int64_t budget);

  void add(ActionKind kind, int64_t step, int64_t to = 0) { actions.push_back({kind, step, to}); }

  const Chain &problem;
  const SegmentPlanner &planInterval;
  /// Of each interval.
  ChainOptions options;
  /// Of each step.
  std::vector<int32_t> stages;
  std::map<std::pair<int64_t, int64_t>, PlanResult> known;
  std::vector<Action> actions;
};
} // namespace

StagedOffload::StagedOffload(const Chain &problem, double effort, const SegmentPlanner &planInterval)
    : problem(problem), planInterval(planInterval) {
  options.effort = effort;
  for (size_t i = 0; i < problem.stages.size(); ++i)
    stages.insert(stages.end(), problem.stages[i].count, static_cast<int32_t>(i));
}

std::vector<int64_t> StagedOffload::cuts(int64_t quarters) const {
  std::vector<int64_t> result = {0};
  int64_t steps = static_cast<int64_t>(stages.size()), best = 0;
  __int128 passed = 0;
  for (int64_t state = 1; state < steps; ++state) {
    passed += stageOf(state).advance;
    __int128 wanted = __int128(problem.slow->writeTime(stateSize(result.back()))) * quarters;
    if (4 * passed < wanted)
      continue;
    if (best == 0 || stateSize(state) < stateSize(best))
      best = state;
    if (8 * passed < 3 * wanted && state + 1 < steps)
      continue;
    result.push_back(best);
    state = best;
    best = 0;
    passed = 0;
  }
  return result;
}

/// The steps behind `begin` up to `end` as a problem in one memory.
Chain StagedOffload::segment(int64_t begin, int64_t end, int64_t budget) const {
  Chain part;
  for (int64_t step = begin + 1; step <= end;) {
    ChainStage stage = stageOf(step);
    stage.count = 0;
    for (int32_t index = stages[step - 1]; step <= end && stages[step - 1] == index; ++step)
      ++stage.count;
    part.stages.push_back(stage);
  }
  part.initialState = stateSize(begin);
  part.start = begin == 0 ? problem.start : Start::Releasable;
  part.budget = budget;
  return part;
}

/// Plays the best plan of a segment whose start state is in the core and kept.
bool StagedOffload::play(int64_t begin, int64_t end, int64_t budget) {
  auto [it, isNew] = known.try_emplace({begin, end});
  if (isNew && budget >= 0) {
    Chain part = segment(begin, end, budget);
    if (part.equalSteps() || end - begin <= maxIntervalSteps)
      it->second = planInterval(part, options);
    else
      it->second.verdict.status = Status::Unsupported;
  }
  if (budget < 0 || !it->second.ok())
    return false;
  bool isReleased = begin == 0;
  it->second.forEachAction([&](Action action) {
    isReleased |= action.kind == ActionKind::DiscardState && action.step == 0;
    action.step += begin;
    if (action.kind == ActionKind::Advance)
      action.to += begin;
    actions.push_back(action);
    return true;
  });
  if (!isReleased)
    add(ActionKind::DiscardState, begin);
  return true;
}

std::optional<std::vector<Action>> StagedOffload::emit(const std::vector<int64_t> &cuts) {
  actions.clear();
  known.clear();
  for (size_t i = 1; i < cuts.size(); ++i) {
    add(ActionKind::Advance, cuts[i - 1], cuts[i]);
    if (i > 1) {
      add(ActionKind::Await, cuts[i - 1]);
      add(ActionKind::DiscardState, cuts[i - 1]);
    }
    add(ActionKind::Checkpoint, cuts[i]);
    if (i + 1 < cuts.size())
      add(ActionKind::Offload, cuts[i]);
  }
  int64_t end = static_cast<int64_t>(stages.size());
  for (size_t i = cuts.size(); i-- > 0;) {
    bool isOffloaded = i > 0 && i + 1 < cuts.size();
    if (isOffloaded)
      add(ActionKind::Await, cuts[i]);
    int64_t budget = problem.budget;
    if (i > 0)
      budget -= problem.countedInitialState();
    if (i > 1) {
      add(ActionKind::Prefetch, cuts[i - 1]);
      budget -= stateSize(cuts[i - 1]);
    }
    if (i + 1 < cuts.size())
      add(ActionKind::Restore, cuts[i]);
    if (!play(cuts[i], end, budget))
      return std::nullopt;
    // The slow copy.
    if (isOffloaded)
      add(ActionKind::DiscardState, cuts[i]);
    end = cuts[i];
  }
  return actions;
}

PlanResult remat::schedule::planStagedOffload(const Chain &problem, const ChainOptions &options,
                                              const SegmentPlanner &planInterval) {
  PlanResult best = planStaged(problem, options);
  if (!best.ok())
    return best;
  best.plan.boundAnySchedule = best.plan.lowerBound = tapeBound(problem);
  if (problem.steps() > maxOffloadSteps)
    return best;
  improveByPrices(problem, options, best);
  if (!best.ok())
    return best;
  StagedOffload offload(problem, options.effort / effortShare, planInterval);
  std::vector<int64_t> before;
  for (int64_t quarters = 4; quarters <= 1024; quarters += quarters / 2) {
    if (options.progress && !options.progress(std::min(1.0, static_cast<double>(quarters) / 1024))) {
      best.verdict = interrupted();
      break;
    }
    std::vector<int64_t> cuts = offload.cuts(quarters);
    if (cuts.size() < 3)
      break;
    if (cuts == before)
      continue;
    before = cuts;
    std::optional<std::vector<Action>> actions = offload.emit(cuts);
    if (!actions)
      continue;
    SimulationResult played = simulate(problem, *actions);
    if (!played.valid || played.time >= best.plan.time)
      continue;
    best.table.reset();
    best.list = std::move(*actions);
    best.plan.scheme = OffloadScheme::EveryInterval;
    best.plan.intervalTapes = 0;
    best.plan.interval = (problem.steps() + static_cast<int64_t>(cuts.size()) - 1) / static_cast<int64_t>(cuts.size());
    best.plan.predictedTime = played.time;
    best.verdict = fillFromActions(problem, best);
  }
  return best;
}
