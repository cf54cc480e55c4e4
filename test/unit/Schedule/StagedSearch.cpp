//===- StagedSearch.cpp - the best schedule of unequal steps ----- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dijkstra's algorithm over machine states. What is kept but cannot matter any
// more is dropped at once, which is never worse.
//
//===----------------------------------------------------------------------===//

#include "StagedSearch.h"

#include <queue>
#include <unordered_map>
#include <vector>

using namespace remat::schedule;

namespace {
/// A state of the machine. Modes count from 1; 0 is no tape.
struct MachineState {
  uint32_t left;
  uint32_t core;
  uint32_t coreMode;
  /// Bit i: state i is kept. Two bits at 2 (i - 1): the tape of step i.
  uint32_t states;
  uint32_t tapes;

  uint64_t pack() const { return ((uint64_t(left) * 16 + core) * 4 + coreMode) << 32 | uint64_t(states) << 16 | tapes; }
  static MachineState unpack(uint64_t bits) {
    uint32_t high = static_cast<uint32_t>(bits >> 32);
    return {high / 64, high / 4 % 16, high % 4, static_cast<uint32_t>(bits >> 16 & 0xffff),
            static_cast<uint32_t>(bits & 0xffff)};
  }
  uint32_t tape(uint32_t step) const { return tapes >> 2 * (step - 1) & 3; }
  void setTape(uint32_t step, uint32_t mode) { tapes = (tapes & ~(3u << 2 * (step - 1))) | mode << 2 * (step - 1); }
};

class Search {
public:
  explicit Search(const Chain &problem);

  int64_t run();

private:
  using Entry = std::pair<int64_t, uint64_t>;

  int64_t used(const MachineState &state) const;
  bool fits(const MachineState &state, uint32_t step) const {
    return used(state) + steps[step].workspace <= problem.budget;
  }
  void reach(MachineState state, int64_t time);
  void expand(const MachineState &state, int64_t time);
  void expandForward(const MachineState &state, int64_t time);

  const Chain &problem;
  uint32_t total;
  /// steps[0] is a copy of step 1.
  std::vector<ChainStage> steps;
  std::unordered_map<uint64_t, int64_t> best;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> queue;
};
} // namespace

Search::Search(const Chain &problem) : problem(problem), total(static_cast<uint32_t>(problem.steps())) {
  steps.emplace_back();
  for (const ChainStage &stage : problem.stages)
    steps.insert(steps.end(), stage.count, stage);
  if (total > 0)
    steps[0] = steps[1];
}

int64_t Search::used(const MachineState &state) const {
  int64_t sum = state.states & 1 ? problem.countedInitialState() : 0;
  for (uint32_t i = 1; i <= total; ++i) {
    if (state.states >> i & 1)
      sum += steps[i].state;
    if (uint32_t mode = state.tape(i))
      sum += steps[i].modes[mode - 1].tape;
  }
  return sum;
}

/// The budget has been checked.
void Search::reach(MachineState state, int64_t time) {
  uint32_t stays = problem.start == Start::Releasable ? 0 : 1;
  state.states &= ((1u << state.left) - 1) | stays;
  state.tapes &= (1u << 2 * state.left) - 1;
  auto [it, isNew] = best.emplace(state.pack(), time);
  if (!isNew && it->second <= time)
    return;
  it->second = time;
  queue.push({time, state.pack()});
}

void Search::expandForward(const MachineState &state, int64_t time) {
  if (state.core >= state.left)
    return;
  uint32_t step = state.core + 1;
  if (!fits(state, step))
    return;
  MachineState next = state;
  next.core = step;
  next.coreMode = 0;
  reach(next, time + steps[step].advance);
  for (uint32_t mode = 1; mode <= steps[step].modes.size(); ++mode) {
    next.coreMode = mode;
    reach(next, time + steps[step].modes[mode - 1].record);
  }
}

void Search::expand(const MachineState &state, int64_t time) {
  MachineState next = state;
  bool tapeAtEnd = state.coreMode && state.core == state.left;
  uint32_t mode = tapeAtEnd ? state.coreMode : state.tape(state.left);
  if (mode && fits(state, state.left)) {
    next.left -= 1;
    next.coreMode = tapeAtEnd ? 0 : state.coreMode;
    reach(next, time + steps[state.left].modes[mode - 1].reverse);
  }
  next = state;
  next.states |= 1u << state.core;
  if (state.core < total && fits(next, state.core))
    reach(next, time);
  next = state;
  if (state.coreMode && !state.tape(state.core)) {
    next.setTape(state.core, state.coreMode);
    if (fits(next, state.core))
      reach(next, time);
  }
  for (uint32_t i = 0; i < total; ++i) {
    next = state;
    next.core = i;
    next.coreMode = 0;
    bool inTape = i > 0 && steps[i].restartable && state.tape(i);
    if (state.states >> i & 1 || inTape)
      reach(next, time);
    next = state;
    next.states &= ~(1u << i);
    if (i > 0 || problem.start == Start::Releasable)
      reach(next, time);
    next = state;
    next.setTape(i + 1, 0);
    reach(next, time);
  }
  expandForward(state, time);
}

int64_t Search::run() {
  MachineState start = {total, 0, 0, 1, 0};
  if (used(start) + (total ? steps[0].workspace : 0) > problem.budget)
    return -1;
  reach(start, 0);
  while (!queue.empty()) {
    auto [time, bits] = queue.top();
    queue.pop();
    if (best[bits] < time)
      continue;
    MachineState state = MachineState::unpack(bits);
    if (state.left == 0)
      return time;
    expand(state, time);
  }
  return -1;
}

int64_t remat::schedule::searchTime(const Chain &problem) { return Search(problem).run(); }
