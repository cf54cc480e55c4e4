//===- RowNetwork.cpp - the recurrence of a policy as a network -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows are named by the memory v that is free once the start state is gone. Per
// v there is a row `held` whose start state stays (in a tape, or for ever), so
// that all of v is usable, and a row `owned` whose start state sits in a slot
// inside v and may be released:
//
//   msm                held(v):  state -> held(v-S)   tape -> held(v-A)     end
//   optimal            held(v):  state -> owned(v)    tape -> held(v-A)     end
//                      owned(v): state -> owned(v-S)  tape -> held(v-S-A)   end
//                                takeOver -> held(v-A)
//   not restartable    owned(v): state -> owned(v-S)  takeOver -> owned(v-A)
//
// with S, A the sizes of state and tape. In the last one the start state of a
// row is in the core, and keeping it takes S of v (schedules with tapes that
// cannot be restarted; Maddison 2024). There the tape and end options are
// combinations of the others.
//
//===----------------------------------------------------------------------===//

#include "Equal/RowNetwork.h"

#include <algorithm>

using namespace remat::schedule;

/// All values >= 0 that `from` reaches by subtracting `a` and `b`, ascending;
/// empty if there are more than `limit`.
static std::vector<int64_t> reachable(std::vector<int64_t> from, int64_t a, int64_t b, int64_t limit) {
  int64_t highest = *std::max_element(from.begin(), from.end());
  std::vector<int64_t> values;
  if (highest < limit) {
    std::vector<bool> seen(highest + 1, false);
    for (int64_t value : from)
      if (value >= 0)
        seen[value] = true;
    for (int64_t v = highest; v >= 0; --v) {
      if (!seen[v])
        continue;
      if (v >= a)
        seen[v - a] = true;
      if (v >= b)
        seen[v - b] = true;
    }
    for (int64_t v = 0; v <= highest; ++v)
      if (seen[v])
        values.push_back(v);
    return values;
  }

  // Too wide for flags: list all combinations, and sort.
  for (int64_t value : from)
    for (int64_t v = value; v >= 0; v -= b)
      for (int64_t w = v; w >= 0; w -= a) {
        values.push_back(w);
        if (static_cast<int64_t>(values.size()) > 2 * limit)
          return {};
      }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (static_cast<int64_t>(values.size()) > limit)
    return {};
  return values;
}

namespace {
/// Finds the index of v - distance for ascending v in constant amortised time.
class Follower {
public:
  Follower(const std::vector<int64_t> &sorted, int64_t distance) : values(sorted), distance(distance) {}

  /// Index of `v - distance`, or -1.
  int64_t find(int64_t v) {
    while (values[index] < v - distance)
      ++index;
    return values[index] == v - distance ? index : -1;
  }

private:
  const std::vector<int64_t> &values;
  int64_t distance;
  int64_t index = 0;
};

class NetworkBuilder {
public:
  NetworkBuilder(const UnitSizes &sizes, bool msm, bool restartable, int64_t maxRows)
      : sizes(sizes), msm(msm), restartable(restartable), takenOver(sizes.freeWithoutStart - sizes.tape) {
    std::vector<int64_t> from = {sizes.free};
    if (!msm && takenOver >= 0)
      from.push_back(takenOver);
    values = reachable(from, sizes.state, sizes.tape, maxRows / 2);
  }

  RowNetwork build();

private:
  /// Indices of v less a state, a tape, and both.
  struct Smaller {
    int64_t state;
    int64_t tape;
    int64_t both;
  };

  // Per value the owned row, if any, and then the held row.
  bool hasOwned() const { return !msm; }
  bool hasHeld() const { return restartable; }
  int64_t rowsPerValue() const { return hasOwned() + hasHeld(); }
  int32_t owned(int64_t index) const { return index < 0 ? -1 : static_cast<int32_t>(index * rowsPerValue()); }
  int32_t held(int64_t index) const {
    return index < 0 ? -1 : static_cast<int32_t>(index * rowsPerValue() + hasOwned());
  }

  int64_t tapesIn(int64_t free) const { return free < 0 ? 1 : free / sizes.tape + 1; }
  int64_t indexOf(int64_t value) const;
  Row ownedRow(int64_t index, const Smaller &smaller) const;
  Row heldRow(int64_t index, const Smaller &smaller) const;
  Row topRow() const;

  const UnitSizes &sizes;
  bool msm;
  bool restartable;
  /// Free once a tape has taken over the slot of the initial state.
  int64_t takenOver;
  std::vector<int64_t> values;
};
} // namespace

int64_t NetworkBuilder::indexOf(int64_t value) const {
  auto it = std::lower_bound(values.begin(), values.end(), value);
  return it != values.end() && *it == value ? it - values.begin() : -1;
}

Row NetworkBuilder::ownedRow(int64_t index, const Smaller &smaller) const {
  int64_t v = values[index];
  Row row;
  row.tapes = tapesIn(v);
  row.plainTapes = tapesIn(v - sizes.state);
  if (!restartable) {
    row.state = owned(smaller.state);
    row.takeOver = owned(smaller.tape);
  } else if (v >= sizes.state) {
    row.state = v >= 2 * sizes.state ? owned(smaller.state) : -1;
    row.tape = held(smaller.both);
    row.takeOver = held(smaller.tape);
    row.runToEnd = true;
  }
  // With less than a state no row leads here.
  return row;
}

Row NetworkBuilder::heldRow(int64_t index, const Smaller &smaller) const {
  int64_t v = values[index];
  Row row;
  row.tapes = row.plainTapes = tapesIn(v);
  if (msm)
    row.state = held(smaller.state);
  else if (v >= sizes.state)
    row.state = owned(index);
  row.tape = held(smaller.tape);
  row.runToEnd = true;
  return row;
}

/// The row of the initial state, which may be of another size than the others.
Row NetworkBuilder::topRow() const {
  int64_t whole = indexOf(sizes.free);
  Row row;
  row.tapes = tapesIn(sizes.freeWithoutStart);
  row.plainTapes = tapesIn(sizes.free);
  if (!restartable) {
    row.state = owned(whole);
    row.takeOver = owned(indexOf(takenOver));
    return row;
  }
  if (msm)
    row.state = held(indexOf(sizes.free - sizes.state));
  else if (sizes.free >= sizes.state)
    row.state = owned(whole);
  row.tape = held(indexOf(sizes.free - sizes.tape));
  row.runToEnd = true;
  // Taking over a start state that stays is keeping the tape at once.
  if (sizes.free != sizes.freeWithoutStart)
    row.takeOver = held(indexOf(takenOver));
  return row;
}

RowNetwork NetworkBuilder::build() {
  RowNetwork network;
  network.restartable = restartable;
  network.startsInCore = !restartable;
  if (values.empty())
    return network;

  Follower lessState(values, sizes.state), lessTape(values, sizes.tape), lessBoth(values, sizes.state + sizes.tape);
  int64_t count = static_cast<int64_t>(values.size());
  network.rows.reserve(count * rowsPerValue() + 1);
  for (int64_t i = 0; i < count; ++i) {
    int64_t v = values[i];
    Smaller smaller = {lessState.find(v), lessTape.find(v), lessBoth.find(v)};
    if (hasOwned())
      network.rows.push_back(ownedRow(i, smaller));
    if (hasHeld())
      network.rows.push_back(heldRow(i, smaller));
  }
  network.rows.push_back(topRow());
  return network;
}

RowNetwork remat::schedule::buildNetwork(const UnitSizes &sizes, Policy policy, bool restartable, int64_t maxRows) {
  return NetworkBuilder(sizes, policy == Policy::Msm, restartable, maxRows).build();
}
