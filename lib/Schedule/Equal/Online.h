//===- Online.h - plan when the number of steps is not known ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_ONLINE_H
#define REMAT_LIB_SCHEDULE_EQUAL_ONLINE_H

#include "remat/Schedule/ChainPlan.h"

namespace remat::schedule {

/// Objective: least time when the number of steps is not known beforehand. The
/// first sweep keeps states only and is the same for every number of steps that
/// it reaches; the way back is the best one from the states that are left.
///
/// Guarantee, with room for m >= 2 states, state 0 among them, and for no tape. If
/// steps are recorded as fast as they are passed: the forward steps of the offline
/// optimum up to T = m + 1, and at most one more up to T = C(m + 2, 2) + 2. No policy
/// that does not know T is optimal at all of m + 1, m + 2 and m + 3, so the worst case
/// is the least there is. If recording takes longer, the tape of the last step is not
/// at hand, which is the model of Stumm & Walther: no policy that does not know T takes
/// fewer forward steps at any T up to C(m + 2, 2). Somebody who knows T takes two less
/// from T = m + 1 on, and three less at the last of these T. Proofs are in
/// docs/Schedules.md, section 11. Beyond that range, or with room for tapes,
/// plan.time / plan.lowerBound says how far from the offline optimum it is at most.
///
/// Complexity: O(T + m) in the range, O(T m) beyond it, and a plan for each kept state.
/// Source: Stumm & Walther 2010 (model, bound and range); Wang, Moin & Iaccarino 2009
/// (one state given up for each that is kept); the rule and the proofs are ours.
PlanResult planOnline(const EqualChain &problem);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_ONLINE_H
