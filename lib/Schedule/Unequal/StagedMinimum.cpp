//===- StagedMinimum.cpp - the smallest budget of unequal steps -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedMinimum.h"

#include <algorithm>

using namespace remat::schedule;

StagedMinimum::StagedMinimum(const ItemChain &chain, const std::function<bool(double)> &progress)
    : chain(chain), items(chain.size()), core(items * items), held(items * items), owned(items * items),
      ownedAndRun(items * items), wayWork(items) {
  for (int64_t t = 1; t <= items; ++t) {
    double share = static_cast<double>(t) / static_cast<double>(items);
    if (progress && t % 32 == 0 && !progress(share * share * share)) {
      complete = false;
      return;
    }
    for (int64_t s = t - 1; s >= 0; --s) {
      wayWork[s] = std::max(wayWork[s], chain.workspace(t));
      solve(s, t);
    }
  }
}

StagedMinimum::Option StagedMinimum::enter(int64_t s, int64_t t) const {
  const ChainItem &item = chain.item(s + 1);
  Option best = {INT64_MAX, {ChoiceKind::Leaf}};
  if (t == s + 1)
    return item.isBlock() ? best : Option{chain.workspace(t), {ChoiceKind::Leaf}};
  int64_t rest = item.stage->restartable ? held[row(s + 1, t)] : core[column(s + 1, t)];
  for (size_t mode = 0; mode < item.stage->modes.size(); ++mode) {
    int64_t peak = std::max(item.tape(item.stage->modes[mode]) + std::max(chain.workspace(s + 1), rest),
                            item.reverseNeed(static_cast<int64_t>(mode)));
    if (peak < best.peak)
      best = {peak, {ChoiceKind::Tape, static_cast<int64_t>(mode)}};
  }
  return best;
}

void StagedMinimum::solve(int64_t s, int64_t t) {
  int64_t state = chain.state(s);
  int64_t entered = enter(s, t).peak, leastHeld = entered, leastOwned = std::max(entered, state);
  if (t == s + 1 && chain.item(t).isBlock()) {
    leastHeld = chain.heldPlans(t).front().peak;
    leastOwned = chain.ownedPlans(t).front().peak;
  }
  // A held segment takes the workspace of all its items in any case.
  const int64_t *right = core.data() + column(0, t), *left = held.data() + row(s, 1),
                *leftOwned = ownedAndRun.data() + row(s, 1);
  for (int64_t y = s + 1; y < t; ++y) {
    leastHeld = std::min(leastHeld, std::max(right[y], left[y - 1]));
    leastOwned = std::min(leastOwned, std::max(state + right[y], leftOwned[y - 1]));
  }
  held[row(s, t)] = leastHeld;
  owned[row(s, t)] = leastOwned;
  ownedAndRun[row(s, t)] = std::max(leastOwned, state + wayWork[s]);
  core[column(s, t)] = std::min(entered, std::max(state + chain.stateWorkspace(s), leastOwned));
}

int64_t StagedMinimum::peak(const Segment &s) const {
  switch (s.kind) {
  case SegmentKind::Held:
    return held[row(s.from, s.to)];
  case SegmentKind::Owned:
    return owned[row(s.from, s.to)];
  case SegmentKind::Core:
    break;
  }
  return s.entered ? enter(s.from, s.to).peak : core[column(s.from, s.to)];
}

Choice StagedMinimum::chooseKept(const Segment &s) const {
  int64_t least = peak(s);
  bool isOwned = s.kind == SegmentKind::Owned;
  if (s.to == s.from + 1 && chain.item(s.to).isBlock())
    return {ChoiceKind::BlockPlan, 0};
  const std::vector<int64_t> &left = isOwned ? ownedAndRun : held;
  int64_t state = isOwned ? chain.state(s.from) : 0;
  if (std::max(enter(s.from, s.to).peak, state) <= least)
    return {ChoiceKind::Enter};
  for (int64_t y = s.from + 1; y < s.to; ++y)
    if (std::max(state + core[column(y, s.to)], left[row(s.from, y)]) <= least)
      return {ChoiceKind::Split, y};
  return {ChoiceKind::Enter};
}

Choice StagedMinimum::choose(const Segment &s) const {
  if (s.kind != SegmentKind::Core)
    return chooseKept(s);
  Option entered = enter(s.from, s.to);
  if (s.entered || entered.peak <= peak(s))
    return entered.choice;
  return {ChoiceKind::KeepStart};
}
