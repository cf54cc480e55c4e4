//===- Action.h - what a schedule does, step by step ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The abstract form of a schedule (docs/Contracts.md, "Actions"): a list that names
// states and tapes but no places. Anything that produces such a list can be
// checked by the Simulator.
//
// Steps are 1..T here, state i is the carry after step i, state 0 the initial
// one.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_ACTION_H
#define REMAT_SCHEDULE_ACTION_H

#include <cstdint>
#include <string>

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

/// One line of JSON, as in docs/Contracts.md: ["advance", 0, 3].
std::string stringifyAction(const Action &action);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_ACTION_H
