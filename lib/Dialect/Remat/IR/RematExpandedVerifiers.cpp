//===- RematExpandedVerifiers.cpp - Constraints of moves --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What each operation of a spelled-out schedule can say at all. Whether it may be
// said where it stands, SchedulePlayer.cpp finds out.
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Alignment.h"
#include "remat/Dialect/Remat/IR/Remat.h"

using namespace mlir;
using namespace remat;

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

LogicalResult PlaceAttr::verify(function_ref<InFlightDiagnostic()> emitError, PlaceKind kind,
                                std::optional<int64_t> number) {
  switch (kind) {
  case PlaceKind::Core:
    if (number != int64_t(0) && number != int64_t(1))
      return emitError() << "expects a core state to be 'core 0' or 'core 1'";
    return success();
  case PlaceKind::Slot:
    if (!number || *number < 0 || *number % schedule::arenaAlignment != 0)
      return emitError() << "expects a slot to have an offset that is not negative and a multiple of "
                         << schedule::arenaAlignment;
    return success();
  case PlaceKind::Initial:
  case PlaceKind::CoreTape:
    if (number)
      return emitError() << "expects no number behind '" << stringifyPlaceKind(kind) << "', but got " << *number;
    return success();
  }
  return success();
}

std::string remat::describePlace(PlaceAttr place) {
  std::string text = ("<" + stringifyPlaceKind(place.getKind())).str();
  if (place.getNumber())
    text += " " + std::to_string(*place.getNumber());
  return text + ">";
}

/// A number of a step, state or tape.
static LogicalResult verifyNumber(Operation *op, StringRef what, int64_t number, int64_t least) {
  if (number >= least)
    return success();
  return op->emitOpError("expects ") << what << " to be at least " << least << ", but got " << number;
}

static LogicalResult verifySlot(Operation *op, PlaceAttr place) {
  if (place.isSlot())
    return success();
  return op->emitOpError("expects a slot, but got ") << describePlace(place);
}

/// Where a step that starts from \p state may read and write; null if it writes no state.
static LogicalResult verifyStepPlaces(Operation *op, int64_t state, PlaceAttr source, PlaceAttr destination) {
  if (!source.isCore() && !source.isSlot() && !(source.isInitial() && state == 0))
    return op->emitOpError("expects to read state ")
           << state << " from a core state" << (state == 0 ? ", a slot or <initial>" : " or a slot") << ", but got "
           << describePlace(source);
  if (destination && !destination.isCore() && !destination.isSlot())
    return op->emitOpError("expects to write to a core state or a slot, but got ") << describePlace(destination);
  return success();
}

static LogicalResult verifyFirst(Operation *op, bool isFirst) {
  bool isForward = isa<ForwardSweepOp>(op->getParentOp());
  if (isFirst == isForward)
    return success();
  return op->emitOpError("expects 'first' in a forward sweep, and only there");
}

static LogicalResult verifyTapePlace(Operation *op, PlaceAttr tape) {
  if (tape.isCoreTape() || tape.isSlot())
    return success();
  return op->emitOpError("expects a tape in <core_tape> or a slot, but got ") << describePlace(tape);
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

LogicalResult RestoreOp::verify() {
  // restore_c1
  if (failed(verifyNumber(*this, "the state", getState(), getFromTape() ? 1 : 0)))
    return failure();
  // restore_c2
  if (!getSource().isSlot() && !(getSource().isInitial() && getState() == 0))
    return emitOpError("expects a slot") << (getState() == 0 ? " or <initial>" : "") << ", but got "
                                         << describePlace(getSource());
  // restore_c3
  if (getDestination() && !getDestination()->isCore())
    return emitOpError("expects to restore to a core state, but got ") << describePlace(*getDestination());
  if (getFromTape() && !getDestination())
    return emitOpError("expects a core state to compute the state into");
  // restore_c4
  if (getFromTape() && !isa<BackwardSweepOp>((*this)->getParentOp()))
    return emitOpError("expects a backward sweep around a state that is computed from a tape");
  return success();
}

LogicalResult CheckpointOp::verify() {
  // checkpoint_c1, checkpoint_c2
  return success(succeeded(verifyNumber(*this, "the state", getState(), 1)) &&
                 succeeded(verifySlot(*this, getPlace())));
}

LogicalResult DiscardOp::verify() {
  // discard_c1, discard_c2
  return success(succeeded(verifyNumber(*this, getIsTape() ? "the tape" : "the state", getNumber(), getIsTape())) &&
                 succeeded(verifySlot(*this, getPlace())));
}

LogicalResult AdvanceOp::verify() {
  // advance_c1
  if (failed(verifyNumber(*this, "the first step", getBegin(), 1)) ||
      failed(verifyNumber(*this, "the last step", getEnd(), getBegin())))
    return failure();
  // advance_c2, advance_c3
  return success(succeeded(verifyStepPlaces(*this, getBegin() - 1, getSource(), getDestination())) &&
                 succeeded(verifyFirst(*this, getFirst())));
}

LogicalResult RecordOp::verify() {
  // record_c1
  if (failed(verifyNumber(*this, "the step", getStep(), 1)))
    return failure();
  // record_c2, record_c3, record_c4
  if (failed(verifyStepPlaces(*this, getStep() - 1, getSource(), getDestinationAttr())) ||
      failed(verifyFirst(*this, getFirst())) || failed(verifyTapePlace(*this, getTape())))
    return failure();
  // record_c5
  bool isForTape = isa<BackwardSweepOp>((*this)->getParentOp()) && getTape().isCoreTape();
  if (isForTape && getDestination())
    return emitOpError("expects no destination of a state in a backward sweep if the tape goes to <core_tape>");
  if (!isForTape && !getDestination())
    return emitOpError("expects a destination of state ") << getStep();
  return success();
}

LogicalResult ReverseOp::verify() {
  // reverse_c1, reverse_c2
  return success(succeeded(verifyNumber(*this, "the step", getStep(), 1)) &&
                 succeeded(verifyTapePlace(*this, getTape())));
}
