//===- SlowSearch.cpp - the best schedule in two memories ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A* over machine states, in which every transfer that is under way has the time
// until it ends; what is still to be reversed, and recorded, is the estimate.
// Transfers are started between steps and may queue; a schedule waits only for the
// end of a transfer. What cannot matter any more is dropped at once, or as soon
// as its transfer has ended. What may still matter is dropped only in order to make
// room, and a state is restored only in order to run a step.
//
//===----------------------------------------------------------------------===//

#include "SlowSearch.h"

#include <array>
#include <queue>
#include <unordered_map>

using namespace remat::schedule;

namespace {
constexpr int maxSteps = 5;
/// States 0 to 4, then the tapes of steps 1 to 5.
constexpr int numItems = 2 * maxSteps;

struct Item {
  bool isFast = false;
  bool isSlow = false;
  bool isArriving = false;
  /// Until the transfer ends; 0 is none.
  uint8_t end = 0;

  uint16_t pack() const { return static_cast<uint16_t>(end << 3 | isArriving << 2 | isSlow << 1 | isFast); }
};

/// What has to come next.
enum class Promise : uint8_t { None, Step, Growth };

struct MachineState {
  Promise promise = Promise::None;
  int left = 0;
  int core = 0;
  bool coreTape = false;
  std::array<Item, numItems> items;

  using Key = std::array<uint16_t, numItems + 1>;
  Key pack() const {
    Key key;
    for (int i = 0; i < numItems; ++i)
      key[i] = items[i].pack();
    key[numItems] = static_cast<uint16_t>(static_cast<int>(promise) << 12 | left << 8 | core << 1 | coreTape);
    return key;
  }
  Item &tape(int step) { return items[maxSteps + step - 1]; }
  const Item &tape(int step) const { return items[maxSteps + step - 1]; }
};

struct KeyHash {
  size_t operator()(const MachineState::Key &key) const {
    size_t hash = 0;
    for (uint16_t each : key)
      hash = (hash ^ each) * 0x9e3779b97f4a7c15 + (hash >> 29);
    return hash;
  }
};

class Search {
public:
  Search(const EqualChain &problem, const SlowTier &slow, Offloadable what)
      : problem(problem), slow(slow), what(what), total(static_cast<int>(problem.steps)) {}

  int64_t run();

private:
  struct Entry {
    int64_t estimate;
    int64_t time;
    MachineState state;
    friend bool operator>(const Entry &a, const Entry &b) { return a.estimate > b.estimate; }
  };

  int64_t sizeOf(int item) const {
    return item >= maxSteps ? problem.tape : item > 0 ? problem.state : problem.initialState;
  }
  bool isUseful(int item, int left) const { return item >= maxSteps ? item - maxSteps < left : item < left; }
  bool stays(int item) const { return item == 0 && problem.start != Start::Releasable; }
  int64_t used(const MachineState &state) const;
  int64_t usedSlow(const MachineState &state) const;
  bool fits(const MachineState &state) const { return used(state) + problem.workspace <= problem.budget; }

  int64_t remaining(const MachineState &state) const;
  void reach(MachineState state, int64_t time, int64_t passed = 0);
  void expand(const MachineState &state, int64_t time);
  void expandSteps(const MachineState &state, int64_t time);
  void expandItem(const MachineState &state, int64_t time, int item);
  void transfer(MachineState state, int64_t time, int item, bool isArriving);

  const EqualChain &problem;
  const SlowTier &slow;
  Offloadable what;
  int total;
  std::unordered_map<MachineState::Key, int64_t, KeyHash> best;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> queue;
};
} // namespace

int64_t Search::used(const MachineState &state) const {
  int64_t sum = 0;
  for (int i = 0; i < numItems; ++i)
    if (state.items[i].isFast && !(i == 0 && problem.start == Start::External))
      sum += sizeOf(i);
  return sum;
}

int64_t Search::usedSlow(const MachineState &state) const {
  int64_t sum = 0;
  for (int i = 0; i < numItems; ++i)
    if (state.items[i].isSlow)
      sum += sizeOf(i);
  return sum;
}

/// No more than what is still to come takes.
int64_t Search::remaining(const MachineState &state) const {
  int64_t time = state.left * problem.reverse;
  for (int step = 1; step <= state.left; ++step) {
    const Item &tape = state.tape(step);
    if (!tape.isFast && !tape.isSlow && !(state.coreTape && state.core == step))
      time += problem.record;
  }
  return time;
}

/// The state after some time has passed.
void Search::reach(MachineState state, int64_t time, int64_t passed) {
  int64_t last = 0;
  for (int i = 0; i < numItems; ++i) {
    Item &item = state.items[i];
    item.end = static_cast<uint8_t>(item.end > passed ? item.end - passed : 0);
    last = std::max<int64_t>(last, item.end);
    if (item.end > 0)
      continue;
    item.isArriving = false;
    if (!isUseful(i, state.left))
      item = {stays(i), false, false, 0};
  }
  time += passed;
  if (state.left == 0) {
    // The makespan is that of the last transfer, too.
    time += last;
    state = MachineState();
  }
  auto [it, isNew] = best.emplace(state.pack(), time);
  if (!isNew && it->second <= time)
    return;
  it->second = time;
  queue.push({time + remaining(state), time, state});
}

void Search::transfer(MachineState state, int64_t time, int index, bool isArriving) {
  int64_t duration = isArriving ? slow.readTime(sizeOf(index)) : slow.writeTime(sizeOf(index)), begin = 0;
  for (const Item &other : state.items)
    if (other.end > 0 && other.isArriving == isArriving)
      begin = std::max<int64_t>(begin, other.end);
  Item &item = state.items[index];
  item.isFast = item.isSlow = true;
  state.promise = Promise::None;
  if (used(state) > problem.budget || (slow.capacity && usedSlow(state) > *slow.capacity))
    return;
  if (slow.blocking) {
    reach(state, time, duration);
    return;
  }
  item.isArriving = isArriving;
  item.end = static_cast<uint8_t>(begin + duration);
  reach(state, time);
}

void Search::expandItem(const MachineState &state, int64_t time, int index) {
  const Item &item = state.items[index];
  MachineState next = state;
  if (item.end > 0) {
    if (state.promise == Promise::None)
      reach(state, time, item.end);
    return;
  }
  bool mayMove = index < maxSteps || what == Offloadable::StatesAndTapes;
  if (item.isFast && !item.isSlow && mayMove && (state.promise == Promise::None || slow.capacity))
    transfer(state, time, index, false);
  if (item.isSlow && !item.isFast)
    transfer(state, time, index, true);
  next.promise = Promise::Growth;
  if (item.isFast && !stays(index)) {
    next.items[index].isFast = false;
    reach(next, time);
  } else if (item.isSlow && !item.isFast && slow.capacity) {
    next.items[index].isSlow = false;
    reach(next, time);
  }
}

void Search::expandSteps(const MachineState &state, int64_t time) {
  if (!fits(state))
    return;
  MachineState next = state;
  next.promise = Promise::None;
  bool atEnd = state.coreTape && state.core == state.left;
  const Item &tape = state.tape(state.left);
  if (state.promise == Promise::None && (atEnd || (tape.isFast && !(tape.isArriving && tape.end > 0)))) {
    next.left -= 1;
    next.coreTape = state.coreTape && !atEnd;
    reach(next, time, problem.reverse);
  }
  if (state.core >= state.left)
    return;
  next = state;
  next.promise = Promise::None;
  next.core += 1;
  next.coreTape = false;
  reach(next, time, problem.advance);
  next.coreTape = true;
  reach(next, time, problem.record);
}

void Search::expand(const MachineState &state, int64_t time) {
  if (state.promise == Promise::Step) {
    expandSteps(state, time);
    return;
  }
  MachineState next = state;
  next.promise = Promise::None;
  if (state.core < state.left && !state.items[state.core].isFast) {
    next.items[state.core].isFast = true;
    if (fits(next))
      reach(next, time);
  }
  next = state;
  next.promise = Promise::None;
  if (state.coreTape && !state.tape(state.core).isFast) {
    next.tape(state.core).isFast = true;
    if (fits(next))
      reach(next, time);
  }
  for (int i = 0; i < numItems; ++i)
    expandItem(state, time, i);
  if (state.promise == Promise::Growth)
    return;
  for (int i = 0; i < state.left; ++i) {
    auto isHere = [](const Item &item) { return item.isFast && !(item.isArriving && item.end > 0); };
    bool inTape = i > 0 && problem.restartable && isHere(state.tape(i));
    if (!isHere(state.items[i]) && !inTape)
      continue;
    next = state;
    next.core = i;
    next.coreTape = false;
    next.promise = Promise::Step;
    reach(next, time);
  }
  expandSteps(state, time);
}

int64_t Search::run() {
  MachineState start;
  start.left = total;
  start.items[0].isFast = true;
  if (!fits(start))
    return -1;
  reach(start, 0);
  while (!queue.empty()) {
    auto [estimate, time, state] = queue.top();
    queue.pop();
    if (best[state.pack()] < time)
      continue;
    if (state.left == 0)
      return time;
    expand(state, time);
  }
  return -1;
}

int64_t remat::schedule::searchMakespan(const EqualChain &problem, const SlowTier &slow, Offloadable what) {
  return Search(problem, slow, what).run();
}
