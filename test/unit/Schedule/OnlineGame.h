//===- OnlineGame.h - every policy that knows no end --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A policy that does not know the number of steps plays against one who ends the run
// when he likes. The game has all states of a machine that keeps at most m states,
// state 0 among them, and no tape but the one in the core: before the end states may
// be kept, given up and computed again in any order, and after it the best way back is
// taken, found by relaxation over the same machine. Nothing is shared with the
// planners; no closed form is used.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_ONLINEGAME_H
#define REMAT_TEST_UNIT_SCHEDULE_ONLINEGAME_H

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace remat::schedule {

class OnlineGame {
public:
  /// Runs of up to `most` steps. If `leavesTape`, the tape of the step with which a
  /// run ends is in the core, so that it is not run again; Stumm & Walther's steps
  /// leave no tape before the end is known.
  OnlineGame(int64_t states, int64_t most, bool leavesTape);

  /// The fewest forward steps if the number of steps is known.
  int64_t getOptimum(int64_t steps) const { return optimum[static_cast<size_t>(steps)]; }

  /// The largest N <= most for which some policy takes, at each T <= N, at most
  /// excess(T) forward steps more than the optimum.
  int64_t reach(const std::function<int64_t(int64_t)> &excess) const;

private:
  /// Bit i: state i is kept.
  using Kept = uint32_t;
  /// What happens to the slots if the state in the core is kept: every way to do it.
  void forEachWayToKeep(Kept kept, int64_t state, const std::function<void(Kept)> &visit) const;
  void solveWaysBack(int64_t steps);
  int64_t wayBack(Kept kept, int64_t steps) const;

  int64_t states, most;
  bool leavesTape;
  /// The fewest forward steps that reverse so many steps from those kept states.
  std::vector<std::unordered_map<Kept, int64_t>> waysBack;
  std::vector<int64_t> optimum;
};

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_ONLINEGAME_H
