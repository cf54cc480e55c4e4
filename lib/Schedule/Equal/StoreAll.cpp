//===- StoreAll.cpp - keep every tape, or every p-th state ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Store-all keeps the tapes of all steps but the last, which stays in the core.
//
// Periodic keeps a state every p steps in the first sweep, and every tape
// inside the period that is being reversed (Chen et al. 2016 with a free choice
// of the period). With n = ceil(T / p) periods and a last one of l = T - (n-1)
// p steps it takes 2 T - l forward steps, and at most
//
//   max((n-1) S + (l-1) A, (n-2) S + (p-1) A)
//
// of memory for states of size S and tapes of size A. There are only some 2 sqrt(T)
// values of n, and for each of them one period that can be the best: O(sqrt(T)).
//
//===----------------------------------------------------------------------===//

#include "Equal/PolicySolvers.h"
#include "Table/CheckedMath.h"
#include "Table/TableBuilder.h"

#include <algorithm>

using namespace remat::schedule;

Solution remat::schedule::solveStoreAll(const EqualChain &problem) {
  TableBuilder builder(problem.restartable);
  int64_t steps = problem.steps;
  return {builder.finish(builder.storeAll(steps), steps, problem.start), steps};
}

namespace {
/// The schedule of one period.
struct Period {
  int64_t length;
  /// Number of periods before the last one, and the length of that.
  int64_t before;
  int64_t last;

  Period(int64_t steps, int64_t length) : length(length), before((steps - 1) / length), last(steps - before * length) {}

  int64_t peak(const EqualChain &problem) const {
    int64_t state = problem.state, tape = problem.tape;
    int64_t peak = before * state + (last - 1) * tape;
    if (before > 0)
      peak = std::max(peak, (before - 1) * state + (length - 1) * tape);
    return peak + problem.fixedSize();
  }
};
} // namespace

/// Calls `visit` with each number of periods before the last one, and the shortest and
/// the longest periods that make it; short ones first.
template <typename Visit>
static void forEachBefore(int64_t steps, Visit visit) {
  for (int64_t shortest = 1, longest; shortest <= steps; shortest = longest + 1) {
    int64_t before = (steps - 1) / shortest;
    longest = before == 0 ? steps : (steps - 1) / before;
    visit(before, shortest, longest);
  }
}

int64_t remat::schedule::periodicMinimum(const EqualChain &problem) {
  int64_t least = INT64_MAX;
  forEachBefore(problem.steps, [&](int64_t before, int64_t shortest, int64_t longest) {
    // Of the two peaks above, the first one falls with the period and the second one
    // rises: the least is where they meet.
    int64_t meet = shortest, tape = problem.tape;
    if (tape > 0)
      meet = std::clamp(ceilDiv(problem.state + problem.steps * tape, (before + 1) * tape), shortest, longest);
    for (int64_t p : {std::max(meet - 1, shortest), meet})
      least = std::min(least, Period(problem.steps, p).peak(problem));
  });
  return least;
}

/// The shortest period with which the tapes of the last one, and the states, fit.
static int64_t shortestThatFits(const EqualChain &problem, int64_t before) {
  int64_t tapes = problem.budget - problem.fixedSize() - before * problem.state;
  if (before == 0 || problem.tape == 0 || tapes < 0)
    return 1;
  return ceilDiv(problem.steps - 1 - tapes / problem.tape, before);
}

Solution remat::schedule::solvePeriodic(const EqualChain &problem) {
  // Of the periods with the fewest forward steps, the one with the lowest peak. For a number
  // of periods the shortest one that fits has the fewest.
  Period best(problem.steps, 1);
  int64_t bestPeak = INT64_MAX;
  forEachBefore(problem.steps, [&](int64_t before, int64_t shortest, int64_t longest) {
    Period period(problem.steps, std::clamp(shortestThatFits(problem, before), shortest, longest));
    int64_t peak = period.peak(problem);
    if (peak > problem.budget)
      return;
    if (bestPeak == INT64_MAX || period.last > best.last || (period.last == best.last && peak < bestPeak)) {
      best = period;
      bestPeak = peak;
    }
  });

  TableBuilder builder(problem.restartable);
  TableBuilder::NodeId inside = builder.storeAll(best.length);
  TableBuilder::NodeId root = builder.keepState(best.length, best.before, inside, builder.storeAll(best.last));
  return {builder.finish(root, problem.steps, problem.start), 2 * problem.steps - best.last};
}
