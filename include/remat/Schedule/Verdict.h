//===- Verdict.h - whether a request could be served ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_VERDICT_H
#define REMAT_SCHEDULE_VERDICT_H

#include <string>

namespace remat::schedule {

/// Why a problem or a request cannot be served.
enum class Status {
  Ok,
  /// A count, size, time or budget is negative or larger than allowed.
  BadValue,
  /// A total (bytes, time, forward steps) does not fit in 64 bits.
  Overflow,
  /// The policy does not apply to this problem.
  Unsupported,
  /// The budget is below the smallest feasible one.
  Infeasible,
  /// The caller asked for an end before there was a result.
  Interrupted,
  /// The planner made a schedule that breaks a rule of the machine: a bug.
  Internal
};

/// Status with a sentence for people: lower case, no full stop.
struct Verdict {
  Status status = Status::Ok;
  std::string message;

  bool ok() const { return status == Status::Ok; }
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_VERDICT_H
