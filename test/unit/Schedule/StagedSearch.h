//===- StagedSearch.h - the best schedule of unequal steps ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_STAGEDSEARCH_H
#define REMAT_TEST_UNIT_SCHEDULE_STAGEDSEARCH_H

#include "remat/Schedule/Chain.h"

namespace remat::schedule {

/// The least time of any schedule whatsoever for a problem without a slow tier,
/// of at most 8 steps and 3 modes, or -1 if there is none. Searches all states of
/// the machine.
int64_t searchTime(const Chain &problem);

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_STAGEDSEARCH_H
