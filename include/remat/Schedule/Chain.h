//===- Chain.h - the chain problem ------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input of every planner, as in docs/Contracts.md: runs of equal steps, the
// sizes of what can be kept, the times of what can be done, and a budget. State i is
// the carry after step i and state 0 the initial carry; the tape of step i is what
// its backward step needs. There may be several modes of a step, and a second,
// slower memory. A chain of one run, one mode and one memory is also an EqualChain
// (EqualChain.h), which the planners of equal steps read.
//
// Sizes are whole numbers in one unit, so that bounds are exact. Times are whole
// numbers in one unit, of which `timeScale` make one unit of the problem's own: a
// reader of fractional times chooses it so that all of them are whole.
//
// What counts against the budget at any time: every kept state and tape, the
// initial state unless it is external, and the workspace of the step that runs
// or whose result is being kept. The work core (the state or tape that the running
// step just produced) is not counted, nor are gradients, inputs and parameters.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_CHAIN_H
#define REMAT_SCHEDULE_CHAIN_H

#include "remat/Schedule/EqualChain.h"

#include <optional>
#include <string>
#include <vector>

namespace remat::schedule {

/// One way to record and reverse a step. A tape is reversed in the mode in
/// which it was recorded.
struct StageMode {
  /// Time of a forward step that leaves a tape, and of the backward step.
  int64_t record = 1;
  int64_t reverse = 1;
  /// Size of the tape; 0 is valid.
  int64_t tape = 1;

  /// Time to record and reverse the step once.
  int64_t once() const { return record + reverse; }

  friend bool operator==(const StageMode &a, const StageMode &b) {
    return a.record == b.record && a.reverse == b.reverse && a.tape == b.tape;
  }
};

/// A run of equal steps.
struct ChainStage {
  int64_t count = 1;
  /// Time of a forward step that keeps nothing.
  int64_t advance = 1;
  /// Size of the carry after the step.
  int64_t state = 1;
  /// Whether state i can be restored from the tape of step i.
  bool restartable = true;
  /// Transient size of any action of the step.
  int64_t workspace = 0;
  /// At least one; actions name modes by their place in this list, from 0.
  std::vector<StageMode> modes = {StageMode()};

  /// Whether the steps are equal; the counts may differ.
  bool hasSameStep(const ChainStage &other) const;

  /// The place of the mode that is recorded and reversed fastest; of several, that of
  /// the smallest tape.
  int64_t fastestMode() const;
  /// Time of that.
  int64_t leastOnce() const { return modes[fastestMode()].once(); }
};

/// A second memory with one channel for each direction.
struct SlowTier {
  /// Time per unit of size, and per transfer.
  int64_t write = 1;
  int64_t read = 1;
  int64_t latency = 0;
  /// What fits; nothing if it is unlimited.
  std::optional<int64_t> capacity;
  /// Whether steps wait for transfers: a copy then takes its time at once.
  bool blocking = false;

  int64_t writeTime(int64_t size) const { return latency + size * write; }
  int64_t readTime(int64_t size) const { return latency + size * read; }
};

/// A chain problem (docs/Contracts.md).
struct Chain {
  std::vector<ChainStage> stages;
  /// Size of the carry before step 1.
  int64_t initialState = 1;
  Start start = Start::Releasable;
  std::optional<SlowTier> slow;
  int64_t budget = 0;
  /// Units of time in one unit of the problem's own.
  int64_t timeScale = 1;

  static constexpr int64_t maxStages = 1000000;

  Chain() = default;
  /// The same problem, as one stage.
  explicit Chain(const EqualChain &problem);

  /// Checks every value, that there are at most EqualChain::maxSteps steps,
  /// and that no sum of sizes, and no time of running every step and moving
  /// every state and tape once, overflows.
  Verdict validate() const;

  /// The number of steps; the problem must be valid.
  int64_t steps() const;

  /// Size of the initial state as far as it counts.
  int64_t countedInitialState() const { return start == Start::External ? 0 : initialState; }

  /// The problem without its slow tier as an EqualChain, if all steps are
  /// equal and have one mode. Stages of no step do not matter.
  std::optional<EqualChain> equalSteps() const;
};

/// The peak of keeping every tape but the last, each step in its fastest mode; the
/// problem must be valid.
int64_t storeAllPeak(const Chain &problem);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_CHAIN_H
