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
// can not be restarted; Maddison 2024). There the tape and end options are
// combinations of the others.
//
//===----------------------------------------------------------------------===//

#include "RowNetwork.h"

#include <algorithm>

using namespace remat::schedule;

/// All values >= 0 that `from` reaches by subtracting `a` and `b`, ascending;
/// empty if there are more than `limit`.
static std::vector<int64_t> reachable(std::vector<int64_t> from, int64_t a,
                                      int64_t b, int64_t limit) {
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

  // Too wide for flags: one descending list per number of times that `b` was
  // subtracted would overlap, so collect and sort.
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
  Follower(const std::vector<int64_t> &values, int64_t distance)
      : values(values), distance(distance) {}

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
} // namespace

static int64_t tapesIn(int64_t free, const UnitSizes &sizes) {
  return free < 0 ? 1 : free / sizes.tape + 1;
}

RowNetwork remat::schedule::buildNetwork(const UnitSizes &sizes, Policy policy,
                                         bool restartable, int64_t maxRows) {
  RowNetwork network;
  network.restartable = restartable;
  network.startsInCore = !restartable;
  bool msm = policy == Policy::Msm;
  int64_t takenOver = sizes.freeWithoutStart - sizes.tape;
  std::vector<int64_t> from = {sizes.free};
  if (!msm && takenOver >= 0)
    from.push_back(takenOver);
  std::vector<int64_t> values =
      reachable(from, sizes.state, sizes.tape, maxRows / 2);
  if (values.empty())
    return network;

  // Per value the owned row, if any, and then the held row.
  bool hasOwned = !msm;
  bool hasHeld = restartable;
  int32_t perValue = hasOwned + hasHeld;
  auto owned = [&](int64_t index) -> int32_t {
    return index < 0 ? -1 : static_cast<int32_t>(index * perValue);
  };
  auto held = [&](int64_t index) -> int32_t {
    return index < 0 ? -1 : static_cast<int32_t>(index * perValue + hasOwned);
  };

  Follower lessState(values, sizes.state), lessTape(values, sizes.tape),
      lessBoth(values, sizes.state + sizes.tape);
  network.rows.reserve(values.size() * perValue + 1);
  for (int64_t i = 0, e = static_cast<int64_t>(values.size()); i < e; ++i) {
    int64_t v = values[i];
    int64_t noState = lessState.find(v), noTape = lessTape.find(v),
            noBoth = lessBoth.find(v);
    if (hasOwned) {
      Row row;
      row.tapes = tapesIn(v, sizes);
      row.plainTapes = tapesIn(v - sizes.state, sizes);
      // An owned row needs the state to fit; below that nothing leads to it.
      if (!restartable) {
        row.state = owned(noState);
        row.takeOver = owned(noTape);
      } else if (v >= sizes.state) {
        row.state = v >= 2 * sizes.state ? owned(noState) : -1;
        row.tape = held(noBoth);
        row.takeOver = held(noTape);
        row.runToEnd = true;
      }
      network.rows.push_back(row);
    }
    if (hasHeld) {
      Row row;
      row.tapes = row.plainTapes = tapesIn(v, sizes);
      row.state = msm ? held(noState) : v >= sizes.state ? owned(i) : -1;
      row.tape = held(noTape);
      row.runToEnd = true;
      network.rows.push_back(row);
    }
  }

  auto indexOf = [&](int64_t v) -> int64_t {
    auto it = std::lower_bound(values.begin(), values.end(), v);
    return it != values.end() && *it == v ? it - values.begin() : -1;
  };
  Row top;
  top.tapes = tapesIn(sizes.freeWithoutStart, sizes);
  top.plainTapes = tapesIn(sizes.free, sizes);
  int64_t whole = indexOf(sizes.free);
  if (msm) {
    top = network.rows[held(whole)];
  } else if (!restartable) {
    top.state = owned(whole);
    top.takeOver = owned(indexOf(takenOver));
  } else {
    top.state = sizes.free >= sizes.state ? owned(whole) : -1;
    top.tape = held(indexOf(sizes.free - sizes.tape));
    top.takeOver = held(indexOf(takenOver));
    top.runToEnd = true;
    // Taking over a start state that stays is keeping the tape at once.
    if (sizes.free == sizes.freeWithoutStart)
      top.takeOver = -1;
  }
  network.rows.push_back(top);
  return network;
}
