//===- Simulator.h - plays a schedule against a problem ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The referee. It knows the machine (one core, kept states and tapes, a budget)
// and nothing about how schedules are found; it shares no code with the
// solvers, the walker or the tables. Every action is checked against the rules
// of the machine, and the first one that breaks a rule ends the game.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_SIMULATOR_H
#define REMAT_SCHEDULE_SIMULATOR_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Problem.h"

#include <string>
#include <vector>

namespace remat::schedule {

/// What a played schedule did, or where it went wrong.
struct SimulationResult {
  bool valid = true;
  /// The number, from 1, of the first action that breaks a rule; if the list is
  /// too short, the number after the last one.
  int64_t action = 0;
  /// The rule, for people: "expects state 3 in the core".
  std::string rule;

  int64_t forward = 0;
  int64_t advance = 0;
  int64_t record = 0;
  int64_t reverse = 0;
  int64_t time = 0;
  /// Highest sum of what was kept, with the workspace.
  int64_t peak = 0;
};

/// Plays actions one at a time, in O(1) each and O(T) bits of memory.
///
/// At the start the core holds state 0, which is also kept; it can be discarded
/// only if it is releasable. At the end every step must have been reversed.
class Simulator {
public:
  /// `problem` must be valid.
  explicit Simulator(const ChainProblem &problem);

  /// Plays one action. Returns false if it, or an earlier one, breaks a rule.
  bool play(const Action &action);

  /// Ends the game.
  SimulationResult finish();

private:
  bool fail(std::string rule);
  bool checkRange(const Action &action);
  bool advance(int64_t from, int64_t to);
  bool record(int64_t step);
  bool checkpoint(int64_t state);
  bool restore(int64_t state);
  bool keep(int64_t step);
  bool reverse(int64_t step);
  bool discardState(int64_t state);
  bool discardTape(int64_t step);
  bool grow(int64_t size);
  bool spend(int64_t steps, int64_t time);
  int64_t sizeOfState(int64_t state) const;

  ChainProblem problem;
  SimulationResult result;
  int64_t coreState = 0;
  /// The step whose tape is in the core, or 0.
  int64_t coreTape = 0;
  /// The next step to be reversed.
  int64_t nextReverse;
  int64_t used = 0;
  int64_t played = 0;
  std::vector<bool> hasState;
  std::vector<bool> hasTape;
};

/// Plays the whole list.
SimulationResult simulate(const ChainProblem &problem, const std::vector<Action> &actions);

/// Plays a valid table without making the list.
SimulationResult simulate(const ChainProblem &problem, const PlanTable &table);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_SIMULATOR_H
