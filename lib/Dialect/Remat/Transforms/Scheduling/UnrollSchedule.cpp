//===- UnrollSchedule.cpp - Schedules move by move --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs the walker in the compiler, so that the unrolled form makes the moves of the
// table form by construction, and writes down what it says. What the walker leaves
// to the reader is spelled out here: when a state that is kept is read again, and
// what is kept from when to when.
//
//===----------------------------------------------------------------------===//

#include "UnrollSchedule.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Schedule/PlanTable.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat;
using schedule::Move;
using schedule::MoveKind;

uint64_t remat::countMoves(PlanAttr plan) {
  uint64_t moves = plan.getSteps();
  for (int64_t count : {plan.getAdvances(), plan.getRecords(), plan.getResumes(), plan.getCopies()})
    moves = llvm::SaturatingAdd(moves, uint64_t(count));
  return moves;
}

namespace {
/// Writes moves, first into the schedule of one sweep, then into that of the other.
class ScheduleWriter {
public:
  ScheduleWriter(MLIRContext *context, bool keepsInitialState) : builder(context), loc(builder.getUnknownLoc()) {
    if (keepsInitialState)
      kept.insert(0);
  }

  void begin(Operation *sweep, Region &schedule);
  void write(const Move &move);

private:
  void writeAdvance(const Move &move);
  void writeRecord(const Move &move);
  void dropState(const Move &move);

  /// Restores \p state from \p place unless it is in work there.
  void bring(int64_t state, int64_t place);
  /// A step has written \p state to \p place.
  void leave(int64_t state, int64_t place);
  PlaceAttr getPlace(int64_t code);

  OpBuilder builder;
  Location loc;
  bool isForward = false;
  /// The state in work, or none if negative, and its place as a code of the walker.
  int64_t workState = -1, workPlace = schedule::NoPlace;
  /// The last operation, if more steps may join it, and where its last step reads.
  AdvanceOp run;
  int64_t runSource = schedule::NoPlace;
  /// The states that are kept.
  llvm::DenseSet<int64_t> kept;
};
} // namespace

void ScheduleWriter::begin(Operation *sweep, Region &schedule) {
  builder.createBlock(&schedule);
  loc = sweep->getLoc();
  isForward = isa<ForwardSweepOp>(sweep);
  // The core states of the two sweeps are different memory.
  workState = -1;
  run = {};
}

PlaceAttr ScheduleWriter::getPlace(int64_t code) {
  MLIRContext *context = builder.getContext();
  switch (code) {
  case schedule::CoreState0:
    return PlaceAttr::getCore(context, 0);
  case schedule::CoreState1:
    return PlaceAttr::getCore(context, 1);
  case schedule::CoreTape:
    return PlaceAttr::get(context, PlaceKind::CoreTape, std::nullopt);
  case schedule::InitialState:
    return PlaceAttr::get(context, PlaceKind::Initial, std::nullopt);
  default:
    return PlaceAttr::getSlot(context, code);
  }
}

void ScheduleWriter::bring(int64_t state, int64_t place) {
  if (workState == state && workPlace == place)
    return;
  RestoreOp::create(builder, loc, state, /*from_tape=*/false, getPlace(place), PlaceAttr());
  workState = state;
  workPlace = place;
}

void ScheduleWriter::leave(int64_t state, int64_t place) {
  workState = state;
  workPlace = place;
  if (place < 0)
    return;
  CheckpointOp::create(builder, loc, state, getPlace(place));
  kept.insert(state);
  run = {};
}

/// The core state to which a step that is followed by another one writes.
static int64_t getCoreBetween(int64_t source) {
  return source == schedule::CoreState0 ? schedule::CoreState1 : schedule::CoreState0;
}

void ScheduleWriter::writeAdvance(const Move &move) {
  bool goesOn = run && workState == move.step && workPlace == move.src && move.src == getCoreBetween(runSource);
  if (goesOn) {
    run.setEnd(move.step + 1);
    run.setDestinationAttr(getPlace(move.dst));
  } else {
    bring(move.step, move.src);
    run = AdvanceOp::create(builder, loc, isForward, move.step + 1, move.step + 1, getPlace(move.src),
                            getPlace(move.dst));
  }
  runSource = move.src;
  leave(move.step + 1, move.dst);
}

void ScheduleWriter::writeRecord(const Move &move) {
  bring(move.step, move.src);
  // Core state 0 becomes part of a tape in the core, so the state goes to the other one
  // in the forward sweep, where it is the final one, and nowhere in the backward sweep.
  bool isCoreTape = move.tape == schedule::CoreTape;
  PlaceAttr destination;
  if (!isCoreTape || isForward)
    destination = getPlace(isCoreTape ? schedule::CoreState1 : move.dst);
  RecordOp::create(builder, loc, isForward, move.step + 1, getPlace(move.src), destination, getPlace(move.tape));
  if (!isCoreTape)
    return leave(move.step + 1, move.dst);
  workState = -1;
  workPlace = schedule::NoPlace;
}

void ScheduleWriter::dropState(const Move &move) {
  // The walker drops a state whose slot was taken over a second time.
  if (!kept.erase(move.step))
    return;
  DiscardOp::create(builder, loc, /*is_tape=*/false, move.step, getPlace(move.src));
  if (workPlace == move.src)
    workState = -1;
}

void ScheduleWriter::write(const Move &move) {
  bool isAdvance = move.kind == MoveKind::AdvanceFirst || move.kind == MoveKind::AdvanceAgain;
  if (isAdvance)
    return writeAdvance(move);
  run = {};
  switch (move.kind) {
  case MoveKind::RecordFirst:
  case MoveKind::RecordAgain:
    return writeRecord(move);
  case MoveKind::Reverse:
    ReverseOp::create(builder, loc, move.step + 1, getPlace(move.tape));
    return;
  case MoveKind::Resume:
  case MoveKind::Copy:
    RestoreOp::create(builder, loc, move.step, move.kind == MoveKind::Resume, getPlace(move.src), getPlace(move.dst));
    workState = move.step;
    workPlace = move.dst;
    return;
  case MoveKind::DropState:
    return dropState(move);
  case MoveKind::DropTape:
    DiscardOp::create(builder, loc, /*is_tape=*/true, move.step + 1, getPlace(move.tape));
    return;
  default:
    return;
  }
}

void remat::unrollSchedule(ForwardSweepOp forward, BackwardSweepOp backward, ChainOp chain) {
  ArrayRef<int64_t> words = chain.getPlanAttr().getTable().asArrayRef();
  schedule::PlanTable table(std::vector<int64_t>(words.begin(), words.end()));
  // The planner checked these sizes.
  int64_t state = getAlignedBytes(chain.getCarryTypes()).value_or(0);
  int64_t tape = getAlignedBytes(chain.getTapeTypes()).value_or(0);
  int64_t initial = getAlignedBytes(chain.getCarryTypes(), forward.getKeptInits()).value_or(0);
  std::vector<schedule::Walker::Frame> stack(size_t(table.stackDepth()));
  schedule::Walker walker;
  walker.begin(table.data(), {state, tape, initial}, stack.data(), /*drops=*/true);

  ScheduleWriter writer(chain.getContext(), table.getStart() != schedule::Start::External);
  writer.begin(forward, forward.getSchedule());
  for (Move move = walker.next(); move.kind != MoveKind::Done; move = walker.next()) {
    if (move.kind == MoveKind::Turn)
      writer.begin(backward, backward.getSchedule());
    writer.write(move);
  }
}
