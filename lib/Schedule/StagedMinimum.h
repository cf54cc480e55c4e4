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

#ifndef REMAT_LIB_SCHEDULE_STAGEDMINIMUM_H
#define REMAT_LIB_SCHEDULE_STAGEDMINIMUM_H

#include "StagedChoice.h"

namespace remat::schedule {

class StagedMinimum final : public ChoiceSource {
public:
  explicit StagedMinimum(const ItemChain &chain);

  /// The least peak of a segment; that of an owned one with its start state.
  int64_t peak(const Segment &segment) const { return cellOf(segment).peak; }

  Choice choose(const Segment &segment) const override;
  int64_t stateUnits(int64_t) const override { return 0; }
  int64_t tapeUnits(int64_t, int64_t) const override { return 0; }

private:
  struct Cell {
    int64_t peak;
    Choice choice;
  };

  const Cell &cellOf(const Segment &segment) const;
  /// Best of Leaf and Tape.
  Cell enter(int64_t s, int64_t t) const;
  void solve(int64_t s, int64_t t);
  int64_t index(int64_t s, int64_t t) const { return s * items + t - 1; }

  const ItemChain &chain;
  int64_t items;
  std::vector<Cell> entered;
  std::vector<Cell> core;
  std::vector<Cell> held;
  std::vector<Cell> owned;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_STAGEDMINIMUM_H
