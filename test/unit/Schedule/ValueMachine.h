//===- ValueMachine.h - runs a schedule on numbers -------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program whose states and tapes are numbers. It runs actions without asking
// whether they are allowed: what is not there is garbage, and what is forbidden
// (a copy that is used before it has arrived) is garbage too. So a schedule is
// right exactly if its gradient is that of the reference.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_VALUEMACHINE_H
#define REMAT_TEST_UNIT_SCHEDULE_VALUEMACHINE_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Chain.h"

#include <map>
#include <vector>

namespace remat::schedule {

struct ValueResult {
  /// Of the initial state, and of the parameter of each step.
  uint64_t gradient = 0;
  std::vector<uint64_t> parameterGradients;
  /// Highest sum of sizes of what was in fast memory, with workspaces, and the
  /// time until all steps and transfers had ended.
  int64_t peak = 0;
  int64_t time = 0;
};

/// The gradient by keeping everything.
ValueResult referenceGradient(const Chain &problem);

/// Runs a list.
ValueResult runValues(const Chain &problem, const std::vector<Action> &actions);

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_VALUEMACHINE_H
