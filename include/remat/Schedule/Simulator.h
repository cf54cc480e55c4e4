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
#include "remat/Schedule/Chain.h"
#include "remat/Schedule/SlowMemory.h"

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
  /// Whether it went wrong only because the time does not fit in 64 bits.
  bool overflowed = false;

  int64_t forward = 0;
  int64_t advance = 0;
  int64_t record = 0;
  int64_t reverse = 0;
  /// Until the last action and the last transfer have ended.
  int64_t time = 0;
  /// Highest sum of what was kept, with the workspace.
  int64_t peak = 0;

  /// With a slow tier: time in which steps wait for transfers, the most that
  /// was in it, and what was copied to it.
  int64_t stall = 0;
  int64_t slowPeak = 0;
  int64_t offloadedStates = 0;
  int64_t offloadedTapes = 0;
};

/// Is told what the referee sees of a valid schedule. Times are in the unit of the
/// problem, ascending by their end.
class SimulationObserver {
public:
  using Item = SlowMemory::Item;

  virtual ~SimulationObserver() = default;
  /// Steps of one stage, which take equal times, pass state `from` to `to`; if
  /// `isRecord`, they are one and leave a tape.
  virtual void ran(int64_t from, int64_t to, int64_t begin, int64_t end, bool isRecord) = 0;
  virtual void reversed(int64_t step, int64_t begin, int64_t end) = 0;
  /// An item is kept from a time on, or to that time; `isSlow`: in the slow tier.
  virtual void kept(Item item, bool isSlow, int64_t time) = 0;
  virtual void discarded(Item item, bool isSlow, int64_t time) = 0;
  /// A channel of the slow tier is busy; `isWrite`: that to it.
  virtual void transferred(Item item, bool isWrite, int64_t begin, int64_t end) = 0;
  /// From a time on, so much is kept, without the workspace.
  virtual void used(int64_t size, int64_t time) = 0;
  /// The last action has ended.
  virtual void ended(int64_t time) = 0;
};

/// Plays actions one at a time, in O(1) each for equal steps, else O(stages),
/// and O(T) bits of memory (32 for each step if there are several modes).
///
/// At the start the core holds state 0, which is also kept; it can be discarded
/// only if it is releasable. At the end every step must have been reversed.
///
/// The workspace of a step is added to what is kept while the step runs, forward
/// or backward, and when its state or tape is kept; that of step 1 at the start
/// too. What is being prefetched is kept; what is being offloaded still is.
class Simulator {
public:
  /// `problem` must be valid; `observer`, if there is one, outlives the game.
  explicit Simulator(const Chain &problem, SimulationObserver *observer = nullptr);
  explicit Simulator(const EqualChain &problem);

  /// Plays one action. Returns false if it, or an earlier one, breaks a rule.
  bool play(const Action &action);

  /// Ends the game.
  SimulationResult finish();

private:
  using Item = SlowMemory::Item;

  bool fail(std::string rule);
  bool checkRange(const Action &action);
  bool advance(int64_t from, int64_t to);
  bool record(int64_t step, int64_t mode);
  bool checkpoint(int64_t state);
  bool restore(int64_t state);
  bool keep(int64_t step);
  bool reverse(int64_t step);
  bool discard(Item item);
  bool offload(Item item);
  bool prefetch(Item item);
  bool await(Item item);

  bool checkArrived(Item item);
  bool checkSlow();
  bool failTransfer(const std::string &rule);
  bool isKept(Item item) const { return item.isTape ? hasTape[item.step] : hasState[item.step]; }
  /// Says that an item is kept from `time` on, or up to it, and how much that makes.
  void setKept(Item item, bool kept, int64_t time);
  bool work(int64_t workspace);
  bool spend(int64_t steps, int64_t time);
  const ChainStage &stageOf(int64_t step);
  int64_t workspaceOf(int64_t state) { return steps == 0 ? 0 : stageOf(state == 0 ? 1 : state).workspace; }
  int64_t sizeOf(Item item);
  int64_t modeOf(int64_t step) const { return tapeModes.empty() ? 0 : tapeModes[step]; }

  Chain problem;
  SimulationObserver *observer;
  /// The last step of each stage of at least one step.
  std::vector<int64_t> stageEnds;
  size_t lastStage = 0;
  int64_t steps;
  std::optional<SlowMemory> slow;

  SimulationResult result;
  int64_t now = 0;
  int64_t coreState = 0;
  /// The step whose tape is in the core, or 0, and its mode.
  int64_t coreTape = 0;
  int64_t coreMode = 0;
  /// The next step to be reversed.
  int64_t nextReverse;
  int64_t used = 0;
  int64_t played = 0;
  std::vector<bool> hasState;
  std::vector<bool> hasTape;
  /// Modes of the kept tapes; empty if there is only one.
  std::vector<int32_t> tapeModes;
};

/// Plays the whole list.
SimulationResult simulate(const EqualChain &problem, const std::vector<Action> &actions);
SimulationResult simulate(const Chain &problem, const std::vector<Action> &actions);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_SIMULATOR_H
