//===- PlanMemory.cpp - One arena for everything ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the buffers that were measured (MeasuredEntry), lays them out with the
// numbers of the plan, and turns the layout into offsets. A function whose buffers are
// others by now, or whose peak is not that of the plan, is an error. A plan that is made
// at run time has the same offsets as words of an array, which is one more argument.
//
//===----------------------------------------------------------------------===//

#include "CountFunction.h"
#include "MeasuredEntry.h"

#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"

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
  MemoryPlanner(func::FuncOp entry, const BufferAliases &aliases, MeasuredEntry measured)
      : entry(entry), aliases(aliases), measured(std::move(measured)) {}

  /// With offsets from a plan of \p total bytes that was made.
  LogicalResult runStatic(MemoryAttr total);
  /// With offsets from an argument.
  LogicalResult runDynamic();

private:
  LogicalResult addArguments(bool hasPlan);
  void addProblem();
  FailureOr<schedule::ProgramInstance> makeInstance(MemoryAttr total);
  /// Lays \p instance out without the walks of schedules that turned out to be spelled
  /// out, and notes on the function what it takes now.
  void releaseWalks(schedule::ProgramInstance &instance, std::vector<schedule::LoopNeeds> &needs, MemoryAttr total);
  void setLayout(unsigned index, const schedule::ProgramInstance &instance);
  /// The offset of a buffer: a constant or a word of the plan.
  Value getOffset(OpBuilder &builder, Location loc, size_t buffer);
  /// Replaces an allocation by a view of \p block at \p offset.
  void place(memref::AllocOp alloc, Value block, Value offset);
  void placeAll();
  LogicalResult finishCopies();

  func::FuncOp entry;
  const BufferAliases &aliases;
  MeasuredEntry measured;
  Value arena, parameters, plan;
  /// Without a plan argument.
  SmallVector<int64_t> offsets;
};
} // namespace

LogicalResult MemoryPlanner::addArguments(bool hasPlan) {
  FailureOr<EntryArguments> added = EntryArguments::add(entry, hasPlan);
  if (failed(added))
    return failure();
  arena = added->get(REMAT_ENTRY_ARENA);
  parameters = added->get(REMAT_ENTRY_PARAMETERS);
  plan = added->get(REMAT_ENTRY_PLAN);
  // The steps add to the counters, and callers want those of one call.
  OpBuilder body = OpBuilder::atBlockBegin(&entry.getBody().front());
  ResetCountersOp::create(body, entry.getLoc(), added->get(REMAT_ENTRY_COUNTERS));
  return success();
}

Value MemoryPlanner::getOffset(OpBuilder &builder, Location loc, size_t buffer) {
  if (!plan)
    return arith::ConstantIndexOp::create(builder, loc, offsets[buffer]);
  Value position =
      arith::ConstantIndexOp::create(builder, loc, schedule::getBufferPosition(measured.loops.size(), buffer));
  Value word = memref::LoadOp::create(builder, loc, plan, position);
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), word);
}

void MemoryPlanner::place(memref::AllocOp alloc, Value block, Value offset) {
  OpBuilder builder(alloc);
  Value view = memref::ViewOp::create(builder, alloc.getLoc(), alloc.getType(), block, offset, alloc.getDynamicSizes());
  alloc.replaceAllUsesWith(view);
  alloc.erase();
}

void MemoryPlanner::placeAll() {
  for (size_t index = 0; index < measured.allocations.size(); ++index) {
    memref::AllocOp alloc = measured.allocations[index];
    OpBuilder builder(alloc);
    place(alloc, arena, getOffset(builder, alloc.getLoc(), index));
  }
  for (auto [copy, offset] : measured.parameterCopies) {
    memref::AllocOp alloc = copy;
    OpBuilder builder(alloc);
    place(alloc, parameters, arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset));
  }
}

void MemoryPlanner::setLayout(unsigned index, const schedule::ProgramInstance &instance) {
  auto layout = LayoutAttr::get(entry.getContext(),
                                [&](schedule::LoopPart part) { return instance.getPart(index, part).offset; });
  measured.chains[index].setLayoutAttr(layout);
}

/// Copies become linalg.copy, which the target lowers like everything else. Nothing that allocates
/// may be left.
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

/// Whether the schedule of \p forward is a list of moves, which nobody walks.
static bool isSpelledOut(ForwardSweepOp forward) {
  Region &schedule = forward.getSchedule();
  return !schedule.empty() && schedule.front().getOps<WalkOp>().empty();
}

void MemoryPlanner::releaseWalks(schedule::ProgramInstance &instance, std::vector<schedule::LoopNeeds> &needs,
                                 MemoryAttr total) {
  if (llvm::none_of(measured.loops, isSpelledOut))
    return;
  for (auto [forward, loop] : llvm::zip_equal(measured.loops, needs))
    if (isSpelledOut(forward))
      loop.stackFrames = 0;
  // It cannot overflow: it is no more than before.
  int64_t peak = instance.layOut(needs).value_or(total.getPeak());
  entry->setAttr(memoryAttrName, MemoryAttr::get(entry.getContext(), total.getBudget(), peak, instance.getWalkBytes(),
                                                 total.getStoreAll(), total.getMinimum(), total.getParameters(),
                                                 instance.isPeakCertain()));
}

FailureOr<schedule::ProgramInstance> MemoryPlanner::makeInstance(MemoryAttr total) {
  std::optional<SmallVector<int64_t>> counts = getConstantIntValues(getAsOpFoldResult(measured.counts));
  schedule::Verdict verdict;
  std::optional<schedule::ProgramInstance> instance =
      counts ? schedule::ProgramInstance::create(measured.problem, {counts->begin(), counts->end()}, verdict)
             : std::nullopt;
  if (!instance)
    return entry.emitOpError("was planned for other sizes than it has: ") << verdict.message;
  std::vector<schedule::LoopNeeds> needs(instance->getNumLoops());
  for (auto [index, forward] : llvm::enumerate(measured.loops)) {
    if (!instance->isPlanned(index))
      continue;
    PlanAttr chosen = measured.chains[index].getPlanAttr();
    if (!chosen)
      return forward.emitOpError("expects ") << forward.getChainAttr() << " to have a plan";
    needs[index] = {chosen.getSlotBytes(), chosen.getStackFrames()};
  }
  std::optional<int64_t> peak = instance->layOut(needs);
  if (!peak || *peak != total.getPeak())
    return entry.emitOpError("was planned with a peak of ")
           << total.getPeak() << " bytes, but its buffers take " << peak.value_or(-1);
  if (instance->getWalkBytes() != total.getWalk())
    return entry.emitOpError("was planned with a walk of ")
           << total.getWalk() << " bytes, but it takes " << instance->getWalkBytes();
  releaseWalks(*instance, needs, total);
  return std::move(*instance);
}

LogicalResult MemoryPlanner::runStatic(MemoryAttr total) {
  FailureOr<schedule::ProgramInstance> instance = makeInstance(total);
  if (failed(instance) || failed(addArguments(/*hasPlan=*/false)))
    return failure();
  for (unsigned index = 0; index < measured.loops.size(); ++index)
    setLayout(index, *instance);
  for (size_t index = 0; index < measured.allocations.size(); ++index)
    offsets.push_back(instance->getBufferOffset(index));
  placeAll();
  return finishCopies();
}

/// The problem becomes a constant that whoever calls the function can find.
void MemoryPlanner::addProblem() {
  std::vector<int64_t> words = measured.problem.write();
  OpBuilder builder(entry);
  auto type = MemRefType::get({int64_t(words.size())}, builder.getI64Type());
  auto values = DenseIntElementsAttr::get(RankedTensorType::get(type.getShape(), type.getElementType()),
                                          ArrayRef<int64_t>(words));
  memref::GlobalOp::create(builder, entry.getLoc(), (entry.getSymName() + REMAT_PROBLEM_SUFFIX).str(),
                           builder.getStringAttr("public"), type, values, /*constant=*/true,
                           /*alignment=*/IntegerAttr());
}

LogicalResult MemoryPlanner::runDynamic() {
  addProblem();
  if (failed(createCountFunction(entry, measured.counts, aliases)) || failed(addArguments(/*hasPlan=*/true)))
    return failure();
  placeAll();
  return finishCopies();
}

namespace {
struct PlanMemoryPass final : remat::impl::PlanMemoryPassBase<PlanMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    for (func::FuncOp entry : getEntryFunctions(getOperation())) {
      FailureOr<BufferAliases> aliases = BufferAliases::analyze(entry);
      if (failed(aliases))
        return signalPassFailure();
      FailureOr<MeasuredEntry> measured = MeasuredEntry::read(entry, *aliases);
      if (failed(measured))
        return signalPassFailure();
      MemoryPlanner planner(entry, *aliases, std::move(*measured));
      auto total = entry->getAttrOfType<MemoryAttr>(memoryAttrName);
      if (failed(total ? planner.runStatic(total) : planner.runDynamic()))
        return signalPassFailure();
    }
  }
};
} // namespace
