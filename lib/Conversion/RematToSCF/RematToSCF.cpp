//===- RematToSCF.cpp - Sweeps become loops ----------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loop has no values of its own: what it carries lies in the arena, in the
// walk of the runtime and in slots. A switch that yielded buffers would be turned
// into copies or worse by later passes; this one yields nothing.
//
//===----------------------------------------------------------------------===//

#include "StepEmitter.h"

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/Analysis/BufferLayout.h"
#include "remat/Runtime/Runtime.h"

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
  SweepLowering(ForwardSweepOp forward, ChainOp chain, ModuleOp module);

  LogicalResult run();

private:
  LogicalResult lower(Operation *sweep, Region &schedule, bool isBackward);
  void beginWalk(ImplicitLocOpBuilder &builder, WalkOp walk);
  void emitWalk(ImplicitLocOpBuilder &builder, bool isBackward);
  void emitSwitch(ImplicitLocOpBuilder &builder, Value kind, Value move, bool isBackward);

  /// The walk and the move that the runtime writes, in the arena.
  Value viewWalk(ImplicitLocOpBuilder &builder, int64_t offset, int64_t bytes);

  ForwardSweepOp forward;
  BackwardSweepOp backward;
  ChainOp chain;
  ModuleOp module;
  StepEmitter emitter;
};
} // namespace

/// The sweep that takes the history of \p forward, if there is one.
static BackwardSweepOp getBackwardSweep(ForwardSweepOp forward) {
  if (!forward.getHistory() || forward.getHistory().use_empty())
    return {};
  return cast<BackwardSweepOp>(*forward.getHistory().user_begin());
}

/// The arguments that remat-plan-memory added, counted from the last one.
static Value getLastArgument(Operation *sweep, unsigned fromEnd) {
  auto entry = sweep->getParentOfType<func::FuncOp>();
  return entry.getArgument(entry.getNumArguments() - 1 - fromEnd);
}

SweepLowering::SweepLowering(ForwardSweepOp forward, ChainOp chain, ModuleOp module)
    : forward(forward), backward(getBackwardSweep(forward)), chain(chain), module(module),
      emitter(chain, forward, backward, /*arena=*/getLastArgument(forward, 2),
              /*counters=*/getLastArgument(forward, 0)) {}

Value SweepLowering::viewWalk(ImplicitLocOpBuilder &builder, int64_t offset, int64_t bytes) {
  auto type = MemRefType::get({bytes}, builder.getI8Type());
  return emitter.viewArena(builder, chain.getFrameAttr().getWalk() + offset, type);
}

/// The move lies behind the walk, the stack behind the move.
static constexpr int64_t moveOffset = REMAT_WALK_BYTES;
static constexpr int64_t stackOffset = REMAT_WALK_BYTES + arenaAlignment;

void SweepLowering::beginWalk(ImplicitLocOpBuilder &builder, WalkOp walk) {
  auto global = module.lookupSymbol<memref::GlobalOp>(walk.getTable());
  Value table = memref::GetGlobalOp::create(builder, global.getType(), walk.getTable());
  auto makeWord = [&](std::optional<int64_t> value) -> Value {
    return arith::ConstantIntOp::create(builder, value.value_or(0), /*width=*/64);
  };
  Value state = makeWord(getAlignedBytes(chain.getCarryTypes()));
  Value tape = makeWord(getAlignedBytes(chain.getTapeTypes()));
  int64_t stackBytes = chain.getPlanAttr().getStackFrames() * REMAT_FRAME_BYTES;
  Value operands[] = {getAddress(builder, viewWalk(builder, 0, REMAT_WALK_BYTES)),
                      getAddress(builder, table),
                      state,
                      tape,
                      /*initial=*/state,
                      getAddress(builder, viewWalk(builder, stackOffset, stackBytes))};
  func::CallOp::create(builder, declareRuntime(module, "rematWalkBegin", 6, /*hasResult=*/false), operands);
}

void SweepLowering::emitSwitch(ImplicitLocOpBuilder &builder, Value kind, Value move, bool isBackward) {
  SmallVector<MoveKind> kinds;
  if (isBackward) {
    kinds = {MoveKind::Advance, MoveKind::Record, MoveKind::Reverse, MoveKind::Copy};
    if (chain.getResumeAttr())
      kinds.push_back(MoveKind::Resume);
  } else {
    kinds = {MoveKind::AdvanceFirst, MoveKind::RecordFirst, MoveKind::Copy};
  }
  auto load = [&](int64_t position) -> Value {
    Value index = arith::ConstantIndexOp::create(builder, position);
    return arith::IndexCastOp::create(builder, builder.getIndexType(), memref::LoadOp::create(builder, move, index));
  };
  MoveValues values = {load(0), load(1), load(2), load(3)};
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
  Value walk = getAddress(builder, viewWalk(builder, 0, REMAT_WALK_BYTES));
  Value move = emitter.viewArena(builder, chain.getFrameAttr().getWalk() + moveOffset,
                                 MemRefType::get({4}, builder.getI64Type()));
  Value moveAddress = getAddress(builder, move);
  Value end = arith::ConstantIntOp::create(builder, static_cast<int64_t>(isBackward ? MoveKind::Done : MoveKind::Turn),
                                           /*width=*/64);
  Type word = builder.getI64Type();
  auto loop = scf::WhileOp::create(builder, TypeRange(word), ValueRange());
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&loop.getBefore());
  func::FuncOp next = declareRuntime(module, "rematWalkNext", 2, /*hasResult=*/true);
  Value kind = func::CallOp::create(builder, next, ValueRange{walk, moveAddress}).getResult(0);
  Value goesOn = arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, kind, end);
  scf::ConditionOp::create(builder, goesOn, kind);
  Block *body = builder.createBlock(&loop.getAfter(), {}, word, builder.getLoc());
  emitSwitch(builder, body->getArgument(0), move, isBackward);
  scf::YieldOp::create(builder);
}

LogicalResult SweepLowering::lower(Operation *sweep, Region &schedule, bool isBackward) {
  ImplicitLocOpBuilder builder(sweep->getLoc(), sweep);
  if (!chain.getPlanAttr()) {
    // No backward sweep, or no steps.
    if (isBackward)
      emitter.emitNoSteps(builder, isBackward);
    else if (backward || getConstantIntValue(forward.getCount()) == int64_t(0))
      emitter.emitNoSteps(builder, isBackward);
    else
      emitter.emitForwardLoop(builder);
    return success();
  }
  if (schedule.empty())
    return sweep->emitOpError("expects a schedule, which remat-expand-schedule makes");
  for (Operation &op : schedule.front()) {
    auto walk = dyn_cast<WalkOp>(op);
    if (!walk)
      return op.emitOpError("expects to be something that a sweep does");
    if (!isBackward)
      beginWalk(builder, walk);
    emitWalk(builder, isBackward);
  }
  return success();
}

LogicalResult SweepLowering::run() {
  if (!chain.getFrameAttr())
    return forward.emitOpError("expects a frame, which remat-plan-memory makes");
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
    for (ForwardSweepOp sweep : sweeps)
      if (failed(SweepLowering(sweep, symbols.lookup<ChainOp>(sweep.getChain()), module).run()))
        return signalPassFailure();
    for (ChainOp chain : llvm::make_early_inc_range(getChains(module)))
      chain.erase();
  }
};
} // namespace
