//===- Action.h - what a schedule does, step by step ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The abstract form of a schedule (contracts.md, "Actions"): a list that names
// states and tapes but no places. Anything that produces such a list can be
// checked by the Simulator. The lists of plan tables come from the walker
// itself, so what is checked is what will be walked.
//
// Steps are 1..T here, state i is the carry after step i, state 0 the initial
// one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_ACTION_H
#define REMAT_SCHEDULE_ACTION_H

#include "remat/Schedule/PlanTable.h"

#include <string>
#include <vector>

namespace remat::schedule {

enum class ActionKind {
  /// State `step` in the core becomes state `to`; no tape remains.
  Advance,
  /// State `step - 1` in the core becomes state `step`; its tape, in mode `to`,
  /// is in the core.
  Record,
  /// Keep state `step`, which is in the core.
  Checkpoint,
  /// Put state `step` into the core, from a checkpoint or from the kept,
  /// restartable tape of step `step`.
  Restore,
  /// Keep the tape of step `step`, which is in the core.
  Keep,
  /// Backward step `step`, from the tape in the core or the kept one.
  Reverse,
  /// Give up the fast copy of a state or tape or, if there is none, the slow one.
  DiscardState,
  DiscardTape,
  /// Start copying a kept state or tape to the slow tier.
  Offload,
  OffloadTape,
  /// Start copying it back; its place in fast memory is taken from now on.
  Prefetch,
  PrefetchTape,
  /// Wait until the copy has finished. Only then the fast copy may be discarded
  /// (after an offload) or used (after a prefetch).
  Await,
  AwaitTape
};

struct Action {
  ActionKind kind;
  int64_t step;
  /// Advance: the state that is reached. Record: the mode. Else 0.
  int64_t to = 0;

  friend bool operator==(const Action &a, const Action &b) {
    return a.kind == b.kind && a.step == b.step && a.to == b.to;
  }
};

/// One line of JSON, as in contracts.md: ["advance", 0, 3].
std::string stringifyAction(const Action &action);

/// Makes the actions of a valid table one by one; O(1) amortised each, memory
/// proportional to what the schedule keeps at once.
class ActionStream {
public:
  explicit ActionStream(const PlanTable &table);
  ActionStream(const ActionStream &) = delete;
  ActionStream &operator=(const ActionStream &) = delete;

  /// Sets `action` to the next one, or returns false at the end.
  bool next(Action &action);

private:
  void translate(const Move &move);
  void emit(ActionKind kind, int64_t step, int64_t to = 0);
  void bring(int64_t state);
  void flushAdvance();
  int64_t &slot(int64_t offset);

  std::vector<Walker::Frame> stack;
  Walker walker;
  /// The state in the core, or -1.
  int64_t core = -1;
  /// First state of an advance that may still grow, or -1.
  int64_t advanceFrom = -1;
  /// The state in each slot, or -1; all items have size 1 here.
  std::vector<int64_t> slots;
  std::vector<Action> queue;
  size_t queueHead = 0;
  bool done = false;
};

/// All actions of a valid table.
std::vector<Action> actions(const PlanTable &table);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_ACTION_H
