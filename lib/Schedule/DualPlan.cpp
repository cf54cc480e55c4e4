//===- DualPlan.cpp - a schedule from the conjugates ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Greedy, without going back: at every segment the estimates of the children
// bound what each option and split can cost at best, and the least one is
// taken. Nothing here is trusted: the cost of the plan is counted from its
// table and compared with the lower bound.
//
//===----------------------------------------------------------------------===//

#include "CheckedMath.h"
#include "SplitDag.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>

using namespace remat::schedule;

namespace {
struct SegmentKey {
  int32_t row;
  int32_t level;
  int64_t length;

  friend bool operator==(const SegmentKey &a, const SegmentKey &b) {
    return a.row == b.row && a.level == b.level && a.length == b.length;
  }
};

struct SegmentKeyHash {
  size_t operator()(const SegmentKey &key) const {
    uint64_t hash = static_cast<uint64_t>(key.length) * 0x9e3779b97f4a7c15u;
    hash ^= (static_cast<uint64_t>(key.row) << 32) ^
            static_cast<uint64_t>(key.level);
    hash *= 0xff51afd7ed558ccdu;
    return hash ^ (hash >> 29);
  }
};

/// A way to split a segment and the estimate of its cost. The best one has the
/// fewest parts that can not be done at all; then the least estimate with each
/// part rounded up; then the fewest parts outside their intervals; and then the
/// greatest exact estimate, which leaves the least room for a disappointment.
/// Long left parts make small tables.
struct Candidate {
  int32_t impossible = 0;
  int64_t roundedCost = 0;
  Int128 cost = 0;
  int32_t outside = 0;
  Choice choice = Choice::StoreAll;
  int64_t split = 0;

  bool operator<(const Candidate &other) const {
    return std::tie(impossible, roundedCost, outside, other.cost, choice,
                    other.split) < std::tie(other.impossible, other.roundedCost,
                                            other.outside, cost, other.choice,
                                            split);
  }
};

class DualPlanner {
public:
  DualPlanner(const RowNetwork &network, const Dual &dual, int64_t width)
      : network(network), dual(dual), width(width) {}

  SplitDag plan(int64_t steps);

private:
  int64_t segmentFor(int32_t row, int32_t level, int64_t length);
  void decide(int64_t index);
  Candidate bestCandidate(const SegmentKey &key) const;
  void trySplits(const SegmentKey &key, Choice choice, int32_t right,
                 Candidate &best) const;
  void addChild(Candidate &candidate, int32_t row, int32_t level,
                int64_t length) const;

  const RowNetwork &network;
  const Dual &dual;
  int64_t width;
  SplitDag dag;
  std::vector<int32_t> levelOf;
  std::unordered_map<SegmentKey, int64_t, SegmentKeyHash> ids;
};
} // namespace

SplitDag DualPlanner::plan(int64_t steps) {
  int32_t top = static_cast<int32_t>(network.rows.size()) - 1;
  segmentFor(top, 0, steps);
  // Deciding a segment appends the segments of its parts.
  for (int64_t i = 0; i < static_cast<int64_t>(dag.size()); ++i)
    decide(i);
  return std::move(dag);
}

int64_t DualPlanner::segmentFor(int32_t row, int32_t level, int64_t length) {
  if (length == 0)
    return -1;
  auto [it, isNew] = ids.try_emplace(SegmentKey{row, level, length},
                                     static_cast<int64_t>(dag.size()));
  if (isNew) {
    Segment segment;
    segment.row = row;
    segment.length = length;
    dag.push_back(segment);
    levelOf.push_back(level);
  }
  return it->second;
}

void DualPlanner::decide(int64_t index) {
  Segment segment = dag[index];
  const Row &row = network.rows[segment.row];
  int32_t level = levelOf[index];
  if (segment.length <= row.tapes)
    return;
  if (row.state < 0 && row.tape < 0 && row.takeOver < 0) {
    dag[index].choice = Choice::RerunAll;
    return;
  }

  Candidate best = bestCandidate({segment.row, level, segment.length});
  segment.choice = best.choice;
  segment.split = best.split;
  switch (best.choice) {
  case Choice::State:
    segment.right = segmentFor(row.state, level, segment.length - best.split);
    break;
  case Choice::Tape:
    segment.right =
        segmentFor(row.tape, level, segment.length - 1 - best.split);
    break;
  case Choice::TakeOver:
    segment.right = segmentFor(row.takeOver, level, segment.length - 1);
    break;
  default:
    break;
  }
  if (best.choice != Choice::TakeOver)
    segment.left = segmentFor(segment.row, level + 1, best.split);
  dag[index] = segment;
}

void DualPlanner::addChild(Candidate &candidate, int32_t row, int32_t level,
                           int64_t length) const {
  candidate.impossible += !network.rows[row].canReverse(length);
  Int128 estimate = dual.estimate(row, level, length);
  candidate.cost += estimate;
  candidate.roundedCost +=
      static_cast<int64_t>(ceilDiv(estimate, dual.scale()));
  Dual::Interval interval = dual.interval(row, level);
  candidate.outside += length < interval.lo || length > interval.hi;
}

/// Tries the splits of a state or tape option that put a child at an end of its
/// interval.
void DualPlanner::trySplits(const SegmentKey &key, Choice choice, int32_t right,
                            Candidate &best) const {
  int64_t recorded = choice == Choice::Tape ? 1 : 0;
  int64_t rest = key.length - recorded;
  int64_t least = choice == Choice::Tape ? 0 : 1;
  int64_t most = choice == Choice::Tape ? rest : rest - 1;
  Dual::Interval leftRange = dual.interval(key.row, key.level + 1);
  Dual::Interval rightRange = dual.interval(right, key.level);
  for (int64_t end : {leftRange.lo, leftRange.hi, rest - rightRange.hi,
                      rest - rightRange.lo}) {
    for (int64_t shift = -width; shift <= width; ++shift) {
      int64_t split = std::clamp(end + shift, least, most);
      Candidate candidate;
      candidate.choice = choice;
      candidate.split = split;
      candidate.roundedCost = split + recorded;
      candidate.cost = dual.scale() * candidate.roundedCost;
      addChild(candidate, key.row, key.level + 1, split);
      addChild(candidate, right, key.level, rest - split);
      best = std::min(best, candidate);
    }
  }
}

Candidate DualPlanner::bestCandidate(const SegmentKey &key) const {
  const Row &row = network.rows[key.row];
  Candidate best;
  best.impossible = 3;
  if (row.runToEnd) {
    Candidate candidate;
    candidate.choice = Choice::RunToEnd;
    candidate.split = key.length - 1;
    candidate.roundedCost = key.length;
    candidate.cost = dual.scale() * key.length;
    addChild(candidate, key.row, key.level + 1, key.length - 1);
    best = std::min(best, candidate);
  }
  if (row.state >= 0)
    trySplits(key, Choice::State, row.state, best);
  if (row.tape >= 0)
    trySplits(key, Choice::Tape, row.tape, best);
  if (row.takeOver >= 0) {
    Candidate candidate;
    candidate.choice = Choice::TakeOver;
    candidate.roundedCost = 1;
    candidate.cost = dual.scale();
    addChild(candidate, row.takeOver, key.level, key.length - 1);
    best = std::min(best, candidate);
  }
  return best;
}

SplitDag remat::schedule::planByDual(const RowNetwork &network,
                                     const Dual &dual, int64_t steps,
                                     int64_t width) {
  return DualPlanner(network, dual, width).plan(steps);
}
