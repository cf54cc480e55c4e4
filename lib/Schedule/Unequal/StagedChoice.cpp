//===- StagedChoice.cpp - what a plan of unequal steps decides --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two walks over the segments of a schedule: one visits each distinct segment
// once and adds up what it takes, one writes down what it does. Both recurse on
// items, of which there are few.
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedChoice.h"

#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>

using namespace remat::schedule;

size_t SegmentHash::operator()(const Segment &s) const {
  uint64_t hash = static_cast<uint64_t>(s.kind) * 2 + s.entered;
  for (int64_t value : {s.from, s.to, s.free}) {
    hash = (hash ^ static_cast<uint64_t>(value)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  }
  return hash;
}

/// The parts of a segment, given what was chosen for it.
static Segment restAfterTape(const ItemChain &chain, const Segment &s, int64_t mode) {
  const ChainItem &item = chain.item(s.from + 1);
  SegmentKind kind = item.stage->restartable ? SegmentKind::Held : SegmentKind::Core;
  return {kind, s.from + 1, s.to, s.free - item.tape(item.stage->modes[mode])};
}

static Segment rightOf(const ItemChain &chain, const Segment &s, int64_t split) {
  int64_t start = s.kind == SegmentKind::Owned ? chain.state(s.from) : 0;
  return {SegmentKind::Core, split, s.to, s.free - start};
}

static Segment leftOf(const Segment &s, int64_t split) { return {s.kind, s.from, split, s.free}; }

static Segment entered(const Segment &s) { return {SegmentKind::Core, s.from, s.to, s.free, true}; }

static Segment keptStart(const Segment &s) { return {SegmentKind::Owned, s.from, s.to, s.free}; }

static const BlockPlan &blockPlan(const ItemChain &chain, const Segment &s, int64_t index) {
  const auto &plans = s.kind == SegmentKind::Owned ? chain.ownedPlans(s.to) : chain.heldPlans(s.to);
  return plans[index];
}

SegmentParts remat::schedule::partsOf(const ItemChain &chain, const Segment &s, Choice choice) {
  auto onceOf = [&](int64_t index) {
    const ChainItem &item = chain.item(index);
    return item.once(item.stage->modes[choice.value]);
  };
  switch (choice.kind) {
  case ChoiceKind::Leaf:
    return {onceOf(s.to), 0, {}};
  case ChoiceKind::Tape:
    return {onceOf(s.from + 1), 1, {restAfterTape(chain, s, choice.value)}};
  case ChoiceKind::KeepStart:
    return {0, 1, {keptStart(s)}};
  case ChoiceKind::Enter:
    return {0, 1, {entered(s)}};
  case ChoiceKind::Split:
    return {chain.advance(s.from, choice.value), 2, {rightOf(chain, s, choice.value), leftOf(s, choice.value)}};
  case ChoiceKind::BlockPlan:
    return {blockPlan(chain, s, choice.value).time, 0, {}};
  }
  return {};
}

SegmentCost SegmentCosts::of(const Segment &segment) {
  Sum sum = visit(segment);
  return {sum.time.get().value_or(-1), sum.peak};
}

SegmentCosts::Sum SegmentCosts::visit(const Segment &s) {
  auto it = known.find(s);
  if (it != known.end())
    return it->second;
  Sum sum = compute(s);
  known.emplace(s, sum);
  return sum;
}

SegmentCosts::Sum SegmentCosts::compute(const Segment &s) {
  Choice choice = source.choose(s);
  SegmentParts parts = partsOf(chain, s, choice);
  // Owned segments count their start state; what is right of a split does not.
  int64_t own = s.kind == SegmentKind::Owned ? chain.state(s.from) : 0;
  Sum total = {parts.time, own};
  for (int i = 0; i < parts.count; ++i) {
    Sum part = visit(parts.parts[i]);
    total.time = total.time + part.time;
    bool isRight = choice.kind == ChoiceKind::Split && i == 0;
    total.peak = std::max(total.peak, part.peak + (isRight ? own : 0));
  }
  switch (choice.kind) {
  case ChoiceKind::Leaf:
    return {total.time, chain.workspace(s.to)};
  case ChoiceKind::Tape: {
    const ChainItem &item = chain.item(s.from + 1);
    int64_t peak = item.tape(item.stage->modes[choice.value]) + std::max(chain.workspace(s.from + 1), total.peak);
    return {total.time, std::max(peak, item.reverseNeed(choice.value))};
  }
  case ChoiceKind::KeepStart:
    return {total.time, std::max(chain.state(s.from) + chain.stateWorkspace(s.from), total.peak)};
  case ChoiceKind::Enter:
    return total;
  case ChoiceKind::Split: {
    int64_t workspace = 0;
    for (int64_t i = s.from + 1; i <= choice.value; ++i)
      workspace = std::max(workspace, chain.workspace(i));
    return {total.time, std::max(total.peak, own + workspace)};
  }
  case ChoiceKind::BlockPlan:
    return {total.time, blockPlan(chain, s, choice.value).peak};
  }
  return total;
}

namespace {
class Emitter {
public:
  Emitter(const ItemChain &chain, const ChoiceSource &source) : chain(chain), source(source) {}

  void emit(Segment segment);

  std::vector<Action> actions;

private:
  void add(ActionKind kind, int64_t step, int64_t to = 0) { actions.push_back({kind, step, to}); }
  void bring(int64_t boundary);
  void run(int64_t from, int64_t to);
  void run(const StepRun &steps);
  void record(const ChainItem &item, int64_t mode, bool keepLast);
  void reverse(const ChainItem &item, int64_t mode, bool dropLast);
  void reverseAgain(const StepRun *first, const StepRun *last, int64_t end);
  void emitBlock(const Segment &segment, const BlockPlan &plan);

  const ItemChain &chain;
  const ChoiceSource &source;
  int64_t core = 0;
};
} // namespace

/// Restores a state unless it is in the core.
void Emitter::bring(int64_t boundary) {
  int64_t step = chain.stepAt(boundary);
  if (core != step)
    add(ActionKind::Restore, step);
  core = step;
}

/// Runs steps and keeps nothing.
void Emitter::run(const StepRun &steps) {
  int64_t last = core + steps.count, mode = passingMode(*steps.stage);
  if (mode < 0) {
    bool goesOn = !actions.empty() && actions.back().kind == ActionKind::Advance && actions.back().to == core;
    if (goesOn)
      actions.back().to = last;
    else if (steps.count > 0)
      add(ActionKind::Advance, core, last);
    core = last;
  }
  while (core < last)
    add(ActionKind::Record, ++core, mode);
}

/// Runs from one boundary to another and keeps nothing.
void Emitter::run(int64_t from, int64_t to) {
  for (int64_t i = from + 1; i <= to; ++i)
    for (const StepRun &steps : chain.item(i).runs(0))
      run(steps);
}

void Emitter::record(const ChainItem &item, int64_t mode, bool keepLast) {
  int64_t last = item.before + item.count;
  core = item.before;
  for (const StepRun &steps : item.runs(mode)) {
    if (steps.again) {
      run(steps);
      continue;
    }
    for (int64_t i = 0; i < steps.count; ++i) {
      add(ActionKind::Record, ++core, steps.mode);
      if (core < last || keepLast)
        add(ActionKind::Keep, core);
    }
  }
}

void Emitter::reverse(const ChainItem &item, int64_t mode, bool dropLast) {
  int64_t last = item.before + item.count, step = last;
  std::vector<StepRun> runs = item.runs(mode);
  for (size_t i = runs.size(); i-- > 0;) {
    if (runs[i].again) {
      size_t first = i;
      int64_t count = runs[i].count;
      while (runs[first - 1].again)
        count += runs[--first].count;
      reverseAgain(&runs[first], &runs[i] + 1, step);
      step -= count;
      i = first;
      continue;
    }
    for (int64_t k = 0; k < runs[i].count; ++k, --step) {
      add(ActionKind::Reverse, step);
      if (step < last || dropLast)
        add(ActionKind::DiscardTape, step);
    }
  }
}

/// Runs steps up to `end` again, from the tape in front of them, and reverses them.
void Emitter::reverseAgain(const StepRun *first, const StepRun *last, int64_t end) {
  int64_t begin = end;
  for (const StepRun *steps = first; steps != last; ++steps)
    begin -= steps->count;
  add(ActionKind::Restore, begin);
  core = begin;
  for (const StepRun *steps = first; steps != last; ++steps)
    for (int64_t i = 0; i < steps->count; ++i) {
      add(ActionKind::Record, ++core, steps->mode);
      if (core < end)
        add(ActionKind::Keep, core);
    }
  for (int64_t step = end; step > begin; --step) {
    add(ActionKind::Reverse, step);
    if (step < end)
      add(ActionKind::DiscardTape, step);
  }
}

/// Plays the plan of a block with its steps renumbered.
void Emitter::emitBlock(const Segment &segment, const BlockPlan &blockPlan) {
  bring(segment.from);
  int64_t offset = chain.item(segment.to).before;
  bool isReleased = segment.kind == SegmentKind::Held;
  const std::vector<Action> list =
      blockPlan.problem ? plan(*blockPlan.problem, Policy::Optimal).actions() : *blockPlan.list;
  for (Action action : list) {
    isReleased |= action.kind == ActionKind::DiscardState && action.step == 0;
    action.step += offset;
    if (action.kind == ActionKind::Advance)
      action.to += offset;
    if (action.kind == ActionKind::Record && blockPlan.problem)
      action.to = blockPlan.mode;
    switch (action.kind) {
    case ActionKind::Advance:
      core = action.to;
      break;
    case ActionKind::Record:
    case ActionKind::Restore:
      core = action.step;
      break;
    default:
      break;
    }
    actions.push_back(action);
  }
  if (!isReleased)
    add(ActionKind::DiscardState, offset);
}

void Emitter::emit(Segment s) {
  while (true) {
    Choice choice = source.choose(s);
    switch (choice.kind) {
    case ChoiceKind::Leaf: {
      const ChainItem &item = chain.item(s.to);
      record(item, choice.value, /*keepLast=*/false);
      reverse(item, choice.value, /*dropLast=*/false);
      return;
    }
    case ChoiceKind::Tape: {
      const ChainItem &item = chain.item(s.from + 1);
      record(item, choice.value, /*keepLast=*/true);
      emit(restAfterTape(chain, s, choice.value));
      reverse(item, choice.value, /*dropLast=*/true);
      return;
    }
    case ChoiceKind::KeepStart:
      add(ActionKind::Checkpoint, chain.stepAt(s.from));
      s = keptStart(s);
      break;
    case ChoiceKind::Enter:
      bring(s.from);
      if (s.kind == SegmentKind::Owned)
        add(ActionKind::DiscardState, chain.stepAt(s.from));
      s = entered(s);
      break;
    case ChoiceKind::Split:
      bring(s.from);
      run(s.from, choice.value);
      emit(rightOf(chain, s, choice.value));
      s = leftOf(s, choice.value);
      break;
    case ChoiceKind::BlockPlan:
      emitBlock(s, blockPlan(chain, s, choice.value));
      return;
    }
  }
}

std::vector<Action> remat::schedule::emitActions(const ItemChain &chain, const ChoiceSource &source,
                                                 const Segment &top) {
  Emitter emitter(chain, source);
  emitter.emit(top);
  return std::move(emitter.actions);
}
