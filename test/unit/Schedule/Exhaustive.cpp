//===- Exhaustive.cpp - the best schedule by search -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Breadth-first over states, one layer per forward step. What is kept but can
// not matter any more is dropped at once, which is never worse.
//
//===----------------------------------------------------------------------===//

#include "Exhaustive.h"

#include <vector>

using namespace remat::schedule;

namespace {
/// A state of the machine, packed into 25 bits.
struct MachineState {
  /// Steps that are still to be reversed, 0..8.
  uint32_t left;
  /// State in the core, 0..8, and whether its tape is there too.
  uint32_t core;
  uint32_t coreTape;
  /// Bit i: state i is kept. Bit i - 1: the tape of step i is kept.
  uint32_t states;
  uint32_t tapes;

  uint32_t pack() const { return (((left * 9 + core) * 2 + coreTape) << 16) | states << 8 | tapes; }
  static MachineState unpack(uint32_t bits) {
    uint32_t high = bits >> 16;
    return {high / 18, high / 2 % 9, high % 2, bits >> 8 & 255, bits & 255};
  }
};

class Search {
public:
  explicit Search(const EqualChain &problem) : problem(problem), seen(9 * 18 << 16, false) {}

  int64_t run();

private:
  void reach(MachineState state, std::vector<uint32_t> &layer);
  void expandFree(const MachineState &state);
  bool fits(const MachineState &state) const;

  const EqualChain &problem;
  std::vector<bool> seen;
  std::vector<uint32_t> layer;
  bool finished = false;
};
} // namespace

bool Search::fits(const MachineState &state) const {
  int64_t initial = state.states & 1 ? problem.countedInitialState() : 0;
  int64_t used = problem.workspace + initial + __builtin_popcount(state.states & ~1u) * problem.state +
                 __builtin_popcount(state.tapes) * problem.tape;
  return used <= problem.budget;
}

void Search::reach(MachineState state, std::vector<uint32_t> &target) {
  uint32_t useful = (1u << state.left) - 1;
  uint32_t stays = problem.start == Start::Releasable ? 0 : 1;
  state.states &= useful | stays;
  state.tapes &= useful;
  if (!fits(state))
    return;
  finished |= state.left == 0;
  uint32_t bits = state.pack();
  if (seen[bits])
    return;
  seen[bits] = true;
  target.push_back(bits);
}

/// Everything but forward steps: these do not cost any.
void Search::expandFree(const MachineState &state) {
  uint32_t steps = static_cast<uint32_t>(problem.steps);
  MachineState next = state;
  bool tapeAtEnd = state.coreTape && state.core == state.left;
  if (tapeAtEnd || state.tapes >> (state.left - 1) & 1) {
    next.left -= 1;
    next.coreTape = tapeAtEnd ? 0 : state.coreTape;
    reach(next, layer);
  }
  next = state;
  next.states |= 1u << state.core;
  if (state.core < steps)
    reach(next, layer);
  next = state;
  if (state.coreTape) {
    next.tapes |= 1u << (state.core - 1);
    reach(next, layer);
  }
  for (uint32_t i = 0; i < steps; ++i) {
    next = state;
    next.core = i;
    next.coreTape = 0;
    bool inTape = i > 0 && problem.restartable && state.tapes >> (i - 1) & 1;
    if (state.states >> i & 1 || inTape)
      reach(next, layer);
    next = state;
    next.states &= ~(1u << i);
    if (i > 0 || problem.start == Start::Releasable)
      reach(next, layer);
    next = state;
    next.tapes &= ~(1u << i);
    reach(next, layer);
  }
}

int64_t Search::run() {
  if (problem.steps == 0)
    return problem.fixedSize() <= problem.budget ? 0 : -1;
  MachineState start = {static_cast<uint32_t>(problem.steps), 0, 0, 1, 0};
  reach(start, layer);
  for (int64_t forward = 0; !layer.empty(); ++forward) {
    std::vector<uint32_t> nextLayer;
    for (size_t i = 0; i < layer.size(); ++i) {
      MachineState state = MachineState::unpack(layer[i]);
      expandFree(state);
      if (finished)
        return forward;
    }
    for (uint32_t bits : layer) {
      MachineState state = MachineState::unpack(bits);
      if (state.core >= state.left)
        continue;
      state.core += 1;
      for (uint32_t tape : {0, 1}) {
        state.coreTape = tape;
        reach(state, nextLayer);
      }
    }
    layer = std::move(nextLayer);
  }
  return -1;
}

int64_t remat::schedule::searchForward(const EqualChain &problem) { return Search(problem).run(); }
