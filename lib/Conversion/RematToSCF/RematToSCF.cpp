//===- RematToSCF.cpp - Sweeps become loops ----------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loop has no values of its own: what it carries lies in the arena and in the
// walk of the runtime. A switch that yielded buffers would be turned
// into copies or worse by later passes; this one yields nothing.
//
//===----------------------------------------------------------------------===//

#include "ScheduleOps.h"

#include "remat/ABI/Symbols.h"
#include "remat/ABI/Walk.h"
#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace remat {
#define GEN_PASS_DEF_CONVERTREMATTOSCFPASS
#include "remat/Conversion/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;
using schedule::LoopPart;
using schedule::MoveKind;

/// A runtime function that takes and returns i64; pointers are integers.
static func::FuncOp declareRuntime(ModuleOp module, StringRef name, unsigned arguments, bool hasResult) {
  if (auto known = module.lookupSymbol<func::FuncOp>(name))
    return known;
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Type word = builder.getI64Type();
  auto type = builder.getFunctionType(SmallVector<Type>(arguments, word), hasResult ? TypeRange(word) : TypeRange());
  auto function = func::FuncOp::create(builder, module.getLoc(), name, type);
  function.setPrivate();
  return function;
}

/// The address of a buffer as an i64.
static Value getAddress(ImplicitLocOpBuilder &builder, Value buffer) {
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(builder, buffer);
  return arith::IndexCastOp::create(builder, builder.getI64Type(), address);
}

namespace {
/// Lowers the sweeps of one chain.
class SweepLowering {
public:
  SweepLowering(ForwardSweepOp forward, ChainOp chain, const EntryArguments &arguments, ModuleOp module);

  LogicalResult run();

private:
  LogicalResult lower(Operation *sweep, Region &schedule, bool isBackward);
  LogicalResult lowerSchedule(ImplicitLocOpBuilder &builder, Operation *sweep, Region &schedule, bool isBackward);
  void keepStepsApart();
  void beginWalk(ImplicitLocOpBuilder &builder, WalkOp walk);
  void emitWalk(ImplicitLocOpBuilder &builder, bool isBackward);
  void emitSwitch(ImplicitLocOpBuilder &builder, Value kind, Value move, bool isBackward);

  /// The address of a part of the loop in the block of the walk, as an i64.
  Value getWalkAddress(ImplicitLocOpBuilder &builder, schedule::LoopPart part);

  ForwardSweepOp forward;
  BackwardSweepOp backward;
  ChainOp chain;
  ModuleOp module;
  LoopLayout loopLayout;
  StepEmitter emitter;
};
} // namespace

/// The sweep that takes the history of \p forward, if there is one.
static BackwardSweepOp getBackwardSweep(ForwardSweepOp forward) {
  if (!forward.getHistory() || forward.getHistory().use_empty())
    return {};
  return cast<BackwardSweepOp>(*forward.getHistory().user_begin());
}

SweepLowering::SweepLowering(ForwardSweepOp forward, ChainOp chain, const EntryArguments &arguments, ModuleOp module)
    : forward(forward), backward(getBackwardSweep(forward)), chain(chain), module(module), loopLayout(chain, arguments),
      emitter(chain, forward, backward, loopLayout) {}

Value SweepLowering::getWalkAddress(ImplicitLocOpBuilder &builder, LoopPart part) {
  Value offset = loopLayout.getOffset(builder, part);
  Value address = memref::ExtractAlignedPointerAsIndexOp::create(builder, loopLayout.getWalk());
  return arith::IndexCastOp::create(builder, builder.getI64Type(), arith::AddIOp::create(builder, address, offset));
}

void SweepLowering::beginWalk(ImplicitLocOpBuilder &builder, WalkOp walk) {
  Value table;
  if (walk.getTable()) {
    auto global = module.lookupSymbol<memref::GlobalOp>(*walk.getTable());
    table = getAddress(builder, memref::GetGlobalOp::create(builder, global.getType(), *walk.getTable()));
  } else {
    table = loopLayout.getTableAddress(builder);
  }
  auto makeWord = [&](std::optional<int64_t> value) -> Value {
    return arith::ConstantIntOp::create(builder, value.value_or(0), /*width=*/64);
  };
  Value state = makeWord(getAlignedBytes(chain.getCarryTypes()));
  Value tape = makeWord(getAlignedBytes(chain.getTapeTypes()));
  Value initial = makeWord(getAlignedBytes(chain.getCarryTypes(), forward.getKeptInits()));
  Value operands[] = {getWalkAddress(builder, LoopPart::Walk), table, state, tape, initial,
                      getWalkAddress(builder, LoopPart::Stack)};
  func::CallOp::create(builder, declareRuntime(module, symbols::rematWalkBegin, 6, /*hasResult=*/false), operands);
}

void SweepLowering::emitSwitch(ImplicitLocOpBuilder &builder, Value kind, Value move, bool isBackward) {
  SmallVector<MoveKind> kinds;
  if (isBackward) {
    kinds = {MoveKind::AdvanceAgain, MoveKind::RecordAgain, MoveKind::Reverse, MoveKind::Copy};
    if (chain.getResumeAttr())
      kinds.push_back(MoveKind::Resume);
  } else {
    kinds = {MoveKind::AdvanceFirst, MoveKind::RecordFirst, MoveKind::Copy};
  }
  auto load = [&](int64_t position) -> Value {
    Value index = arith::ConstantIndexOp::create(builder, position);
    return arith::IndexCastOp::create(builder, builder.getIndexType(), memref::LoadOp::create(builder, move, index));
  };
  MoveValues values = {load(schedule::StepWord), load(schedule::SourceWord), load(schedule::DestinationWord),
                       load(schedule::TapeWord)};
  SmallVector<int64_t> cases;
  for (MoveKind kind : kinds)
    cases.push_back(static_cast<int64_t>(kind));
  Value selector = arith::IndexCastOp::create(builder, builder.getIndexType(), kind);
  auto switchOp = scf::IndexSwitchOp::create(builder, TypeRange(), selector, cases, cases.size());
  OpBuilder::InsertionGuard guard(builder);
  for (auto [kind, region] : llvm::zip_equal(kinds, switchOp.getCaseRegions())) {
    builder.createBlock(&region);
    emitter.emitMove(builder, kind, values, isBackward);
    scf::YieldOp::create(builder);
  }
  builder.createBlock(&switchOp.getDefaultRegion());
  scf::YieldOp::create(builder);
}

void SweepLowering::emitWalk(ImplicitLocOpBuilder &builder, bool isBackward) {
  Value walk = getWalkAddress(builder, LoopPart::Walk);
  Value moveStart = arith::AddIOp::create(builder, loopLayout.getOffset(builder, LoopPart::Walk),
                                          arith::ConstantIndexOp::create(builder, REMAT_MOVE_OFFSET));
  auto moveType = MemRefType::get({schedule::numMoveWords}, builder.getI64Type());
  Value move = memref::ViewOp::create(builder, moveType, loopLayout.getWalk(), moveStart, ValueRange());
  Value moveAddress = getAddress(builder, move);
  Value end = arith::ConstantIntOp::create(builder, static_cast<int64_t>(isBackward ? MoveKind::Done : MoveKind::Turn),
                                           /*width=*/64);
  Type word = builder.getI64Type();
  auto loop = scf::WhileOp::create(builder, TypeRange(word), ValueRange());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&loop.getBefore());
  func::FuncOp next = declareRuntime(module, symbols::rematWalkNext, 2, /*hasResult=*/true);
  Value kind = func::CallOp::create(builder, next, ValueRange{walk, moveAddress}).getResult(0);
  Value goesOn = arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, kind, end);
  scf::ConditionOp::create(builder, goesOn, kind);
  Block *body = builder.createBlock(&loop.getAfter(), {}, word, builder.getLoc());
  emitSwitch(builder, body->getArgument(0), move, isBackward);
  scf::YieldOp::create(builder);
}

/// A step that is called once per move must not be copied once per move.
void SweepLowering::keepStepsApart() {
  for (const StepFunction &step : getStepFunctions(chain))
    func::FuncOp(step.function).setNoInline(true);
}

/// Emits a sweep of at least one step, if it is not known to have none.
LogicalResult SweepLowering::lowerSchedule(ImplicitLocOpBuilder &builder, Operation *sweep, Region &schedule,
                                           bool isBackward) {
  if (!backward) {
    emitter.emitForwardLoop(builder);
    return success();
  }
  if (schedule.empty())
    return sweep->emitOpError("expects a schedule, which remat-expand-schedule makes");
  for (Operation &op : schedule.front()) {
    if (auto walk = dyn_cast<WalkOp>(op)) {
      if (!isBackward)
        beginWalk(builder, walk);
      emitWalk(builder, isBackward);
      return success();
    }
    if (!emitScheduleOp(builder, &op, emitter, isBackward))
      return op.emitOpError("expects to be something that a sweep does");
  }
  keepStepsApart();
  return success();
}

LogicalResult SweepLowering::lower(Operation *sweep, Region &schedule, bool isBackward) {
  ImplicitLocOpBuilder builder(sweep->getLoc(), sweep);
  if (!loopLayout.isDynamic()) {
    // A differentiated chain without a plan has no steps.
    if (backward ? !chain.getPlanAttr() : getConstantIntValue(forward.getCount()) == int64_t(0)) {
      emitter.emitNoSteps(builder, isBackward);
      return success();
    }
    return lowerSchedule(builder, sweep, schedule, isBackward);
  }
  Value zero = arith::ConstantIndexOp::create(builder, 0);
  Value isEmpty = arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, forward.getCount(), zero);
  auto choice = scf::IfOp::create(builder, TypeRange(), isEmpty, /*withElseRegion=*/true);
  builder.setInsertionPointToStart(choice.thenBlock());
  emitter.emitNoSteps(builder, isBackward);
  builder.setInsertionPointToStart(choice.elseBlock());
  return lowerSchedule(builder, sweep, schedule, isBackward);
}

LogicalResult SweepLowering::run() {
  if (!chain.getLayoutAttr() && !loopLayout.isDynamic())
    return forward.emitOpError("expects a layout, which remat-plan-memory makes");
  if (failed(lower(forward, forward.getSchedule(), /*isBackward=*/false)))
    return failure();
  if (backward) {
    if (failed(lower(backward, backward.getSchedule(), /*isBackward=*/true)))
      return failure();
    backward.erase();
  }
  forward.erase();
  return success();
}

namespace {
struct ConvertRematToSCFPass final : remat::impl::ConvertRematToSCFPassBase<ConvertRematToSCFPass> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    SmallVector<ForwardSweepOp> sweeps;
    module.walk([&](ForwardSweepOp sweep) { sweeps.push_back(sweep); });
    for (ForwardSweepOp sweep : sweeps) {
      auto chain = symbols.lookup<ChainOp>(sweep.getChain());
      auto entry = dyn_cast<func::FuncOp>(sweep->getParentOp());
      std::optional<EntryArguments> arguments;
      if (entry)
        arguments = EntryArguments::find(entry, chain.getLoopNumber().has_value());
      if (!arguments) {
        sweep.emitOpError(
            "expects to stand in a function whose last arguments are the arena, the copies of parameters, "
            "the counters, the block of the walk and, if its plan is made at run time, the plan, which "
            "remat-plan-memory adds");
        return signalPassFailure();
      }
      if (failed(SweepLowering(sweep, chain, *arguments, module).run()))
        return signalPassFailure();
    }
    for (ChainOp chain : llvm::make_early_inc_range(getChains(module)))
      chain.erase();
  }
};
} // namespace
