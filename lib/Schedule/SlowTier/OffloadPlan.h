//===- OffloadPlan.h - schedules that offload periodically --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The chain is cut into `intervals` intervals of `interval` steps and a rest. In
// the first sweep the state in front of each interval is offloaded (that in front
// of the rest is at hand; the initial one may stay), and so are the tapes of the
// last `tapes` steps of each. Afterwards the rest is reversed, then
// each interval from the last to the first: its tapes come back and are used, the
// steps in front of them are reversed from their state by the best plan.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_OFFLOADPLAN_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_OFFLOADPLAN_H

#include "remat/Schedule/Chain.h"
#include "remat/Schedule/ChainPlan.h"
#include "remat/Schedule/Solvers.h"

#include <map>

namespace remat::schedule {

struct OffloadShape {
  int64_t interval = 0;
  int64_t intervals = 0;
  int64_t tapes = 0;
  /// Fast memory for what is on its way in or out; the rest is for plans.
  int64_t buffer = 0;
  /// Whether the initial state, which must be releasable, is offloaded too.
  bool movesInitial = false;

  bool isNone() const { return intervals == 0; }
  bool needsStates() const { return tapes < interval; }

  friend bool operator==(const OffloadShape &a, const OffloadShape &b) {
    return a.interval == b.interval && a.intervals == b.intervals && a.tapes == b.tapes && a.buffer == b.buffer &&
           a.movesInitial == b.movesInitial;
  }
};

/// The published scheme: a state is offloaded as soon as the one before has left,
/// and there is a buffer for one. No interval if one covers the chain.
OffloadShape everyInterval(const EqualChain &problem, const SlowTier &slow);

/// Whether what the shape offloads fits in the slow tier.
bool fitsSlowTier(const EqualChain &problem, const SlowTier &slow, const OffloadShape &shape);

/// Best plans of segments inside the memory beside the buffer; remembers them.
class SegmentPlans {
public:
  SegmentPlans(const EqualChain &problem, int64_t buffer, bool movesInitial)
      : problem(problem), buffer(buffer), movesInitial(movesInitial) {}

  /// The plan of a segment that begins at the initial state, or at one that has
  /// a slot. The former is the last to be reversed, so that the buffer is free.
  /// Not ok if there is no room.
  const PlanResult &of(int64_t length, bool fromInitial);

private:
  EqualChain problem;
  int64_t buffer;
  bool movesInitial;
  std::map<std::pair<int64_t, bool>, PlanResult> known;
};

/// The makespan if no transfer is late by more than an interval, or nothing if
/// the shape does not fit or takes longer than `most`. Plans no segment of a shape
/// of which that can be seen without.
std::optional<int64_t> estimateOffload(const EqualChain &problem, const SlowTier &slow, const OffloadShape &shape,
                                       SegmentPlans &plans, int64_t most = INT64_MAX);

/// The schedule; the shape must fit.
std::vector<Action> emitOffload(const EqualChain &problem, const SlowTier &slow, const OffloadShape &shape,
                                SegmentPlans &plans);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_OFFLOADPLAN_H
