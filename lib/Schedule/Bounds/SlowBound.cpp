//===- SlowBound.cpp - a bound for schedules in two memories ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counting R runs, a schedule takes at least once + a * sum over r <= R of
// (T - p_r), less what its transfers save. A state (a tape) whose copy out has
// ended before the turn cuts a part in two: it saves at most
//
//   saves(R) = sum over r < R of p_r     (one more for each r if it is a tape)
//
// runs, and one that leaves later saves(R - 1). All of this is in docs/Schedules.md.
//
//===----------------------------------------------------------------------===//

#include "Bounds/SlowBound.h"

#include "Bounds/RunLimits.h"
#include "Table/CheckedMath.h"

#include <algorithm>
#include <optional>

using namespace remat::schedule;

namespace {
/// Times of one transfer of a state and of a tape; nothing if it has no room in
/// one of the memories.
struct TransferTimes {
  std::optional<__int128> state;
  std::optional<__int128> tape;
};

/// The runs that a state or a tape saves.
struct Savings {
  __int128 state = 0;
  __int128 tape = 0;

  /// What transfers in that time save, rounded up; negative if there is no end.
  __int128 in(__int128 time, TransferTimes each) const {
    if ((each.state == 0 && state > 0) || (each.tape == 0 && tape > 0))
      return -1;
    __int128 states = state == 0 || !each.state ? 0 : ceilDiv(state * time, *each.state);
    __int128 tapes = tape == 0 || !each.tape ? 0 : ceilDiv(tape * time, *each.tape);
    return std::max(states, tapes);
  }
};

class SlowBound {
public:
  SlowBound(const EqualChain &problem, const SlowTier &slow);

  /// No plan takes more than fits in 64 bits.
  int64_t get() const { return static_cast<int64_t>(std::min<__int128>(best, INT64_MAX)); }

private:
  /// The time of running everything once, and the re-runs that `limits` prove.
  __int128 boundInOneMemory(const RunLimits &limits) const;
  void countRuns(const RunLimits &limits);
  void boundBlocking(__int128 reruns, __int128 next, __int128 nextLimit);
  template <typename Predicate>
  void raise(__int128 high, Predicate isPossible);
  void boundByWrites(__int128 reruns);
  void boundByReads(__int128 reruns);

  const EqualChain &problem;
  const SlowTier &slow;
  __int128 steps;
  /// The least time of a forward step, and what it takes more to record one.
  __int128 again;
  __int128 surplus;
  __int128 once;
  TransferTimes write;
  TransferTimes read;
  Savings early;
  Savings late;
  __int128 best;
};
} // namespace

SlowBound::SlowBound(const EqualChain &problem, const SlowTier &slow)
    : problem(problem), slow(slow), steps(problem.steps), again(std::min(problem.advance, problem.record)),
      surplus(problem.record - again), once(steps * (problem.record + problem.reverse)), best(once) {
  if (problem.tape == 0)
    return;
  int64_t memory = problem.budget - problem.workspace;
  if (problem.start == Start::Pinned)
    memory -= problem.initialState;
  // What is moved is kept in fast memory, too.
  auto mayMove = [&](int64_t size) { return size <= memory && (!slow.capacity || size <= *slow.capacity); };
  if (mayMove(problem.state)) {
    write.state = slow.writeTime(problem.state);
    read.state = slow.readTime(problem.state);
  }
  if (mayMove(problem.tape)) {
    write.tape = slow.writeTime(problem.tape);
    read.tape = slow.readTime(problem.tape);
  }
  RunLimits limits(problem.steps, memory, problem.state, problem.tape);
  if (!write.state && !write.tape) {
    best = boundInOneMemory(limits);
    return;
  }
  if (slow.capacity && *slow.capacity <= INT64_MAX - memory)
    best = boundInOneMemory(RunLimits(problem.steps, memory + *slow.capacity, problem.state, problem.tape));
  countRuns(limits);
}

__int128 SlowBound::boundInOneMemory(const RunLimits &limits) const {
  return once + again * limits.countReruns(problem.steps);
}

void SlowBound::countRuns(const RunLimits &limits) {
  __int128 reruns = 0;
  for (int64_t r = 1; r <= limits.getDepth(); ++r) {
    late = early;
    early.state += limits.limit(r - 1);
    early.tape += limits.limit(r - 1) + 1;
    if (slow.blocking) {
      boundBlocking(reruns, steps - limits.limit(r), limits.limit(r - 1));
    } else {
      boundByWrites(reruns + steps - limits.limit(r));
      boundByReads(reruns + steps - limits.limit(r));
    }
    reruns += steps - limits.limit(r);
  }
}

/// A transfer that takes longer than it saves is of no use. Of the last runs that
/// are counted a share is taken for which that still holds.
void SlowBound::boundBlocking(__int128 reruns, __int128 next, __int128 nextLimit) {
  __int128 share = again * next;
  auto limitBy = [&](std::optional<__int128> there, std::optional<__int128> back, __int128 saved, __int128 more) {
    if (!there)
      return;
    __int128 lost = *there + *back - again * saved;
    if (lost < 0)
      share = -1;
    else if (more > 0)
      share = std::min(share, lost * next / more);
  };
  limitBy(write.state, read.state, late.state, nextLimit);
  limitBy(write.tape, read.tape, late.tape, nextLimit + 1);
  if (share < 0)
    return;
  best = std::max(best, once + again * reruns + share);
}

/// Moves the bound to the least possible time; `high` is possible.
template <typename Predicate>
void SlowBound::raise(__int128 high, Predicate isPossible) {
  __int128 low = best;
  while (low < high) {
    __int128 middle = low + (high - low) / 2;
    if (isPossible(middle))
      high = middle;
    else
      low = middle + 1;
  }
  best = low;
}

/// Before the turn the channel has the time of the first sweep, which takes
/// steps * again if nothing runs twice in it, and of all records at most; afterwards what
/// is left. What is saved is convex in the time of the sweep, so that its ends suffice.
void SlowBound::boundByWrites(__int128 reruns) {
  if (early.in(1, write) < 0)
    return;
  __int128 after = steps * (problem.reverse + surplus);
  auto isPossible = [&](__int128 time) {
    for (__int128 sweep : {steps * again, time - after}) {
      __int128 turn = sweep + steps * surplus;
      __int128 saved = early.in(turn, write) + late.in(time - turn, write);
      // The product fits if not all are saved.
      if (saved >= reruns || time + again * saved >= sweep + after + again * reruns)
        return true;
    }
    return false;
  };
  raise(once + again * reruns, isPossible);
}

/// What is read is read after the turn, which is not before steps * again.
void SlowBound::boundByReads(__int128 reruns) {
  if (early.in(1, read) < 0)
    return;
  auto isPossible = [&](__int128 time) {
    __int128 saved = early.in(time - steps * again, read);
    return saved >= reruns || time + again * saved >= once + again * reruns;
  };
  raise(once + again * reruns, isPossible);
}

int64_t remat::schedule::slowBound(const EqualChain &problem, const SlowTier &slow) {
  return SlowBound(problem, slow).get();
}
