//===- Problem.cpp - a chain of equal steps and a budget --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Validation is where overflow is dealt with: a problem that passes can not
// overflow in any sum of sizes that a solver forms, and the number of forward
// steps is at most T (T + 1) / 2, which fits for T <= maxSteps. Products of
// counts and times are checked where they are made.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Problem.h"

#include "Table/CheckedMath.h"

using namespace remat::schedule;

Verdict ChainProblem::validate() const {
  auto bad = [](const char *what, int64_t value) {
    return Verdict{Status::BadValue, std::string("expects ") + what + ", but got " + std::to_string(value)};
  };
  if (steps < 0 || steps > maxSteps)
    return bad("a number of steps from 0 to 2147483648", steps);
  if (start < Start::Releasable || start > Start::External)
    return bad("a known kind of start", static_cast<int64_t>(start));

  struct Named {
    const char *name;
    int64_t value;
  };
  for (const Named &field :
       {Named{"a state size that is not negative", stateSize}, Named{"a tape size that is not negative", tapeSize},
        Named{"an initial state size that is not negative", initialStateSize},
        Named{"a workspace that is not negative", workspace}, Named{"a budget that is not negative", budget},
        Named{"an advance time that is not negative", advanceTime},
        Named{"a record time that is not negative", recordTime},
        Named{"a reverse time that is not negative", reverseTime}})
    if (field.value < 0)
      return bad(field.name, field.value);

  Checked largest = Checked(initialStateSize) + workspace + (Checked(steps) + 2) * (Checked(stateSize) + tapeSize);
  Checked everything = Checked(steps) * (Checked(recordTime) + reverseTime + advanceTime);
  if (largest.hasOverflowed())
    return {Status::Overflow, "the sizes of all states and tapes do not fit in 64 bits"};
  if (everything.hasOverflowed())
    return {Status::Overflow, "the time of all steps does not fit in 64 bits"};
  return {};
}
