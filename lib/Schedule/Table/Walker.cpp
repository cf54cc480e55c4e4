//===- Walker.cpp - plays a plan table move by move -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each node kind is a small state machine over the phases below. A visit of the
// topmost frame either makes a move, or starts a run, or pushes or pops a
// frame; next() repeats visits until there is a move. The last `left` of a node
// takes the place of its frame, so the stack grows with the number of kept
// items that still wait, not with the number of segments behind each other.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Walker.h"

using namespace remat::schedule;

/// How the start state of a segment is read.
enum class Walker::StartKind : int16_t {
  /// It lies at the given place, and stays there.
  Stored,
  /// It has to be computed from the tape at the given place.
  InTape,
  /// It is in the core just now, and can be read once.
  InCore
};

enum class Walker::Phase : int16_t { Forward, Drop, Record, Back, Left };

struct Walker::Origin {
  StartKind kind;
  int64_t place;
  /// Of the tape, if it is one.
  int64_t mode = 0;

  static Origin of(const Frame &frame) { return {frame.startKind, frame.start, frame.startMode}; }
  static Origin stored(int64_t place) { return {StartKind::Stored, place}; }
  /// Behind a step whose tape is kept.
  static Origin behind(int64_t tape, int64_t mode, bool restartable) {
    return {restartable ? StartKind::InTape : StartKind::InCore, tape, mode};
  }
};

void Walker::begin(const int64_t *words, SlotSizes slotSizes, Frame *stack, bool drops) {
  const TableHeader header = headerOf(words);
  table = words;
  frames = stack;
  sizes = slotSizes;
  restartable = header.restartable != 0;
  withDrops = drops;
  bool external = header.start == Start::External;
  depth = 0;
  frontier = 0;
  coreStep = 0;
  corePlace = external ? int64_t(InitialState) : 0;
  turned = false;
  mustResume = false;
  beginRun(0, 0, Origin::stored(corePlace), NoPlace);
  push(header.nodes - 1, 0, header.steps, Origin::stored(runPlace), external ? 0 : sizes.initial);
}

Move Walker::next() {
  if (mustResume || runAt < runTo)
    return continueRun();
  while (depth > 0) {
    Move move;
    if (visit(frames[depth - 1], move))
      return move;
    if (mustResume || runAt < runTo)
      return continueRun();
  }
  bool turn = !turned;
  turned = true;
  return {turn ? MoveKind::Turn : MoveKind::Done, frontier, corePlace, NoPlace, NoPlace};
}

/// Makes the next move of `frame`, if it is not a run or a matter of the stack.
bool Walker::visit(Frame &frame, Move &move) {
  const Node node = nodeOf(table, frame.node);
  switch (node.kind) {
  case NodeKind::Empty:
    --depth;
    return false;
  case NodeKind::Leaf:
  case NodeKind::RunToEnd:
    return visitRunToEnd(frame, node, move);
  case NodeKind::KeepState:
    return visitKeepState(frame, node, move);
  case NodeKind::KeepTape:
    return visitKeepTape(frame, node, move);
  case NodeKind::TakeOver:
    return visitTakeOver(frame, node, move);
  }
  return false;
}

bool Walker::visitKeepState(Frame &frame, const Node &node, Move &move) {
  int64_t &i = frame.iteration;
  switch (frame.phase) {
  case Phase::Forward: {
    if (node.stride == 0)
      i = node.count;
    int64_t at = frame.lo + i * node.stride;
    int64_t slot = frame.top + i * sizes.state;
    if (i == node.count) {
      frame.phase = Phase::Drop;
      push(node.right, at, frame.hi, Origin::stored(slot - sizes.state), slot);
      return false;
    }
    beginRun(at, at + node.stride, i == 0 ? Origin::of(frame) : Origin::stored(slot - sizes.state), slot);
    ++i;
    return false;
  }
  case Phase::Drop:
    frame.phase = Phase::Left;
    move = {MoveKind::DropState, frame.lo + i * node.stride, frame.top + (i - 1) * sizes.state, NoPlace, NoPlace};
    return withDrops;
  default: {
    --i;
    frame.phase = Phase::Drop;
    int64_t at = frame.lo + i * node.stride;
    int64_t slot = frame.top + i * sizes.state;
    return enter(frame, node.left, at, at + node.stride, Origin::stored(slot - sizes.state), slot);
  }
  }
}

bool Walker::visitKeepTape(Frame &frame, const Node &node, Move &move) {
  int64_t &i = frame.iteration;
  auto behind = [&](int64_t tape) { return Origin::behind(tape, node.mode, restartable != 0); };
  int64_t at = frame.lo + i * (node.stride + 1);
  int64_t slot = frame.top + i * sizes.tape;
  switch (frame.phase) {
  case Phase::Forward:
    if (i == node.count) {
      frame.phase = Phase::Back;
      push(node.right, at, frame.hi, behind(slot - sizes.tape), slot);
      return false;
    }
    frame.phase = Phase::Record;
    beginRun(at, at + node.stride, i == 0 ? Origin::of(frame) : behind(slot - sizes.tape), NoPlace);
    return false;
  case Phase::Record:
    ++i;
    frame.phase = Phase::Forward;
    move = makeRecord(at + node.stride, slot, node.mode,
                      i == node.count ? recordDestination(node, slot + sizes.tape) : int64_t(NoPlace));
    return true;
  case Phase::Back:
    if (makeReverse(at - 1, slot - sizes.tape, node.mode, move))
      frame.phase = Phase::Drop;
    return true;
  case Phase::Drop:
    frame.phase = Phase::Left;
    move = {MoveKind::DropTape, at - 1, NoPlace, NoPlace, slot - sizes.tape, node.mode};
    return withDrops;
  case Phase::Left:
    --i;
    frame.phase = Phase::Back;
    at -= node.stride + 1;
    slot -= sizes.tape;
    return enter(frame, node.left, at, at + node.stride, behind(slot - sizes.tape), slot);
  }
  return false;
}

bool Walker::visitRunToEnd(Frame &frame, const Node &node, Move &move) {
  bool leaf = node.kind == NodeKind::Leaf;
  int64_t last = frame.hi - 1;
  switch (frame.phase) {
  case Phase::Forward:
    frame.phase = Phase::Record;
    beginRun(frame.lo, last, Origin::of(frame), NoPlace);
    return false;
  case Phase::Record:
    frame.phase = Phase::Back;
    move = makeRecord(last, CoreTape, node.mode, NoPlace);
    return true;
  default:
    if (!makeReverse(last, CoreTape, node.mode, move))
      return true;
    frame.hi = last;
    frame.phase = Phase::Forward;
    if (leaf)
      --depth;
    else if (++frame.iteration == node.count)
      frame.iteration = 0, frame.node = node.left;
    return true;
  }
}

bool Walker::visitTakeOver(Frame &frame, const Node &node, Move &move) {
  switch (frame.phase) {
  case Phase::Forward:
    // The tape will lie where the step would read its state.
    coreStep = frame.lo;
    corePlace = CoreState0;
    runPlace = corePlace;
    frame.phase = Phase::Drop;
    move = {MoveKind::Copy, frame.lo, frame.start, corePlace, NoPlace};
    return true;
  case Phase::Drop:
    frame.phase = frame.iteration == 0 ? Phase::Record : Phase::Left;
    if (frame.iteration == 0)
      move = {MoveKind::DropState, frame.lo, frame.start, NoPlace, NoPlace};
    else
      move = {MoveKind::DropTape, frame.lo, NoPlace, NoPlace, frame.start, node.mode};
    return withDrops;
  case Phase::Record: {
    int64_t top = frame.start + sizes.tape;
    move = makeRecord(frame.lo, frame.start, node.mode, recordDestination(node, top));
    frame.iteration = 1;
    frame.phase = Phase::Back;
    push(node.right, frame.lo + 1, frame.hi, Origin::behind(frame.start, node.mode, restartable != 0), top);
    return true;
  }
  case Phase::Back:
    if (makeReverse(frame.lo, frame.start, node.mode, move))
      frame.phase = Phase::Drop;
    return true;
  case Phase::Left:
    --depth;
    return false;
  }
  return false;
}

/// Goes to the left part in front of the item that was just dropped. In front
/// of the first item the part has the segment's own start state and replaces
/// it.
bool Walker::enter(Frame &frame, int64_t node, int64_t lo, int64_t hi, Origin origin, int64_t top) {
  bool first = frame.iteration == 0;
  if (first) {
    origin = Origin::of(frame);
    --depth;
  }
  push(node, lo, hi, origin, top);
  return false;
}

void Walker::push(int64_t node, int64_t lo, int64_t hi, Origin origin, int64_t top) {
  frames[depth++] = {node,          lo, hi, origin.place, top, 0, static_cast<int32_t>(origin.mode), origin.kind,
                     Phase::Forward};
}

/// Starts to run from the state in front of step `lo` to the one in front of
/// step `to`, which may be the same: then only the start state is made
/// readable.
void Walker::beginRun(int64_t lo, int64_t to, Origin origin, int64_t destination) {
  runAt = lo;
  runTo = to;
  runPlace = origin.place;
  runMode = origin.mode;
  runDestination = destination;
  bool live = coreStep == lo && origin.kind != StartKind::Stored;
  if (live)
    runPlace = corePlace;
  mustResume = origin.kind == StartKind::InTape && !live;
}

Move Walker::continueRun() {
  Move move = {MoveKind::Resume, runAt, runPlace, NoPlace, NoPlace};
  if (mustResume) {
    mustResume = false;
    move.mode = runMode;
    move.dst = CoreState0;
  } else {
    move.kind = runAt == frontier ? MoveKind::AdvanceFirst : MoveKind::AdvanceAgain;
    frontier += runAt == frontier;
    ++runAt;
    bool inPlace = runAt == runTo && runDestination != NoPlace;
    move.dst = inPlace ? runDestination : otherCore(runPlace);
  }
  runPlace = move.dst;
  if (move.dst < 0) {
    coreStep = runAt;
    corePlace = move.dst;
  }
  return move;
}

int64_t Walker::skipRun() {
  int64_t skipped = runTo - runAt - 1;
  if (skipped <= 0)
    return runAt;
  // Each of them writes the core state that it does not read.
  runPlace = otherCore(runPlace);
  if (skipped % 2 == 0)
    runPlace = otherCore(runPlace);
  runAt += skipped;
  frontier = frontier < runAt ? runAt : frontier;
  coreStep = runAt;
  corePlace = runPlace;
  return runAt;
}

/// Records `step`, whose start state the last run has made readable.
Move Walker::makeRecord(int64_t step, int64_t tape, int64_t mode, int64_t destination) {
  Move move = {MoveKind::RecordAgain, step, runPlace, destination, tape, mode};
  if (step == frontier) {
    ++frontier;
    move.kind = MoveKind::RecordFirst;
  }
  if (destination == NoPlace) {
    move.dst = otherCore(runPlace);
    coreStep = step + 1;
    corePlace = move.dst;
  }
  return move;
}

/// Returns false if the move is the turn, which comes first; then call again.
bool Walker::makeReverse(int64_t step, int64_t tape, int64_t mode, Move &move) {
  if (!turned) {
    turned = true;
    move = {MoveKind::Turn, frontier, corePlace, NoPlace, NoPlace};
    return false;
  }
  move = {MoveKind::Reverse, step, NoPlace, NoPlace, tape, mode};
  return true;
}

/// A right part that begins by keeping its start state gets it in its slot.
int64_t Walker::recordDestination(const Node &node, int64_t slot) const {
  const Node right = nodeOf(table, node.right);
  bool stores = right.kind == NodeKind::KeepState && right.stride == 0;
  return stores ? slot : int64_t(NoPlace);
}

int64_t Walker::otherCore(int64_t place) const { return place == CoreState0 ? CoreState1 : CoreState0; }
