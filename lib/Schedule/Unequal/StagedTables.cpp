//===- StagedTables.cpp - dynamic program over unequal steps ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nearly all time goes into splits: for each segment (s, t) and boundary y
// between, a vector of M sums, the product of a matrix of kept segments (s, y)
// and one of core segments (y, t). As in the factorisation of a matrix, the ends
// go in panels and the starts in tiles: what lies between a tile and its panel is
// done and is a plain product, the little that is left goes cell by cell.
//
//===----------------------------------------------------------------------===//

#include "Unequal/StagedTables.h"

#include <algorithm>
#include <limits>

using namespace remat::schedule;

/// Ends of a panel, and starts of a tile.
static constexpr int64_t panelEnds = 32;
static constexpr int64_t tileStarts = 8;
/// Items from which a second thread is worth its while.
static constexpr int64_t leastThreadedItems = 150;

template <typename Value>
static constexpr Value infinity = std::numeric_limits<Value>::infinity();

template <typename Value>
StagedTables<Value>::StagedTables(const ItemChain &chain, int64_t from, int64_t to, UnitScale scale, int64_t units)
    : chain(chain), origin(from), scale(scale), items(to - from), width(units + 1), modes(items + 1),
      heldBlocks(items + 1), ownedBlocks(items + 1), wayWork(items), heldOf(items, -1), ownedOf(items, -1) {
  // Larger sizes do not fit whatever they are exactly.
  auto clamped = [&](int64_t size) {
    Amount<Value> amount = scale.operator()<Value>(size);
    return amount.whole < width ? amount : Amount<Value>{width, 0};
  };
  work.push_back(0);
  for (int64_t i = 0; i <= items; ++i) {
    int64_t boundary = origin + i;
    states.push_back(clamped(chain.state(boundary)));
    stateWork.push_back(clamped(chain.stateWorkspace(boundary)).up());
    if (i == 0)
      continue;
    work.push_back(clamped(chain.workspace(boundary)).up());
    const ChainItem &item = chain.item(boundary);
    for (size_t mode = 0; mode < item.stage->modes.size(); ++mode) {
      Amount<Value> tape = clamped(item.tape(item.stage->modes[mode]));
      int64_t need = std::max(tape.up() + work[i], clamped(item.reverseNeed(static_cast<int64_t>(mode))).up());
      modes[i].push_back({tape, need, static_cast<Value>(item.once(item.stage->modes[mode]))});
    }
    for (const BlockPlan &plan : chain.heldPlans(boundary))
      heldBlocks[i].push_back({clamped(plan.peak).up(), static_cast<Value>(plan.time)});
    // Beside the start state, which its plan counts.
    for (const BlockPlan &plan : chain.ownedPlans(boundary))
      ownedBlocks[i].push_back({clamped(plan.peak - chain.state(boundary - 1)).up(), static_cast<Value>(plan.time)});
  }
  for (int64_t s = 0; s < items; ++s) {
    wayWork[s].push_back(0);
    for (int64_t y = s + 1; y <= items; ++y)
      wayWork[s].push_back(std::max(wayWork[s].back(), static_cast<int32_t>(work[y])));
  }
  addRows();
}

template <typename Value>
void StagedTables<Value>::addRows() {
  bool isReleasable = chain.getProblem().start == Start::Releasable;
  int64_t cells = 0;
  auto add = [&](int64_t s, bool isOwned) {
    int64_t most = width - (isOwned ? states[s].whole : 0);
    rows.push_back({s, isOwned, cells, ceilDiv(std::max<int64_t>(most, 0), lineValues<Value>)});
    cells += items - s;
    return static_cast<int64_t>(rows.size()) - 1;
  };
  for (int64_t s = 0; s < items; ++s) {
    bool isInitial = origin + s == 0;
    if (isInitial ? !isReleasable : chain.item(origin + s).stage->restartable)
      heldOf[s] = add(s, /*isOwned=*/false);
    if (!isInitial || isReleasable)
      ownedOf[s] = add(s, /*isOwned=*/true);
  }
  cores.emplace(coreCell(0, items + 1), width);
  kept.emplace(cells, width);
  size_t values = static_cast<size_t>(ceilDiv(width, lineValues<Value>) * lineValues<Value>);
  for (std::vector<Value> *scratch : {&inCore, &entered, &mine, &rest})
    scratch->resize(values);
}

template <typename Value>
bool StagedTables<Value>::solve(const std::function<bool(double)> &progress) {
  WorkerPair workers(items >= leastThreadedItems);
  int64_t lines = ceilDiv(width, lineValues<Value>);
  for (int64_t first = 1; first <= items; first += panelEnds) {
    int64_t last = std::min(first + panelEnds - 1, items);
    double done = static_cast<double>(first - 1) / static_cast<double>(items);
    for (int64_t s = last - 1; s >= first; --s)
      finishRow(s, s, first, last);
    for (int64_t high = first - 1; high >= 0; high -= tileStarts) {
      if (progress && !progress(done * done * done))
        return false;
      int64_t low = std::max<int64_t>(high - tileStarts + 1, 0);
      workers.run([&](int worker) {
        for (int64_t line = worker; line < lines; line += 2)
          relax(low, high, first, last, high + 1, first - 1, line);
      });
      for (int64_t s = high; s >= low; --s)
        finishRow(s, high, first, last);
    }
  }
  return true;
}

/// Splits at yFirst..yLast of the segments from low..high to tFirst..tLast, for a
/// line of their memory.
template <typename Value>
void StagedTables<Value>::relax(int64_t low, int64_t high, int64_t tFirst, int64_t tLast, int64_t yFirst, int64_t yLast,
                                int64_t line) {
  Value *into[2 * tileStarts];
  const Value *left[2 * tileStarts], *right[panelEnds];
  int64_t count = 0;
  for (int64_t s = low; s <= high; ++s)
    for (int64_t index : {heldOf[s], ownedOf[s]}) {
      if (index < 0 || rows[index].lines <= line)
        continue;
      into[count] = kept->line(line, keptCell(rows[index], tFirst));
      left[count++] = kept->line(line, keptCell(rows[index], yFirst));
    }
  for (int64_t t = tFirst; t <= tLast; ++t)
    right[t - tFirst] = cores->line(line, coreCell(yFirst, t));
  minPlus({into, left, count, right, tLast - tFirst + 1, yLast - yFirst + 1});
}

/// The same for one start and all memory.
template <typename Value>
void StagedTables<Value>::relax(int64_t s, int64_t tFirst, int64_t tLast, int64_t yFirst, int64_t yLast) {
  if (yFirst > yLast)
    return;
  for (int64_t line = 0; line * lineValues<Value> < width; ++line)
    relax(s, s, tFirst, tLast, yFirst, yLast, line);
}

/// The segments from s to ends in first..last. Those from s+1 on are done, and so
/// are splits between `high` and the panel.
template <typename Value>
void StagedTables<Value>::finishRow(int64_t s, int64_t high, int64_t first, int64_t last) {
  constexpr int64_t step = 4;
  int64_t begin = std::max(first, s + 1);
  if (s < first)
    relax(s, begin, last, s + 1, high);
  for (int64_t group = begin; group <= last; group += step) {
    int64_t groupLast = std::min(group + step - 1, last);
    relax(s, group, groupLast, begin, group - 1);
    for (int64_t t = group; t <= groupLast; ++t) {
      relax(s, t, t, group, t - 1);
      finish(s, t);
    }
  }
}

/// into[v] = min(into[v], time + rest[v - taken]) from v = first on, which is not below `taken`.
template <typename Value>
void StagedTables<Value>::relaxShifted(Value *into, const Value *rest, Amount<Value> taken, int64_t first,
                                       Value time) const {
  int64_t whole = taken.whole;
  if (taken.part == 0) {
    for (int64_t v = first; v < width; ++v)
      into[v] = std::min(into[v], time + rest[v - whole]);
    return;
  }
  Value part = taken.part, other = 1 - part;
  for (int64_t v = first; v < width; ++v)
    into[v] = std::min(into[v], time + (other * rest[v - whole] + part * rest[v - whole - 1]));
}

/// Leaf and Tape of (s, t), and nothing else yet.
template <typename Value>
void StagedTables<Value>::enterInto(int64_t s, int64_t t) {
  std::fill(entered.begin(), entered.end(), infinity<Value>);
  const ChainItem &item = chain.item(origin + s + 1);
  if (t == s + 1) {
    if (item.isBlock())
      return;
    for (const Mode &mode : modes[t])
      for (int64_t v = work[t]; v < width; ++v)
        entered[v] = std::min(entered[v], mode.once);
    return;
  }
  Value way = 0;
  if (item.stage->restartable) {
    way = static_cast<Value>(wayFrom(s + 1, t));
    kept->load(keptCell(row(SegmentKind::Held, s + 1), t), rest.data());
  } else {
    cores->load(coreCell(s + 1, t), rest.data());
  }
  for (const Mode &mode : modes[s + 1])
    relaxShifted(entered.data(), rest.data(), mode.tape, mode.need, mode.once - way);
}

template <typename Value>
void StagedTables<Value>::finishHeld(int64_t s, int64_t t) {
  int64_t cell = keptCell(row(SegmentKind::Held, s), t);
  kept->load(cell, mine.data());
  for (int64_t v = 0; v < width; ++v)
    mine[v] = std::min(mine[v], entered[v]);
  if (t == s + 1)
    for (const Block &block : heldBlocks[t])
      for (int64_t v = block.need; v < width; ++v)
        mine[v] = std::min(mine[v], block.time);
  Value way = static_cast<Value>(wayFrom(s, t));
  for (Value &value : mine)
    value += way;
  kept->store(cell, mine.data());
}

/// Beside (s, t) owned, what keeping its start state is worth in the core.
template <typename Value>
void StagedTables<Value>::finishOwned(int64_t s, int64_t t) {
  int64_t cell = keptCell(row(SegmentKind::Owned, s), t);
  kept->load(cell, mine.data());
  Amount<Value> start = states[s];
  int64_t most = width - start.whole;
  for (int64_t w = 0; w < most; ++w) {
    Value low = entered[w + start.whole];
    if (start.part > 0)
      low = (1 - start.part) * low + start.part * entered[std::min(w + start.whole + 1, width - 1)];
    mine[w] = std::min(mine[w], low);
  }
  if (t == s + 1)
    for (const Block &block : ownedBlocks[t])
      for (int64_t w = block.need; w < most; ++w)
        mine[w] = std::min(mine[w], block.time);
  relaxShifted(inCore.data(), mine.data(), start, start.up() + stateWork[s], 0);
  Value way = static_cast<Value>(wayFrom(s, t));
  for (Value &value : mine)
    value += way;
  std::fill_n(mine.begin(), std::min<int64_t>(wayWork[s][t - s], width), infinity<Value>);
  kept->store(cell, mine.data());
}

/// The choices of (s, t) that are not splits.
template <typename Value>
void StagedTables<Value>::finish(int64_t s, int64_t t) {
  enterInto(s, t);
  inCore = entered;
  if (hasHeld(s))
    finishHeld(s, t);
  if (hasOwned(s))
    finishOwned(s, t);
  cores->store(coreCell(s, t), inCore.data());
}

template <typename Value>
Value StagedTables<Value>::value(SegmentKind kind, int64_t units) const {
  int64_t free = std::min(units, width - 1) - (kind == SegmentKind::Owned ? states[0].whole : 0);
  if (free < 0)
    return infinity<Value>;
  // The whole was finished last.
  Value inTable = kept->at(keptCell(row(kind, 0), items), free) - static_cast<Value>(wayFrom(0, items));
  return std::min(inTable, entered[std::min(units, width - 1)]);
}

template <typename Value>
double StagedTables<Value>::between(const LineTable<Value> &table, int64_t cell, Place place) {
  double low = table.at(cell, place.index);
  if (place.part == 0)
    return low;
  double high = table.at(cell, place.index + 1);
  // Not feasible in whole units, but perhaps in bytes.
  if (low > std::numeric_limits<Value>::max())
    return high * (2 - place.part);
  return low + (high - low) * place.part;
}

template class remat::schedule::StagedTables<float>;
template class remat::schedule::StagedTables<double>;
