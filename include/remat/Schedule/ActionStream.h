//===- ActionStream.h - the actions of a plan table -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// They come from the walker itself, so what is checked is what will be walked.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_ACTIONSTREAM_H
#define REMAT_SCHEDULE_ACTIONSTREAM_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/PlanTable.h"

#include <vector>

namespace remat::schedule {

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

#endif // REMAT_SCHEDULE_ACTIONSTREAM_H
