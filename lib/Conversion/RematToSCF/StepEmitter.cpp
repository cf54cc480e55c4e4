//===- StepEmitter.cpp - Calls of step functions ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StepEmitter.h"

#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace remat;
using schedule::LoopPart;
using schedule::MoveKind;

StepEmitter::StepEmitter(ChainOp chain, ForwardSweepOp forward, BackwardSweepOp backward, LoopLayout &loopLayout)
    : chain(chain), forward(forward), backward(backward), loopLayout(loopLayout), layout(chain, backward != nullptr) {}

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
  return memref::ViewOp::create(builder, type, loopLayout.getArena(), offset, ValueRange());
}

SmallVector<Value> StepEmitter::viewAll(ImplicitLocOpBuilder &builder, Value offset, ArrayAttr types) {
  SmallVector<Value> views;
  int64_t inner = 0;
  for (Type type : types.getAsValueRange<TypeAttr>()) {
    MemRefType buffer = getBufferType(type);
    Value start = builder.createOrFold<arith::AddIOp>(offset, makeIndex(builder, inner));
    views.push_back(viewArena(builder, start, buffer));
    inner += getAlignedBytes(buffer).value_or(0);
  }
  return views;
}

Value StepEmitter::getOffset(ImplicitLocOpBuilder &builder, PartOffset place) {
  return builder.createOrFold<arith::AddIOp>(loopLayout.getOffset(builder, place.part),
                                             makeIndex(builder, place.offset));
}

SmallVector<Value> StepEmitter::viewState(ImplicitLocOpBuilder &builder, Value place, bool isBackward) {
  Value slot = builder.createOrFold<arith::AddIOp>(place, loopLayout.getOffset(builder, LoopPart::Slots));
  Value isSlot = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::sge, place, makeIndex(builder, 0));
  Value isSecond = isEqual(builder, place, schedule::CoreState1);
  SmallVector<Value> views;
  for (auto [carry, type] : llvm::enumerate(chain.getCarryTypes().getAsValueRange<TypeAttr>())) {
    Value first = getOffset(builder, layout.getCarry(carry, 0, isBackward));
    Value second = getOffset(builder, layout.getCarry(carry, 1, isBackward));
    Value kept = builder.createOrFold<arith::AddIOp>(slot, makeIndex(builder, layout.getStateOffset(carry)));
    Value offset = builder.createOrFold<arith::SelectOp>(isSlot, kept, first);
    offset = builder.createOrFold<arith::SelectOp>(isSecond, second, offset);
    views.push_back(viewArena(builder, offset, getBufferType(type)));
  }
  return views;
}

SmallVector<Value> StepEmitter::viewTape(ImplicitLocOpBuilder &builder, Value place) {
  Value slot = builder.createOrFold<arith::AddIOp>(place, loopLayout.getOffset(builder, LoopPart::Slots));
  Value isCore = isEqual(builder, place, schedule::CoreTape);
  SmallVector<Value> views;
  for (auto [component, type] : llvm::enumerate(chain.getTapeTypes().getAsValueRange<TypeAttr>())) {
    Value core = getOffset(builder, layout.getTape(component));
    Value kept = builder.createOrFold<arith::AddIOp>(slot, makeIndex(builder, layout.getTapeOffset(component)));
    views.push_back(viewArena(builder, builder.createOrFold<arith::SelectOp>(isCore, core, kept), getBufferType(type)));
  }
  return views;
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
  SmallVector<Value> states = viewState(builder, move.source, isBackward);
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
  SmallVector<Value> filled = viewState(builder, place, isBackward);
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
  SmallVector<Value> states = viewState(builder, move.destination, isBackward);
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

ByStepValue<Value> StepEmitter::makeOperands(ImplicitLocOpBuilder &builder, Value step) {
  Value position = step;
  if (chain.getReversed()) {
    Value last = builder.createOrFold<arith::SubIOp>(forward.getCount(), makeIndex(builder, 1));
    position = builder.createOrFold<arith::SubIOp>(last, step);
  }
  ByStepValue<Value> operands;
  operands[StepValue::Step].push_back(step);
  operands[StepValue::Position].push_back(position);
  return operands;
}

void StepEmitter::call(ImplicitLocOpBuilder &builder, StepRole role, Operation *sweep, ByStepValue<Value> &operands,
                       Value workspace) {
  MLIRContext *context = builder.getContext();
  int64_t bytes = chain.getWorkspaceBytesOf(static_cast<unsigned>(role));
  operands[StepValue::Workspace].push_back(viewArena(builder, workspace, getWorkspaceType(context, bytes)));
  operands[StepValue::Counters].push_back(
      memref::CastOp::create(builder, getCountersType(context), loopLayout.getCounters()));
  SmallVector<StepValue> kinds = StepSignature(role).getMemrefArguments();
  for (StepValue kind : kinds)
    llvm::append_range(operands[kind], getSweepOperands(sweep, kind));
  func::CallOp::create(builder, getStepFunction(chain, role), TypeRange(), operands.join(kinds));
}

/// The role whose function runs steps in \p role: one that writes nothing over time serves
/// first runs and others.
static StepRole getServingRole(ChainOp chain, StepRole role) {
  if (role == StepRole::AdvanceAgain && !chain.getAdvanceAgainAttr())
    return StepRole::Advance;
  if (role == StepRole::RecordAgain && !chain.getRecordAgainAttr())
    return StepRole::Record;
  return role;
}

void StepEmitter::callForward(ImplicitLocOpBuilder &builder, StepRole role, Value step, ValueRange carries,
                              ValueRange next, ValueRange recorded, Value workspace) {
  ByStepValue<Value> operands = makeOperands(builder, step);
  llvm::append_range(operands[StepValue::Carry], carries);
  llvm::append_range(operands[StepValue::NextCarry], next);
  llvm::append_range(operands[StepValue::Recorded], recorded);
  call(builder, getServingRole(chain, role), forward, operands, workspace);
}

void StepEmitter::emitAdvance(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward) {
  LoopPart workspace = isBackward ? LoopPart::AgainWorkspace : LoopPart::ForwardWorkspace;
  callForward(builder, isBackward ? StepRole::AdvanceAgain : StepRole::Advance, move.step,
              getStepSource(builder, move, isBackward), getDestination(builder, move, !isBackward, isBackward),
              /*recorded=*/{}, loopLayout.getOffset(builder, workspace));
}

SmallVector<Value> StepEmitter::pickRecorded(ValueRange tape) {
  SmallVector<Value> recorded;
  for (auto [component, value] : llvm::enumerate(tape))
    if (!chain.getTapeCarry(component))
      recorded.push_back(value);
  return recorded;
}

void StepEmitter::copyState(ImplicitLocOpBuilder &builder, const MoveValues &move, ValueRange from,
                            ArrayRef<Value> to) {
  Value isInitial = readsInitialState(builder, move);
  for (auto [source, target, init] : llvm::zip_equal(from, to, forward.getInits())) {
    if (!target)
      continue;
    auto copy = [&, source = source, target = target] { linalg::CopyOp::create(builder, source, target); };
    auto fill = [&, target = target, init = init] { linalg::FillOp::create(builder, init, target); };
    isNumber(init) ? emitIf(builder, isInitial, fill, copy) : copy();
  }
}

void StepEmitter::copyToTape(ImplicitLocOpBuilder &builder, const MoveValues &move, ValueRange carries,
                             ValueRange tape) {
  SmallVector<Value> targets(carries.size());
  for (auto [component, target] : llvm::enumerate(tape))
    if (std::optional<unsigned> carry = chain.getTapeCarry(component))
      targets[*carry] = target;
  copyState(builder, move, carries, targets);
}

void StepEmitter::bringToCore(ImplicitLocOpBuilder &builder, StepRole role, const MoveValues &move, ValueRange carries,
                              ValueRange core) {
  auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(chain, getStepFunction(chain, role));
  SmallVector<Value> targets(carries.size());
  unsigned first = StepSignature(role).getFirstArgument(StepValue::Carry, chain);
  for (size_t carry = 0; carry < carries.size(); ++carry)
    if (!function.getArgument(first + carry).use_empty())
      targets[carry] = core[carry];
  for (size_t component = 0; component < chain.getTapeTypes().size(); ++component)
    if (std::optional<unsigned> carry = chain.getTapeCarry(component))
      targets[*carry] = core[*carry];
  Value isElsewhere = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ne, move.source,
                                                          makeIndex(builder, schedule::CoreState0));
  emitIf(builder, isElsewhere, [&] { copyState(builder, move, carries, targets); });
}

void StepEmitter::emitRecord(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward) {
  Value isCore = isEqual(builder, move.tape, schedule::CoreTape);
  SmallVector<Value> source = getSource(builder, move, isBackward), tape = viewTape(builder, move.tape);
  SmallVector<Value> core = viewState(builder, makeIndex(builder, schedule::CoreState0), isBackward);
  SmallVector<Value> recorded = pickRecorded(tape);
  auto recordAgain = [&] {
    copyToTape(builder, move, source, tape);
    SmallVector<Value> next = getDestination(builder, move, /*isFirstRun=*/false, isBackward);
    callForward(builder, StepRole::RecordAgain, move.step, getStepSource(builder, move, isBackward), next, recorded,
                loopLayout.getOffset(builder, LoopPart::AgainWorkspace));
  };
  auto linearize = [&] {
    bringToCore(builder, StepRole::Linearize, move, source, core);
    callForward(builder, StepRole::Linearize, move.step, core, /*next=*/{}, recorded,
                loopLayout.getOffset(builder, LoopPart::LinearizeWorkspace));
  };
  if (isBackward)
    return emitIf(builder, isCore, linearize, recordAgain);

  // The state in core state 0 becomes part of the tape, so the next one goes to the other.
  MoveValues to = move;
  to.destination =
      builder.createOrFold<arith::SelectOp>(isCore, makeIndex(builder, schedule::CoreState1), move.destination);
  SmallVector<Value> carries = getStepSource(builder, to, isBackward);
  emitIf(
      builder, isCore, [&] { bringToCore(builder, StepRole::Record, move, source, core); },
      [&] { copyToTape(builder, move, source, tape); });
  select(builder, isCore, core, carries);
  SmallVector<Value> next = getDestination(builder, to, /*isFirstRun=*/true, isBackward);
  Value workspace =
      builder.createOrFold<arith::SelectOp>(isCore, loopLayout.getOffset(builder, LoopPart::TurnWorkspace),
                                            loopLayout.getOffset(builder, LoopPart::ForwardWorkspace));
  callForward(builder, StepRole::Record, move.step, carries, next, recorded, workspace);
}

void StepEmitter::emitReverse(ImplicitLocOpBuilder &builder, const MoveValues &move) {
  Value next = builder.createOrFold<arith::AddIOp>(move.step, makeIndex(builder, 1));
  Value isLast = builder.createOrFold<arith::CmpIOp>(arith::CmpIPredicate::eq, next, backward.getCount());
  Value isEven = isEqual(builder, builder.createOrFold<arith::AndIOp>(move.step, makeIndex(builder, 1)), 0);
  SmallVector<Value> moved =
      viewAll(builder, loopLayout.getOffset(builder, LoopPart::Gradients), chain.getMovedGradientTypes());
  SmallVector<Value> incoming, outgoing;
  SmallVector<std::pair<Value, Value>> copies;
  for (auto [index, last, first] : llvm::enumerate(backward.getFinalCotangents(), backward.getInitGradients())) {
    // The gradient of the initial carry is what step 0 writes. If a step updates it in
    // place, it is there from the last step on.
    if (chain.isGradientInPlace(index)) {
      if (last != first)
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
  if (!copies.empty())
    emitIf(builder, isLast, [&] {
      for (auto [from, to] : copies)
        linalg::CopyOp::create(builder, from, to);
    });

  ByStepValue<Value> operands = makeOperands(builder, move.step);
  operands[StepValue::Tape] = viewTape(builder, move.tape);
  operands[StepValue::Gradient] = incoming;
  operands[StepValue::PreviousGradient] = outgoing;
  call(builder, StepRole::Reverse, backward, operands, loopLayout.getOffset(builder, LoopPart::ReverseWorkspace));
}

void StepEmitter::emitResume(ImplicitLocOpBuilder &builder, const MoveValues &move) {
  // The move names the state by the step after it; the tape is of the step before.
  Value step = builder.createOrFold<arith::SubIOp>(move.step, makeIndex(builder, 1));
  ByStepValue<Value> operands = makeOperands(builder, step);
  operands[StepValue::Tape] = viewTape(builder, move.source);
  operands[StepValue::NextCarry] = viewState(builder, move.destination, /*isBackward=*/true);
  call(builder, StepRole::Resume, forward, operands, loopLayout.getOffset(builder, LoopPart::AgainWorkspace));
}

void StepEmitter::emitCopy(ImplicitLocOpBuilder &builder, const MoveValues &move, bool isBackward) {
  copyState(builder, move, getSource(builder, move, isBackward), viewState(builder, move.destination, isBackward));
}

void StepEmitter::emitMove(ImplicitLocOpBuilder &builder, MoveKind kind, const MoveValues &move, bool isBackward) {
  switch (kind) {
  case MoveKind::AdvanceFirst:
  case MoveKind::AdvanceAgain:
    return emitAdvance(builder, move, isBackward);
  case MoveKind::RecordFirst:
  case MoveKind::RecordAgain:
    return emitRecord(builder, move, isBackward);
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
  emitAdvance(builder, {step, source, destination, Value()}, /*isBackward=*/false);
}

void StepEmitter::emitNoSteps(ImplicitLocOpBuilder &builder, bool isBackward) {
  ValueRange from = isBackward ? ValueRange(backward.getFinalCotangents()) : ValueRange(forward.getInits());
  ValueRange to = isBackward ? ValueRange(backward.getInitGradients()) : ValueRange(forward.getFinals());
  for (auto [source, target] : llvm::zip_equal(from, to)) {
    if (isNumber(source))
      linalg::FillOp::create(builder, source, target);
    else if (source != target)
      linalg::CopyOp::create(builder, source, target);
  }
}
