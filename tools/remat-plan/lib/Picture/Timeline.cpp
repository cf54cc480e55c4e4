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

static KeptKind kindOf(Timeline::Item item, bool isSlow) {
  if (isSlow)
    return item.isTape ? KeptKind::SlowTape : KeptKind::SlowState;
  return item.isTape ? KeptKind::Tape : KeptKind::State;
}

void Timeline::ran(int64_t from, int64_t to, int64_t begin, int64_t end, bool isRecord) {
  // One sweep for what runs again, one for what runs for the first time.
  int64_t each = (end - begin) / (to - from);
  int64_t split = std::clamp(frontier, from, to);
  int64_t time = begin + (split - from) * each;
  if (from < split)
    sink.addSweep(SweepKind::Rerun, begin, time, from, split, isRecord);
  if (split < to)
    sink.addSweep(SweepKind::FirstForward, time, end, split, to, isRecord);
  frontier = std::max(frontier, to);
}

void Timeline::reversed(int64_t step, int64_t begin, int64_t end) {
  sink.addSweep(SweepKind::Backward, begin, end, step, step - 1, /*isRecord=*/false);
}

void Timeline::kept(Item item, bool isSlow, int64_t time) { alive[{kindOf(item, isSlow), item.step}] = time; }

void Timeline::discarded(Item item, bool isSlow, int64_t time) {
  auto found = alive.find({kindOf(item, isSlow), item.step});
  sink.addLifetime(found->first.first, item.step, found->second, time);
  alive.erase(found);
}

void Timeline::ended(int64_t time) {
  for (const auto &[key, begin] : alive)
    sink.addLifetime(key.first, key.second, begin, time);
  sink.addMemory(time, memory);
}
