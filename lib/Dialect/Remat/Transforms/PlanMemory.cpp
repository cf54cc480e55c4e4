//===- PlanMemory.cpp - One arena for everything ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Asks the analysis that the planner asked, with the numbers of the plan, and
// turns its answer into offsets. The two must agree to the byte, and this pass
// checks that they do.
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"

namespace remat {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

namespace {
/// Rewrites one entry function.
class MemoryPlanner {
public:
  MemoryPlanner(func::FuncOp entry, MemoryAttr total, ProgramMemory &memory)
      : entry(entry), total(total), memory(memory) {}

  LogicalResult run();

private:
  LogicalResult addArguments();
  void setFrame(unsigned index);
  /// Replaces the allocation that \p value is by a view of \p block at \p offset.
  void place(Value value, Value block, int64_t offset);
  /// Places values with the given types one after the other.
  void placeAll(ValueRange values, ArrayAttr types, int64_t offset);
  LogicalResult finishCopies();

  func::FuncOp entry;
  MemoryAttr total;
  ProgramMemory &memory;
  Value arena, parameters;
};
} // namespace

LogicalResult MemoryPlanner::addArguments() {
  Builder builder(entry.getContext());
  Type bytes = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
  Type counters = MemRefType::get({ShapedType::kDynamic}, builder.getI64Type());
  unsigned first = entry.getNumArguments();
  const Type types[] = {bytes, bytes, counters};
  for (auto [index, type] : llvm::enumerate(types))
    if (failed(entry.insertArgument(first + index, type, /*argAttrs=*/{}, entry.getLoc())))
      return failure();
  arena = entry.getArgument(first);
  parameters = entry.getArgument(first + 1);
  return success();
}

void MemoryPlanner::place(Value value, Value block, int64_t offset) {
  auto alloc = value.getDefiningOp<memref::AllocOp>();
  OpBuilder builder(alloc);
  Value start = arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset);
  Value view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), block, start, ValueRange());
  alloc.replaceAllUsesWith(view);
  alloc.erase();
}

void MemoryPlanner::placeAll(ValueRange values, ArrayAttr types, int64_t offset) {
  for (auto [value, type] : llvm::zip_equal(values, types.getAsValueRange<TypeAttr>())) {
    place(value, arena, offset);
    offset += *getAlignedBytes(cast<ShapedType>(type));
  }
}

void MemoryPlanner::setFrame(unsigned index) {
  Loop &loop = memory.getLoops()[index];
  auto offsetOf = [&](BufferUse use) -> int64_t {
    for (ArenaBuffer &buffer : memory.getBuffers())
      if (buffer.use == use && buffer.loop == index)
        return buffer.live.offset;
    return 0;
  };
  auto frame = FrameAttr::get(entry.getContext(), offsetOf(BufferUse::Walk), offsetOf(BufferUse::ForwardCore),
                              offsetOf(BufferUse::BackwardCore), offsetOf(BufferUse::CoreTape),
                              offsetOf(BufferUse::Gradients), offsetOf(BufferUse::ForwardWorkspace),
                              offsetOf(BufferUse::BackwardWorkspace), offsetOf(BufferUse::Slots));
  loop.chain.setFrameAttr(frame);
  if (loop.ownsInitialState)
    placeAll(SmallVector<Value>(loop.forward.getInits()), loop.chain.getCarryTypes(), frame.getSlots());

  // Nobody reads these; the sweep writes core memory in their place.
  SmallVector<int64_t> unusedFinals(loop.unusedFinals.begin(), loop.unusedFinals.end());
  loop.forward.setUnusedFinals(unusedFinals);
  for (int64_t unused : unusedFinals)
    place(loop.forward.getFinals()[unused], arena, frame.getForwardCore());
  // The last step of the backward sweep writes the second gradient carry.
  int64_t offset = frame.getGradients() + loop.gradientBytes;
  for (auto [position, type] : llvm::enumerate(loop.chain.getGradientTypes().getAsValueRange<TypeAttr>())) {
    if (llvm::is_contained(loop.unusedInitGradients, position))
      place(loop.backward.getInitGradients()[position], arena, offset);
    offset += *getAlignedBytes(cast<ShapedType>(type));
  }
}

/// Copies become linalg.copy, which the target lowers like everything else.
LogicalResult MemoryPlanner::finishCopies() {
  entry.walk([](memref::CopyOp copy) {
    OpBuilder builder(copy);
    linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(), copy.getTarget());
    copy.erase();
  });
  WalkResult result = entry.walk([&](Operation *op) {
    if (!isa<memref::AllocOp, memref::AllocaOp, memref::ReallocOp, memref::DeallocOp, bufferization::CloneOp>(op))
      return WalkResult::advance();
    op->emitOpError("is left in a function whose memory is planned");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult MemoryPlanner::run() {
  SmallVector<LoopNeeds> needs;
  for (Loop &loop : memory.getLoops()) {
    LoopNeeds &need = needs.emplace_back();
    if (!loop.backward || loop.steps <= 0)
      continue;
    PlanAttr plan = loop.chain.getPlanAttr();
    if (!plan)
      return loop.forward.emitOpError("expects ") << loop.forward.getChainAttr() << " to have a plan";
    need = {plan.getSlotBytes(), plan.getStackFrames()};
  }
  std::optional<int64_t> peak = memory.layOut(needs);
  if (!peak || *peak != total.getPeak())
    return entry.emitOpError("was planned with a peak of ")
           << total.getPeak() << " bytes, but its buffers take " << peak.value_or(-1);
  SmallVector<std::pair<memref::AllocOp, int64_t>> copies;
  if (failed(addArguments()) || failed(memory.layOutParameters(copies)))
    return failure();
  for (unsigned index = 0; index < memory.getLoops().size(); ++index)
    setFrame(index);
  for (ArenaBuffer &buffer : memory.getBuffers())
    if (buffer.use == BufferUse::Allocation)
      place(buffer.alloc.getResult(), arena, buffer.live.offset);
  for (auto [alloc, offset] : copies)
    place(alloc.getResult(), parameters, offset);
  return finishCopies();
}

namespace {
struct PlanMemoryPass final : remat::impl::PlanMemoryPassBase<PlanMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    for (func::FuncOp entry : getEntryFunctions(getOperation())) {
      auto total = entry->getAttrOfType<MemoryAttr>("remat.memory");
      if (!total) {
        entry.emitOpError("expects 'remat.memory', which remat-plan-schedule sets");
        return signalPassFailure();
      }
      FailureOr<ProgramMemory> memory = ProgramMemory::analyze(entry);
      if (failed(memory) || failed(MemoryPlanner(entry, total, *memory).run()))
        return signalPassFailure();
    }
  }
};
} // namespace
