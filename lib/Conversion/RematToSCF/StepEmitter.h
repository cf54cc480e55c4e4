//===- StepEmitter.h - Calls of step functions ------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Makes the moves of a schedule: turns the step and the places of a move, which
// may be constants or come from the walker, into a call of a step function on
// views of the arena. A place is a code of remat/ABI/Moves.h.
//
// Some values never enter the arena. The first step reads an external initial
// state where it is; the last one writes the final carries where the program wants
// them; the first reverse step reads the cotangents of the final carries, and the
// last one writes the gradients of the initial ones, in the same way. So no value
// is copied at the border of a loop, but for the cotangents of final carries that
// reverse steps update in place: these are moved to where they are updated.
// An initial carry that is a number is filled in by the move that reads it, in the core
// state that is free then.
//
// A step whose tape goes to the core reads its state in core state 0, which shares
// carries with the core tape: the state is copied there unless it is there already.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_CONVERSION_REMATTOSCF_STEPEMITTER_H
#define REMAT_CONVERSION_REMATTOSCF_STEPEMITTER_H

#include "LoopLayout.h"

#include "remat/ABI/Moves.h"
#include "remat/Dialect/Remat/IR/CoreLayout.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace remat {

/// The step and the places of one move; places are of type index. Those that the
/// kind of move does not use are null.
struct MoveValues {
  Value step, source, destination, tape;
};

class StepEmitter {
public:
  /// For a forward sweep and, if it is differentiated, its backward sweep.
  StepEmitter(ChainOp chain, ForwardSweepOp forward, BackwardSweepOp backward, LoopLayout &loopLayout);

  /// Makes one move at the builder's insertion point, as part of the forward
  /// sweep or of the backward sweep. Turn and Done do nothing.
  void emitMove(ImplicitLocOpBuilder &builder, schedule::MoveKind kind, const MoveValues &move, bool isBackward);

  /// Runs all steps forward, keeping nothing.
  void emitForwardLoop(ImplicitLocOpBuilder &builder);

  /// What a sweep of no steps does: initial values are final ones.
  void emitNoSteps(ImplicitLocOpBuilder &builder, bool isBackward);

private:
  /// Runs a step that leaves no tape.
  void emitAdvance(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward);
  void emitRecord(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward);
  void emitReverse(ImplicitLocOpBuilder &builder, const MoveValues &move);
  void emitResume(ImplicitLocOpBuilder &builder, const MoveValues &move);
  void emitCopy(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward);

  /// The step and its position, for any step function.
  ByStepValue<Value> makeOperands(ImplicitLocOpBuilder &builder, Value step);
  /// Calls the function of \p role with \p operands, those of \p sweep, the workspace, which
  /// begins at \p workspace of the arena, and the counters.
  void call(ImplicitLocOpBuilder &builder, StepRole role, Operation *sweep, ByStepValue<Value> &operands,
            Value workspace);
  /// Calls the function that runs a step forward in \p role, on carries and with what it
  /// writes.
  void callForward(ImplicitLocOpBuilder &builder, StepRole role, Value step, ValueRange carries, ValueRange next,
                   ValueRange recorded, Value workspace);
  /// The components of a tape that a step computes.
  SmallVector<Value> pickRecorded(ValueRange tape);
  /// Copies the state that \p move reads, \p from of getSource, to those of \p to that are
  /// not null.
  void copyState(ImplicitLocOpBuilder &builder, const MoveValues &move, ValueRange from, ArrayRef<Value> to);
  /// Copies the carries that are components of \p tape there.
  void copyToTape(ImplicitLocOpBuilder &builder, const MoveValues &move, ValueRange carries, ValueRange tape);
  /// Copies to core state 0 what the function of \p role or the core tape wants there.
  void bringToCore(ImplicitLocOpBuilder &builder, StepRole role, const MoveValues &move, ValueRange carries,
                   ValueRange core);

  Value getOffset(ImplicitLocOpBuilder &builder, PartOffset place);
  /// A view of the arena at byte \p offset.
  Value viewArena(ImplicitLocOpBuilder &builder, Value offset, MemRefType type);
  /// Views of consecutive values of the given tensor types.
  SmallVector<Value> viewAll(ImplicitLocOpBuilder &builder, Value offset, ArrayAttr types);
  /// Views of a state, or of a tape, at \p place.
  SmallVector<Value> viewState(ImplicitLocOpBuilder &builder, Value place, bool isBackward);
  SmallVector<Value> viewTape(ImplicitLocOpBuilder &builder, Value place);
  /// Whether \p move reads state 0 where the program has it.
  Value readsInitialState(ImplicitLocOpBuilder &builder, const MoveValues &move);
  /// The values that a step, or a copy, reads its state from; initial carries that are
  /// numbers stand for themselves.
  SmallVector<Value> getSource(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward);
  /// The same for a step: numbers are filled in where the step does not write.
  SmallVector<Value> getStepSource(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward);
  /// The values that a step writes its carries to: the final ones in the last step.
  SmallVector<Value> getDestination(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isFirstRun,
                                    bool isBackward);
  /// Chooses \p whenTrue over the values of \p values, in place.
  void select(ImplicitLocOpBuilder &builder, Value condition, ValueRange whenTrue, MutableArrayRef<Value> values);

  ChainOp chain;
  ForwardSweepOp forward;
  BackwardSweepOp backward;
  LoopLayout &loopLayout;
  CoreLayout layout;
};

} // namespace remat

#endif // REMAT_CONVERSION_REMATTOSCF_STEPEMITTER_H
