//===- RunLimits.cpp - how many steps can run how often ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The maxima are taken over all numbers of tapes where these are few, and over
// fractions otherwise. Everything is cut off at the number of steps.
//
//===----------------------------------------------------------------------===//

#include "Bounds/RunLimits.h"

#include "remat/Schedule/EqualChain.h"

#include <algorithm>

using namespace remat::schedule;

/// Numbers of tapes that are tried one by one.
static constexpr int64_t maxTried = 4096;

/// Runs that are counted; more would only make the bound better.
static constexpr int64_t maxDepth = 512;

/// Sum of floor((first + i * step) / divisor) over 0 <= i < count.
static __int128 sumOfQuotients(__int128 count, __int128 divisor, __int128 step, __int128 first) {
  __int128 sum = 0;
  while (count > 0) {
    sum += (count - 1) * count / 2 * (step / divisor) + count * (first / divisor);
    step %= divisor;
    first %= divisor;
    __int128 last = step * count + first;
    count = last / divisor;
    first = last % divisor;
    std::swap(divisor, step);
  }
  return sum;
}

/// Two runs of each step: sizes of the parts from the left to the right, with
/// the smaller items to the left.
int64_t RunLimits::boundTwoRuns(int64_t most) const {
  __int128 best = 0, one = memory / tapeSize + 1;
  for (__int128 tapes = 0; tapes < one; ++tapes) {
    __int128 states = (memory - tapes * tapeSize) / stateSize;
    __int128 statesBegin = stateSize <= tapeSize ? memory : memory - tapes * tapeSize;
    __int128 tapesBegin = stateSize <= tapeSize ? memory - states * stateSize : memory;
    __int128 behindStates =
        states + sumOfQuotients(states, tapeSize, stateSize, statesBegin - (states - 1) * stateSize);
    __int128 behindTapes = tapes * (tapesBegin / tapeSize + 1) - tapes * (tapes - 1) / 2;
    best = std::max(best, 1 + tapes + one + behindStates + behindTapes);
    if (best >= most)
      return most;
  }
  return static_cast<int64_t>(best);
}

/// The recurrence, for parts of at most so many steps.
int64_t RunLimits::boundNext(int64_t parts) const {
  __int128 all = memory, best = 0;
  if (memory / tapeSize < maxTried) {
    for (__int128 tapes = 0; tapes * tapeSize <= all; ++tapes)
      best = std::max(best, tapes + (tapes + (all - tapes * tapeSize) / stateSize) * parts);
  } else {
    best = std::max(all * (parts + 1) / tapeSize, all * parts / stateSize);
  }
  return static_cast<int64_t>(std::min<__int128>(1 + parts + best, INT64_MAX));
}

RunLimits::RunLimits(int64_t steps, int64_t memory, int64_t stateSize, int64_t tapeSize)
    : memory(memory), stateSize(stateSize), tapeSize(tapeSize), limits{0} {
  int64_t next = memory / tapeSize + 1;
  // C(z + r, r - 1), where no tape fits.
  __int128 binomial = 1;
  for (int64_t runs = 1; next < steps && runs <= maxDepth; ++runs) {
    limits.push_back(next);
    if (stateSize == 0)
      return;
    next = runs == 1 && memory / tapeSize < maxTried ? boundTwoRuns(steps) : boundNext(next);
    if (memory < tapeSize) {
      binomial = binomial * (memory / stateSize + runs + 1) / runs;
      next = static_cast<int64_t>(std::min<__int128>(next, binomial));
    }
    next = std::min(next, steps);
  }
}

static int64_t memoryOf(const EqualChain &problem) {
  int64_t memory = problem.budget - problem.workspace;
  return problem.start == Start::Pinned ? memory - problem.initialState : memory;
}

RunLimits::RunLimits(const EqualChain &problem)
    : RunLimits(problem.steps, memoryOf(problem), problem.state, problem.tape) {}

__int128 RunLimits::countReruns(int64_t steps) const {
  __int128 reruns = 0;
  for (int64_t r = 1; r <= getDepth(); ++r)
    reruns += steps - limit(r);
  return reruns;
}
