//===- StagedTables.cpp - dynamic program over unequal steps ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nearly all time goes into splits: for each segment (s, t) and boundary y
// between, a vector of M sums. As in blocked matrix multiplication, segments are
// done in tiles of a few starts and a few ends, and memory in chunks, so that a
// tile stays in the first cache while the columns and rows stream by.
//
//===----------------------------------------------------------------------===//

#include "StagedTables.h"

#include "CheckedMath.h"
#include "MinPlus.h"

#include <algorithm>
#include <limits>
#include <new>

using namespace remat::schedule;

/// Ends, starts and splits of a tile, and units of memory in a chunk.
static constexpr int64_t tileEnds = 32;
static constexpr int64_t tileStarts = 4;
static constexpr int64_t tileSplits = 16;
static constexpr int64_t chunkUnits = 128;
/// Items from which a second thread is worth its while.
static constexpr int64_t leastThreadedItems = 150;

static constexpr size_t lineBytes = 64;
template <typename Value>
static constexpr int64_t lineValues = lineBytes / sizeof(Value);

template <typename Value>
static constexpr Value infinity = std::numeric_limits<Value>::infinity();

template <typename Value>
StagedTables<Value>::StagedTables(const ItemChain &chain, UnitScale scale, int64_t units)
    : chain(chain), scale(scale), items(chain.size()), width(units + 1),
      stride(ceilDiv(width, lineValues<Value>) * lineValues<Value>), modes(items + 1), heldBlocks(items + 1),
      ownedBlocks(items + 1), wayWork(items), wayTimes(items), coreColumns(items + 1), heldRows(items),
      ownedRows(items) {
  // Larger sizes do not fit whatever they are exactly.
  auto clamped = [&](int64_t size) { return std::min(scale(size), width); };
  work.push_back(0);
  for (int64_t i = 0; i <= items; ++i) {
    states.push_back(clamped(chain.state(i)));
    stateWork.push_back(clamped(chain.stateWorkspace(i)));
    if (i == 0)
      continue;
    work.push_back(clamped(chain.workspace(i)));
    for (const BlockPlan &plan : chain.heldPlans(i))
      heldBlocks[i].push_back({clamped(plan.peak), static_cast<Value>(plan.time)});
    for (const BlockPlan &plan : chain.ownedPlans(i))
      ownedBlocks[i].push_back({clamped(plan.peak), static_cast<Value>(plan.time)});
  }
  // Tapes are kept of many items in a row. So it is their running sum that is
  // rounded to the nearest unit.
  std::vector<int64_t> sums;
  for (int64_t i = 1; i <= items; ++i) {
    const std::vector<StageMode> &all = chain.item(i).stage->modes;
    sums.resize(std::max(sums.size(), all.size()));
    for (size_t mode = 0; mode < all.size(); ++mode) {
      int64_t size = chain.item(i).tape(all[mode]), units = scale(size);
      if (scale.rounding == Rounding::Nearest) {
        units = scale(sums[mode] + size) - scale(sums[mode]);
        sums[mode] += size;
      }
      modes[i].push_back({std::min(units, width), static_cast<Value>(chain.item(i).once(all[mode]))});
    }
  }
  for (int64_t s = 0; s < items; ++s) {
    wayWork[s].push_back(0);
    wayTimes[s].push_back(0);
    for (int64_t y = s + 1; y <= items; ++y) {
      wayWork[s].push_back(std::max(wayWork[s].back(), static_cast<int32_t>(work[y])));
      wayTimes[s].push_back(static_cast<Value>(chain.advance(s, y)));
    }
  }
}

template <typename Value>
bool StagedTables<Value>::hasHeld(int64_t s) const {
  if (s == 0)
    return chain.getProblem().start != Start::Releasable;
  return chain.item(s).stage->restartable;
}

template <typename Value>
bool StagedTables<Value>::hasOwned(int64_t s) const {
  return s > 0 || chain.getProblem().start == Start::Releasable;
}

template <typename Value>
void StagedTables<Value>::FreeAligned::operator()(Value *values) const {
  ::operator delete[](values, std::align_val_t(lineBytes));
}

template <typename Value>
typename StagedTables<Value>::Cells StagedTables<Value>::makeCells(int64_t count) const {
  size_t values = static_cast<size_t>(count * stride);
  Cells cells(static_cast<Value *>(::operator new[](values * sizeof(Value), std::align_val_t(lineBytes))));
  std::fill(cells.get(), cells.get() + values, infinity<Value>);
  return cells;
}

template <typename Value>
void StagedTables<Value>::solve() {
  for (int64_t t = 1; t <= items; ++t)
    coreColumns[t] = makeCells(t);
  for (int64_t s = 0; s < items; ++s) {
    if (hasHeld(s))
      heldRows[s] = makeCells(items - s);
    if (hasOwned(s))
      ownedRows[s] = makeCells(items - s);
  }
  WorkerPair workers(items >= leastThreadedItems);
  for (int64_t first = 1; first <= items; first += tileEnds)
    solveColumns(first, std::min(first + tileEnds - 1, items), workers);
}

/// All segments that end in first..last. Those that end before are done.
template <typename Value>
void StagedTables<Value>::solveColumns(int64_t first, int64_t last, WorkerPair &workers) {
  for (int64_t s = last - 1; s >= first; --s)
    for (int64_t t = s + 1; t <= last; ++t) {
      relaxRange(s, t, s + 1, t - 1, 0, width);
      finish(s, t);
    }
  for (int64_t high = first - 1; high >= 0; high -= tileStarts) {
    int64_t low = std::max<int64_t>(high - tileStarts + 1, 0);
    // Different ends are independent of each other here.
    workers.run([&](int worker) {
      for (int64_t begin = 0; begin < width; begin += chunkUnits)
        for (int64_t y = high + 1; y < first; y += tileSplits)
          for (int64_t s = low; s <= high; ++s)
            for (int64_t t = first + worker; t <= last; t += 2)
              relaxRange(s, t, y, std::min(y + tileSplits, first) - 1, begin, std::min(begin + chunkUnits, width));
    });
    for (int64_t s = high; s >= low; --s)
      for (int64_t t = first; t <= last; ++t) {
        relaxRange(s, t, s + 1, high, 0, width);
        relaxRange(s, t, std::max(first, s + 1), t - 1, 0, width);
        finish(s, t);
      }
  }
}

/// Splits of (s, t) at yFirst..yLast, for the memory in a chunk.
template <typename Value>
void StagedTables<Value>::relaxRange(int64_t s, int64_t t, int64_t yFirst, int64_t yLast, int64_t chunkBegin,
                                     int64_t chunkEnd) {
  for (int64_t y = yFirst; y <= yLast;) {
    // Boundaries that need the same workspace go together.
    int64_t need = wayWork[s][y - s];
    int64_t next = y + 1;
    while (next <= yLast && wayWork[s][next - s] == need)
      ++next;
    MinPlusRows<Value> rows = {&wayTimes[s][y - s], nullptr, nullptr, stride, next - y};
    int64_t begin = std::max(chunkBegin, need);
    if (hasHeld(s) && begin < chunkEnd) {
      rows.right = core(y, t) + begin;
      rows.left = held(s, y) + begin;
      minPlus(held(s, t) + begin, rows, chunkEnd - begin);
    }
    begin = std::max(chunkBegin, need + states[s]);
    if (hasOwned(s) && begin < chunkEnd) {
      rows.right = core(y, t) + (begin - states[s]);
      rows.left = owned(s, y) + begin;
      minPlus(owned(s, t) + begin, rows, chunkEnd - begin);
    }
    y = next;
  }
}

/// Leaf and Tape of (s, t).
template <typename Value>
void StagedTables<Value>::enterInto(Value *into, int64_t s, int64_t t) const {
  const ChainItem &item = chain.item(s + 1);
  if (t == s + 1) {
    if (item.isBlock())
      return;
    for (const Mode &mode : modes[t])
      for (int64_t v = work[t]; v < width; ++v)
        into[v] = std::min(into[v], mode.once);
    return;
  }
  const Value *rest = item.stage->restartable ? held(s + 1, t) : core(s + 1, t);
  for (const Mode &mode : modes[s + 1])
    for (int64_t v = mode.tape + work[s + 1]; v < width; ++v)
      into[v] = std::min(into[v], mode.once + rest[v - mode.tape]);
}

/// The choices of (s, t) that are not splits.
template <typename Value>
void StagedTables<Value>::finish(int64_t s, int64_t t) {
  Value *inCore = core(s, t);
  enterInto(inCore, s, t);
  if (hasHeld(s)) {
    Value *mine = held(s, t);
    for (int64_t v = 0; v < width; ++v)
      mine[v] = std::min(mine[v], inCore[v]);
    if (t == s + 1)
      for (const Block &block : heldBlocks[t])
        for (int64_t v = block.need; v < width; ++v)
          mine[v] = std::min(mine[v], block.time);
  }
  if (hasOwned(s)) {
    Value *mine = owned(s, t);
    for (int64_t v = states[s]; v < width; ++v)
      mine[v] = std::min(mine[v], inCore[v]);
    if (t == s + 1)
      for (const Block &block : ownedBlocks[t])
        for (int64_t v = std::max(block.need, states[s]); v < width; ++v)
          mine[v] = std::min(mine[v], block.time);
    for (int64_t v = states[s] + stateWork[s]; v < width; ++v)
      inCore[v] = std::min(inCore[v], mine[v]);
  }
}

template <typename Value>
Value StagedTables<Value>::value(const Segment &segment) const {
  if (segment.free < 0)
    return infinity<Value>;
  int64_t free = std::min(segment.free, width - 1);
  switch (segment.kind) {
  case SegmentKind::Core:
    return core(segment.from, segment.to)[free];
  case SegmentKind::Held:
    return held(segment.from, segment.to)[free];
  case SegmentKind::Owned:
    return owned(segment.from, segment.to)[free];
  }
  return infinity<Value>;
}

/// Item from+1 with its tape kept, then the rest; the only item without.
template <typename Value>
Value StagedTables<Value>::tapeValue(const Segment &s, int64_t index) const {
  int64_t next = s.from + 1;
  const Mode &mode = modes[next][index];
  const ChainItem &item = chain.item(next);
  if (s.to == next)
    return item.isBlock() || s.free < work[next] ? infinity<Value> : mode.once;
  if (s.free < mode.tape + work[next])
    return infinity<Value>;
  SegmentKind kind = item.stage->restartable ? SegmentKind::Held : SegmentKind::Core;
  return mode.once + value({kind, next, s.to, s.free - mode.tape});
}

template <typename Value>
Choice StagedTables<Value>::chooseCore(const Segment &s) const {
  Choice best = {ChoiceKind::KeepStart};
  Value least = infinity<Value>;
  for (size_t mode = 0; mode < modes[s.from + 1].size(); ++mode) {
    Value candidate = tapeValue(s, static_cast<int64_t>(mode));
    if (candidate < least) {
      least = candidate;
      best = {s.to == s.from + 1 ? ChoiceKind::Leaf : ChoiceKind::Tape, static_cast<int64_t>(mode)};
    }
  }
  bool mayKeep = !s.entered && hasOwned(s.from) && s.free >= states[s.from] + stateWork[s.from];
  if (mayKeep && value({SegmentKind::Owned, s.from, s.to, s.free}) < least)
    return {ChoiceKind::KeepStart};
  return best;
}

template <typename Value>
Choice StagedTables<Value>::chooseKept(const Segment &s) const {
  bool isOwned = s.kind == SegmentKind::Owned;
  int64_t start = isOwned ? states[s.from] : 0;
  Choice best = {ChoiceKind::Enter};
  Value least = infinity<Value>;
  for (size_t mode = 0; mode < modes[s.from + 1].size(); ++mode)
    least = std::min(least, tapeValue(s, static_cast<int64_t>(mode)));
  auto consider = [&](Value candidate, Choice choice) {
    if (candidate < least) {
      least = candidate;
      best = choice;
    }
  };
  if (s.to == s.from + 1) {
    const std::vector<Block> &plans = isOwned ? ownedBlocks[s.to] : heldBlocks[s.to];
    for (size_t i = 0; i < plans.size(); ++i)
      if (s.free >= std::max(plans[i].need, start))
        consider(plans[i].time, {ChoiceKind::BlockPlan, static_cast<int64_t>(i)});
  }
  for (int64_t y = s.from + 1; y < s.to; ++y) {
    if (s.free - start < wayWork[s.from][y - s.from])
      break;
    Value right = value({SegmentKind::Core, y, s.to, s.free - start});
    consider((wayTimes[s.from][y - s.from] + right) + value({s.kind, s.from, y, s.free}), {ChoiceKind::Split, y});
  }
  return best;
}

template <typename Value>
Choice StagedTables<Value>::choose(const Segment &segment) const {
  return segment.kind == SegmentKind::Core ? chooseCore(segment) : chooseKept(segment);
}

template class remat::schedule::StagedTables<float>;
template class remat::schedule::StagedTables<double>;
