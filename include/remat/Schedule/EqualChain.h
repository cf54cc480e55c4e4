//===- EqualChain.h - a chain of equal steps --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the planners of equal steps read of a chain problem (Chain.h): T equal steps
// in one mode and one memory. Names and units are those of Chain, which converts
// both ways.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_EQUALCHAIN_H
#define REMAT_SCHEDULE_EQUALCHAIN_H

#include "remat/ABI/TableFormat.h"
#include "remat/Schedule/Verdict.h"

namespace remat::schedule {

/// A chain problem whose steps are equal. Sizes, times and the rest mean what they mean in
/// Chain, ChainStage and StageMode.
struct EqualChain {
  /// The number of steps T, at most maxSteps.
  int64_t steps = 0;

  int64_t state = 1;
  int64_t tape = 1;
  int64_t initialState = 1;
  int64_t workspace = 0;
  int64_t budget = 0;

  int64_t advance = 1;
  int64_t record = 1;
  int64_t reverse = 1;

  bool restartable = true;
  Start start = Start::Releasable;

  static constexpr int64_t maxSteps = maxChainSteps;

  /// Checks every value, and that keeping everything does not overflow.
  Verdict validate() const;

  /// Size of the initial state as far as it counts.
  int64_t countedInitialState() const { return start == Start::External ? 0 : initialState; }

  /// What is counted whatever is kept: nothing for zero steps but the initial
  /// state, else the initial state and the workspace.
  int64_t fixedSize() const { return countedInitialState() + (steps == 0 ? 0 : workspace); }
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_EQUALCHAIN_H
