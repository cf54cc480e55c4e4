//===- EqualChain.cpp - a chain of equal steps ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Validation is where overflow is dealt with: a problem that passes cannot
// overflow in any sum of sizes that a solver forms, and the number of forward
// steps is at most T (T + 1) / 2, which fits for T <= maxSteps. Products of
// counts and times are checked where they are made.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/EqualChain.h"

#include "Problem/Expect.h"
#include "Table/CheckedMath.h"

using namespace remat::schedule;

Verdict EqualChain::validate() const {
  if (steps < 0 || steps > maxSteps)
    return badValue("a number of steps from 0 to 2147483648", steps);
  if (start < Start::Releasable || start > Start::External)
    return badValue("a known kind of start", static_cast<int64_t>(start));
  Verdict verdict = expectNoNegative({{"a state size", state},
                                      {"a tape size", tape},
                                      {"an initial state size", initialState},
                                      {"a workspace", workspace},
                                      {"a budget", budget},
                                      {"an advance time", advance},
                                      {"a record time", record},
                                      {"a reverse time", reverse}});
  if (!verdict.ok())
    return verdict;

  Checked largest = Checked(initialState) + workspace + (Checked(steps) + 2) * (Checked(state) + tape);
  Checked everything = Checked(steps) * (Checked(record) + reverse + advance);
  if (largest.hasOverflowed())
    return {Status::Overflow, "the sizes of all states and tapes do not fit in 64 bits"};
  if (everything.hasOverflowed())
    return {Status::Overflow, "the time of all steps does not fit in 64 bits"};
  return {};
}
