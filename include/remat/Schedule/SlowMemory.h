//===- SlowMemory.h - what the referee knows of the slow tier ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The second memory as an event simulation: one channel that writes and one
// that reads, each of which does its transfers one after the other in the order
// in which they were started. Steps go on meanwhile unless the tier is
// blocking. Part of the Simulator (Simulator.h).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_SLOWMEMORY_H
#define REMAT_SCHEDULE_SLOWMEMORY_H

#include "remat/Schedule/Chain.h"

#include <map>
#include <string>

namespace remat::schedule {

class SlowMemory {
public:
  /// A state or a tape: the step and which of the two.
  struct Item {
    int64_t step;
    bool isTape;

    friend bool operator<(Item a, Item b) { return a.step != b.step ? a.step < b.step : a.isTape < b.isTape; }
  };

  explicit SlowMemory(const SlowTier &tier) : tier(tier) {}

  /// Starts to copy an item of that size, and of that mode if it is a tape, at
  /// the time `now`, which a blocking tier moves on. Returns the broken rule or
  /// nothing.
  std::optional<std::string> offload(Item item, int64_t size, int64_t mode, int64_t &now);

  /// Starts to copy an item back; sets its mode.
  std::optional<std::string> prefetch(Item item, int64_t &now, int64_t &mode);

  /// Waits until the copy of an item has finished.
  std::optional<std::string> await(Item item, int64_t &now);

  /// Whether there is a copy here, whether one is under way, and whether that is
  /// on its way back.
  bool holds(Item item) const { return copies.count(item) != 0; }
  bool isMoving(Item item) const { return directionOf(item) != Direction::None; }
  bool isArriving(Item item) const { return directionOf(item) == Direction::Back; }

  /// Gives up a copy that is held and not moving.
  void drop(Item item);

  /// Whether the broken rule is that the time does not fit in 64 bits.
  bool hasOverflowed() const { return overflowed; }

  int64_t getPeak() const { return peak; }
  /// When the transfer that was started last begins and ends.
  int64_t getBegin() const { return lastBegin; }
  int64_t getEnd() const { return lastEnd; }
  /// When the last transfer ends.
  int64_t end() const { return writerFree > readerFree ? writerFree : readerFree; }

private:
  enum class Direction { None, There, Back };

  struct Copy {
    int64_t size;
    int64_t mode;
    /// The transfer that has not been awaited yet, and when it ends.
    Direction direction;
    int64_t end;
  };

  Direction directionOf(Item item) const;

  /// Occupies a channel from `now` on; false if the time overflows.
  bool transfer(Direction direction, int64_t time, int64_t &now, Copy &copy);

  SlowTier tier;
  std::map<Item, Copy> copies;
  int64_t writerFree = 0;
  int64_t readerFree = 0;
  int64_t lastBegin = 0;
  int64_t lastEnd = 0;
  int64_t used = 0;
  int64_t peak = 0;
  bool overflowed = false;
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_SLOWMEMORY_H
