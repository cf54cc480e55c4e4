//===- Binomial.cpp - states only and tapes only, closed form ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With m slots of one kind the longest chain whose steps all run at most r
// times before their record is counted by a binomial coefficient:
//
//   states  cap(m, r) = C(m + r, r)        cost (r + 1) t - C(m + r, r - 1)
//   tapes   cap(m, r) = C(m + r, r) - 1    cost  r t - C(m + r, r - 1) + r
//
// with r the least that has cap(m, r) >= t. A split is optimal if its left part
// fits cap(m, r - 1), its right part fits cap(m - 1, r), and neither is shorter
// than what one repetition less could do (Griewank & Walther 2000; for tapes
// the same argument). The rule below takes the longest such left part, so that
// equal parts arise as often as possible and the table stays O(m r).
//
//===----------------------------------------------------------------------===//

#include "Equal/Binomial.h"

#include "Equal/Dual.h"
#include "Equal/PolicySolvers.h"
#include "Equal/SplitDag.h"

#include <algorithm>
#include <map>

using namespace remat::schedule;

int64_t remat::schedule::binomialForward(int64_t slots, int64_t steps) {
  if (slots == 1)
    return steps * (steps + 1) / 2;
  // C(m + r, r).
  Int128 reach = 1;
  int64_t runs = 0;
  while (reach < steps) {
    ++runs;
    reach = reach * (slots + runs) / runs;
  }
  return static_cast<int64_t>(Int128(runs + 1) * steps - reach * runs / (slots + 1));
}

/// C(n, k), or a number above every length if that is larger.
static int64_t choose(int64_t n, int64_t k) {
  constexpr int64_t limit = int64_t(1) << 62;
  k = std::min(k, n - k);
  if (k < 0)
    return 0;
  Int128 result = 1;
  for (int64_t i = 1; i <= k; ++i) {
    result = result * (n - k + i) / i;
    if (result > limit)
      return limit;
  }
  return static_cast<int64_t>(result);
}

namespace {
class BinomialPlanner {
public:
  /// `kept` is SplitChoice::State or SplitChoice::Tape.
  BinomialPlanner(SplitChoice kept, int64_t slots, int64_t steps) : kept(kept), slots(slots), steps(steps) {}

  SplitDag plan();
  int64_t cost() const;

private:
  int64_t capacity(int64_t m, int64_t r) const { return choose(m + r, r) - (kept == SplitChoice::Tape ? 1 : 0); }
  int64_t segmentFor(int64_t m, int64_t r, int64_t length);
  void decide(int64_t index);

  SplitChoice kept;
  int64_t slots;
  int64_t steps;
  SplitDag dag;
  /// Slots and repetitions of each segment.
  std::vector<std::pair<int64_t, int64_t>> memory;
  std::map<std::pair<int64_t, int64_t>, int64_t> ids;
};
} // namespace

int64_t BinomialPlanner::cost() const {
  if (kept == SplitChoice::State)
    return binomialForward(slots, steps);
  int64_t r = 0;
  while (capacity(slots, r) < steps)
    ++r;
  // At r = 0 the chain is empty.
  return r == 0 ? 0 : r * steps - choose(slots + r, r - 1) + r;
}

/// The segment of `length` steps with m slots; no step needs more than r runs.
int64_t BinomialPlanner::segmentFor(int64_t m, int64_t r, int64_t length) {
  if (length == 0)
    return -1;
  auto [it, isNew] = ids.try_emplace({m, length}, static_cast<int64_t>(dag.size()));
  if (isNew) {
    while (r > 0 && capacity(m, r - 1) >= length)
      --r;
    SplitSegment segment;
    segment.length = length;
    dag.push_back(segment);
    memory.push_back({m, r});
  }
  return it->second;
}

void BinomialPlanner::decide(int64_t index) {
  SplitSegment segment = dag[index];
  auto [m, r] = memory[index];
  bool tapes = kept == SplitChoice::Tape;
  if (tapes ? r <= 1 : segment.length == 1) {
    segment.choice = SplitChoice::StoreAll;
  } else if (m == 1) {
    segment.choice = SplitChoice::RerunAll;
  } else if (!tapes && r == 1) {
    segment.choice = SplitChoice::StoreStates;
  } else {
    int64_t rest = segment.length - (tapes ? 1 : 0);
    segment.choice = kept;
    segment.split = std::min(capacity(m, r - 1), rest - capacity(m - 1, r - 1));
    segment.left = segmentFor(m, r - 1, segment.split);
    segment.right = segmentFor(m - 1, r, rest - segment.split);
  }
  dag[index] = segment;
}

SplitDag BinomialPlanner::plan() {
  int64_t r = 0;
  while (capacity(slots, r) < steps)
    ++r;
  segmentFor(slots, r, steps);
  for (int64_t i = 0; i < static_cast<int64_t>(dag.size()); ++i)
    decide(i);
  return std::move(dag);
}

static Solution solveBinomial(const EqualChain &problem, SplitChoice kept, int64_t size) {
  int64_t steps = problem.steps;
  int64_t free = problem.budget - problem.fixedSize();
  int64_t slots = size == 0 ? steps : std::min(free / size + 1, steps);
  BinomialPlanner planner(kept, slots, steps);
  // The planner has decided by itself what fits.
  RowNetwork anyRow;
  anyRow.restartable = problem.restartable;
  anyRow.rows.resize(1);
  anyRow.rows[0].plainTapes = steps;
  return {buildTable(anyRow, planner.plan(), problem.start), planner.cost()};
}

Solution remat::schedule::solveRevolve(const EqualChain &problem) {
  return solveBinomial(problem, SplitChoice::State, problem.state);
}

Solution remat::schedule::solveIsm(const EqualChain &problem) {
  return solveBinomial(problem, SplitChoice::Tape, problem.tape);
}
