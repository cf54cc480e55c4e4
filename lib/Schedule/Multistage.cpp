//===- Multistage.cpp - transfers beside the steps ----------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EqualPolicies.h"

#include "CheckedMath.h"
#include "OffloadPlan.h"
#include "StagedSolver.h"
#include "remat/Schedule/Simulator.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <set>
#include <tuple>

using namespace remat::schedule;

/// Shapes that are simulated, and steps, at most.
static constexpr size_t maxSimulated = 6;
static constexpr int64_t maxSteps = 1000000;

int64_t remat::schedule::slowBound(const ChainProblem &problem, const SlowTier &slow) {
  __int128 steps = problem.steps, again = std::min(problem.advanceTime, problem.recordTime);
  int64_t free = problem.budget - problem.workspace;
  if (problem.start == Start::Pinned)
    free -= problem.initialStateSize;
  if (problem.tapeSize == 0)
    return static_cast<int64_t>(steps * (problem.recordTime + problem.reverseTime));
  __int128 inFast = std::min<__int128>(free / problem.tapeSize + 1, steps);
  __int128 once = steps * (problem.recordTime + problem.reverseTime);
  __int128 everything = once + (steps - inFast) * again;
  __int128 transfer = std::max(slow.writeTime(problem.tapeSize), slow.readTime(problem.tapeSize));
  __int128 most = steps - inFast;
  if (slow.capacity)
    most = std::min<__int128>(most, *slow.capacity / problem.tapeSize);
  // The least time Z with Z >= everything - N again for a whole N <= Z / transfer.
  // A tape that is offloaded while steps wait saves nothing if that takes longer.
  __int128 inSlow = most;
  if (slow.blocking) {
    __int128 both = slow.writeTime(problem.tapeSize) + slow.readTime(problem.tapeSize);
    return static_cast<int64_t>(everything - inSlow * std::max<__int128>(again - both, 0));
  }
  if (transfer > 0) {
    __int128 low = once, high = everything;
    while (low < high) {
      __int128 middle = (low + high) / 2;
      if (middle >= everything - std::min(middle / transfer, most) * again)
        high = middle;
      else
        low = middle + 1;
    }
    return static_cast<int64_t>(low);
  }
  return static_cast<int64_t>(everything - inSlow * again);
}

namespace {
struct Candidate {
  int64_t time;
  OffloadShape shape;

  friend bool operator<(const Candidate &a, const Candidate &b) {
    auto key = [](const Candidate &c) {
      return std::tie(c.time, c.shape.interval, c.shape.intervals, c.shape.tapes, c.shape.buffer);
    };
    return key(a) < key(b);
  }
};

class MultistageSearch {
public:
  MultistageSearch(const ChainProblem &problem, const SlowTier &slow) : problem(problem), slow(slow) {}

  /// Adds the best shapes for a size of the buffer.
  void search(int64_t buffer, std::vector<Candidate> &candidates);

private:
  std::set<int64_t> intervals() const;
  std::set<int64_t> tapeCounts(int64_t interval) const;
  bool fitsCapacity(const OffloadShape &shape) const;

  const ChainProblem &problem;
  const SlowTier &slow;
};
} // namespace

/// Those near the shortest that hides a state, and longer ones ever more apart.
std::set<int64_t> MultistageSearch::intervals() const {
  int64_t step = std::max<int64_t>(problem.advanceTime, 1);
  int64_t least = std::max<int64_t>(ceilDiv(slow.writeTime(problem.stateSize), step), 1);
  std::set<int64_t> result;
  for (int64_t interval = 1; interval < problem.steps; interval += 1 + interval / 8)
    result.insert(interval);
  for (int64_t i = 0; i < 16 && least + i < problem.steps; ++i)
    result.insert(least + i);
  return result;
}

/// None, all, as many as the channel has time for, and some in between.
std::set<int64_t> MultistageSearch::tapeCounts(int64_t interval) const {
  int64_t write = std::max(slow.writeTime(problem.tapeSize), slow.readTime(problem.tapeSize));
  int64_t free = interval * problem.recordTime - slow.writeTime(problem.stateSize);
  int64_t most = write == 0 ? interval : std::clamp<int64_t>(free / write, 0, interval);
  std::set<int64_t> result = {0, most / 2, most, std::min(most + 1, interval), interval};
  return result;
}

bool MultistageSearch::fitsCapacity(const OffloadShape &shape) const {
  if (!slow.capacity)
    return true;
  Checked states = shape.tapes < shape.interval ? shape.intervals - 1 : 0;
  Checked used = states * problem.stateSize + Checked(shape.intervals) * shape.tapes * problem.tapeSize;
  return !used.hasOverflowed() && *used.get() <= *slow.capacity;
}

void MultistageSearch::search(int64_t buffer, std::vector<Candidate> &candidates) {
  SegmentPlans plans(problem, buffer);
  std::vector<Candidate> found;
  for (int64_t interval : intervals())
    for (int64_t tapes : tapeCounts(interval)) {
      bool needsState = tapes < interval;
      int64_t largest = std::max(needsState ? problem.stateSize : 0, tapes > 0 ? problem.tapeSize : 0);
      if (largest > buffer)
        continue;
      int64_t most = (problem.steps - 1) / interval;
      for (int64_t less = 0; less < most; less += 1 + less / 4) {
        OffloadShape shape = {interval, most - less, tapes, buffer};
        if (!fitsCapacity(shape))
          continue;
        if (std::optional<int64_t> time = estimateOffload(problem, slow, shape, plans))
          found.push_back({*time, shape});
      }
    }
  std::sort(found.begin(), found.end());
  found.resize(std::min(found.size(), maxSimulated));
  candidates.insert(candidates.end(), found.begin(), found.end());
}

ChainResult remat::schedule::planMultistage(const ChainProblem &problem, const SlowTier &slow) {
  ChainResult result;
  if (problem.steps > maxSteps) {
    result.verdict = {Status::Unsupported, "policy multistage expects at most " + std::to_string(maxSteps) + " steps"};
    return result;
  }
  PlanResult plain = plan(problem, Policy::Optimal);
  result.verdict = plain.verdict;
  result.plan = plain.plan;
  if (!result.ok())
    return result;

  std::set<int64_t> buffers;
  int64_t limit = problem.budget - problem.fixedSize();
  for (int64_t size : {problem.stateSize, 2 * problem.stateSize, problem.tapeSize, problem.stateSize + problem.tapeSize,
                       problem.stateSize + 2 * problem.tapeSize, limit / 4, limit / 2, limit})
    if (size <= limit)
      buffers.insert(size);
  std::vector<Candidate> candidates;
  MultistageSearch search(problem, slow);
  for (int64_t buffer : buffers)
    search.search(buffer, candidates);
  std::sort(candidates.begin(), candidates.end());
  candidates.resize(std::min(candidates.size(), maxSimulated));

  StagedChain chain(problem);
  chain.slow = slow;
  int64_t best = plain.plan.time;
  result.table = std::move(plain.table);
  for (const Candidate &candidate : candidates) {
    if (candidate.time >= best)
      break;
    SegmentPlans plans(problem, candidate.shape.buffer);
    std::vector<Action> actions = emitOffload(problem, slow, candidate.shape, plans);
    SimulationResult played = simulate(chain, actions);
    if (!played.valid || played.time >= best)
      continue;
    best = played.time;
    result.list = std::move(actions);
    result.table.reset();
  }
  result.plan.boundAnySchedule = slowBound(problem, slow);
  result.plan.lowerBound = result.plan.boundAnySchedule;
  result.plan.certified = result.plan.time == result.plan.lowerBound;
  if (!result.table)
    result.verdict = fillFromActions(chain, result);
  return result;
}
