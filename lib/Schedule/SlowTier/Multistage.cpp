//===- Multistage.cpp - transfers beside the steps ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Bounds/SlowBound.h"
#include "SlowTier/EqualPolicies.h"

#include "Plan/PlayedPlan.h"
#include "Problem/Verdicts.h"
#include "SlowTier/OffloadPlan.h"
#include "Table/CheckedMath.h"
#include "remat/Schedule/Simulator.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <set>
#include <tuple>

using namespace remat::schedule;

/// Chains of so few steps are searched and simulated more closely.
static constexpr int64_t fewSteps = 1000;

/// Shapes that are simulated, at most.
static size_t maxSimulated(const EqualChain &problem) { return problem.steps <= fewSteps ? 24 : 6; }

/// What finding them is of the whole, for the report of progress.
static constexpr double searchShare = 0.7;

namespace {
struct Candidate {
  int64_t time;
  OffloadShape shape;

  friend bool operator<(const Candidate &a, const Candidate &b) {
    auto key = [](const Candidate &c) {
      return std::tie(c.time, c.shape.interval, c.shape.intervals, c.shape.tapes, c.shape.buffer, c.shape.movesInitial);
    };
    return key(a) < key(b);
  }
};

class MultistageSearch {
public:
  /// Shapes that take as long as `plainTime`, without offload, are of no use.
  MultistageSearch(const EqualChain &problem, const SlowTier &slow, int64_t plainTime)
      : problem(problem), slow(slow), most(plainTime - 1) {}

  /// Looks at the shapes for a size of the buffer.
  void search(int64_t buffer, bool movesInitial);

  /// The best ones.
  std::vector<Candidate> take();

private:
  void consider(const OffloadShape &shape, SegmentPlans &plans);
  std::set<int64_t> intervals() const;
  std::set<int64_t> tapeCounts(int64_t interval) const;

  const EqualChain &problem;
  const SlowTier &slow;
  /// The best shapes so far, and some more; and what a further one may take.
  std::vector<Candidate> candidates;
  int64_t most;
};
} // namespace

static void keepBest(std::vector<Candidate> &candidates, size_t count) {
  std::sort(candidates.begin(), candidates.end());
  candidates.resize(std::min(candidates.size(), count));
}

/// Those near the shortest that hides a state, and longer ones ever more apart.
std::set<int64_t> MultistageSearch::intervals() const {
  int64_t step = std::max<int64_t>(problem.advance, 1);
  int64_t least = std::max<int64_t>(ceilDiv(slow.writeTime(problem.state), step), 1);
  std::set<int64_t> result;
  for (int64_t interval = 1; interval < problem.steps; interval += 1 + interval / 8)
    result.insert(interval);
  for (int64_t i = 0; i < 16 && least + i < problem.steps; ++i)
    result.insert(least + i);
  return result;
}

/// None, all, as many as the channel has time for, and some in between.
std::set<int64_t> MultistageSearch::tapeCounts(int64_t interval) const {
  int64_t write = std::max(slow.writeTime(problem.tape), slow.readTime(problem.tape));
  int64_t free = interval * problem.record - slow.writeTime(problem.state);
  int64_t most = write == 0 ? interval : std::clamp<int64_t>(free / write, 0, interval);
  std::set<int64_t> result = {0, most / 2, most, std::min(most + 1, interval), interval};
  return result;
}

std::vector<Candidate> MultistageSearch::take() {
  keepBest(candidates, maxSimulated(problem));
  return std::move(candidates);
}

void MultistageSearch::consider(const OffloadShape &shape, SegmentPlans &plans) {
  std::optional<int64_t> time = estimateOffload(problem, slow, shape, plans, most);
  if (!time)
    return;
  candidates.push_back({*time, shape});
  if (candidates.size() < 2 * maxSimulated(problem))
    return;
  keepBest(candidates, maxSimulated(problem));
  most = std::min(most, candidates.back().time);
}

void MultistageSearch::search(int64_t buffer, bool movesInitial) {
  SegmentPlans plans(problem, buffer, movesInitial);
  for (int64_t interval : intervals())
    for (int64_t tapes : tapeCounts(interval)) {
      int64_t initial = movesInitial ? problem.initialState : 0;
      int64_t states = tapes < interval ? std::max(problem.state, initial) : 0;
      int64_t largest = std::max(states, tapes > 0 ? problem.tape : 0);
      if (largest > buffer)
        continue;
      int64_t mostIntervals = (problem.steps - 1) / interval;
      for (int64_t less = 0; less < mostIntervals; less += 1 + less / 4) {
        OffloadShape shape = {interval, mostIntervals - less, tapes, buffer, movesInitial};
        if (fitsSlowTier(problem, slow, shape))
          consider(shape, plans);
      }
    }
}

/// Sizes of buffers: of one or two items, and multiples of the smaller item ever further
/// apart. More memory only adds to them.
static std::set<int64_t> bufferSizes(const EqualChain &problem) {
  int64_t state = problem.state, tape = problem.tape, limit = problem.budget - problem.fixedSize();
  std::set<int64_t> sizes = {state, 2 * state, tape, state + tape, state + 2 * tape};
  int64_t unit = std::max<int64_t>(state == 0 || tape == 0 ? std::max(state, tape) : std::min(state, tape), 1);
  int64_t apart = problem.steps <= fewSteps ? 4 : 1;
  for (int64_t multiple = 1; multiple <= limit / unit; multiple += 1 + multiple / apart)
    sizes.insert(multiple * unit);
  sizes.erase(sizes.upper_bound(limit), sizes.end());
  return sizes;
}

/// The best shapes by the closed formula; the published one first. Nothing if the
/// search was interrupted.
static std::optional<std::vector<Candidate>> findCandidates(const EqualChain &problem, const SlowTier &slow,
                                                            int64_t plainTime, const ChainOptions &options) {
  std::set<int64_t> buffers = bufferSizes(problem);
  MultistageSearch search(problem, slow, plainTime);
  double done = 0;
  for (int64_t buffer : buffers) {
    if (!options.reportProgress(searchShare * done++ / static_cast<double>(buffers.size())))
      return std::nullopt;
    for (bool movesInitial : {false, true})
      if (!movesInitial || problem.start == Start::Releasable)
        search.search(buffer, movesInitial);
  }
  std::vector<Candidate> candidates = search.take();

  OffloadShape published = everyInterval(problem, slow);
  auto isPublished = [&](const Candidate &candidate) { return candidate.shape == published; };
  if (published.isNone() || !fitsSlowTier(problem, slow, published))
    return candidates;
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(), isPublished), candidates.end());
  SegmentPlans plans(problem, published.buffer, published.movesInitial);
  if (std::optional<int64_t> time = estimateOffload(problem, slow, published, plans))
    candidates.insert(candidates.begin(), {*time, published});
  return candidates;
}

static Chain withSlowTier(const EqualChain &problem, const SlowTier &slow) {
  Chain chain(problem);
  chain.slow = slow;
  return chain;
}

/// The plan that leaves the slow tier alone, with the bounds for those that do not. Overflow
/// if it takes too long, which they may not.
static PlanResult planWithoutOffload(const EqualChain &problem, const SlowTier &slow) {
  PlanResult result;
  if (problem.steps > maxOffloadedSteps) {
    result.verdict = {Status::Unsupported, "a schedule that offloads expects at most " +
                                               std::to_string(maxOffloadedSteps) +
                                               " steps; without the slow tier there is no such limit"};
    return result;
  }
  result = plan(problem, Policy::Optimal);
  if (!result.ok() && result.verdict.status != Status::Overflow)
    return result;
  result.plan.boundAnySchedule = slowBound(problem, slow);
  result.plan.lowerBound = result.plan.boundAnySchedule;
  return result;
}

/// The schedule of a shape as a plan beside `plain`.
static PlanResult makePlan(const Chain &chain, const PlanResult &plain, std::vector<Action> actions,
                           const Candidate &candidate, OffloadScheme scheme) {
  PlanResult result;
  result.plan = plain.plan;
  result.list = std::move(actions);
  result.plan.scheme = scheme;
  result.plan.interval = candidate.shape.interval;
  result.plan.intervalTapes = candidate.shape.tapes;
  result.plan.predictedTime = candidate.time;
  result.verdict = fillFromActions(chain, result);
  return result;
}

PlanResult remat::schedule::planMultistage(const EqualChain &problem, const SlowTier &slow,
                                           const ChainOptions &options) {
  PlanResult result = planWithoutOffload(problem, slow);
  if (!result.ok() && result.verdict.status != Status::Overflow)
    return result;
  auto least = [&] { return result.ok() ? result.plan.time : INT64_MAX; };
  auto candidates = findCandidates(problem, slow, least(), options);
  if (!candidates) {
    result.verdict = interrupted();
    return result;
  }
  Chain chain = withSlowTier(problem, slow);
  OffloadShape published = everyInterval(problem, slow);
  double done = 0;
  for (const Candidate &candidate : *candidates) {
    double share = done++ / static_cast<double>(candidates->size());
    if (!options.reportProgress(searchShare + (1 - searchShare) * share)) {
      result.verdict = interrupted();
      return result;
    }
    const OffloadShape &shape = candidate.shape;
    if (candidate.time >= least() && !(shape == published))
      continue;
    SegmentPlans plans(problem, shape.buffer, shape.movesInitial);
    PlanResult other = makePlan(chain, result, emitOffload(problem, slow, shape, plans), candidate,
                                shape.tapes == 0 ? OffloadScheme::EveryInterval : OffloadScheme::StatesAndTapes);
    if (other.verdict.status == Status::Internal)
      return other;
    if (other.ok() && (!result.ok() || other.plan.time < result.plan.time))
      result = std::move(other);
  }
  return result;
}

PlanResult remat::schedule::planEveryInterval(const EqualChain &problem, const SlowTier &slow) {
  PlanResult result = planWithoutOffload(problem, slow);
  OffloadShape shape = everyInterval(problem, slow);
  if (result.verdict.status == Status::Unsupported || shape.isNone())
    return result;
  if (!fitsSlowTier(problem, slow, shape)) {
    result.verdict = {Status::Unsupported, "policy every-interval expects a slow tier with room for " +
                                               std::to_string(shape.intervals) + " states"};
    return result;
  }
  int64_t stays = shape.movesInitial ? 0 : problem.countedInitialState();
  result.plan.minimumBudget = std::max(problem.fixedSize(), shape.buffer + stays + problem.state + problem.workspace);
  if (problem.budget < result.plan.minimumBudget) {
    result.verdict = infeasible(problem.budget, result.plan.minimumBudget);
    return result;
  }
  SegmentPlans plans(problem, shape.buffer, shape.movesInitial);
  std::optional<int64_t> predicted = estimateOffload(problem, slow, shape, plans);
  if (!predicted) {
    result.verdict = tooLong();
    return result;
  }
  return makePlan(withSlowTier(problem, slow), result, emitOffload(problem, slow, shape, plans), {*predicted, shape},
                  OffloadScheme::EveryInterval);
}
