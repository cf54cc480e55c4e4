//===- Problem.h - a chain of equal steps and a budget ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The input of every planner: T equal steps, the sizes of what can be kept, the
// times of what can be done, and a budget. State i is the carry after step i
// and state 0 the initial carry; the tape of step i is what its backward step
// needs. The work core (the state or tape that the running step just produced)
// is not counted, nor are gradients, inputs and parameters; `workspace` is
// added to the peak of any problem with at least one step.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_PROBLEM_H
#define REMAT_SCHEDULE_PROBLEM_H

#include "remat/ABI/TableFormat.h"

#include <string>

namespace remat::schedule {

/// Why a problem or a request cannot be served.
enum class Status {
  Ok,
  /// A count, size, time or budget is negative or larger than allowed.
  BadValue,
  /// A total (bytes, time, forward steps) does not fit in 64 bits.
  Overflow,
  /// The policy does not apply to this problem.
  Unsupported,
  /// The budget is below the smallest feasible one.
  Infeasible,
  /// The caller asked for an end before there was a result.
  Interrupted,
  /// The planner made a schedule that breaks a rule of the machine: a bug.
  Internal
};

/// Status with a sentence for people: lower case, no full stop.
struct Verdict {
  Status status = Status::Ok;
  std::string message;

  bool ok() const { return status == Status::Ok; }
};

/// An equal-step chain problem (docs/Contracts.md, "Chain problem"). Sizes are in
/// one unit and times in another; both are whole numbers so that bounds are
/// exact.
struct ChainProblem {
  /// The number of steps T, at most maxSteps.
  int64_t steps = 0;

  int64_t stateSize = 1;
  /// Size of a tape; 0 is valid.
  int64_t tapeSize = 1;
  int64_t initialStateSize = 1;
  /// Transient size of any action.
  int64_t workspace = 0;
  int64_t budget = 0;

  /// Time of a forward step that keeps nothing, of one that leaves a tape, and
  /// of the backward step.
  int64_t advanceTime = 1;
  int64_t recordTime = 1;
  int64_t reverseTime = 1;

  /// Whether state i can be restored from the tape of step i.
  bool restartable = true;
  Start start = Start::Releasable;

  static constexpr int64_t maxSteps = maxChainSteps;

  /// Checks every value, and that keeping everything does not overflow.
  Verdict validate() const;

  /// Size of the initial state as far as it counts.
  int64_t countedInitialState() const { return start == Start::External ? 0 : initialStateSize; }

  /// What is counted whatever is kept: nothing for zero steps but the initial
  /// state, else the initial state and the workspace.
  int64_t fixedSize() const { return countedInitialState() + (steps == 0 ? 0 : workspace); }
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_PROBLEM_H
