//===- ValueMachine.cpp - runs a schedule on numbers ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Arithmetic is modulo 2^64: step i is x -> x^2 a_i + x b_i + c_i, its tape is x
// and the value that follows, and every mode scales its tape in its own way.
//
//===----------------------------------------------------------------------===//

#include "ValueMachine.h"

#include <algorithm>

using namespace remat::schedule;

namespace {
struct Tape {
  uint64_t input;
  uint64_t output;
  int64_t mode;
};

/// What fast or slow memory has of one item.
template <typename Value>
struct Places {
  std::map<int64_t, Value> fast;
  std::map<int64_t, Value> slow;
  /// Transfers that end at a time: a copy is good only then.
  std::map<int64_t, int64_t> leaving;
  std::map<int64_t, int64_t> arriving;
};

class ValueMachine {
public:
  explicit ValueMachine(const Chain &problem);

  void run(const Action &action);
  ValueResult finish();

private:
  uint64_t parameter(int64_t step, uint64_t which) const {
    return static_cast<uint64_t>(step) * 0x9e3779b97f4a7c15 + which * 0xbf58476d1ce4e5b9 + 1;
  }
  uint64_t forward(int64_t step, uint64_t x) const {
    return x * x * parameter(step, 0) + x * parameter(step, 1) + parameter(step, 2);
  }
  uint64_t garbage() { return noise = noise * 6364136223846793005 + 1442695040888963407; }
  const ChainStage &stage(int64_t step) const { return stages[static_cast<size_t>(std::max<int64_t>(step, 1)) - 1]; }
  bool isStep(int64_t step) const { return step >= 1 && step <= static_cast<int64_t>(stages.size()); }

  int64_t size(int64_t state, uint64_t) const;
  int64_t size(int64_t step, const Tape &tape) const { return modeOf(step, tape.mode).tape; }
  /// A tape of another step may be in a mode that this one does not have.
  const StageMode &modeOf(int64_t step, int64_t mode) const {
    const std::vector<StageMode> &modes = stage(step).modes;
    return modes[std::min(static_cast<size_t>(mode), modes.size() - 1)];
  }
  /// What is transferred; an external initial state is not counted, but as large
  /// as any.
  int64_t moved(int64_t state, uint64_t value) const { return state == 0 ? problem.initialState : size(state, value); }
  int64_t moved(int64_t step, const Tape &tape) const { return size(step, tape); }
  template <typename Value>
  void keep(Places<Value> &places, int64_t index, const Value &value);
  template <typename Value>
  void discard(Places<Value> &places, int64_t index);
  template <typename Value>
  void startOut(Places<Value> &places, int64_t index);
  template <typename Value>
  void startIn(Places<Value> &places, int64_t index);
  template <typename Value>
  void await(Places<Value> &places, int64_t index);
  template <typename Value>
  bool readable(const Places<Value> &places, int64_t index) const;
  void touch(int64_t workspace) { result.peak = std::max(result.peak, used + workspace); }
  void reverse(int64_t step);

  const Chain &problem;
  std::vector<ChainStage> stages;
  ValueResult result;
  uint64_t noise = 88172645463325252;
  uint64_t core;
  Tape coreTape = {0, 0, 0};
  int64_t coreTapeStep = 0;
  uint64_t gradient = 7;
  Places<uint64_t> states;
  Places<Tape> tapes;
  int64_t used = 0;
  int64_t now = 0;
  int64_t writerFree = 0;
  int64_t readerFree = 0;
};
} // namespace

ValueMachine::ValueMachine(const Chain &problem) : problem(problem), core(0x5deece66d) {
  for (const ChainStage &stage : problem.stages)
    stages.insert(stages.end(), static_cast<size_t>(stage.count), stage);
  result.parameterGradients.assign(stages.size() + 1, 0);
  states.fast[0] = core;
  used = problem.countedInitialState();
  touch(stages.empty() ? 0 : stage(1).workspace);
}

int64_t ValueMachine::size(int64_t state, uint64_t) const {
  return state == 0 ? problem.countedInitialState() : stage(state).state;
}

template <typename Value>
void ValueMachine::keep(Places<Value> &places, int64_t index, const Value &value) {
  auto old = places.fast.find(index);
  if (old != places.fast.end())
    used -= size(index, old->second);
  places.fast[index] = value;
  used += size(index, value);
}

template <typename Value>
void ValueMachine::discard(Places<Value> &places, int64_t index) {
  auto it = places.fast.find(index);
  if (it == places.fast.end()) {
    places.slow.erase(index);
    return;
  }
  // What had not left completely never arrives.
  auto leaving = places.leaving.find(index);
  if (leaving != places.leaving.end() && leaving->second > now)
    places.slow.erase(index);
  used -= size(index, it->second);
  places.fast.erase(it);
}

template <typename Value>
void ValueMachine::startOut(Places<Value> &places, int64_t index) {
  auto it = places.fast.find(index);
  if (it == places.fast.end())
    return;
  places.slow[index] = it->second;
  writerFree = std::max(writerFree, now) + problem.slow->writeTime(moved(index, it->second));
  places.leaving[index] = writerFree;
  if (problem.slow->blocking)
    now = writerFree;
}

template <typename Value>
void ValueMachine::startIn(Places<Value> &places, int64_t index) {
  auto it = places.slow.find(index);
  if (it == places.slow.end())
    return;
  keep(places, index, it->second);
  readerFree = std::max(readerFree, now) + problem.slow->readTime(moved(index, it->second));
  places.arriving[index] = readerFree;
  if (problem.slow->blocking)
    now = readerFree;
  touch(0);
}

template <typename Value>
void ValueMachine::await(Places<Value> &places, int64_t index) {
  for (auto *moving : {&places.leaving, &places.arriving}) {
    auto it = moving->find(index);
    if (it != moving->end())
      now = std::max(now, it->second);
  }
}

template <typename Value>
bool ValueMachine::readable(const Places<Value> &places, int64_t index) const {
  auto arriving = places.arriving.find(index);
  return places.fast.count(index) && (arriving == places.arriving.end() || arriving->second <= now);
}

void ValueMachine::reverse(int64_t step) {
  if (!isStep(step))
    return;
  Tape tape = coreTape;
  if (coreTapeStep == step) {
    coreTapeStep = 0;
  } else if (readable(tapes, step)) {
    tape = tapes.fast[step];
  } else {
    tape = {garbage(), garbage(), 0};
  }
  touch(stage(step).workspace);
  result.parameterGradients[step] += gradient * (tape.input + tape.output);
  gradient *= 2 * tape.input * parameter(step, 0) + parameter(step, 1);
  now += modeOf(step, tape.mode).reverse;
}

void ValueMachine::run(const Action &action) {
  int64_t step = action.step;
  if ((step != 0 && !isStep(step)) || (action.kind > ActionKind::DiscardTape && !problem.slow))
    return;
  switch (action.kind) {
  case ActionKind::Advance:
    for (int64_t i = step + 1; i <= action.to && isStep(i); ++i) {
      core = forward(i, core);
      touch(stage(i).workspace);
      now += stage(i).advance;
    }
    coreTapeStep = 0;
    return;
  case ActionKind::Record: {
    if (!isStep(step))
      return;
    int64_t modes = static_cast<int64_t>(stage(step).modes.size());
    coreTape = {core, forward(step, core), std::clamp<int64_t>(action.to, 0, modes - 1)};
    core = coreTape.output;
    coreTapeStep = step;
    touch(stage(step).workspace);
    now += stage(step).modes[coreTape.mode].record;
    return;
  }
  case ActionKind::Checkpoint:
    keep(states, step, core);
    touch(stage(step).workspace);
    return;
  case ActionKind::Restore:
    if (readable(states, step))
      core = states.fast[step];
    else if (isStep(step) && stage(step).restartable && readable(tapes, step))
      core = tapes.fast[step].output;
    else
      core = garbage();
    coreTapeStep = 0;
    return;
  case ActionKind::Keep:
    keep(tapes, step, coreTape);
    touch(stage(step).workspace);
    return;
  case ActionKind::Reverse:
    return reverse(step);
  case ActionKind::DiscardState:
    return discard(states, step);
  case ActionKind::DiscardTape:
    return discard(tapes, step);
  case ActionKind::Offload:
    return startOut(states, step);
  case ActionKind::OffloadTape:
    return startOut(tapes, step);
  case ActionKind::Prefetch:
    return startIn(states, step);
  case ActionKind::PrefetchTape:
    return startIn(tapes, step);
  case ActionKind::Await:
    return await(states, step);
  case ActionKind::AwaitTape:
    return await(tapes, step);
  }
}

ValueResult ValueMachine::finish() {
  result.gradient = gradient;
  result.time = std::max({now, writerFree, readerFree});
  return result;
}

ValueResult remat::schedule::referenceGradient(const Chain &problem) {
  std::vector<Action> all;
  for (int64_t step = 1; step <= problem.steps(); ++step) {
    all.push_back({ActionKind::Record, step});
    all.push_back({ActionKind::Keep, step});
  }
  for (int64_t step = problem.steps(); step > 0; --step)
    all.push_back({ActionKind::Reverse, step});
  return runValues(problem, all);
}

ValueResult remat::schedule::runValues(const Chain &problem, const std::vector<Action> &actions) {
  ValueMachine machine(problem);
  for (const Action &action : actions)
    machine.run(action);
  return machine.finish();
}
