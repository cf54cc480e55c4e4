//===- CopyBoard.cpp - what is where while transfers run --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The simulator has rules of its own (SlowMemory.h) and knows nothing of this.
//
//===----------------------------------------------------------------------===//

#include "SlowTier/CopyBoard.h"

#include <tuple>

using namespace remat::schedule;

using Extra = CopyItem::Extra;

CopyBoard::CopyBoard(const Chain &problem) : problem(problem), slow(*problem.slow), items(2 * (problem.steps() + 1)) {
  items[0].kept = 1;
  items[0].size = problem.initialState;
}

void CopyBoard::add(ActionKind ofState, ActionKind ofTape, int64_t item) {
  actions.push_back({isTape(item) ? ofTape : ofState, stepOf(item)});
}

void CopyBoard::addExtra(int64_t index, Extra extra) {
  items[index].extra = extra;
  extraItems.push_back(index);
}

void CopyBoard::startOut(int64_t index) {
  CopyItem &item = items[index];
  item.extra = Extra::Leaving;
  item.isSlow = true;
  slowUsed += item.size;
  add(ActionKind::Offload, ActionKind::OffloadTape, index);
  int64_t time = slow.writeTime(item.size);
  writing += time;
  writerFree = item.end = std::max(writerFree, now) + time;
  if (slow.blocking)
    now = writerFree;
}

void CopyBoard::startBack(int64_t index) {
  CopyItem &item = items[index];
  item.isPromised = true;
  add(ActionKind::Prefetch, ActionKind::PrefetchTape, index);
  int64_t time = slow.readTime(item.size);
  reading += time;
  readerFree = item.end = std::max(readerFree, now) + time;
  if (slow.blocking)
    now = readerFree;
}

void CopyBoard::await(int64_t index) {
  CopyItem &item = items[index];
  if (!item.isMoving())
    return;
  now = std::max(now, item.end);
  add(ActionKind::Await, ActionKind::AwaitTape, index);
  item.extra = Extra::Clean;
}

void CopyBoard::settle(int64_t index) {
  CopyItem &item = items[index];
  if (item.extra == Extra::Clean && !item.isWanted) {
    item.extra = Extra::None;
    if (item.kept == 0)
      add(ActionKind::DiscardState, ActionKind::DiscardTape, index);
  }
  if (!item.isFast() && item.isSlow && !item.isWanted) {
    add(ActionKind::DiscardState, ActionKind::DiscardTape, index);
    item.isSlow = false;
    slowUsed -= item.size;
  }
  if (item.kept > 0 || item.extra == Extra::None)
    extraItems.erase(std::remove(extraItems.begin(), extraItems.end(), index), extraItems.end());
}

/// Gives up an extra copy.
void CopyBoard::evict(int64_t index) {
  await(index);
  CopyItem &item = items[index];
  item.extra = Extra::None;
  item.isPromised = false;
  add(ActionKind::DiscardState, ActionKind::DiscardTape, index);
  settle(index);
}

void CopyBoard::blame(int64_t index) {
  items[index].isLate = true;
  unwelcome.push_back(index);
}

/// Steps are going to wait for copies out: blames the tape among them that has the
/// least to gain for its size.
void CopyBoard::blameLeaving() {
  int64_t worst = -1;
  for (int64_t index : extraItems) {
    const CopyItem &item = items[index];
    if (item.extra != Extra::Leaving || item.end <= now || item.isLate || !isTape(index))
      continue;
    if (worst < 0 || __int128(item.gain) * items[worst].size < __int128(items[worst].gain) * item.size)
      worst = index;
  }
  if (worst >= 0)
    blame(worst);
}

/// Free copies go first, of these the one that is used last; then the one that
/// leaves first; and only then what has come back too early.
bool CopyBoard::makeRoom(int64_t needed, int64_t exception) {
  auto waits = [&](const CopyItem &item) { return item.isMoving() && item.end > now; };
  auto rank = [&](const CopyItem &item) {
    bool byEnd = waits(item) && item.extra == Extra::Leaving;
    return std::make_tuple(item.isPromised ? 2 : waits(item) ? 1 : 0, byEnd ? item.end : 0, SIZE_MAX - item.nextUse);
  };
  while (true) {
    int64_t used = needed, victim = -1;
    for (int64_t index : extraItems) {
      const CopyItem &item = items[index];
      used += item.size;
      if (index != exception && item.size > 0 && (victim < 0 || rank(item) < rank(items[victim])))
        victim = index;
    }
    if (used <= problem.budget)
      return true;
    if (victim < 0)
      return false;
    if (waits(items[victim]) && items[victim].extra == Extra::Leaving)
      blameLeaving();
    evict(victim);
  }
}

void CopyBoard::run(int64_t time) {
  now += time;
  running += time;
}

int64_t CopyBoard::predictedTime() const {
  return slow.blocking ? running + writing + reading : std::max({running, writing, reading});
}
