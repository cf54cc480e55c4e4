//===- Timeline.cpp - What a schedule does, over time ---------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Timeline.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

Timeline::Timeline(const StagedChain &chain, TimelineSink &sink) : chain(chain), sink(sink) {
  int64_t end = 0;
  for (const ChainStage &each : chain.stages)
    stageEnds.push_back(end += each.count);
  if (chain.start != Start::External)
    keep(KeptKind::State, 0, chain.initialState);
  else
    addMemory(0);
}

const ChainStage &Timeline::stageOf(int64_t step) {
  bool isHere = stage < stageEnds.size() && step <= stageEnds[stage] && (stage == 0 || step > stageEnds[stage - 1]);
  if (!isHere)
    stage = std::lower_bound(stageEnds.begin(), stageEnds.end(), step) - stageEnds.begin();
  return chain.stages[stage];
}

int64_t Timeline::modeOf(int64_t step) const {
  auto found = modes.find(step);
  return found == modes.end() ? 0 : found->second;
}

/// Size of what is in the core.
int64_t Timeline::coreSize(KeptKind kind, int64_t step) {
  if (kind == KeptKind::Tape)
    return stageOf(step).modes[coreMode].tape;
  return step == 0 ? chain.initialState : stageOf(step).state;
}

void Timeline::addMemory(int64_t change) {
  used += change;
  sink.addMemory(now, used);
}

static bool isFast(KeptKind kind) { return kind == KeptKind::State || kind == KeptKind::Tape; }

static KeptKind slowKindOf(KeptKind kind) { return kind == KeptKind::State ? KeptKind::SlowState : KeptKind::SlowTape; }

void Timeline::keep(KeptKind kind, int64_t step, int64_t size) {
  alive[{kind, step}] = {now, size};
  if (isFast(kind))
    addMemory(size);
}

void Timeline::discard(KeptKind kind, int64_t step) {
  auto found = alive.find({kind, step});
  if (found == alive.end()) {
    // The fast copy is gone; what is given up is the slow one.
    if (isFast(kind))
      discard(slowKindOf(kind), step);
    return;
  }
  Item item = found->second;
  sink.addLifetime(kind, step, item.begin, now);
  alive.erase(found);
  if (isFast(kind))
    addMemory(-item.size);
}

void Timeline::transfer(KeptKind kind, int64_t step, bool isWrite) {
  auto source = alive.find({isWrite ? kind : slowKindOf(kind), step});
  if (!chain.slow || source == alive.end())
    return;
  int64_t size = source->second.size;
  int64_t &channel = isWrite ? writerFree : readerFree;
  int64_t begin = std::max(channel, now);
  channel = begin + (isWrite ? chain.slow->writeTime(size) : chain.slow->readTime(size));
  sink.addTransfer(isWrite, begin, channel);
  arrivals[{kind, step}] = channel;
  keep(isWrite ? slowKindOf(kind) : kind, step, size);
  if (chain.slow->blocking)
    now = channel;
}

void Timeline::advance(int64_t from, int64_t to) {
  // One sweep for each stage, and where the first run ends.
  while (from < to) {
    const ChainStage &each = stageOf(from + 1);
    int64_t until = std::min(to, stageEnds[stage]);
    bool isFirst = from >= frontier;
    if (!isFirst)
      until = std::min(until, frontier);
    int64_t end = now + (until - from) * each.advance;
    sink.addSweep(isFirst ? SweepKind::FirstForward : SweepKind::Rerun, now, end, from, until, /*isRecord=*/false);
    now = end;
    from = until;
    frontier = std::max(frontier, until);
  }
}

void Timeline::play(const Action &action) {
  int64_t step = action.step;
  switch (action.kind) {
  case ActionKind::Advance:
    return advance(step, action.to);
  case ActionKind::Record: {
    int64_t end = now + stageOf(step).modes[action.to].record;
    sink.addSweep(step > frontier ? SweepKind::FirstForward : SweepKind::Rerun, now, end, step - 1, step,
                  /*isRecord=*/true);
    now = end;
    coreMode = action.to;
    if (coreMode != 0)
      modes[step] = coreMode;
    else
      modes.erase(step);
    frontier = std::max(frontier, step);
    return;
  }
  case ActionKind::Checkpoint:
    return keep(KeptKind::State, step, coreSize(KeptKind::State, step));
  case ActionKind::Restore:
    return;
  case ActionKind::Keep:
    return keep(KeptKind::Tape, step, coreSize(KeptKind::Tape, step));
  case ActionKind::Reverse: {
    int64_t end = now + stageOf(step).modes[modeOf(step)].reverse;
    sink.addSweep(SweepKind::Backward, now, end, step, step - 1, /*isRecord=*/false);
    now = end;
    return;
  }
  case ActionKind::DiscardState:
    return discard(KeptKind::State, step);
  case ActionKind::DiscardTape:
    return discard(KeptKind::Tape, step);
  case ActionKind::Offload:
    return transfer(KeptKind::State, step, /*isWrite=*/true);
  case ActionKind::OffloadTape:
    return transfer(KeptKind::Tape, step, /*isWrite=*/true);
  case ActionKind::Prefetch:
    return transfer(KeptKind::State, step, /*isWrite=*/false);
  case ActionKind::PrefetchTape:
    return transfer(KeptKind::Tape, step, /*isWrite=*/false);
  case ActionKind::Await:
    now = std::max(now, arrivals[{KeptKind::State, step}]);
    return;
  case ActionKind::AwaitTape:
    now = std::max(now, arrivals[{KeptKind::Tape, step}]);
    return;
  }
}

void Timeline::finish() {
  for (const auto &[key, item] : alive)
    sink.addLifetime(key.first, key.second, item.begin, now);
  sink.addMemory(now, used);
}
