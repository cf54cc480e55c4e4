//===- DualPlan.cpp - a schedule from the conjugates ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// At every segment the estimates of the parts bound what each option and split
// can cost at best. The least one is taken, its parts are planned in the same
// way, and if they cost what was estimated there is nothing better. If they
// cost more, the next candidates are tried, as long as the number of segments
// allows. Segments are memoised and the stack is explicit: a chain of a million
// steps may be a few hundred thousand segments deep.
//
// Nothing here is trusted: the cost of the plan is counted from its table and
// compared with the lower bound.
//
//===----------------------------------------------------------------------===//

#include "Equal/SplitDag.h"
#include "Table/CheckedMath.h"

#include <algorithm>
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
    hash ^= (static_cast<uint64_t>(key.row) << 32) ^ static_cast<uint64_t>(key.level);
    hash *= 0xff51afd7ed558ccdu;
    return hash ^ (hash >> 29);
  }
};

/// A way to split a segment and what it costs at best. First comes the least
/// estimate with each part rounded up; then the fewest parts outside their
/// intervals; then the greatest exact estimate, which leaves the least room for
/// a disappointment; then long left parts, which make small tables.
struct Candidate {
  SplitChoice choice = SplitChoice::StoreAll;
  int64_t split = 0;
  int64_t roundedCost = 0;
  int32_t outside = 0;
  Int128 cost = 0;
  bool possible = true;

  bool operator<(const Candidate &other) const {
    return std::tie(roundedCost, outside, other.cost, choice, other.split) <
           std::tie(other.roundedCost, other.outside, cost, other.choice, split);
  }
};

/// A segment whose candidates are being tried.
struct Visit {
  int64_t segment;
  std::vector<Candidate> candidates;
  size_t next = 0;
};

class DualPlanner {
public:
  DualPlanner(const RowNetwork &network, const Dual &dual, int64_t maxSearched)
      : network(network), dual(dual), maxSearched(maxSearched) {}

  SplitDag plan(int64_t steps);

private:
  int64_t segmentFor(int32_t row, int32_t level, int64_t length);
  void beginVisit(int64_t segment);
  void step();
  void settle(const Candidate &candidate, int64_t left, int64_t right);
  std::vector<Candidate> candidatesFor(const SegmentKey &key) const;
  void addSplits(const SegmentKey &key, SplitChoice choice, int32_t right, std::vector<Candidate> &candidates) const;
  void addPart(Candidate &candidate, int32_t row, int32_t level, int64_t length) const;
  int64_t costOf(int64_t segment) const { return segment < 0 ? 0 : cost[segment]; }

  static constexpr int64_t unknown = INT64_MAX;

  const RowNetwork &network;
  const Dual &dual;
  int64_t maxSearched;
  SplitDag dag;
  std::vector<int32_t> levelOf;
  /// The least cost found, `unknown` before the first candidate is settled.
  std::vector<int64_t> cost;
  std::vector<Visit> visits;
  std::unordered_map<SegmentKey, int64_t, SegmentKeyHash> ids;
};
} // namespace

SplitDag DualPlanner::plan(int64_t steps) {
  beginVisit(segmentFor(static_cast<int32_t>(network.rows.size()) - 1, 0, steps));
  while (!visits.empty())
    step();
  return std::move(dag);
}

/// The segment of that row and length, -1 if it is empty. A new segment that
/// needs no decision has its cost at once.
int64_t DualPlanner::segmentFor(int32_t index, int32_t level, int64_t length) {
  if (length == 0)
    return -1;
  auto [it, isNew] = ids.try_emplace(SegmentKey{index, level, length}, static_cast<int64_t>(dag.size()));
  if (!isNew)
    return it->second;
  const Row &row = network.rows[index];
  SplitSegment segment;
  segment.row = index;
  segment.length = length;
  bool hasOption = row.state >= 0 || row.tape >= 0 || row.takeOver >= 0;
  int64_t known = unknown;
  if (length <= row.tapes) {
    known = length;
  } else if (!hasOption) {
    segment.choice = SplitChoice::RerunAll;
    known = length * (length + 1) / 2;
  }
  dag.push_back(segment);
  levelOf.push_back(level);
  cost.push_back(known);
  return it->second;
}

void DualPlanner::beginVisit(int64_t segment) {
  SegmentKey key = {dag[segment].row, levelOf[segment], dag[segment].length};
  Visit visit = {segment, candidatesFor(key)};
  if (static_cast<int64_t>(dag.size()) > maxSearched)
    visit.candidates.resize(1);
  visits.push_back(std::move(visit));
}

/// Goes on with the innermost visit: into a part that is not known yet, to the
/// next candidate, or out.
void DualPlanner::step() {
  Visit &visit = visits.back();
  int64_t index = visit.segment;
  bool over = visit.next == visit.candidates.size() || visit.candidates[visit.next].roundedCost >= cost[index] ||
              (visit.next > 0 && static_cast<int64_t>(dag.size()) > maxSearched);
  if (over) {
    visits.pop_back();
    return;
  }

  const Candidate candidate = visit.candidates[visit.next];
  const SplitSegment segment = dag[index];
  const Row &row = network.rows[segment.row];
  int32_t level = levelOf[index];
  int64_t left = -1, right = -1;
  if (candidate.choice != SplitChoice::TakeOver)
    left = segmentFor(segment.row, level + 1, candidate.split);
  if (costOf(left) == unknown)
    return beginVisit(left);
  int64_t rest = segment.length - candidate.split;
  if (candidate.choice == SplitChoice::State)
    right = segmentFor(row.state, level, rest);
  else if (candidate.choice == SplitChoice::Tape)
    right = segmentFor(row.tape, level, rest - 1);
  else if (candidate.choice == SplitChoice::TakeOver)
    right = segmentFor(row.takeOver, level, rest - 1);
  if (costOf(right) == unknown)
    return beginVisit(right);
  settle(candidate, left, right);
  ++visit.next;
}

/// Takes `candidate` for the innermost visit if it is the best one so far.
void DualPlanner::settle(const Candidate &candidate, int64_t left, int64_t right) {
  int64_t index = visits.back().segment;
  SplitSegment &segment = dag[index];
  int64_t forward = costOf(left) + costOf(right) + candidate.split;
  if (candidate.choice != SplitChoice::State)
    ++forward;
  if (forward >= cost[index])
    return;
  cost[index] = forward;
  segment.choice = candidate.choice;
  segment.split = candidate.split;
  segment.left = left;
  segment.right = right;
}

void DualPlanner::addPart(Candidate &candidate, int32_t row, int32_t level, int64_t length) const {
  candidate.possible &= network.rows[row].canReverse(length);
  Int128 estimate = dual.estimate(row, level, length);
  candidate.cost += estimate;
  candidate.roundedCost += static_cast<int64_t>(ceilDiv(estimate, dual.scale()));
  Dual::Interval interval = dual.interval(row, level);
  candidate.outside += length < interval.lo || length > interval.hi;
}

/// Adds the splits of a state or tape option that put a part at an end of its
/// interval.
void DualPlanner::addSplits(const SegmentKey &key, SplitChoice choice, int32_t right,
                            std::vector<Candidate> &candidates) const {
  int64_t recorded = choice == SplitChoice::Tape ? 1 : 0;
  int64_t rest = key.length - recorded;
  int64_t least = choice == SplitChoice::Tape ? 0 : 1;
  int64_t most = choice == SplitChoice::Tape ? rest : rest - 1;
  Dual::Interval leftRange = dual.interval(key.row, key.level + 1);
  Dual::Interval rightRange = dual.interval(right, key.level);
  int64_t ends[] = {leftRange.lo, leftRange.hi, rest - rightRange.hi, rest - rightRange.lo};
  for (int64_t &end : ends)
    end = std::clamp(end, least, most);
  std::sort(std::begin(ends), std::end(ends));
  int64_t *last = std::unique(std::begin(ends), std::end(ends));
  for (int64_t *split = ends; split != last; ++split) {
    Candidate candidate;
    candidate.choice = choice;
    candidate.split = *split;
    candidate.roundedCost = *split + recorded;
    candidate.cost = dual.scale() * candidate.roundedCost;
    addPart(candidate, key.row, key.level + 1, *split);
    addPart(candidate, right, key.level, rest - *split);
    candidates.push_back(candidate);
  }
}

/// All candidates that can be done, best first; there is always one.
std::vector<Candidate> DualPlanner::candidatesFor(const SegmentKey &key) const {
  const Row &row = network.rows[key.row];
  std::vector<Candidate> candidates;
  if (row.runToEnd) {
    Candidate candidate;
    candidate.choice = SplitChoice::RunToEnd;
    candidate.split = key.length - 1;
    candidate.roundedCost = key.length;
    candidate.cost = dual.scale() * key.length;
    addPart(candidate, key.row, key.level + 1, key.length - 1);
    candidates.push_back(candidate);
  }
  if (row.state >= 0)
    addSplits(key, SplitChoice::State, row.state, candidates);
  if (row.tape >= 0)
    addSplits(key, SplitChoice::Tape, row.tape, candidates);
  if (row.takeOver >= 0) {
    Candidate candidate;
    candidate.choice = SplitChoice::TakeOver;
    candidate.roundedCost = 1;
    candidate.cost = dual.scale();
    addPart(candidate, row.takeOver, key.level, key.length - 1);
    candidates.push_back(candidate);
  }
  candidates.erase(std::remove_if(candidates.begin(), candidates.end(), [](const Candidate &c) { return !c.possible; }),
                   candidates.end());
  std::sort(candidates.begin(), candidates.end());
  return candidates;
}

SplitDag remat::schedule::planByDual(const RowNetwork &network, const Dual &dual, int64_t steps, int64_t maxSearched) {
  return DualPlanner(network, dual, maxSearched).plan(steps);
}
