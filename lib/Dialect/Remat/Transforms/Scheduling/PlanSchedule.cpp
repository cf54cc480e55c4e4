//===- PlanSchedule.cpp - Choose what is kept ------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The thin layer between the IR and the planner: read the budget, ask, check the
// answer with the simulator, write it down. A plan is never trusted, so the check
// is not an option.
//
//===----------------------------------------------------------------------===//

#include "../Memory/CountFunction.h"
#include "remat/Dialect/Remat/Analysis/ProgramMemory.h"
#include "remat/Dialect/Remat/IR/EntryFunctions.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Schedule/ProgramPlanner.h"
#include "remat/Support/AttributeNames.h"

#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/DenseSet.h"

#include <cmath>

namespace remat {
#define GEN_PASS_DEF_PLANSCHEDULEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// How many buffers are named if no budget changes them.
static constexpr size_t mostBuffersWithoutChoice = 3;

/// Reports a budget that is too small, with what the smallest one consists of.
static LogicalResult reportInfeasible(func::FuncOp entry, ProgramMemory &memory,
                                      const schedule::ProgramInstance &instance, int64_t budget, int64_t minimum) {
  // The function as it is now says nothing to its author, so it is named only.
  InFlightDiagnostic error = emitError(entry.getLoc(), "@") << entry.getSymName() << " cannot run inside a budget of ";
  if (memory.getProblem().budget.getKind() == Budget::Kind::Share)
    error << memory.getProblem().budget.str() << " (" << budget << " bytes)";
  else
    error << budget << " bytes";
  error << ": the smallest feasible budget is " << minimum << " bytes";
  // A budget has nothing to choose from then, and a list of all buffers hides it.
  bool hasChoice = llvm::any_of(memory.getProblem().loops, [](const auto &loop) { return loop.isDifferentiated; });
  if (!hasChoice)
    error << ", which is what it takes in any case: only the steps of a differentiated 'remat.recurrence' are kept or "
             "run again as a budget allows, and there is none";
  Builder builder(entry.getContext());
  SmallVector<int64_t> bytes;
  SmallVector<StringAttr> descriptions;
  for (const PeakBuffer &buffer : memory.getBuffersAtPeak(instance)) {
    if (hasChoice || bytes.size() < mostBuffersWithoutChoice)
      error.attachNote(buffer.loc) << buffer.bytes << " bytes: " << buffer.description;
    bytes.push_back(buffer.bytes);
    descriptions.push_back(builder.getStringAttr(buffer.description));
  }
  entry->setAttr(infeasibleAttrName, InfeasibleAttr::get(entry.getContext(), budget, minimum,
                                                         builder.getDenseI64ArrayAttr(bytes), descriptions));
  return error;
}

static void emitRemarks(func::FuncOp entry, ProgramMemory &memory, MemoryAttr total) {
  remark::analysis(entry.getLoc(),
                   remark::RemarkOpts::name("Memory").category("remat-plan").function(entry.getSymName()))
      << remark::metric("BudgetBytes", total.getBudget()) << remark::metric("PeakBytes", total.getPeak())
      << remark::metric("WalkBytes", total.getWalk()) << remark::metric("StoreAllBytes", total.getStoreAll())
      << remark::metric("MinimumBytes", total.getMinimum())
      << remark::metric("ParameterCopyBytes", total.getParameters());
  for (Loop &loop : memory.getLoops()) {
    PlanAttr chosen = loop.chain.getPlanAttr();
    if (!chosen)
      continue;
    remark::analysis(loop.forward.getLoc(),
                     remark::RemarkOpts::name("Schedule").category("remat-plan").function(entry.getSymName()))
        << remark::metric("Chain", loop.chain.getSymName())
        << remark::metric("Policy", StringRef(stringifyPolicy(chosen.getPolicy())))
        << remark::metric("Steps", chosen.getSteps()) << remark::metric("ForwardSteps", chosen.getForwardSteps())
        << remark::metric("SlotBytes", chosen.getSlotBytes()) << remark::metric("TimeRatio", chosen.getTimeRatio())
        << remark::metric("LowerBoundRatio", schedule::getTimeRatio(chosen.getLowerBound(), chosen.getStoreAllTime()))
        << remark::metric("Certified", chosen.isCertified() ? "yes" : "no");
  }
}

namespace {
struct PlanSchedulePass final : remat::impl::PlanSchedulePassBase<PlanSchedulePass> {
  using Base::Base;

  void runOnOperation() override {
    for (double cost : {moveCost.getValue(), operationCost.getValue(), functionCost.getValue()})
      if (!std::isfinite(cost) || cost < 0) {
        emitError(getOperation().getLoc(),
                  "remat-plan-schedule: expects costs that are finite and not negative, but got ")
            << cost;
        return signalPassFailure();
      }
    plannedChains.clear();
    for (func::FuncOp entry : getEntryFunctions(getOperation()))
      if (failed(planEntry(entry)))
        return signalPassFailure();
  }

  LogicalResult planEntry(func::FuncOp entry);
  /// Plans now, as all counts are known.
  LogicalResult planNow(func::FuncOp entry, ProgramMemory &memory, std::vector<int64_t> counts);
  /// Leaves what the runtime needs to plan.
  LogicalResult planLater(func::FuncOp entry, ProgramMemory &memory);
  void attach(ProgramMemory &memory, const schedule::ProgramInstance &instance, const schedule::ProgramPlan &plan);
  DenseSet<Operation *> plannedChains;
};
} // namespace

void PlanSchedulePass::attach(ProgramMemory &memory, const schedule::ProgramInstance &instance,
                              const schedule::ProgramPlan &plan) {
  Builder builder(&getContext());
  for (auto [index, loop] : llvm::enumerate(memory.getLoops())) {
    if (!instance.isPlanned(index))
      continue;
    const schedule::Plan &chosen = plan.loops[index].plan;
    const schedule::LoopNeeds &needs = plan.needs[index];
    // The planner checked that this does not overflow.
    int64_t steps = instance.getSteps(index);
    int64_t storeAllTime = instance.getStoreAllTime(index);
    loop.chain.setPlanAttr(PlanAttr::get(&getContext(), policy, steps, chosen.budget, needs.slotBytes,
                                         needs.stackFrames, chosen.advance, chosen.record, chosen.resume, chosen.copy,
                                         chosen.time, storeAllTime, chosen.lowerBound,
                                         builder.getDenseI64ArrayAttr(plan.loops[index].table->getWords())));
  }
}

LogicalResult PlanSchedulePass::planNow(func::FuncOp entry, ProgramMemory &memory, std::vector<int64_t> counts) {
  schedule::Verdict verdict;
  std::optional<schedule::ProgramInstance> instance =
      schedule::ProgramInstance::create(memory.getProblem(), std::move(counts), verdict);
  if (!instance)
    return emitError(entry.getLoc(), "@") << entry.getSymName() << " cannot be planned: " << verdict.message;
  schedule::ProgramResult result = schedule::planProgram(*instance);
  if (result.verdict.status == schedule::Status::Infeasible && result.budget)
    return reportInfeasible(entry, memory, *instance, *result.budget, result.minimum);
  if (!result.verdict.ok())
    return emitError(entry.getLoc(), "@") << entry.getSymName() << " cannot be planned: " << result.verdict.message;
  attach(memory, *instance, result.plan);
  auto total = MemoryAttr::get(&getContext(), result.budget.value_or(result.plan.peak), result.plan.peak,
                               instance->getWalkBytes(), result.storeAll, result.minimum,
                               memory.getProblem().parameterBytes, instance->isPeakCertain());
  entry->setAttr(memoryAttrName, total);
  emitRemarks(entry, memory, total);
  return success();
}

LogicalResult PlanSchedulePass::planLater(func::FuncOp entry, ProgramMemory &memory) {
  // Who plans later asks this function. remat-plan-memory makes it when buffers have
  // places; whether it can be made is said here, where a program may be refused.
  FailureOr<func::FuncOp> counts = createCountFunction(entry, memory.getCounts(), memory.getAliases());
  if (failed(counts))
    return failure();
  counts->erase();
  for (auto [index, loop] : llvm::enumerate(memory.getLoops()))
    loop.chain.setLoopNumber(index);
  return success();
}

/// What was measured, for the passes behind this one and for who plans later.
static void setMeasured(func::FuncOp entry, ProgramMemory &memory) {
  Builder builder(entry.getContext());
  for (Loop &loop : memory.getLoops()) {
    loop.forward.setKeptInits(loop.keptInits);
    loop.forward.setUnusedFinals(loop.unusedFinals);
  }
  int64_t number = 0;
  for (memref::AllocOp alloc : memory.getAllocations())
    alloc->setAttr(bufferAttrName, builder.getI64IntegerAttr(number++));
  for (memref::AllocOp copy : memory.getParameterCopies())
    copy->setAttr(bufferAttrName, builder.getI64IntegerAttr(number++));
  SmallVector<StringAttr> buffers;
  for (const std::string &description : memory.describeLiveBuffers())
    buffers.push_back(builder.getStringAttr(description));
  entry->setAttr(problemAttrName, ProblemAttr::get(entry.getContext(),
                                                   builder.getDenseI64ArrayAttr(memory.getProblem().write()), buffers));
}

LogicalResult PlanSchedulePass::planEntry(func::FuncOp entry) {
  schedule::PolicyInfo info = schedule::infoOf(policy);
  if (bool lacksTier = info.has(schedule::NeedsSlowTier) && !slowTier;
      lacksTier || !info.has(schedule::PlansPrograms)) {
    if (lacksTier)
      entry->setAttr(targetUnavailableAttrName, UnitAttr::get(&getContext()));
    return emitError(entry.getLoc(), "@")
           << entry.getSymName() << " cannot be planned: policy " << StringRef(schedule::stringifyPolicy(policy))
           << (lacksTier ? " needs a slow tier, which its target does not have" : " has no plan tables");
  }
  FailureOr<ProgramMemory> memory = ProgramMemory::analyze(entry, StepCosts{moveCost, operationCost, functionCost});
  if (failed(memory))
    return failure();
  for (Loop &loop : memory->getLoops())
    if (!plannedChains.insert(loop.chain).second)
      return loop.forward.emitOpError("expects a chain of its own, but ")
             << loop.forward.getChainAttr() << " has several forward sweeps";
  memory->getProblem().policy = policy;
  memory->getProblem().budget = budget;
  setMeasured(entry, *memory);
  if (auto counts = getConstantIntValues(getAsOpFoldResult(memory->getCounts())))
    return planNow(entry, *memory, {counts->begin(), counts->end()});
  return planLater(entry, *memory);
}
