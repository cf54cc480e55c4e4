//===- BlockPlans.h - how blocks of a chain are reversed ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_BLOCKPLANS_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_BLOCKPLANS_H

#include "Unequal/ItemChain.h"

namespace remat::schedule {

/// Most stages of a block of different steps, which is planned step by step. If it would have more,
/// there are more blocks.
inline constexpr int64_t maxUnequalStages = 256;

/// Plans of a block of equal steps over all modes, by falling time and rising
/// peak: the frontier of `optimal`, at some budgets.
std::vector<BlockPlan> planEqualBlock(const ChainItem &item, int64_t initialState, Start start);

/// Fills in what the stages of a block are together. Its modes weigh time against the
/// size of tapes at some prices, most of them about `price`: a tape that is not worth
/// its price is not kept in the first sweep, but made again from the tapes in front of it.
void chooseUnequalModes(UnequalBlock &block, double price);

/// Plans of a block of different steps, likewise, with the start state outside: a few
/// plans from one table of StagedTables.h, and the one of least memory.
/// O(N^3) for N stages, at most maxUnequalStages.
std::vector<BlockPlan> planUnequalBlock(const UnequalBlock &block);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_BLOCKPLANS_H
