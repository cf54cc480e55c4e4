//===- Walker.h - plays a plan table move by move ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The walker turns a plan table into physical moves, one per call, each with
// the places it reads and writes (remat/ABI/Moves.h). It runs inside the compiled
// program, so it neither allocates nor recurses nor needs a library: the caller gives
// the table and the memory of the stack (see stackDepth() in PlanTable.h), and
// Walker.cpp compiles with -fno-exceptions -fno-rtti and leaves no symbol of the C++
// library behind.
//
// The moves of the example in TableFormat.h, states of 64 bytes and tapes of 192, c0, c1
// and ct being the core places (WalkerTest, Example):
//
//   AdvanceFirst 0 initial -> c0     Reverse 6 ct                  Record 0 initial -> c0, 0
//   AdvanceFirst 1 c0 -> c1          Reverse 5 192                 Record 1 c0 -> c1, 192
//   AdvanceFirst 2 c1 -> c0          Resume  4 0 -> c0             Record 2 c1 -> c0, ct
//   RecordFirst  3 c0 -> c1, 0       Record  4 c0 -> c1, ct        Reverse 2 ct
//   AdvanceFirst 4 c1 -> c0          Reverse 4 ct                  Reverse 1 192
//   RecordFirst  5 c0 -> c1, 192     Reverse 3 0                   Reverse 0 0
//   RecordFirst  6 c1 -> c0, ct
//   Turn                             (columns one after the other)
//
// The walker trusts its table: run validate() of PlanTable.h on any table that
// was not just built by this library.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_WALKER_H
#define REMAT_SCHEDULE_WALKER_H

#include "remat/ABI/Moves.h"
#include "remat/ABI/TableFormat.h"
#include "remat/ABI/Walk.h"

namespace remat::schedule {

/// Turns a table into moves. A plain aggregate: copy it, place it anywhere, and
/// call begin() first. O(1) amortised per move.
class Walker {
  enum class StartKind : int16_t;
  enum class Phase : int16_t;

public:
  /// One segment in progress. The memory of the stack is an array of these.
  struct Frame {
    int64_t node;
    /// The segment: steps lo..hi-1.
    int64_t lo;
    int64_t hi;
    /// Where the state before step lo is, and how it is read.
    int64_t start;
    /// First free byte of the slot region.
    int64_t top;
    /// Items kept or steps reversed so far.
    int64_t iteration;
    /// In which the tape was recorded that the state is read from, if any.
    int32_t startMode;
    StartKind startKind;
    Phase phase;
  };

  /// Begins the walk of `words`, a valid table, with `stack` pointing to
  /// stackDepth() frames. With `drops`, DropState and DropTape moves are made.
  void begin(const int64_t *words, SlotSizes slotSizes, Frame *stack, bool drops = false);

  /// Returns the next move; Done for ever once the walk is over.
  Move next();

  /// Behind an advance: makes all advances of the run at once but for the last one, which
  /// knows where the run ends. Returns the step that comes next.
  int64_t skipRun();

private:
  bool visit(Frame &frame, Move &move);
  bool visitKeepState(Frame &frame, const Node &node, Move &move);
  bool visitKeepTape(Frame &frame, const Node &node, Move &move);
  bool visitRunToEnd(Frame &frame, const Node &node, Move &move);
  bool visitTakeOver(Frame &frame, const Node &node, Move &move);

  /// How the state is read that a segment or a run starts from.
  struct Origin;

  bool enter(Frame &frame, int64_t node, int64_t lo, int64_t hi, Origin origin, int64_t top);
  void push(int64_t node, int64_t lo, int64_t hi, Origin origin, int64_t top);
  void beginRun(int64_t lo, int64_t to, Origin origin, int64_t destination);
  Move continueRun();
  Move makeRecord(int64_t step, int64_t tape, int64_t mode, int64_t destination);
  bool makeReverse(int64_t step, int64_t tape, int64_t mode, Move &move);
  int64_t recordDestination(const Node &node, int64_t slot) const;
  int64_t otherCore(int64_t place) const;

  const int64_t *table;
  Frame *frames;
  SlotSizes sizes;
  int64_t depth;
  /// Steps that have run at least once.
  int64_t frontier;
  /// The run in progress: the state before step runAt is at runPlace, or has to
  /// be computed from the tape there first, of mode runMode; the state before step runTo goes to
  /// runDestination (NoPlace: a core state).
  int64_t runAt;
  int64_t runTo;
  int64_t runPlace;
  int64_t runMode;
  int64_t runDestination;
  /// The newest state in the core: the step that it is in front of, its place.
  int64_t coreStep;
  int64_t corePlace;
  int32_t mustResume;
  int32_t restartable;
  int32_t turned;
  int32_t withDrops;
};

static_assert(sizeof(Walker) <= REMAT_WALKER_BYTES, "a walk has to fit");
static_assert(sizeof(Walker::Frame) == REMAT_FRAME_BYTES, "programs count frames of this size");

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_WALKER_H
