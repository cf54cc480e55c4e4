//===- Timeline.h - What a schedule does, over time -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns actions into what a diagram shows: sweeps along the steps, lifetimes of
// what is kept, and the memory in use. Nothing is stored but what is alive, so a
// schedule may have any length.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_TIMELINE_H
#define REMAT_TOOLS_REMAT_PLAN_TIMELINE_H

#include "remat/Schedule/ChainPlanner.h"

#include <map>
#include <vector>

namespace remat::plantool {

enum class SweepKind { FirstForward, Rerun, Backward };
enum class KeptKind { State, Tape, SlowState, SlowTape };

/// Gets the events; times are in the unit of the library, ascending by their end.
class TimelineSink {
public:
  virtual ~TimelineSink() = default;
  /// States `from` to `to` are passed between two times. `isRecord`: a tape is left.
  virtual void addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool isRecord) = 0;
  /// State or tape `step` is kept between two times.
  virtual void addLifetime(KeptKind kind, int64_t step, int64_t begin, int64_t end) = 0;
  /// A channel is busy between two times.
  virtual void addTransfer(bool isWrite, int64_t begin, int64_t end) = 0;
  /// From `time` on, so much memory is in use.
  virtual void addMemory(int64_t time, int64_t used) = 0;
};

class Timeline {
public:
  Timeline(const schedule::StagedChain &chain, TimelineSink &sink);

  /// Actions of a valid schedule.
  void play(const schedule::Action &action);
  /// Ends all lifetimes.
  void finish();

private:
  using ItemKey = std::pair<KeptKind, int64_t>;
  struct Item {
    int64_t begin;
    int64_t size;
  };

  const schedule::ChainStage &stageOf(int64_t step);
  int64_t modeOf(int64_t step) const;
  int64_t coreSize(KeptKind kind, int64_t step);
  void advance(int64_t from, int64_t to);
  void keep(KeptKind kind, int64_t step, int64_t size);
  void discard(KeptKind kind, int64_t step);
  void transfer(KeptKind kind, int64_t step, bool isWrite);
  void addMemory(int64_t change);

  const schedule::StagedChain &chain;
  TimelineSink &sink;
  std::vector<int64_t> stageEnds;
  size_t stage = 0;
  int64_t now = 0;
  int64_t used = 0;
  /// The last step that has run.
  int64_t frontier = 0;
  /// What is kept, since when.
  std::map<ItemKey, Item> alive;
  /// The last modes of steps, where not 0, and that of the tape in the core.
  std::map<int64_t, int64_t> modes;
  int64_t coreMode = 0;
  /// When the channels are free again, and when each transfer ends.
  int64_t writerFree = 0;
  int64_t readerFree = 0;
  std::map<ItemKey, int64_t> arrivals;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_TIMELINE_H
