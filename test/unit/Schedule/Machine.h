//===- Machine.h - memory as the walker sees it -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A machine whose slot region knows, byte by byte, which item lies where. It
// runs the moves of a walk and fails if a move reads what is not there, writes
// over what it reads, or comes at the wrong time.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_MACHINE_H
#define REMAT_TEST_UNIT_SCHEDULE_MACHINE_H

#include "remat/Schedule/PlanTable.h"

#include <map>
#include <string>

namespace remat::schedule {

/// What a walk did, or what was wrong with it.
struct WalkResult {
  std::string error;
  MoveCounts counts;
  /// First executions, in moves that write outputs.
  int64_t firstRuns = 0;
  /// Highest byte of the slot region plus one.
  int64_t peak = 0;
  int64_t moves = 0;
};

class Machine {
public:
  Machine(int64_t steps, SlotSizes sizes, bool restartable);

  /// Puts the initial state where the walk begins.
  void placeInitial(int64_t place);

  /// Runs one move and returns true until the walk is over or has failed.
  bool run(const Move &move);

  WalkResult result;

private:
  /// State i: item i. Tape of step t: item -1 - t.
  using Item = int64_t;

  bool has(int64_t place, Item item) const;
  void put(int64_t place, Item item);
  void loseCoreTape();
  bool recordToCore(const Move &move);
  bool forward(const Move &move, bool first, bool record);
  bool fail(const std::string &what, const Move &move);

  int64_t steps;
  SlotSizes sizes;
  bool restartable;
  bool turned = false;
  /// The last step has left its tape in the core, and the final state with the program.
  bool hasFinal = false;
  int64_t nextReverse;
  std::map<int64_t, Item> places;
};

/// Validates a table and walks it in a machine.
WalkResult walk(const PlanTable &table, SlotSizes sizes);

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_MACHINE_H
