//===- TwoSweep.h - when every step runs at most twice ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With room for a few percent of the tapes the best schedule runs every step
// twice, except for the last `tapes` ones: 2 T - tapes forward steps, the bound of
// any schedule whatsoever. Such a schedule can be written down without search and
// without rows, in exact sizes, so most budgets that people choose are planned in
// microseconds.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_TWOSWEEP_H
#define REMAT_LIB_SCHEDULE_EQUAL_TWOSWEEP_H

#include "Equal/RowNetwork.h"
#include "Table/TableBuilder.h"

#include <optional>

namespace remat::schedule {

/// The root of a schedule of 2 steps - tapes forward steps for `policy` (Msm or
/// Optimal), if the construction finds one. Needs state and tape > 0 and
/// more steps than tapes.
///
/// Guarantee: no schedule has fewer forward steps (docs/Schedules.md, section 5). Nothing is said
/// if none is found. Complexity: O(1) for each item that is kept.
std::optional<TableBuilder::NodeId> buildTwoSweep(const UnitSizes &sizes, Policy policy, int64_t steps,
                                                  bool restartable, TableBuilder &builder);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_TWOSWEEP_H
