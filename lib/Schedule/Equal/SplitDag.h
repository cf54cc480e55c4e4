//===- SplitDag.h - decisions of a mixed schedule ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A schedule in the terms of a row network: for each segment that arises, which
// option its row takes and where it splits. Equal segments are shared. The dual
// planner and the exact dynamic program both produce it; one function turns it
// into a plan table.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_SPLITDAG_H
#define REMAT_LIB_SCHEDULE_EQUAL_SPLITDAG_H

#include "Equal/Dual.h"
#include "Equal/RowNetwork.h"
#include "Table/TableBuilder.h"

#include <optional>
#include <vector>

namespace remat::schedule {

enum class SplitChoice : int8_t {
  /// All steps run once: at most Row::tapes of them.
  StoreAll,
  /// The row has no room for anything: run to the end again and again.
  RerunAll,
  /// Every state but the last two is kept: no step runs more than twice
  /// (binomial schedules only).
  StoreStates,
  State,
  Tape,
  RunToEnd,
  TakeOver
};

/// A segment and its decision. `left` and `right` are indices of segments, -1
/// for a part that is empty or does not exist.
struct SplitSegment {
  int32_t row = 0;
  SplitChoice choice = SplitChoice::StoreAll;
  int64_t length = 0;
  /// Length of the left part.
  int64_t split = 0;
  int64_t left = -1;
  int64_t right = -1;
};

/// Segments in no particular order; the first one is the whole chain.
using SplitDag = std::vector<SplitSegment>;

/// Plans top-down, guided by the estimates of a solved `dual`. Each segment takes
/// the option and split with the least estimate among few candidates. Where the
/// estimate is not met, other candidates are tried until there are `maxSearched`
/// segments: 0 is greedy.
///
/// Guarantee: the schedule can be done; if it costs dual.lowerBound() it is the best of the
/// recurrence, otherwise nothing is said of it. Complexity: a few candidates for each
/// distinct row, level and length, and for others as far as `maxSearched` goes. The method
/// is ours.
SplitDag planByDual(const RowNetwork &network, const Dual &dual, int64_t steps, int64_t maxSearched);

/// Solves the recurrence itself, in O(rows steps^2) time and O(rows steps)
/// memory.
SplitDag planExactly(const RowNetwork &network, int64_t steps);

/// Turns decisions into a table.
PlanTable buildTable(const RowNetwork &network, const SplitDag &dag, Start start);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_SPLITDAG_H
