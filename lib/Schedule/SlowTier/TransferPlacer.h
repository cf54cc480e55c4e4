//===- TransferPlacer.h - when to move what the slow tier holds -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A draft is a schedule that says which states and tapes the slow tier holds, and
// not when they are moved. The placer starts a copy out when the item is made and
// a copy back as early as there is room until its use. The fast copy of something
// that has left stays as long as nothing else needs its place; what is used
// from it need not come back, and is not written at all in another attempt.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_TRANSFERPLACER_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_TRANSFERPLACER_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Chain.h"

namespace remat::schedule {

enum class DraftKind {
  /// As the actions of these names.
  Advance,
  Record,
  Restore,
  Reverse,
  /// In fast memory; an item may be kept more than once at the same time.
  Keep,
  Discard,
  /// In the slow tier, which takes what is in the core.
  Store,
  Forget
};

struct DraftAction {
  DraftKind kind;
  int64_t step;
  /// Advance: the state that is reached. Record: the mode.
  int64_t to = 0;
  bool isTape = false;
};

struct Placement {
  /// Without it there is no schedule.
  bool isPlaced = false;
  std::vector<Action> actions;
  int64_t time = 0;
  /// The time if no transfer is late: that of the steps or of a channel, whichever
  /// is longer, or of all of them if steps wait.
  int64_t predictedTime = 0;
  /// What had better not be stored: one item for each time that steps wait for a
  /// copy out, that with the least to gain of those on their way; and what has no room.
  struct Item {
    int64_t step;
    bool isTape;
  };
  std::vector<Item> unwelcome;
};

/// Makes the actions of a draft, if there is room for the transfers.
Placement placeTransfers(const Chain &problem, std::vector<DraftAction> draft);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_TRANSFERPLACER_H
