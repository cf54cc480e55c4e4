//===- OnlineSweep.h - what to keep if no end is known ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first sweep of policy online: which of the states that it passes stay in
// the slots. It is told only that the run goes on, so what is kept in front of
// step T is the same for all runs that are at least T steps long.
//
// With m states, state 0 included, there are m gaps, one behind each of them, and the
// last one is open. Gap i, counted from 0, is reversed with m - i slots. As long as
// it has at most m - i + 1 steps, all of them but one run twice in that. Up to
// C(m + 2, 2) steps the gaps grow to exactly these lengths, the first one first; behind
// that the two neighbours that cost least become one. docs/Schedules.md, section 11,
// has what is proved about it.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_ONLINESWEEP_H
#define REMAT_LIB_SCHEDULE_EQUAL_ONLINESWEEP_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace remat::schedule {

class OnlineSweep {
public:
  /// `slots` is the number of states that can be kept beside state 0. `leavesTape`: the
  /// tape of the step with which the run ends is at hand, so this step is not run again.
  OnlineSweep(int64_t slots, bool leavesTape) : slots(slots), leavesTape(leavesTape), nextGroup(slots + 1) {}

  /// What happens to the slots at a state.
  struct Change {
    bool keeps = false;
    /// The state that is given up for it; 0: none.
    int64_t dropped = 0;
  };

  /// Decides about `state`, behind which there is at least one more step. Called for
  /// each state from 1 on.
  Change pass(int64_t state);

  /// The kept states behind state 0, in order.
  std::vector<int64_t> getKept() const;

private:
  bool isFull() const { return static_cast<int64_t>(settled.size() + waiting.size() - head) == slots; }
  int64_t lastKept() const { return head < waiting.size() ? waiting.back() : settled.empty() ? 0 : settled.back(); }
  int64_t takeWaiting();
  void planPart();
  int64_t dropWithinGroup(int64_t state);
  Change passBeyond(int64_t state);

  int64_t slots;
  bool leavesTape;
  /// The states at the ends of gaps that have their whole length, and those behind
  /// them from `head` on.
  std::vector<int64_t> settled, waiting;
  size_t head = 0;
  /// The length of the gap that is open now, what remains then of the group that it
  /// belongs to, and the length of the next group.
  int64_t part = 1, rest = 2, nextGroup;
  /// The last length of the proved range, once all groups are full.
  int64_t provedEnd = 0;
  /// C(m + runs, runs), for the least number of runs with which it is more than the
  /// state that was passed last.
  int64_t runs = 0, reach = 1;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_ONLINESWEEP_H
