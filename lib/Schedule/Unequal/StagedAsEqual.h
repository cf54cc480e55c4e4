//===- StagedAsEqual.h - unequal steps as if all were the largest -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A schedule for equal steps fits any steps that are not larger. Where unequal steps
// are so many that they are planned in blocks, whose states inside are kept only
// while the block is reversed, this is the better plan if the steps are nearly equal
// or the budget holds very few states; it keeps as little as one state.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDASEQUAL_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDASEQUAL_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Chain.h"

#include <optional>
#include <vector>

namespace remat::schedule {

/// The smallest budget at which planAsEqual() has a schedule: the initial state and
/// the largest workspace, exactly. Nothing if sums of as many largest sizes, or the number
/// of steps that run in that budget, do not fit in 64 bits.
std::optional<int64_t> minimumAsEqual(const Chain &problem);

/// The schedule of policy `optimal` for as many steps of the largest state, tape and
/// workspace, with tapes of each step's fastest mode or of its smallest one. It fits
/// in the budget; a step that is faster recorded than advanced over is recorded. Empty
/// if the budget is too small. The slow tier is left alone. Time and memory grow with
/// the number of actions, a few for each step.
std::vector<Action> planAsEqual(const Chain &problem, bool smallestTapes);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDASEQUAL_H
