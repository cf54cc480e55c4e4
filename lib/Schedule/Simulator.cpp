//===- Simulator.cpp - plays a schedule against a problem -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function per action, each a list of rules and then the effect.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Simulator.h"

#include <algorithm>

using namespace remat::schedule;

Simulator::Simulator(const ChainProblem &problem)
    : problem(problem), nextReverse(problem.steps), hasState(problem.steps + 1, false),
      hasTape(problem.steps + 1, false) {
  hasState[0] = true;
  used = problem.fixedSize();
  result.peak = used;
  if (used > problem.budget)
    fail("expects the initial state and the workspace to fit in the budget " + std::to_string(problem.budget) +
         ", but they take " + std::to_string(used));
}

bool Simulator::fail(std::string rule) {
  if (result.valid) {
    result.valid = false;
    result.action = played;
    result.rule = std::move(rule);
  }
  return false;
}

int64_t Simulator::sizeOfState(int64_t state) const {
  return state == 0 ? problem.initialStateSize : problem.stateSize;
}

/// Keeps something of that size.
bool Simulator::grow(int64_t size) {
  used += size;
  result.peak = std::max(result.peak, used);
  if (used <= problem.budget)
    return true;
  return fail("expects at most " + std::to_string(problem.budget) + " to be kept, but this makes it " +
              std::to_string(used));
}

bool Simulator::spend(int64_t steps, int64_t time) {
  int64_t total;
  if (__builtin_mul_overflow(steps, time, &total) || __builtin_add_overflow(result.time, total, &result.time))
    return fail("expects a time that fits in 64 bits");
  return true;
}

bool Simulator::checkRange(const Action &action) {
  bool isState = action.kind == ActionKind::Advance || action.kind == ActionKind::Checkpoint ||
                 action.kind == ActionKind::Restore || action.kind == ActionKind::DiscardState;
  int64_t least = isState ? 0 : 1;
  if (action.step >= least && action.step <= problem.steps)
    return true;
  return fail("expects a number from " + std::to_string(least) + " to " + std::to_string(problem.steps) + ", but got " +
              std::to_string(action.step));
}

bool Simulator::play(const Action &action) {
  if (!result.valid)
    return false;
  ++played;
  if (!checkRange(action))
    return false;
  switch (action.kind) {
  case ActionKind::Advance:
    return advance(action.step, action.to);
  case ActionKind::Record:
    return record(action.step);
  case ActionKind::Checkpoint:
    return checkpoint(action.step);
  case ActionKind::Restore:
    return restore(action.step);
  case ActionKind::Keep:
    return keep(action.step);
  case ActionKind::Reverse:
    return reverse(action.step);
  case ActionKind::DiscardState:
    return discardState(action.step);
  case ActionKind::DiscardTape:
    return discardTape(action.step);
  }
  return fail("expects a known kind of action");
}

bool Simulator::advance(int64_t from, int64_t to) {
  if (to <= from || to > problem.steps)
    return fail("expects to advance to a later state, but got " + std::to_string(to));
  if (coreState != from)
    return fail("expects state " + std::to_string(from) + " in the core");
  coreState = to;
  coreTape = 0;
  result.advance += to - from;
  return spend(to - from, problem.advanceTime);
}

bool Simulator::record(int64_t step) {
  if (coreState != step - 1)
    return fail("expects state " + std::to_string(step - 1) + " in the core");
  coreState = step;
  coreTape = step;
  ++result.record;
  return spend(1, problem.recordTime);
}

bool Simulator::checkpoint(int64_t state) {
  if (coreState != state)
    return fail("expects state " + std::to_string(state) + " in the core");
  if (hasState[state])
    return fail("expects a state that is not kept yet");
  hasState[state] = true;
  return grow(sizeOfState(state));
}

bool Simulator::restore(int64_t state) {
  bool inTape = state > 0 && hasTape[state] && problem.restartable;
  if (!hasState[state] && !inTape)
    return fail("expects a checkpoint of state " + std::to_string(state) +
                " or the kept, restartable tape of its step");
  coreState = state;
  coreTape = 0;
  return true;
}

bool Simulator::keep(int64_t step) {
  if (coreTape != step)
    return fail("expects the tape of step " + std::to_string(step) + " in the core");
  if (hasTape[step])
    return fail("expects a tape that is not kept yet");
  hasTape[step] = true;
  return grow(problem.tapeSize);
}

bool Simulator::reverse(int64_t step) {
  if (step != nextReverse)
    return fail("expects step " + std::to_string(nextReverse) + " to be reversed next");
  if (coreTape != step && !hasTape[step])
    return fail("expects the tape of step " + std::to_string(step) + " in the core or kept");
  if (coreTape == step)
    coreTape = 0;
  --nextReverse;
  ++result.reverse;
  return spend(1, problem.reverseTime);
}

bool Simulator::discardState(int64_t state) {
  if (!hasState[state])
    return fail("expects a checkpoint of state " + std::to_string(state));
  if (state == 0 && problem.start != Start::Releasable)
    return fail("expects the initial state to stay");
  hasState[state] = false;
  used -= sizeOfState(state);
  return true;
}

bool Simulator::discardTape(int64_t step) {
  if (!hasTape[step])
    return fail("expects a kept tape of step " + std::to_string(step));
  hasTape[step] = false;
  used -= problem.tapeSize;
  return true;
}

SimulationResult Simulator::finish() {
  ++played;
  if (result.valid && nextReverse > 0)
    fail("expects step " + std::to_string(nextReverse) + " to be reversed");
  result.forward = result.advance + result.record;
  return result;
}

SimulationResult remat::schedule::simulate(const ChainProblem &problem, const std::vector<Action> &actions) {
  Simulator simulator(problem);
  for (const Action &action : actions)
    if (!simulator.play(action))
      break;
  return simulator.finish();
}

SimulationResult remat::schedule::simulate(const ChainProblem &problem, const PlanTable &table) {
  Simulator simulator(problem);
  ActionStream stream(table);
  Action action;
  while (stream.next(action))
    if (!simulator.play(action))
      break;
  return simulator.finish();
}
