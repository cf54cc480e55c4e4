//===- Timeline.h - What a schedule does, over time -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Turns what the referee sees of a schedule into what a diagram shows: sweeps along
// the steps, lifetimes of what is kept, and the memory in use. Nothing is stored but
// what is alive, so a schedule may have any length.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_TIMELINE_H
#define REMAT_TOOLS_REMAT_PLAN_TIMELINE_H

#include "remat/Schedule/Simulator.h"

#include <map>
#include <utility>

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

/// What the referee sees, as sweeps and lifetimes.
class Timeline final : public schedule::SimulationObserver {
public:
  explicit Timeline(TimelineSink &sink) : sink(sink) {}

  void ran(int64_t from, int64_t to, int64_t begin, int64_t end, bool isRecord) override;
  void reversed(int64_t step, int64_t begin, int64_t end) override;
  void kept(Item item, bool isSlow, int64_t time) override;
  void discarded(Item item, bool isSlow, int64_t time) override;
  void transferred(Item, bool isWrite, int64_t begin, int64_t end) override { sink.addTransfer(isWrite, begin, end); }
  void used(int64_t size, int64_t time) override { sink.addMemory(time, memory = size); }
  void ended(int64_t time) override;

private:
  TimelineSink &sink;
  /// The last step that has run.
  int64_t frontier = 0;
  int64_t memory = 0;
  /// What is kept, since when.
  std::map<std::pair<KeptKind, int64_t>, int64_t> alive;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_TIMELINE_H
