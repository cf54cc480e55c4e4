//===- SlowModes.h - the slow tier as modes of one memory -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The planner of unequal steps chooses among modes. A tape in the slow tier is one
// more mode: it takes no memory, and its transfers take time. A state in the slow
// tier is the tape of a *relay*, a step between two others that does nothing. If
// steps wait for transfers, the times of such a problem are those of the schedule, but
// for what is read more than once. Otherwise time on the channel has a price, which is to
// be chosen such that the channel is in use and not late.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_SLOWMODES_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_SLOWMODES_H

#include "SlowTier/TransferPlacer.h"

namespace remat::schedule {

/// What a unit of time on the channel costs, and who may use it.
struct SlowModesOptions {
  /// In `priceUnit`-ths of the time of a step.
  int64_t price = 0;
  static constexpr int64_t priceUnit = 64;
  /// Of things that gain the same, which move: the first ones, the last ones, or as
  /// the planner likes.
  enum class Preference { None, Early, Late };
  Preference preference = Preference::None;
  /// Fast memory for transfers.
  int64_t buffer = 0;
  /// By step, from 1: whether its tape, and by state, from 0: whether it, may be
  /// in the slow tier.
  std::vector<bool> tapes;
  std::vector<bool> states;
};

class SlowModes {
public:
  SlowModes(const Chain &problem, const SlowModesOptions &options);

  /// The problem in one memory.
  const Chain &chain() const { return plain; }

  /// What a schedule of that problem is in the two memories.
  std::vector<DraftAction> draft(const std::vector<Action> &actions) const;

private:
  struct Step {
    /// The step, or the state of a relay.
    int64_t number;
    bool isRelay;
    /// Modes from here on are those in the slow tier.
    int64_t slowModes;
    /// The state behind it.
    int64_t state() const { return number; }
  };

  Chain plain;
  /// From 1 on.
  std::vector<Step> steps;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_SLOWMODES_H
