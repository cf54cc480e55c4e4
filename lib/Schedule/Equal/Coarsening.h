//===- Coarsening.h - plan in a coarser unit --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// When sizes in bytes make more rows than a planner should hold, it plans in a
// coarser unit. With sizes rounded up every plan is feasible in bytes; with
// sizes rounded down every plan in bytes stays feasible, so a bound stays a
// bound. The gap between the two is reported with the plan.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_COARSENING_H
#define REMAT_LIB_SCHEDULE_EQUAL_COARSENING_H

#include "Equal/RowNetwork.h"

namespace remat::schedule {

struct CoarseSizes {
  int64_t unit;
  UnitSizes roundedUp;
  UnitSizes roundedDown;
};

/// Chooses a unit with at most `maxRows` rows, two per amount of free memory,
/// that enlarges state and tape least.
CoarseSizes coarsen(const UnitSizes &sizes, int64_t maxRows);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_COARSENING_H
