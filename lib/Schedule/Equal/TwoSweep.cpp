//===- TwoSweep.cpp - when every step runs at most twice --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All steps may run twice but `tapes` = floor(v / A) + 1 of them, where v is
// the memory that is free once the start state is gone, and A the size of a
// tape. So no decision may cost a tape of what follows, and each left part has
// at most as many steps as tapes fit when its turn comes. Going along the
// chain:
//
//   * What is left over when the tapes have their room is spent on states
//     first; each one covers a left part as long as there are tapes.
//   * A state whose slot a tape takes over later costs nothing in the end. That
//     is worth its copy only as the first of several states.
//   * Otherwise a tape is kept: it covers a left part and its own step.
//
// Without restartable tapes a kept tape covers its own step only.
//
//===----------------------------------------------------------------------===//

#include "Equal/TwoSweep.h"

#include <algorithm>
#include <vector>

using namespace remat::schedule;
using NodeId = TableBuilder::NodeId;

namespace {
/// One item that is kept along the chain, outermost first.
struct Item {
  NodeKind kind;
  int64_t stride;
  NodeId left;
};

class TwoSweep {
public:
  TwoSweep(const UnitSizes &sizes, Policy policy, bool restartable, TableBuilder &builder)
      : sizes(sizes), reusesSlots(policy == Policy::Optimal), restartable(restartable), builder(builder),
        free(sizes.free), whole(sizes.freeWithoutStart) {}

  std::optional<NodeId> build(int64_t steps);

private:
  int64_t tapesIn(int64_t memory) const { return memory / sizes.tape + 1; }
  NodeId storeAll(int64_t steps);
  bool decide(int64_t &left);
  void keepState(int64_t &left);
  void keepTape(int64_t &left);
  void takeOver(int64_t &left);

  const UnitSizes &sizes;
  bool reusesSlots;
  bool restartable;
  TableBuilder &builder;
  /// Free now, and free once the start state of the segment is gone.
  int64_t free;
  int64_t whole;
  std::vector<Item> items;
};
} // namespace

/// Up to tapesIn(whole) steps whose tapes are all kept.
NodeId TwoSweep::storeAll(int64_t steps) {
  if (steps <= tapesIn(free))
    return builder.storeAll(steps);
  return builder.takeOver(builder.storeAll(steps - 1));
}

void TwoSweep::keepState(int64_t &left) {
  int64_t stride = std::min(tapesIn(whole), left - tapesIn(whole));
  items.push_back({NodeKind::KeepState, stride, storeAll(stride)});
  left -= stride;
  // From now on the start state has a slot that can be used again.
  whole = reusesSlots ? free : free - sizes.state;
  free -= sizes.state;
}

void TwoSweep::keepTape(int64_t &left) {
  int64_t stride = std::min(tapesIn(whole), left - tapesIn(whole));
  items.push_back({NodeKind::KeepTape, stride, storeAll(stride)});
  left -= stride + 1;
  free -= sizes.tape;
  whole = free;
}

void TwoSweep::takeOver(int64_t &left) {
  items.push_back({NodeKind::TakeOver, 0, 0});
  left -= 1;
  whole -= sizes.tape;
  free = whole;
}

/// Keeps one more item. Returns false if that would cost a tape.
bool TwoSweep::decide(int64_t &left) {
  int64_t tapes = tapesIn(whole);
  auto leavesTapes = [&](int64_t memory) { return memory >= 0 && tapesIn(memory) == tapes; };
  // The slot of a state that is kept now may be taken over later.
  bool state = free >= sizes.state && leavesTapes(reusesSlots ? free : free - sizes.state);
  bool isOnly = free < 2 * sizes.state || !leavesTapes(free - sizes.state);
  bool needsNewSlot = reusesSlots && whole == free;
  if (state && !(restartable && needsNewSlot && isOnly))
    keepState(left);
  else if (restartable && free >= sizes.tape && leavesTapes(free))
    keepTape(left);
  else if (restartable && whole > free && whole >= sizes.tape)
    takeOver(left);
  else
    return false;
  return true;
}

std::optional<NodeId> TwoSweep::build(int64_t steps) {
  int64_t left = steps;
  while (left > tapesIn(whole))
    if (!decide(left))
      return std::nullopt;

  NodeId node = storeAll(left);
  for (auto item = items.rbegin(); item != items.rend(); ++item) {
    if (item->kind == NodeKind::KeepState)
      node = builder.keepState(item->stride, 1, item->left, node);
    else if (item->kind == NodeKind::KeepTape)
      node = builder.keepTape(item->stride, 1, item->left, node);
    else
      node = builder.takeOver(node);
  }
  return node;
}

std::optional<NodeId> remat::schedule::buildTwoSweep(const UnitSizes &sizes, Policy policy, int64_t steps,
                                                     bool restartable, TableBuilder &builder) {
  return TwoSweep(sizes, policy, restartable, builder).build(steps);
}
