//===- StagedDescent.cpp - a plan in bytes from a table in units -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedDescent.h"

#include <algorithm>
#include <limits>

using namespace remat::schedule;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Leaf or Tape.
template <typename Value>
typename StagedDescent<Value>::Candidate StagedDescent<Value>::enter(const Segment &s) const {
  Candidate best = {{ChoiceKind::Leaf}, infinity};
  int64_t next = s.from + 1;
  const ChainItem &item = chain.item(next);
  bool isLast = s.to == next;
  SegmentKind kind = item.stage->restartable ? SegmentKind::Held : SegmentKind::Core;
  for (size_t mode = 0; mode < item.stage->modes.size() && !(isLast && item.isBlock()); ++mode) {
    int64_t tape = isLast ? 0 : item.tape(item.stage->modes[mode]);
    if (s.free - tape < chain.workspace(next) || s.free < item.reverseNeed(static_cast<int64_t>(mode)))
      continue;
    double time = static_cast<double>(item.once(item.stage->modes[mode]));
    if (!isLast) {
      Segment rest = {kind, next, s.to, s.free - tape};
      if (!fits(rest))
        continue;
      auto place = placeOf(rest.free);
      time += kind == SegmentKind::Core ? tables.coreTime(next, s.to, place)
                                        : tables.keptTime(kind, next, s.to, place) - tables.wayTime(next, s.to);
    }
    if (time < best.time)
      best = {{isLast ? ChoiceKind::Leaf : ChoiceKind::Tape, static_cast<int64_t>(mode)}, time};
  }
  return best;
}

template <typename Value>
void StagedDescent<Value>::considerSplits(const Segment &s, Candidate &best) const {
  int64_t free = s.free - (s.kind == SegmentKind::Owned ? chain.state(s.from) : 0);
  if (free < 0)
    return;
  auto place = placeOf(free);
  for (int64_t y = s.from + 1; y < s.to && chain.workspace(y) <= free; ++y) {
    double time = tables.keptTime(s.kind, s.from, y, place) + tables.coreTime(y, s.to, place);
    if (time < best.time && fits({SegmentKind::Core, y, s.to, free}) && fits({s.kind, s.from, y, s.free}))
      best = {{ChoiceKind::Split, y}, time};
  }
}

template <typename Value>
void StagedDescent<Value>::considerBlocks(const Segment &s, Candidate &best) const {
  if (s.to != s.from + 1)
    return;
  const std::vector<BlockPlan> &plans = s.kind == SegmentKind::Owned ? chain.ownedPlans(s.to) : chain.heldPlans(s.to);
  for (size_t i = 0; i < plans.size(); ++i)
    if (plans[i].peak <= s.free && static_cast<double>(plans[i].time) < best.time)
      best = {{ChoiceKind::BlockPlan, static_cast<int64_t>(i)}, static_cast<double>(plans[i].time)};
}

template <typename Value>
Choice StagedDescent<Value>::choose(const Segment &s) const {
  Candidate best = enter(s);
  if (s.kind != SegmentKind::Core) {
    best.choice = {ChoiceKind::Enter};
    considerBlocks(s, best);
    considerSplits(s, best);
  } else if (!s.entered) {
    Segment owned = {SegmentKind::Owned, s.from, s.to, s.free};
    int64_t free = s.free - chain.state(s.from);
    if (free >= chain.stateWorkspace(s.from) && fits(owned)) {
      Candidate kept = {{ChoiceKind::KeepStart}, best.time};
      considerBlocks(owned, kept);
      double time = tables.keptTime(SegmentKind::Owned, s.from, s.to, placeOf(free)) - tables.wayTime(s.from, s.to);
      if (time < best.time || kept.time < best.time)
        best = {{ChoiceKind::KeepStart}, std::min(time, kept.time)};
    }
  }
  // The table has nothing for so little memory.
  return best.time < infinity ? best.choice : minimum.choose(s);
}

template class remat::schedule::StagedDescent<float>;
template class remat::schedule::StagedDescent<double>;
