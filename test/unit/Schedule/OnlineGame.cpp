//===- OnlineGame.cpp - every policy that knows no end ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OnlineGame.h"

#include <algorithm>
#include <set>
#include <tuple>

using namespace remat::schedule;

static constexpr int64_t infinite = INT64_MAX / 2;

static uint32_t bit(int64_t state) { return uint32_t(1) << state; }

/// The kept states that `steps` steps may begin with.
static uint32_t below(uint32_t kept, int64_t steps) { return kept & (bit(steps) - 1); }

OnlineGame::OnlineGame(int64_t states, int64_t most, bool leavesTape)
    : states(states), most(most), leavesTape(leavesTape), waysBack(static_cast<size_t>(most) + 1),
      optimum(static_cast<size_t>(most) + 1, infinite) {
  waysBack[0] = {{0, 0}};
  for (int64_t steps = 1; steps <= most; ++steps)
    solveWaysBack(steps);
  for (int64_t steps = 1; steps <= most; ++steps) {
    int64_t rest = leavesTape ? steps - 1 : steps;
    for (const auto &[kept, cost] : waysBack[static_cast<size_t>(rest)])
      optimum[static_cast<size_t>(steps)] = std::min(optimum[static_cast<size_t>(steps)], steps + cost);
  }
}

void OnlineGame::forEachWayToKeep(Kept kept, int64_t state, const std::function<void(Kept)> &visit) const {
  if (kept & bit(state))
    return;
  if (__builtin_popcount(kept) < states)
    visit(kept | bit(state));
  // Nothing can be reversed without state 0.
  for (int64_t other = 1; other <= most; ++other)
    if (kept & bit(other))
      visit((kept & ~bit(other)) | bit(state));
}

/// Relaxes over all sets of kept states and all states in the core until nothing
/// gets better.
void OnlineGame::solveWaysBack(int64_t steps) {
  std::vector<Kept> sets;
  for (Kept kept = 1; kept < bit(steps); kept += 2)
    if (__builtin_popcount(kept) <= states)
      sets.push_back(kept);
  std::unordered_map<Kept, size_t> index;
  for (size_t i = 0; i < sets.size(); ++i)
    index[sets[i]] = i;

  // costs[set][state in the core]
  std::vector<std::vector<int64_t>> costs(sets.size(), std::vector<int64_t>(static_cast<size_t>(steps), infinite));
  for (size_t i = 0; i < sets.size(); ++i)
    costs[i].back() = 1 + wayBack(below(sets[i], steps - 1), steps - 1);
  for (bool changes = true; changes;) {
    changes = false;
    for (size_t i = 0; i < sets.size(); ++i)
      for (int64_t core = steps - 1; core >= 0; --core) {
        int64_t &cost = costs[i][static_cast<size_t>(core)], best = cost;
        if (core + 1 < steps)
          best = std::min(best, 1 + costs[i][static_cast<size_t>(core) + 1]);
        for (int64_t other = 0; other < steps; ++other)
          if (sets[i] & bit(other))
            best = std::min(best, costs[i][static_cast<size_t>(other)]);
        forEachWayToKeep(sets[i], core,
                         [&](Kept next) { best = std::min(best, costs[index[next]][static_cast<size_t>(core)]); });
        changes |= best < cost;
        cost = best;
      }
  }
  // The core holds nothing of use when the first state is restored.
  for (size_t i = 0; i < sets.size(); ++i) {
    int64_t best = infinite;
    for (int64_t state = 0; state < steps; ++state)
      if (sets[i] & bit(state))
        best = std::min(best, costs[i][static_cast<size_t>(state)]);
    waysBack[static_cast<size_t>(steps)][sets[i]] = best;
  }
}

int64_t OnlineGame::wayBack(Kept kept, int64_t steps) const {
  return waysBack[static_cast<size_t>(steps)].at(below(kept, steps));
}

int64_t OnlineGame::reach(const std::function<int64_t(int64_t)> &excess) const {
  // Kept states, the one in the core, and how many steps were run more than once.
  struct Position {
    Kept kept;
    int64_t core, extra;
    bool operator<(const Position &other) const {
      return std::tie(kept, core, extra) < std::tie(other.kept, other.core, other.extra);
    }
  };
  std::set<Position> arrivals = {{1, 1, 0}};
  for (int64_t steps = 1; steps <= most; ++steps) {
    // The run may end now.
    std::vector<Position> open;
    for (const Position &position : arrivals) {
      int64_t rest = wayBack(position.kept, leavesTape ? steps - 1 : steps);
      if (steps + position.extra + rest <= getOptimum(steps) + excess(steps))
        open.push_back(position);
    }
    if (open.empty())
      return steps - 1;
    // It goes on: anything may be done in front of the next step.
    std::set<Position> seen(open.begin(), open.end());
    arrivals.clear();
    int64_t mostExtra = excess(steps + 1);
    auto move = [&](const Position &position) {
      if (position.extra <= mostExtra && seen.insert(position).second)
        open.push_back(position);
    };
    while (!open.empty()) {
      Position at = open.back();
      open.pop_back();
      if (at.core == steps)
        arrivals.insert({at.kept, steps + 1, at.extra});
      else
        move({at.kept, at.core + 1, at.extra + 1});
      for (int64_t state = 0; state < steps; ++state)
        if (at.kept & bit(state))
          move({at.kept, state, at.extra});
      forEachWayToKeep(at.kept, at.core, [&](Kept next) { move({next, at.core, at.extra}); });
    }
  }
  return most;
}
