//===- ScheduleOps.cpp - Spelled-out schedules become calls ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each operation is a move that the walker could have asked for, or several; the
// emitter cannot tell the difference, except that all choices fold.
//
//===----------------------------------------------------------------------===//

#include "ScheduleOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace remat;
using schedule::MoveKind;

static int64_t getCode(PlaceAttr place) {
  switch (place.getKind()) {
  case PlaceKind::Initial:
    return schedule::InitialState;
  case PlaceKind::Core:
    return place.getPosition() == 0 ? schedule::CoreState0 : schedule::CoreState1;
  case PlaceKind::CoreTape:
    return schedule::CoreTape;
  case PlaceKind::Slot:
    return place.getPosition();
  }
  return schedule::NoPlace;
}

namespace {
class ScheduleOpEmitter {
public:
  ScheduleOpEmitter(ImplicitLocOpBuilder &builder, StepEmitter &emitter, bool isBackward)
      : builder(builder), emitter(emitter), isBackward(isBackward) {}

  void emit(RestoreOp op) {
    // A state that stays where it is is read there.
    if (std::optional<PlaceAttr> destination = op.getDestination())
      move(op.getFromTape() ? MoveKind::Resume : MoveKind::Copy, op.getState(), getCode(op.getSource()),
           getCode(*destination), schedule::NoPlace);
  }
  void emit(AdvanceOp op) {
    MoveKind kind = op.getFirst() ? MoveKind::AdvanceFirst : MoveKind::AdvanceAgain;
    int64_t source = getCode(op.getSource()), end = op.getEnd();
    for (int64_t step = op.getBegin(); step <= end; ++step) {
      int64_t between = source == schedule::CoreState0 ? schedule::CoreState1 : schedule::CoreState0;
      int64_t destination = step == end ? getCode(op.getDestination()) : between;
      move(kind, step - 1, source, destination, schedule::NoPlace);
      source = destination;
    }
  }
  void emit(RecordOp op) {
    // A step that runs for its tape in the core writes no state.
    std::optional<PlaceAttr> destination = op.getDestination();
    move(op.getFirst() ? MoveKind::RecordFirst : MoveKind::RecordAgain, op.getStep() - 1, getCode(op.getSource()),
         destination ? getCode(*destination) : schedule::NoPlace, getCode(op.getTape()));
  }
  void emit(ReverseOp op) {
    move(MoveKind::Reverse, op.getStep() - 1, schedule::NoPlace, schedule::NoPlace, getCode(op.getTape()));
  }
  /// What is kept, and until when, has no code.
  void emit(CheckpointOp) {}
  void emit(DiscardOp) {}

private:
  void move(MoveKind kind, int64_t step, int64_t source, int64_t destination, int64_t tape) {
    auto constant = [&](int64_t value) -> Value { return arith::ConstantIndexOp::create(builder, value); };
    emitter.emitMove(builder, kind, {constant(step), constant(source), constant(destination), constant(tape)},
                     isBackward);
  }

  ImplicitLocOpBuilder &builder;
  StepEmitter &emitter;
  bool isBackward;
};
} // namespace

bool remat::emitScheduleOp(ImplicitLocOpBuilder &builder, Operation *op, StepEmitter &emitter, bool isBackward) {
  ScheduleOpEmitter moves(builder, emitter, isBackward);
  return TypeSwitch<Operation *, bool>(op)
      .Case<RestoreOp, CheckpointOp, DiscardOp, AdvanceOp, RecordOp, ReverseOp>([&](auto move) {
        moves.emit(move);
        return true;
      })
      .Default([](Operation *) { return false; });
}
