//===- Binomial.h - cost of binomial schedules ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_BINOMIAL_H
#define REMAT_LIB_SCHEDULE_EQUAL_BINOMIAL_H

#include <cstdint>

namespace remat::schedule {

/// Forward steps of the best schedule of states that reverses `steps` >= 1 steps with
/// `slots` >= 1 states, the start state among them: (r + 1) t - C(m + r, r - 1) for the
/// least r with C(m + r, r) >= t. Less than 2^62 for up to 2^31 steps. O(r).
///
/// Source: Griewank & Walther 2000.
int64_t binomialForward(int64_t slots, int64_t steps);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_BINOMIAL_H
