//===- StagedMinimum.cpp - the smallest budget of unequal steps -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StagedMinimum.h"

#include <algorithm>

using namespace remat::schedule;

StagedMinimum::StagedMinimum(const ItemChain &chain)
    : chain(chain), items(chain.size()), entered(items * items), core(items * items), held(items * items),
      owned(items * items) {
  for (int64_t t = 1; t <= items; ++t)
    for (int64_t s = t - 1; s >= 0; --s)
      solve(s, t);
}

StagedMinimum::Cell StagedMinimum::enter(int64_t s, int64_t t) const {
  const ChainItem &item = chain.item(s + 1);
  Cell best = {INT64_MAX, {ChoiceKind::Leaf}};
  if (t == s + 1)
    return item.isBlock() ? best : Cell{chain.workspace(t), {ChoiceKind::Leaf}};
  const Cell &rest = (item.stage->restartable ? held : core)[index(s + 1, t)];
  for (size_t mode = 0; mode < item.stage->modes.size(); ++mode) {
    int64_t peak = std::max(item.tape(item.stage->modes[mode]) + std::max(chain.workspace(s + 1), rest.peak),
                            item.reverseNeed(static_cast<int64_t>(mode)));
    if (peak < best.peak)
      best = {peak, {ChoiceKind::Tape, static_cast<int64_t>(mode)}};
  }
  return best;
}

void StagedMinimum::solve(int64_t s, int64_t t) {
  int64_t state = chain.state(s);
  Cell enterCell = enter(s, t);
  Cell heldCell = {enterCell.peak, {ChoiceKind::Enter}};
  Cell ownedCell = {std::max(enterCell.peak, state), {ChoiceKind::Enter}};
  if (t == s + 1 && chain.item(t).isBlock()) {
    heldCell = {chain.heldPlans(t).front().peak, {ChoiceKind::BlockPlan, 0}};
    ownedCell = {chain.ownedPlans(t).front().peak, {ChoiceKind::BlockPlan, 0}};
  }
  int64_t work = 0;
  for (int64_t y = s + 1; y < t; ++y) {
    work = std::max(work, chain.workspace(y));
    int64_t right = std::max(work, core[index(y, t)].peak);
    int64_t heldPeak = std::max(right, held[index(s, y)].peak);
    int64_t ownedPeak = std::max(state + right, owned[index(s, y)].peak);
    if (heldPeak < heldCell.peak)
      heldCell = {heldPeak, {ChoiceKind::Split, y}};
    if (ownedPeak < ownedCell.peak)
      ownedCell = {ownedPeak, {ChoiceKind::Split, y}};
  }
  Cell coreCell = {std::max(state + chain.stateWorkspace(s), ownedCell.peak), {ChoiceKind::KeepStart}};
  if (enterCell.peak <= coreCell.peak)
    coreCell = enterCell;
  entered[index(s, t)] = enterCell;
  core[index(s, t)] = coreCell;
  held[index(s, t)] = heldCell;
  owned[index(s, t)] = ownedCell;
}

const StagedMinimum::Cell &StagedMinimum::cellOf(const Segment &s) const {
  int64_t at = index(s.from, s.to);
  switch (s.kind) {
  case SegmentKind::Held:
    return held[at];
  case SegmentKind::Owned:
    return owned[at];
  case SegmentKind::Core:
    break;
  }
  return s.entered ? entered[at] : core[at];
}

Choice StagedMinimum::choose(const Segment &segment) const { return cellOf(segment).choice; }
