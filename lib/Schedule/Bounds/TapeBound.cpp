//===- TapeBound.cpp - a bound for every schedule whatsoever ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each step the points (tape size, time) of its modes, with (0, time of
// running twice), are reduced to their lower convex hull. The edges of all hulls
// are taken by falling gain for each unit of memory until memory runs out, and
// the last one in part. The slow tier is more memory, which may have a price.
//
//===----------------------------------------------------------------------===//

#include "Bounds/TapeBound.h"

#include "Bounds/ThirdRuns.h"
#include "Table/CheckedMath.h"

#include <algorithm>

using namespace remat::schedule;

namespace {
/// More memory for less time, `count` times.
struct Edge {
  int64_t size;
  int64_t gain;
  int64_t count;
};

struct Point {
  int64_t size;
  int64_t time;
};

/// The relaxed knapsack of a problem.
struct Knapsack {
  explicit Knapsack(const Chain &problem);
  /// The time with so much more memory, of which a unit takes `price` to use.
  int64_t solve(__int128 more, __int128 price) const;

  /// What all steps take if no tape is kept.
  int64_t time;
  int64_t room;
  /// What memory buys, the steepest gain first.
  std::vector<Edge> edges;
};
} // namespace

static bool isSteeper(int64_t gain, int64_t size, int64_t otherGain, int64_t otherSize) {
  return static_cast<__int128>(gain) * otherSize > static_cast<__int128>(otherGain) * size;
}

/// The lower convex hull from its leftmost lowest point to its lowest one.
static std::vector<Point> lowerHull(std::vector<Point> points) {
  std::sort(points.begin(), points.end(),
            [](Point a, Point b) { return a.size != b.size ? a.size < b.size : a.time < b.time; });
  std::vector<Point> hull;
  for (Point p : points) {
    if (!hull.empty() && p.time >= hull.back().time)
      continue;
    while (hull.size() > 1) {
      Point a = hull[hull.size() - 2], b = hull.back();
      if (isSteeper(a.time - b.time, b.size - a.size, b.time - p.time, p.size - b.size))
        break;
      hull.pop_back();
    }
    hull.push_back(p);
  }
  return hull;
}

Knapsack::Knapsack(const Chain &problem) {
  size_t last = problem.stages.size();
  while (problem.stages[last - 1].count == 0)
    --last;
  int64_t memory = problem.budget - (problem.start == Start::Pinned ? problem.initialState : 0);
  room = std::max<int64_t>(memory - problem.stages[last - 1].workspace, 0);

  time = problem.stages[last - 1].leastOnce();
  for (size_t i = 0; i < last; ++i) {
    const ChainStage &stage = problem.stages[i];
    int64_t count = stage.count - (i + 1 == last ? 1 : 0);
    int64_t again = stage.advance;
    for (const StageMode &mode : stage.modes)
      again = std::min(again, mode.record);
    std::vector<Point> points = {{0, stage.leastOnce() + again}};
    // A tape that survives is kept at once, even if it leaves for the slow tier.
    for (const StageMode &mode : stage.modes)
      if (mode.tape <= memory - stage.workspace)
        points.push_back({mode.tape, mode.once()});
    std::vector<Point> hull = lowerHull(std::move(points));
    time += count * hull.front().time;
    for (size_t j = 1; j < hull.size(); ++j)
      edges.push_back({hull[j].size - hull[j - 1].size, hull[j - 1].time - hull[j].time, count});
  }
  std::sort(edges.begin(), edges.end(),
            [](const Edge &a, const Edge &b) { return isSteeper(a.gain, a.size, b.gain, b.size); });
}

int64_t Knapsack::solve(__int128 more, __int128 price) const {
  int64_t bound = time;
  __int128 free = room;
  if (price == 0) {
    free += more;
    more = 0;
  }
  for (const Edge &edge : edges) {
    __int128 size = edge.size, wanted = size * edge.count;
    __int128 taken = std::min(free, wanted), bought = std::min(more, wanted - taken);
    __int128 gain = edge.gain - price * size;
    if (bought == 0 || gain <= 0) {
      // The time of any schedule is whole.
      bound -= static_cast<int64_t>(edge.gain * taken / size);
    } else {
      bound -= static_cast<int64_t>(ceilDiv(edge.gain * taken + gain * bought, size));
      more -= bought;
    }
    free -= taken;
  }
  return bound;
}

/// The size that a channel moves in that time.
static __int128 movedIn(__int128 time, int64_t perUnit) {
  return perUnit == 0 ? INT64_MAX : std::max<__int128>(time, 0) / perUnit;
}

/// Each step runs again unless its tape survives.
static int64_t boundTwoRuns(const Chain &problem) {
  Knapsack knapsack(problem);
  int64_t high = knapsack.solve(0, 0);
  if (!problem.slow)
    return high;
  const SlowTier &slow = *problem.slow;
  __int128 capacity = slow.capacity.value_or(INT64_MAX);
  if (slow.blocking)
    return std::min(high, knapsack.solve(capacity, __int128(slow.write) + slow.read));

  __int128 forward = 0, reverse = 0;
  for (const ChainStage &stage : problem.stages) {
    int64_t least = INT64_MAX, leastForward = stage.advance;
    for (const StageMode &mode : stage.modes) {
      least = std::min(least, mode.reverse);
      leastForward = std::min(leastForward, mode.record);
    }
    forward += __int128(stage.count) * leastForward;
    reverse += __int128(stage.count) * least;
  }
  int64_t low = std::min(high, knapsack.solve(capacity, 0));
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    __int128 moved = std::min(movedIn(middle - reverse, slow.write), movedIn(middle - forward, slow.read));
    if (middle >= knapsack.solve(std::min(capacity, moved), 0))
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

int64_t remat::schedule::tapeBound(const Chain &problem) {
  int64_t bound = boundTwoRuns(problem), memory = problem.budget;
  if (problem.slow && !problem.slow->capacity)
    return bound;
  if (problem.slow && __builtin_add_overflow(memory, *problem.slow->capacity, &memory))
    return bound;
  // A time that overflows is no schedule's.
  return static_cast<int64_t>(std::min<__int128>(static_cast<__int128>(bound) + thirdRuns(problem, memory), INT64_MAX));
}

double remat::schedule::tapePrice(const Chain &problem) {
  Knapsack knapsack(problem);
  __int128 free = knapsack.room;
  for (const Edge &edge : knapsack.edges) {
    free -= static_cast<__int128>(edge.size) * edge.count;
    if (free < 0)
      return static_cast<double>(edge.gain) / static_cast<double>(edge.size);
  }
  return 0;
}
