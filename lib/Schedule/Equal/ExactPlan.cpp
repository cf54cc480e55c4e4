//===- ExactPlan.cpp - the recurrence solved as it stands -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The plain dynamic program, for small problems whose dual plan misses its
// lower bound, and for tests. It tries every option and every split.
//
//===----------------------------------------------------------------------===//

#include "Equal/SplitDag.h"

#include <algorithm>
#include <unordered_map>

using namespace remat::schedule;

namespace {
/// Marks a segment that no schedule reverses; sums of three do not overflow.
constexpr int64_t impossible = INT64_MAX / 4;

struct Decision {
  int64_t cost = impossible;
  int64_t split = 0;
  SplitChoice choice = SplitChoice::StoreAll;

  void offer(int64_t newCost, SplitChoice newChoice, int64_t newSplit) {
    if (newCost >= cost)
      return;
    cost = newCost;
    choice = newChoice;
    split = newSplit;
  }
};

class ExactPlanner {
public:
  ExactPlanner(const RowNetwork &network, int64_t steps)
      : network(network), steps(steps), decisions(network.rows.size() * (steps + 1)) {}

  SplitDag plan();

private:
  Decision &at(int32_t row, int64_t length) { return decisions[row * (steps + 1) + length]; }
  void decide(int32_t row, int64_t length);
  int64_t segmentFor(int32_t row, int64_t length);

  const RowNetwork &network;
  int64_t steps;
  std::vector<Decision> decisions;
  SplitDag dag;
  std::unordered_map<int64_t, int64_t> ids;
};
} // namespace

void ExactPlanner::decide(int32_t index, int64_t length) {
  const Row &row = network.rows[index];
  Decision &best = at(index, length);
  if (length <= row.tapes) {
    best.offer(length, SplitChoice::StoreAll, 0);
    return;
  }
  if (row.runToEnd)
    best.offer(length + at(index, length - 1).cost, SplitChoice::RunToEnd, length - 1);
  if (row.state >= 0)
    for (int64_t y = 1; y < length; ++y)
      best.offer(y + at(index, y).cost + at(row.state, length - y).cost, SplitChoice::State, y);
  if (row.tape >= 0)
    for (int64_t y = 0; y < length; ++y)
      best.offer(y + 1 + at(index, y).cost + at(row.tape, length - 1 - y).cost, SplitChoice::Tape, y);
  if (row.takeOver >= 0)
    best.offer(1 + at(row.takeOver, length - 1).cost, SplitChoice::TakeOver, 0);
  best.cost = std::min(best.cost, impossible);
}

int64_t ExactPlanner::segmentFor(int32_t row, int64_t length) {
  if (length == 0)
    return -1;
  auto [it, isNew] = ids.try_emplace(row * (steps + 1) + length, static_cast<int64_t>(dag.size()));
  if (isNew)
    dag.push_back({row, at(row, length).choice, length, at(row, length).split, -1, -1});
  return it->second;
}

SplitDag ExactPlanner::plan() {
  int32_t numRows = static_cast<int32_t>(network.rows.size());
  for (int32_t row = 0; row < numRows; ++row)
    for (int64_t length = 0; length <= steps; ++length)
      decide(row, length);

  segmentFor(numRows - 1, steps);
  for (size_t i = 0; i < dag.size(); ++i) {
    SplitSegment segment = dag[i];
    const Row &row = network.rows[segment.row];
    int64_t rest = segment.length - segment.split;
    if (segment.choice == SplitChoice::State)
      segment.right = segmentFor(row.state, rest);
    else if (segment.choice == SplitChoice::Tape)
      segment.right = segmentFor(row.tape, rest - 1);
    else if (segment.choice == SplitChoice::TakeOver)
      segment.right = segmentFor(row.takeOver, rest - 1);
    if (segment.choice != SplitChoice::StoreAll && segment.choice != SplitChoice::TakeOver)
      segment.left = segmentFor(segment.row, segment.split);
    dag[i] = segment;
  }
  return std::move(dag);
}

SplitDag remat::schedule::planExactly(const RowNetwork &network, int64_t steps) {
  return ExactPlanner(network, steps).plan();
}
