//===- Reference.h - the recurrences as they are written --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The published and the corrected recurrences, typed in from their formulas
// with every split tried. They share nothing with the row networks of the
// library.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_REFERENCE_H
#define REMAT_TEST_UNIT_SCHEDULE_REFERENCE_H

#include <cstdint>
#include <vector>

namespace remat::schedule {

/// A cost that stands for "no schedule".
constexpr int64_t noSchedule = INT64_MAX / 8;

/// Costs by length and by memory.
class CostTable {
public:
  CostTable(int64_t steps, int64_t memory) : memory(memory), costs((steps + 1) * (memory + 1), noSchedule) {}

  int64_t &at(int64_t length, int64_t free) { return costs[length * (memory + 1) + free]; }

private:
  int64_t memory;
  std::vector<int64_t> costs;
};

/// Hidden states only; memory counts states, the start state included (>= 1).
CostTable hsmCosts(int64_t steps, int64_t slots);

/// Tapes only; memory counts tapes, the work core included (>= 1).
CostTable ismCosts(int64_t steps, int64_t tapes);

/// The mixed recurrence of the paper, in general sizes; memory is what is free
/// beside the start state.
CostTable msmCosts(int64_t steps, int64_t free, int64_t state, int64_t tape);

/// Slots used again, restartable tapes. `held`: the start state stays or is in
/// a tape; `owned`: it has a slot of its own, which is not part of the memory.
struct ReuseCosts {
  CostTable held;
  CostTable owned;
};
ReuseCosts reuseCosts(int64_t steps, int64_t free, int64_t state, int64_t tape);

/// Slots used again, tapes that cannot be restarted. `inCore`: the start state
/// is in the core only; `pinned`: it stays somewhere else.
struct CoreCosts {
  CostTable inCore;
  CostTable pinned;
};
CoreCosts coreCosts(int64_t steps, int64_t free, int64_t state, int64_t tape);

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_REFERENCE_H
