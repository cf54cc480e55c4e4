//===- StepEmitter.cpp - Calls of step functions ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StepEmitter.h"

#include "remat/Dialect/Remat/Analysis/BufferLayout.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;
using schedule::LoopPart;
using schedule::MoveKind;

StepEmitter::StepEmitter(ChainOp chain, ForwardSweepOp forward, BackwardSweepOp backward, LoopFrame &frame)
    : chain(chain), forward(forward), backward(backward), frame(frame),
      // The planner checked this size.
      stateBytes(getAlignedBytes(chain.getCarryTypes()).value_or(0)) {}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

static Value makeIndex(ImplicitLocOpBuilder &builder, int64_t value) {
  return arith::ConstantIndexOp::create(builder, value);
}

static Value isEqual(ImplicitLocOpBuilder &builder, Value value, int64_t constant) {
  return builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, value, makeIndex(builder, constant));
}

/// Emits what \p whenTrue does for where \p condition holds, and \p otherwise for where it
/// does not; only one of them if that is known.
static void emitIf(ImplicitLocOpBuilder &builder, Value condition, llvm::function_ref<void()> whenTrue,
                   llvm::function_ref<void()> otherwise = nullptr) {
  if (matchPattern(condition, m_One()))
    return whenTrue();
  if (matchPattern(condition, m_Zero()))
    return otherwise ? otherwise() : void();
  auto choice = scf::IfOp::create(builder, TypeRange(), condition, /*withElseRegion=*/bool(otherwise));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(choice.thenBlock());
  whenTrue();
  if (!otherwise)
    return;
  builder.setInsertionPointToStart(choice.elseBlock());
  otherwise();
}

Value StepEmitter::viewArena(ImplicitLocOpBuilder &builder, Value offset, MemRefType type) {
  return memref::ViewOp::create(builder, type, frame.getArena(), offset, ValueRange());
}

SmallVector<Value> StepEmitter::viewAll(ImplicitLocOpBuilder &builder, Value offset, ArrayAttr types) {
  SmallVector<Value> views;
  int64_t inner = 0;
  for (Type type : types.getAsValueRange<TypeAttr>()) {
    auto tensor = cast<RankedTensorType>(type);
    Value start = builder.createOrFold<arith::AddIOp>(offset, makeIndex(builder, inner));
    views.push_back(viewArena(builder, start, MemRefType::get(tensor.getShape(), tensor.getElementType())));
    inner += getAlignedBytes(tensor).value_or(0);
  }
  return views;
}

Value StepEmitter::getOffset(ImplicitLocOpBuilder &builder, Value place, bool isBackward) {
  Value core = frame.getOffset(builder, isBackward ? LoopPart::BackwardCore : LoopPart::ForwardCore);
  Value second = builder.createOrFold<arith::AddIOp>(core, makeIndex(builder, stateBytes));
  Value slot = builder.createOrFold<arith::AddIOp>(place, frame.getOffset(builder, LoopPart::Slots));
  Value isSlot = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sge, place, makeIndex(builder, 0));
  Value isSecond = isEqual(builder, place, schedule::CoreState1);
  Value isTape = isEqual(builder, place, schedule::CoreTape);
  Value offset = builder.createOrFold<arith::SelectOp>(isSlot, slot, core);
  offset = builder.createOrFold<arith::SelectOp>(isSecond, second, offset);
  return builder.createOrFold<arith::SelectOp>(isTape, frame.getOffset(builder, LoopPart::CoreTape), offset);
}

void StepEmitter::select(ImplicitLocOpBuilder &builder, Value condition, ValueRange whenTrue,
                         MutableArrayRef<Value> values) {
  for (auto [chosen, value] : llvm::zip_equal(whenTrue, values))
    value = builder.createOrFold<arith::SelectOp>(condition, chosen, value);
}

/// Whether an initial carry is a number, which has no memory.
static bool isNumber(Value init) { return !isa<MemRefType>(init.getType()); }

Value StepEmitter::readsInitialState(ImplicitLocOpBuilder &builder, const MoveValues &move) {
  if (forward.getKeptInits().empty())
    return isEqual(builder, move.source, schedule::InitialState);
  // In the slot region, state 0 has only those that are kept there.
  Value isSlot = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sge, move.source, makeIndex(builder, 0));
  return builder.createOrFold<arith::AndIOp>(isSlot, isEqual(builder, move.step, 0));
}

SmallVector<Value> StepEmitter::getSource(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward) {
  SmallVector<Value> states = viewAll(builder, getOffset(builder, move.source, isBackward), chain.getCarryTypes());
  // If all are kept, state 0 lies in its slot like any other.
  if (forward.getKeptInits().size() == states.size())
    return states;
  Value isInitial = readsInitialState(builder, move);
  for (auto [init, state] : llvm::zip_equal(forward.getInits(), states))
    if (!isNumber(init))
      state = builder.createOrFold<arith::SelectOp>(isInitial, init, state);
  return states;
}

SmallVector<Value> StepEmitter::getStepSource(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward) {
  SmallVector<Value> states = getSource(builder, move, isBackward);
  if (llvm::none_of(forward.getInits(), isNumber))
    return states;
  // The only step of a loop writes no core state, and there is but one.
  Value isTaken = isEqual(builder, move.destination, schedule::CoreState1);
  if (!isBackward)
    isTaken = builder.createOrFold<arith::OrIOp>(isTaken, isEqual(builder, forward.getCount(), 1));
  Value place = builder.createOrFold<arith::SelectOp>(isTaken, makeIndex(builder, schedule::CoreState0),
                                                      makeIndex(builder, schedule::CoreState1));
  SmallVector<Value> filled = viewAll(builder, getOffset(builder, place, isBackward), chain.getCarryTypes());
  Value isInitial = readsInitialState(builder, move);
  emitIf(builder, isInitial, [&] {
    for (auto [init, array] : llvm::zip_equal(forward.getInits(), filled))
      if (isNumber(init))
        linalg::FillOp::create(builder, init, array);
  });
  for (auto [init, array, state] : llvm::zip_equal(forward.getInits(), filled, states))
    if (isNumber(init))
      state = builder.createOrFold<arith::SelectOp>(isInitial, array, state);
  return states;
}

SmallVector<Value> StepEmitter::getDestination(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isFirstRun,
                                               bool isBackward) {
  SmallVector<Value> states = viewAll(builder, getOffset(builder, move.destination, isBackward), chain.getCarryTypes());
  if (!isFirstRun)
    return states;
  Value next = builder.createOrFold<arith::AddIOp>(move.step, makeIndex(builder, 1));
  Value isLast = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, next, forward.getCount());
  // What nobody reads stays in core memory, unless the loop is too short to have it.
  Value isShort = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::slt, forward.getCount(),
                                                      makeIndex(builder, schedule::stepsForUnusedResults));
  Value isLastOfShort = builder.createOrFold<arith::AndIOp>(isLast, isShort);
  for (auto [index, state] : llvm::enumerate(states)) {
    bool isUnused = llvm::is_contained(forward.getUnusedFinals(), int64_t(index));
    state = builder.createOrFold<arith::SelectOp>(isUnused ? isLastOfShort : isLast, forward.getFinals()[index], state);
  }
  return states;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

void StepEmitter::addStep(ImplicitLocOpBuilder &builder, SmallVectorImpl<Value> &operands, Value step) {
  Value position = step;
  if (chain.getReversed()) {
    Value last = builder.createOrFold<arith::SubIOp>(forward.getCount(), makeIndex(builder, 1));
    position = builder.createOrFold<arith::SubIOp>(last, step);
  }
  operands.append({step, position});
}

/// Where the temporaries of a function lie that a move of a sweep calls.
static LoopPart getWorkspacePart(StepRole role, bool isBackward) {
  if (!isBackward)
    return LoopPart::ForwardWorkspace;
  switch (role) {
  case StepRole::Reverse:
    return LoopPart::ReverseWorkspace;
  case StepRole::Record:
  case StepRole::ReplayRecord:
    return LoopPart::RecordWorkspace;
  default:
    return LoopPart::ReplayWorkspace;
  }
}

void StepEmitter::addWorkspace(ImplicitLocOpBuilder &builder, SmallVectorImpl<Value> &operands, StepRole role,
                               bool isBackward) {
  int64_t bytes = chain.getWorkspaceBytesOf(static_cast<unsigned>(role));
  auto type = MemRefType::get({bytes}, builder.getI8Type());
  LoopPart part = getWorkspacePart(role, isBackward);
  operands.push_back(viewArena(builder, frame.getOffset(builder, part), type));
  operands.push_back(
      memref::CastOp::create(builder, MemRefType::get({numStepCounters}, builder.getI64Type()), frame.getCounters()));
}

void StepEmitter::call(ImplicitLocOpBuilder &builder, FlatSymbolRefAttr function, ValueRange operands) {
  func::CallOp::create(builder, function, TypeRange(), operands);
}

void StepEmitter::emitStep(ImplicitLocOpBuilder &builder, StepRole role, const MoveValues &move, bool isBackward) {
  bool isFirstRun = role == StepRole::Advance || role == StepRole::Record;
  bool isRecord = role == StepRole::Record || role == StepRole::ReplayRecord;
  SmallVector<Value> operands;
  addStep(builder, operands, move.step);
  llvm::append_range(operands, getStepSource(builder, move, isBackward));
  llvm::append_range(operands, forward.getScans());
  llvm::append_range(operands, forward.getCaptures());
  if (isFirstRun)
    llvm::append_range(operands, forward.getStacked());
  llvm::append_range(operands, getDestination(builder, move, isFirstRun, isBackward));
  if (isRecord)
    llvm::append_range(operands, viewAll(builder, getOffset(builder, move.tape, isBackward), chain.getTapeTypes()));
  // A function that writes nothing over time serves both times.
  if (role == StepRole::Replay && !chain.getReplayAttr())
    role = StepRole::Advance;
  if (role == StepRole::ReplayRecord && !chain.getReplayRecordAttr())
    role = StepRole::Record;
  addWorkspace(builder, operands, role, isBackward);
  switch (role) {
  case StepRole::Advance:
    return call(builder, chain.getAdvanceAttr(), operands);
  case StepRole::Record:
    return call(builder, chain.getRecordAttr(), operands);
  case StepRole::Replay:
    return call(builder, chain.getReplayAttr(), operands);
  default:
    return call(builder, chain.getReplayRecordAttr(), operands);
  }
}

/// Copies each first value into the second one if \p condition holds.
static void copyIf(ImplicitLocOpBuilder &builder, Value condition, ArrayRef<std::pair<Value, Value>> copies) {
  auto copyAll = [&](OpBuilder &inner, Location loc) {
    for (auto [from, to] : copies)
      linalg::CopyOp::create(inner, loc, from, to);
  };
  std::optional<int64_t> known = getConstantIntValue(condition);
  if (copies.empty() || known == int64_t(0))
    return;
  if (known)
    return copyAll(builder, builder.getLoc());
  scf::IfOp::create(builder, condition, [&](OpBuilder &inner, Location loc) {
    copyAll(inner, loc);
    scf::YieldOp::create(inner, loc);
  });
}

void StepEmitter::emitReverse(ImplicitLocOpBuilder &builder, const MoveValues &move) {
  Value next = builder.createOrFold<arith::AddIOp>(move.step, makeIndex(builder, 1));
  Value isLast = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, next, backward.getCount());
  Value isEven = isEqual(builder, builder.createOrFold<arith::AndIOp>(move.step, makeIndex(builder, 1)), 0);
  SmallVector<Value> moved =
      viewAll(builder, frame.getOffset(builder, LoopPart::Gradients), chain.getMovedGradientTypes());
  SmallVector<Value> incoming, outgoing;
  SmallVector<std::pair<Value, Value>> copies;
  for (auto [index, last, first] : llvm::enumerate(backward.getFinalCotangents(), backward.getInitGradients())) {
    // The gradient of the initial carry is what step 0 writes. If a step updates it in
    // place, it is there from the last step on.
    if (chain.isGradientInPlace(index)) {
      copies.emplace_back(last, first);
      incoming.push_back(first);
      continue;
    }
    // Otherwise step t reads what step t + 1 wrote, and two buffers take turns.
    Value other = moved[outgoing.size()];
    Value read = builder.createOrFold<arith::SelectOp>(isEven, other, first);
    incoming.push_back(builder.createOrFold<arith::SelectOp>(isLast, last, read));
    outgoing.push_back(builder.createOrFold<arith::SelectOp>(isEven, first, other));
  }
  copyIf(builder, isLast, copies);

  SmallVector<Value> operands;
  addStep(builder, operands, move.step);
  llvm::append_range(operands,
                     viewAll(builder, getOffset(builder, move.tape, /*isBackward=*/true), chain.getTapeTypes()));
  llvm::append_range(operands, backward.getScans());
  llvm::append_range(operands, backward.getCaptures());
  llvm::append_range(operands, incoming);
  llvm::append_range(operands, backward.getStackedCotangents());
  llvm::append_range(operands, backward.getScanGradients());
  llvm::append_range(operands, backward.getAccumulators());
  llvm::append_range(operands, outgoing);
  addWorkspace(builder, operands, StepRole::Reverse, /*isBackward=*/true);
  call(builder, chain.getReverseAttr(), operands);
}

void StepEmitter::emitResume(ImplicitLocOpBuilder &builder, const MoveValues &move) {
  // The move names the state by the step after it; the tape is of the step before.
  Value step = builder.createOrFold<arith::SubIOp>(move.step, makeIndex(builder, 1));
  SmallVector<Value> operands;
  addStep(builder, operands, step);
  llvm::append_range(operands,
                     viewAll(builder, getOffset(builder, move.source, /*isBackward=*/true), chain.getTapeTypes()));
  llvm::append_range(operands, forward.getScans());
  llvm::append_range(operands, forward.getCaptures());
  llvm::append_range(
      operands, viewAll(builder, getOffset(builder, move.destination, /*isBackward=*/true), chain.getCarryTypes()));
  addWorkspace(builder, operands, StepRole::Resume, /*isBackward=*/true);
  call(builder, chain.getResumeAttr(), operands);
}

void StepEmitter::emitCopy(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward) {
  SmallVector<Value> from = getSource(builder, move, isBackward);
  SmallVector<Value> to = viewAll(builder, getOffset(builder, move.destination, isBackward), chain.getCarryTypes());
  Value isInitial = readsInitialState(builder, move);
  for (auto [source, target, init] : llvm::zip_equal(from, to, forward.getInits())) {
    auto copy = [&, source = source, target = target] { linalg::CopyOp::create(builder, source, target); };
    auto fill = [&, target = target, init = init] { linalg::FillOp::create(builder, init, target); };
    isNumber(init) ? emitIf(builder, isInitial, fill, copy) : copy();
  }
}

void StepEmitter::emitMove(ImplicitLocOpBuilder &builder, MoveKind kind, const MoveValues &move, bool isBackward) {
  switch (kind) {
  case MoveKind::AdvanceFirst:
    return emitStep(builder, StepRole::Advance, move, isBackward);
  case MoveKind::Advance:
    return emitStep(builder, StepRole::Replay, move, isBackward);
  case MoveKind::RecordFirst:
    return emitStep(builder, StepRole::Record, move, isBackward);
  case MoveKind::Record:
    return emitStep(builder, StepRole::ReplayRecord, move, isBackward);
  case MoveKind::Reverse:
    return emitReverse(builder, move);
  case MoveKind::Resume:
    return emitResume(builder, move);
  case MoveKind::Copy:
    return emitCopy(builder, move, isBackward);
  default:
    return;
  }
}

//===----------------------------------------------------------------------===//
// Loops without a plan
//===----------------------------------------------------------------------===//

void StepEmitter::emitForwardLoop(ImplicitLocOpBuilder &builder) {
  auto loop = scf::ForOp::create(builder, makeIndex(builder, 0), forward.getCount(), makeIndex(builder, 1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  // Step t reads the core state that step t - 1 wrote: they take turns.
  Value step = loop.getInductionVar();
  Value isOdd = isEqual(builder, arith::AndIOp::create(builder, step, makeIndex(builder, 1)), 1);
  Value core0 = makeIndex(builder, schedule::CoreState0), core1 = makeIndex(builder, schedule::CoreState1);
  Value source = arith::SelectOp::create(builder, isOdd, core0, core1);
  source =
      arith::SelectOp::create(builder, isEqual(builder, step, 0), makeIndex(builder, schedule::InitialState), source);
  Value destination = arith::SelectOp::create(builder, isOdd, core1, core0);
  emitStep(builder, StepRole::Advance, {step, source, destination, Value()}, /*isBackward=*/false);
}

void StepEmitter::emitNoSteps(ImplicitLocOpBuilder &builder, bool isBackward) {
  ValueRange from = isBackward ? ValueRange(backward.getFinalCotangents()) : ValueRange(forward.getInits());
  ValueRange to = isBackward ? ValueRange(backward.getInitGradients()) : ValueRange(forward.getFinals());
  for (auto [source, target] : llvm::zip_equal(from, to)) {
    if (isNumber(source))
      linalg::FillOp::create(builder, source, target);
    else
      linalg::CopyOp::create(builder, source, target);
  }
}
