//===- RowNetwork.h - the recurrence of a policy as a network ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every mixed policy is a dynamic program over rows. A row is one state of the
// memory at the start of a segment (how much is free, and what becomes of the
// start state), f_row(t) the least number of forward steps that reverse t steps
// from there: f(0) = 0, f(1) = 1, else the least of
//
//   state      y + f_row(y) + f_state(t - y)            1 <= y < t
//   tape       y + 1 + f_row(y) + f_tape(t - 1 - y)     0 <= y < t
//   run to end t + f_row(t - 1)
//   take over  1 + f_takeOver(t - 1)
//
// where a row has some of these options. Planner and bound (Dual.h) know
// nothing but the network.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_ROWNETWORK_H
#define REMAT_LIB_SCHEDULE_EQUAL_ROWNETWORK_H

#include "remat/Schedule/EqualChain.h"
#include "remat/Schedule/Policy.h"

#include <vector>

namespace remat::schedule {

/// Options of a row: the row of the right part, or -1 without the option.
struct Row {
  int32_t state = -1;
  int32_t tape = -1;
  int32_t takeOver = -1;
  bool runToEnd = false;
  /// Steps that run only once: f(t) = t up to here, and f(t) >= 2t - tapes.
  int64_t tapes = 1;
  /// The same without taking over the slot of the start state.
  int64_t plainTapes = 1;

  /// Whether any schedule reverses `length` steps from here. Without a place
  /// for the start state and without restartable tapes, more steps than tapes
  /// cannot be reversed.
  bool canReverse(int64_t length) const { return runToEnd || state >= 0 || length <= tapes; }
};

/// Sizes in planning units.
struct UnitSizes {
  int64_t state;
  int64_t tape;
  /// Free beside the start state, and free once it has been released.
  int64_t free;
  int64_t freeWithoutStart;
};

/// Rows in an order in which right rows come first; the last one is the top.
struct RowNetwork {
  std::vector<Row> rows;
  bool restartable = true;
  /// The start state of a row is in the core and has no place yet; else rows
  /// say what may be done with it.
  bool startsInCore = false;
};

/// The network of `policy` (Msm or Optimal) for sizes with state and tape > 0.
/// Rows are the distinct amounts of free memory that can arise, so there are at
/// most about min(free, free^2 / (2 state tape)) of them; returns no rows at
/// all if there are more than `maxRows`.
RowNetwork buildNetwork(const UnitSizes &sizes, Policy policy, bool restartable, int64_t maxRows);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_ROWNETWORK_H
