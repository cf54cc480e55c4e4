//===- DraftProfile.cpp - what a draft keeps and reads ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SlowTier/DraftProfile.h"

#include "SlowTier/CopyBoard.h"

#include <algorithm>

using namespace remat::schedule;

DraftProfile::DraftProfile(const Chain &problem, const std::vector<DraftAction> &draft)
    : places(draft.size()), records(problem.steps() + 1), uses(2 * (problem.steps() + 1)) {
  play(problem, draft);
  findMaxima();
}

void DraftProfile::play(const Chain &problem, const std::vector<DraftAction> &draft) {
  std::vector<const ChainStage *> stages(1, nullptr);
  std::vector<int64_t> advances(1, 0);
  for (const ChainStage &stage : problem.stages)
    for (int64_t i = 0; i < stage.count; ++i) {
      stages.push_back(&stage);
      advances.push_back(advances.back() + stage.advance);
    }
  std::vector<int64_t> modes(stages.size()), kept(uses.size()), sizes(uses.size());
  std::vector<bool> isSlow(uses.size());
  kept[0] = 1;
  int64_t used = problem.countedInitialState(), coreTape = 0;
  auto workspaceOf = [&](int64_t step) { return stages[std::max<int64_t>(step, 1)]->workspace; };
  auto read = [&](size_t at, int64_t item) {
    places[at].read = item;
    uses[item].push_back(at);
    allReads.push_back({at, item});
  };
  for (size_t at = 0; at < draft.size(); ++at) {
    const DraftAction &action = draft[at];
    int64_t step = action.step, item = CopyBoard::itemOf(action.isTape, step);
    Place &place = places[at];
    switch (action.kind) {
    case DraftKind::Advance:
      for (int64_t i = step + 1; i <= action.to; ++i)
        place.workspace = std::max(place.workspace, workspaceOf(i));
      place.time = advances[action.to] - advances[step];
      place.takesTime = true;
      coreTape = 0;
      break;
    case DraftKind::Record:
      place.workspace = workspaceOf(step);
      place.time = records[step] = stages[step]->modes[action.to].record;
      place.takesTime = true;
      modes[step] = action.to;
      coreTape = step;
      break;
    case DraftKind::Restore: {
      int64_t state = CopyBoard::itemOf(false, step), tape = CopyBoard::itemOf(true, step);
      bool inTape = step > 0 && stages[step]->restartable;
      if (kept[state] == 0 && !(inTape && kept[tape] > 0))
        read(at, isSlow[state] || !inTape ? state : tape);
      coreTape = 0;
      break;
    }
    case DraftKind::Reverse:
      place.workspace = workspaceOf(step);
      place.time = stages[step]->modes[modes[step]].reverse;
      place.takesTime = true;
      if (coreTape != step && kept[CopyBoard::itemOf(true, step)] == 0)
        read(at, CopyBoard::itemOf(true, step));
      if (coreTape == step)
        coreTape = 0;
      break;
    case DraftKind::Keep:
    case DraftKind::Store: {
      place.workspace = workspaceOf(step);
      int64_t size = step == 0 ? problem.initialState : stages[step]->state;
      place.size = action.isTape ? stages[step]->modes[modes[step]].tape : size;
      sizes[item] = step == 0 && problem.start == Start::External ? 0 : place.size;
      if (action.kind == DraftKind::Store)
        isSlow[item] = true;
      else if (kept[item]++ == 0)
        used += sizes[item];
      break;
    }
    case DraftKind::Discard:
      if (--kept[item] == 0)
        used -= step == 0 ? problem.countedInitialState() : sizes[item];
      break;
    case DraftKind::Forget:
      isSlow[item] = false;
      break;
    }
    place.used = used;
  }
  for (size_t at = draft.size(), next = 0; at-- > 0;) {
    places[at].timeBehind = static_cast<int64_t>(next);
    if (places[at].takesTime)
      next = static_cast<size_t>(places[at].time);
  }
}

void DraftProfile::findMaxima() {
  maxima.emplace_back();
  for (size_t at = 0; at < places.size(); ++at)
    maxima[0].push_back(needed(at));
  for (size_t width = 1; 2 * width <= places.size(); width *= 2) {
    const std::vector<int64_t> &last = maxima.back();
    std::vector<int64_t> next;
    for (size_t at = 0; at + 2 * width <= places.size(); ++at)
      next.push_back(std::max(last[at], last[at + width]));
    maxima.push_back(std::move(next));
  }
}

size_t DraftProfile::useBehind(int64_t item, size_t at) const {
  auto next = std::upper_bound(uses[item].begin(), uses[item].end(), at);
  return next == uses[item].end() ? SIZE_MAX : *next;
}

/// Both ends included.
int64_t DraftProfile::most(size_t from, size_t to) const {
  size_t level = 0;
  while ((size_t(2) << level) <= to - from + 1)
    ++level;
  return std::max(maxima[level][from], maxima[level][to + 1 - (size_t(1) << level)]);
}

int64_t DraftProfile::mostWith(size_t from, size_t to, std::vector<std::pair<size_t, int64_t>> promised) const {
  std::sort(promised.begin(), promised.end());
  int64_t size = 0, result = 0;
  for (const auto &[use, each] : promised)
    size += each;
  for (const auto &[use, each] : promised) {
    if (from <= std::min(use, to))
      result = std::max(result, most(from, std::min(use, to)) + size);
    from = std::max(from, use + 1);
    size -= each;
  }
  return from <= to ? std::max(result, most(from, to) + size) : result;
}

void remat::schedule::discardEarly(const Chain &problem, std::vector<DraftAction> &draft) {
  int64_t states = problem.steps() + 1;
  // For each state that is kept: how often, since when, and its last use; from 1 on,
  // so that 0 is before everything.
  std::vector<int64_t> kept(states), since(states), lastUse(states);
  kept[0] = 1;
  // What goes behind each place, and what goes away.
  std::vector<std::vector<DraftAction>> behind(draft.size() + 1);
  std::vector<bool> isGone(draft.size() + 1);
  for (size_t at = 0; at < draft.size(); ++at) {
    const DraftAction &action = draft[at];
    int64_t place = static_cast<int64_t>(at) + 1, state = action.step;
    if (action.kind == DraftKind::Restore)
      lastUse[state] = place;
    if (action.isTape || (action.kind != DraftKind::Keep && action.kind != DraftKind::Discard))
      continue;
    if (action.kind == DraftKind::Keep) {
      if (kept[state]++ == 0)
        since[state] = lastUse[state] = place;
      else
        isGone[at] = true;
    } else if (--kept[state] == 0) {
      isGone[at] = true;
      if (lastUse[state] == since[state] && since[state] > 0)
        isGone[since[state] - 1] = true;
      else
        behind[lastUse[state]].push_back(action);
    } else {
      isGone[at] = true;
    }
  }
  if (kept[0] > 0 && problem.start == Start::Releasable)
    behind[lastUse[0]].push_back({DraftKind::Discard, 0});
  std::vector<DraftAction> result = behind[0];
  for (size_t at = 0; at < draft.size(); ++at) {
    if (!isGone[at])
      result.push_back(draft[at]);
    result.insert(result.end(), behind[at + 1].begin(), behind[at + 1].end());
  }
  draft = std::move(result);
}

void remat::schedule::keepInstead(std::vector<DraftAction> &draft, size_t at) {
  auto isSame = [&](const DraftAction &action) {
    return action.kind == DraftKind::Forget && action.step == draft[at].step && action.isTape == draft[at].isTape;
  };
  draft[at].kind = DraftKind::Keep;
  auto end = std::find_if(draft.begin() + static_cast<int64_t>(at), draft.end(), isSame);
  if (end != draft.end())
    end->kind = DraftKind::Discard;
}
