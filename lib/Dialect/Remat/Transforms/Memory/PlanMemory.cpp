//===- PlanMemory.cpp - One arena for everything ----------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Finds the buffers that were measured (#remat.problem), lays them out with the
// numbers of the plan, and turns the layout into offsets. A function whose buffers are
// others by now, or whose peak is not that of the plan, is an error. A plan that is made
// at run time has the same offsets as words of an array, which is one more argument.
//
//===----------------------------------------------------------------------===//

#include "CountFunction.h"

#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Support/AttributeNames.h"

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
  MemoryPlanner(func::FuncOp entry, ProgramMemory &memory) : entry(entry), memory(memory) {}

  /// With offsets from a plan of \p total bytes that was made, or, if it was not, from an
  /// argument.
  LogicalResult run(ProblemAttr measured, MemoryAttr total);

private:
  LogicalResult addArguments(bool hasPlan);
  LogicalResult runStatic(MemoryAttr total);
  LogicalResult runDynamic();
  /// Takes the problem as it was measured, if it is that of the function as it is.
  LogicalResult adoptProblem(ProblemAttr measured);
  void addProblem();
  FailureOr<schedule::ProgramInstance> makeInstance(MemoryAttr total);
  void setLayout(unsigned index, const schedule::ProgramInstance &instance);
  void setUnusedFinals();
  /// The offset of a buffer: a constant or a word of the plan.
  Value getOffset(OpBuilder &builder, Location loc, size_t buffer);
  /// Replaces an allocation by a view of \p block at \p offset.
  void place(memref::AllocOp alloc, Value block, Value offset);
  void placeAll();
  LogicalResult finishCopies();

  func::FuncOp entry;
  ProgramMemory &memory;
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
  for (int64_t counter = 0; counter < REMAT_NUM_COUNTERS && !memory.getLoops().empty(); ++counter) {
    Value zero = arith::ConstantIntOp::create(body, entry.getLoc(), 0, /*width=*/64);
    Value index = arith::ConstantIndexOp::create(body, entry.getLoc(), counter);
    memref::StoreOp::create(body, entry.getLoc(), zero, added->get(REMAT_ENTRY_COUNTERS), index);
  }
  return success();
}

Value MemoryPlanner::getOffset(OpBuilder &builder, Location loc, size_t buffer) {
  if (!plan)
    return arith::ConstantIndexOp::create(builder, loc, offsets[buffer]);
  Value position =
      arith::ConstantIndexOp::create(builder, loc, schedule::getBufferPosition(memory.getLoops().size(), buffer));
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
  for (size_t index = 0; index < memory.getAllocations().size(); ++index) {
    memref::AllocOp alloc = memory.getAllocations()[index];
    OpBuilder builder(alloc);
    place(alloc, arena, getOffset(builder, alloc.getLoc(), index));
  }
  for (auto [copy, offset] : memory.getParameterCopies()) {
    memref::AllocOp alloc = copy;
    OpBuilder builder(alloc);
    place(alloc, parameters, arith::ConstantIndexOp::create(builder, alloc.getLoc(), offset));
  }
}

void MemoryPlanner::setLayout(unsigned index, const schedule::ProgramInstance &instance) {
  auto layout = LayoutAttr::get(entry.getContext(),
                                [&](schedule::LoopPart part) { return instance.getPart(index, part).offset; });
  memory.getLoops()[index].chain.setLayoutAttr(layout);
}

void MemoryPlanner::setUnusedFinals() {
  for (Loop &loop : memory.getLoops())
    loop.forward.setUnusedFinals(SmallVector<int64_t>(loop.unusedFinals.begin(), loop.unusedFinals.end()));
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

FailureOr<schedule::ProgramInstance> MemoryPlanner::makeInstance(MemoryAttr total) {
  std::optional<std::vector<int64_t>> counts = memory.getConstantCounts();
  schedule::Verdict verdict;
  std::optional<schedule::ProgramInstance> instance =
      counts ? schedule::ProgramInstance::create(memory.getProblem(), *counts, verdict) : std::nullopt;
  if (!instance)
    return entry.emitOpError("was planned for other sizes than it has: ") << verdict.message;
  std::vector<schedule::LoopNeeds> needs(instance->getNumLoops());
  for (auto [index, loop] : llvm::enumerate(memory.getLoops())) {
    if (!instance->isPlanned(index))
      continue;
    PlanAttr chosen = loop.chain.getPlanAttr();
    if (!chosen)
      return loop.forward.emitOpError("expects ") << loop.forward.getChainAttr() << " to have a plan";
    needs[index] = {chosen.getSlotBytes(), chosen.getStackFrames()};
  }
  std::optional<int64_t> peak = instance->layOut(needs);
  if (!peak || *peak != total.getPeak())
    return entry.emitOpError("was planned with a peak of ")
           << total.getPeak() << " bytes, but its buffers take " << peak.value_or(-1);
  return std::move(*instance);
}

LogicalResult MemoryPlanner::runStatic(MemoryAttr total) {
  FailureOr<schedule::ProgramInstance> instance = makeInstance(total);
  if (failed(instance) || failed(addArguments(/*hasPlan=*/false)))
    return failure();
  for (unsigned index = 0; index < memory.getLoops().size(); ++index)
    setLayout(index, *instance);
  for (size_t index = 0; index < memory.getAllocations().size(); ++index)
    offsets.push_back(instance->getBufferOffset(index));
  setUnusedFinals();
  placeAll();
  return finishCopies();
}

LogicalResult MemoryPlanner::adoptProblem(ProblemAttr measured) {
  ArrayRef<int64_t> words = measured.getWords().asArrayRef();
  schedule::ProgramProblem planned;
  schedule::Verdict verdict = schedule::ProgramProblem::read(words.data(), words.size(), planned);
  if (!verdict.ok())
    return entry.emitOpError("has a 'remat.problem' that cannot be read: ") << verdict.message;
  // What the target and the user said cannot be seen here; all else can.
  schedule::ProgramProblem &problem = memory.getProblem();
  problem.policy = planned.policy;
  problem.budget = planned.budget;
  for (auto [loop, other] : llvm::zip(problem.loops, planned.loops))
    for (auto [stage, same] : llvm::zip(loop.stages, other.stages)) {
      stage.advanceTime = same.advanceTime;
      stage.recordTime = same.recordTime;
      stage.reverseTime = same.reverseTime;
    }
  if (!llvm::equal(problem.write(), words))
    return entry.emitOpError("was measured with other loops or buffers than it has");
  return success();
}

LogicalResult MemoryPlanner::run(ProblemAttr measured, MemoryAttr total) {
  if (failed(adoptProblem(measured)))
    return failure();
  return total ? runStatic(total) : runDynamic();
}

/// The problem becomes a constant that whoever calls the function can find.
void MemoryPlanner::addProblem() {
  std::vector<int64_t> words = memory.getProblem().write();
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
  if (failed(createCountFunction(entry, memory.getCounts(), memory.getAliases())) ||
      failed(addArguments(/*hasPlan=*/true)))
    return failure();
  setUnusedFinals();
  placeAll();
  return finishCopies();
}

namespace {
struct PlanMemoryPass final : remat::impl::PlanMemoryPassBase<PlanMemoryPass> {
  using Base::Base;

  void runOnOperation() override {
    for (func::FuncOp entry : getEntryFunctions(getOperation())) {
      auto measured = entry->getAttrOfType<ProblemAttr>(problemAttrName);
      if (!measured) {
        entry.emitOpError("expects '") << problemAttrName << "', which remat-plan-schedule sets";
        return signalPassFailure();
      }
      FailureOr<ProgramMemory> memory = ProgramMemory::analyze(entry);
      if (failed(memory))
        return signalPassFailure();
      MemoryPlanner planner(entry, *memory);
      if (failed(planner.run(measured, entry->getAttrOfType<MemoryAttr>(memoryAttrName))))
        return signalPassFailure();
    }
  }
};
} // namespace
