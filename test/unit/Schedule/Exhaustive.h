//===- Exhaustive.h - the best schedule by search ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Searches all states of the machine for the fewest forward steps that reverse
// a short chain. It knows no recurrence and no stack discipline, so it is the
// truth that the planners are compared with.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_EXHAUSTIVE_H
#define REMAT_TEST_UNIT_SCHEDULE_EXHAUSTIVE_H

#include "remat/Schedule/EqualChain.h"

#include <cstdint>

namespace remat::schedule {

/// The fewest forward steps of any schedule for `problem` (steps <= 8), or -1
/// if there is none.
int64_t searchForward(const EqualChain &problem);

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_EXHAUSTIVE_H
