//===- OnlineSweep.cpp - what to keep if no end is known ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First m - 1 gaps of one step, then *parts* of at most three. The parts make up *groups*
// of m + 1, m, ..., 3 steps: the gaps of one step and a part of two are the first of
// them. Where a slot is needed, two neighbours of the same group become one gap.
//
// When the run ends, an open gap of two or three steps, the last of which leaves its tape,
// is best; one of a single step costs one forward step more, and that is where a new
// part begins. Hence parts of three, and of two where a group does not come out even.
// Without the tape the best open gaps are those of one or two steps, so parts have two.
//
//===----------------------------------------------------------------------===//

#include "Equal/OnlineSweep.h"

#include "Equal/Binomial.h"

#include <algorithm>

using namespace remat::schedule;

int64_t OnlineSweep::takeWaiting() {
  int64_t state = waiting[head++];
  // What lies in front of the head is only rarely moved out of the way.
  if (head >= 64 && 2 * head > waiting.size()) {
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(head));
    head = 0;
  }
  return state;
}

/// Groups are divided into the longest parts that are as good as shorter ones, and into
/// a shorter one or two if that does not come out even.
void OnlineSweep::planPart() {
  if (rest == 0)
    rest = nextGroup--;
  int64_t longest = leavesTape && rest != 4 ? 3 : 2;
  part = std::min(rest, longest);
  rest -= part;
}

/// Joins the first two gaps that belong to one group. There are m gaps with the one
/// that ends at `state` and m - 1 groups, so there are two.
int64_t OnlineSweep::dropWithinGroup(int64_t state) {
  while (true) {
    int64_t start = settled.empty() ? 0 : settled.back();
    int64_t length = slots + 2 - static_cast<int64_t>(settled.size());
    int64_t end = head + 1 < waiting.size() ? waiting[head + 1] : state;
    int64_t first = takeWaiting();
    if (end - start <= length)
      return first;
    settled.push_back(first);
  }
}

OnlineSweep::Change OnlineSweep::pass(int64_t state) {
  if (slots == 0)
    return {};
  if (!isFull()) {
    waiting.push_back(state);
    // The last part of one step is followed by what the first group lacks.
    if (isFull())
      planPart();
    return {true};
  }
  if (provedEnd > 0)
    return passBeyond(state);
  if (state - lastKept() < part)
    return {};
  int64_t dropped = dropWithinGroup(state);
  waiting.push_back(state);
  if (rest == 0 && nextGroup < 3) {
    provedEnd = state + (leavesTape ? 5 : 3);
    settled = getKept();
    waiting.clear();
    head = 0;
  } else {
    planPart();
  }
  return {true, dropped};
}

/// With the state kept, two neighbours become one gap: the two for which the kept
/// states are reversed in the fewest steps. It is not kept if a run that ends r - 1
/// steps behind it is better off without, where r is the number of runs that the
/// optimum needs.
OnlineSweep::Change OnlineSweep::passBeyond(int64_t state) {
  while (reach <= state) {
    ++runs;
    reach = reach * (slots + 1 + runs) / runs;
  }
  int64_t open = state - settled.back();
  if (state < provedEnd || open < runs)
    return {};
  size_t last = settled.size();
  auto gap = [&](size_t i) { return (i < last ? settled[i] : state) - (i > 0 ? settled[i - 1] : 0); };
  auto freeSlots = [&](size_t i) { return static_cast<int64_t>(last + 1 - i); };
  std::vector<int64_t> before(last + 1, 0);
  for (size_t i = 0; i < last; ++i)
    before[i + 1] = before[i] + binomialForward(freeSlots(i), gap(i));

  // The steps behind `state` that are run again.
  int64_t again = leavesTape ? runs - 2 : runs - 1;
  int64_t least = before[last] + binomialForward(1, open + again) - binomialForward(1, again), behind = 0;
  size_t dropped = last;
  for (size_t i = last; i-- > 0;) {
    int64_t cost = before[i] + binomialForward(freeSlots(i), gap(i) + gap(i + 1)) + behind;
    behind += binomialForward(freeSlots(i), gap(i + 1));
    if (cost <= least) {
      least = cost;
      dropped = i;
    }
  }
  if (dropped == last)
    return {};
  int64_t old = settled[dropped];
  settled.erase(settled.begin() + static_cast<std::ptrdiff_t>(dropped));
  settled.push_back(state);
  return {true, old};
}

std::vector<int64_t> OnlineSweep::getKept() const {
  std::vector<int64_t> kept = settled;
  kept.insert(kept.end(), waiting.begin() + static_cast<std::ptrdiff_t>(head), waiting.end());
  return kept;
}
