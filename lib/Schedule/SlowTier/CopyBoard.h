//===- CopyBoard.h - what is where while transfers run ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The clock, the two channels and the copies of all states and tapes, for one who
// writes a schedule. Besides what the schedule keeps, there are *extra* copies in fast
// memory: those that leave, those that arrive, and those that have left and stay
// because nothing else needs their place.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_COPYBOARD_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_COPYBOARD_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Chain.h"

#include <algorithm>
#include <cstddef>

namespace remat::schedule {

/// A state or a tape.
struct CopyItem {
  enum class Extra { None, Leaving, Arriving, Clean };

  int64_t size = 0;
  /// How often the schedule keeps it.
  int64_t kept = 0;
  /// A copy in fast memory besides, until when its transfer runs, and whether its place
  /// is promised to it until it is used.
  Extra extra = Extra::None;
  int64_t end = 0;
  bool isPromised = false;
  /// Whether there is a copy in the slow tier, and whether it is still wanted.
  bool isSlow = false;
  bool isWanted = false;
  /// The number of the action that uses the slow copy next.
  size_t nextUse = SIZE_MAX;
  /// What not storing it would cost, and whether it is known to be late.
  int64_t gain = 0;
  bool isLate = false;

  bool isFast() const { return kept > 0 || extra != Extra::None; }
  bool isMoving() const { return extra == Extra::Leaving || extra == Extra::Arriving; }
};

class CopyBoard {
public:
  explicit CopyBoard(const Chain &problem);

  /// Items have numbers.
  static int64_t itemOf(bool isTape, int64_t step) { return 2 * step + (isTape ? 1 : 0); }
  static bool isTape(int64_t item) { return item % 2 != 0; }
  static int64_t stepOf(int64_t item) { return item / 2; }

  CopyItem &operator[](int64_t item) { return items[item]; }
  const std::vector<int64_t> &extras() const { return extraItems; }

  /// Appends the action of a state or that of a tape.
  void add(ActionKind ofState, ActionKind ofTape, int64_t item);

  /// An item that nobody keeps has an extra copy now.
  void addExtra(int64_t item, CopyItem::Extra extra);
  /// Starts a transfer of an item that is in fast memory or has a place there.
  void startOut(int64_t item);
  void startBack(int64_t item);
  /// Waits for the transfer of an item, if there is one.
  void await(int64_t item);
  /// Drops the copies that nobody wants, as far as no transfer needs them.
  void settle(int64_t item);
  /// Sees to it that so much and the extra copies fit, of which `exception` stays.
  bool makeRoom(int64_t needed, int64_t exception);
  bool hasSlowRoom(int64_t size) const { return !slow.capacity || slowUsed + size <= *slow.capacity; }

  void run(int64_t time);
  void blame(int64_t item);

  int64_t time() const { return now; }
  int64_t makespan() const { return std::max({now, writerFree, readerFree}); }
  /// If no transfer is late.
  int64_t predictedTime() const;
  bool isReaderFree(int64_t at) const { return readerFree < at; }

  std::vector<Action> actions;
  /// What had better not be stored.
  std::vector<int64_t> unwelcome;

private:
  void evict(int64_t item);
  void blameLeaving();

  const Chain &problem;
  const SlowTier &slow;
  std::vector<CopyItem> items;
  std::vector<int64_t> extraItems;
  int64_t now = 0;
  int64_t writerFree = 0;
  int64_t readerFree = 0;
  /// Time of all steps, and of all transfers each way.
  int64_t running = 0;
  int64_t writing = 0;
  int64_t reading = 0;
  int64_t slowUsed = 0;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_COPYBOARD_H
