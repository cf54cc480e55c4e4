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
// the last one in part.
//
//===----------------------------------------------------------------------===//

#include "TapeBound.h"

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

static int64_t leastOnce(const ChainStage &stage) {
  int64_t least = INT64_MAX;
  for (const StageMode &mode : stage.modes)
    least = std::min(least, mode.record + mode.reverse);
  return least;
}

TapeBound remat::schedule::tapeBound(const StagedChain &problem) {
  size_t last = problem.stages.size();
  while (problem.stages[last - 1].count == 0)
    --last;
  int64_t room = problem.budget - problem.stages[last - 1].workspace;
  if (problem.start == Start::Pinned)
    room -= problem.initialState;

  int64_t bound = leastOnce(problem.stages[last - 1]);
  std::vector<Edge> edges;
  for (size_t i = 0; i < last; ++i) {
    const ChainStage &stage = problem.stages[i];
    int64_t count = stage.count - (i + 1 == last ? 1 : 0);
    int64_t again = stage.advance;
    for (const StageMode &mode : stage.modes)
      again = std::min(again, mode.record);
    std::vector<Point> points = {{0, leastOnce(stage) + again}};
    for (const StageMode &mode : stage.modes)
      points.push_back({mode.tape, mode.record + mode.reverse});
    std::vector<Point> hull = lowerHull(std::move(points));
    bound += count * hull.front().time;
    for (size_t j = 1; j < hull.size(); ++j)
      edges.push_back({hull[j].size - hull[j - 1].size, hull[j - 1].time - hull[j].time, count});
  }
  std::sort(edges.begin(), edges.end(),
            [](const Edge &a, const Edge &b) { return isSteeper(a.gain, a.size, b.gain, b.size); });
  for (const Edge &edge : edges) {
    int64_t taken = std::min(edge.count, std::max<int64_t>(room, 0) / edge.size);
    bound -= taken * edge.gain;
    room -= taken * edge.size;
    if (taken < edge.count) {
      // The time of any schedule is whole.
      bound -= static_cast<int64_t>(static_cast<__int128>(edge.gain) * std::max<int64_t>(room, 0) / edge.size);
      return {bound, static_cast<double>(edge.gain) / static_cast<double>(edge.size)};
    }
  }
  return {bound};
}
