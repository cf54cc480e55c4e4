//===- SlowSearch.h - the best schedule in two memories --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_SLOWSEARCH_H
#define REMAT_TEST_UNIT_SCHEDULE_SLOWSEARCH_H

#include "remat/Schedule/Chain.h"

namespace remat::schedule {

/// What may be copied to the slow tier.
enum class Offloadable { StatesAndTapes, States };

/// The least makespan of any schedule, or -1 if there is none: at most five
/// equal steps, and transfers that take at most six units of time each.
int64_t searchMakespan(const EqualChain &problem, const SlowTier &slow, Offloadable what = Offloadable::StatesAndTapes);

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_SLOWSEARCH_H
