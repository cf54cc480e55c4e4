//===- ThirdRuns.cpp - what unequal steps run more than twice ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// RunLimits.h is about equal steps. Items that are smaller only help, so that its
// p_r hold with the smallest state and tape. One small tape would spoil that; but
// steps can be taken out of a schedule (they become steps that do nothing), and then
// the p_r hold for those that are left, where a restartable tape of a step that was
// taken out is one more state. So they are tried for the steps with the largest tapes,
// several numbers of them.
// As N - p_r of these N steps run more than r times, that takes at least
// the time of the N - p_r fastest ones, for each r.
//
//===----------------------------------------------------------------------===//

#include "Bounds/ThirdRuns.h"

#include "Bounds/RunLimits.h"

#include <algorithm>

using namespace remat::schedule;

namespace {
/// Equal steps.
struct Steps {
  int64_t tape;
  int64_t time;
  int64_t count;
  bool restartable;
};
} // namespace

/// The time of third and later runs of these steps in that memory.
static __int128 timeOfThirdRuns(std::vector<Steps> steps, const RunLimits &limits) {
  std::sort(steps.begin(), steps.end(), [](const Steps &a, const Steps &b) { return a.time < b.time; });
  // By the number of stages: how many steps they have and what those take.
  std::vector<int64_t> counts(1);
  std::vector<__int128> times(1);
  for (const Steps &each : steps) {
    counts.push_back(counts.back() + each.count);
    times.push_back(times.back() + static_cast<__int128>(each.count) * each.time);
  }
  __int128 sum = 0;
  for (int64_t runs = 2; runs <= limits.getDepth(); ++runs) {
    int64_t again = counts.back() - limits.limit(runs);
    size_t whole = std::upper_bound(counts.begin(), counts.end(), again) - counts.begin() - 1;
    sum += times[whole];
    if (again > counts[whole])
      sum += static_cast<__int128>(again - counts[whole]) * steps[whole].time;
  }
  return sum;
}

int64_t remat::schedule::thirdRuns(const Chain &problem, int64_t memory) {
  std::vector<Steps> steps;
  int64_t state = INT64_MAX, workspace = INT64_MAX;
  for (const ChainStage &stage : problem.stages) {
    if (stage.count == 0)
      continue;
    Steps each = {INT64_MAX, stage.advance, stage.count, stage.restartable};
    for (const StageMode &mode : stage.modes) {
      each.tape = std::min(each.tape, mode.tape);
      each.time = std::min(each.time, mode.record);
    }
    steps.push_back(each);
    state = std::min(state, stage.state);
    workspace = std::min(workspace, stage.workspace);
  }
  memory -= workspace + (problem.start == Start::Pinned ? problem.initialState : 0);
  std::sort(steps.begin(), steps.end(), [](const Steps &a, const Steps &b) { return a.tape > b.tape; });
  // The smallest that can serve as a state if only the first ones are left.
  std::vector<int64_t> states(steps.size() + 1, state);
  for (size_t i = steps.size(); i-- > 0;)
    states[i] = steps[i].restartable ? std::min(states[i + 1], steps[i].tape) : states[i + 1];
  __int128 best = 0;
  int64_t count = 0, next = 1;
  for (size_t i = 0; i < steps.size() && steps[i].tape > 0; ++i) {
    count += steps[i].count;
    if (count < next && i + 1 < steps.size() && steps[i + 1].tape > 0)
      continue;
    next = count + count / 2 + 1;
    RunLimits limits(count, std::max<int64_t>(memory, 0), states[i + 1], steps[i].tape);
    best = std::max(best, timeOfThirdRuns({steps.begin(), steps.begin() + static_cast<int64_t>(i) + 1}, limits));
  }
  return static_cast<int64_t>(std::min<__int128>(best, INT64_MAX));
}
