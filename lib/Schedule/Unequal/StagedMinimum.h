//===- StagedMinimum.h - the smallest budget of unequal steps ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The recurrence of StagedChoice.h with the peak in bytes in place of the time
// for an amount of memory. Exact for its class of schedules, in O(N^3) time and
// O(N^2) memory. The schedule that it finds is the last resort: it fits whenever
// any of the class does.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDMINIMUM_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDMINIMUM_H

#include "Unequal/StagedChoice.h"

namespace remat::schedule {

class StagedMinimum final : public ChoiceSource {
public:
  /// Calls `progress` now and then with the share that is done until it returns
  /// false, with which isComplete() does too.
  explicit StagedMinimum(const ItemChain &chain, const std::function<bool(double)> &progress = nullptr);

  bool isComplete() const { return complete; }

  /// The least peak of a segment; that of an owned one with its start state.
  int64_t peak(const Segment &segment) const;

  Choice choose(const Segment &segment) const override;

private:
  struct Option {
    int64_t peak;
    Choice choice;
  };

  /// Best of Leaf and Tape.
  Option enter(int64_t s, int64_t t) const;
  Choice chooseKept(const Segment &segment) const;
  void solve(int64_t s, int64_t t);
  /// Kept segments of one start lie together, and core segments of one end.
  int64_t row(int64_t s, int64_t t) const { return s * items + t - 1; }
  int64_t column(int64_t s, int64_t t) const { return (t - 1) * items + s; }

  const ItemChain &chain;
  int64_t items;
  bool complete = true;
  std::vector<int64_t> core;
  std::vector<int64_t> held;
  std::vector<int64_t> owned;
  /// At least what it takes to run to the end with the start state kept.
  std::vector<int64_t> ownedAndRun;
  /// Most workspace on the way from a start to the end that is being solved.
  std::vector<int64_t> wayWork;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDMINIMUM_H
