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

#include "remat/Dialect/Remat/Analysis/ProgramPlanner.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Schedule/Simulator.h"
#include "remat/Support/Budget.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/DenseSet.h"

namespace remat {
#define GEN_PASS_DEF_PLANSCHEDULEPASS
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"
} // namespace remat

using namespace mlir;
using namespace remat;

/// Playing a schedule takes time proportional to the number of its actions; up
/// to this many steps that is not noticed.
static constexpr int64_t maxSimulatedSteps = 2000000;

static schedule::Policy getSchedulePolicy(Policy policy) {
  switch (policy) {
  case Policy::StoreAll:
    return schedule::Policy::StoreAll;
  case Policy::Periodic:
    return schedule::Policy::Periodic;
  case Policy::Revolve:
    return schedule::Policy::Revolve;
  case Policy::Ism:
    return schedule::Policy::Ism;
  case Policy::Msm:
    return schedule::Policy::Msm;
  case Policy::Optimal:
    return schedule::Policy::Optimal;
  }
  return schedule::Policy::Optimal;
}

/// Plays the plan of one loop and compares what happened with what was promised.
static LogicalResult verifyPlan(Loop &loop, const schedule::PlanResult &result, const LoopNeeds &needs) {
  if (loop.steps > maxSimulatedSteps)
    return success();
  schedule::ChainProblem problem = loop.getProblem();
  problem.budget = needs.slotBytes;
  schedule::SimulationResult played = schedule::simulate(problem, result.table);
  if (!played.valid)
    return loop.forward.emitOpError("was given a schedule that breaks a rule at action ")
           << played.action << ": " << played.rule;
  if (played.forward != result.plan.forward || played.time != result.plan.time || played.peak > needs.slotBytes)
    return loop.forward.emitOpError("was given a schedule that takes ")
           << played.forward << " forward steps and " << played.peak << " bytes, but the plan says "
           << result.plan.forward << " and " << needs.slotBytes;
  return success();
}

/// Reports a budget that is too small, with what the smallest one consists of.
static LogicalResult reportInfeasible(func::FuncOp entry, ProgramMemory &memory, StringRef text, int64_t budget,
                                      int64_t minimum) {
  InFlightDiagnostic error = entry.emitOpError("cannot run inside a budget of ")
                             << text << " (" << budget << " bytes): the smallest feasible budget is " << minimum
                             << " bytes";
  for (ArenaBuffer *buffer : memory.getBuffersAtPeak())
    error.attachNote(buffer->getLoc(memory.getLoops()))
        << buffer->live.bytes << " bytes: " << buffer->describe(memory.getLoops());
  entry->setAttr("remat.infeasible", InfeasibleAttr::get(entry.getContext(), budget, minimum));
  return error;
}

static void emitRemarks(func::FuncOp entry, ProgramMemory &memory, const ProgramPlan &plan, MemoryAttr total) {
  remark::analysis(entry.getLoc(),
                   remark::RemarkOpts::name("Memory").category("remat-plan").function(entry.getSymName()))
      << remark::metric("BudgetBytes", total.getBudget()) << remark::metric("PeakBytes", total.getPeak())
      << remark::metric("StoreAllBytes", total.getStoreAll())
      << remark::metric("ParameterCopyBytes", total.getParameters());
  for (Loop &loop : memory.getLoops()) {
    PlanAttr chosen = loop.chain.getPlanAttr();
    if (!chosen)
      continue;
    remark::analysis(loop.forward.getLoc(),
                     remark::RemarkOpts::name("Schedule").category("remat-plan").function(entry.getSymName()))
        << remark::metric("Chain", loop.chain.getSymName())
        << remark::metric("Policy", stringifyPolicy(chosen.getPolicy())) << remark::metric("Steps", chosen.getSteps())
        << remark::metric("ForwardSteps", chosen.getForwardSteps())
        << remark::metric("SlotBytes", chosen.getSlotBytes()) << remark::metric("TimeRatio", chosen.getTimeRatio())
        << remark::metric("LowerBoundRatio",
                          chosen.getStoreAllTime() ? double(chosen.getLowerBound()) / chosen.getStoreAllTime() : 1.0)
        << remark::metric("Certified", chosen.isCertified() ? "yes" : "no");
  }
}

namespace {
struct PlanSchedulePass final : remat::impl::PlanSchedulePassBase<PlanSchedulePass> {
  using Base::Base;

  void runOnOperation() override {
    std::string problem;
    std::optional<Budget> limit = parseBudget(budget.getValue(), problem);
    if (!limit) {
      emitError(UnknownLoc::get(&getContext()), "remat-plan-schedule: ") << problem;
      return signalPassFailure();
    }
    plannedChains.clear();
    for (func::FuncOp entry : getEntryFunctions(getOperation()))
      if (failed(planEntry(entry, *limit)))
        return signalPassFailure();
  }

  LogicalResult planEntry(func::FuncOp entry, const Budget &limit);
  void attach(ProgramMemory &memory, const ProgramPlan &plan);
  DenseSet<Operation *> plannedChains;
};
} // namespace

void PlanSchedulePass::attach(ProgramMemory &memory, const ProgramPlan &plan) {
  Builder builder(&getContext());
  for (auto [loop, result, needs] : llvm::zip_equal(memory.getLoops(), plan.loops, plan.needs)) {
    if (!loop.backward || loop.steps <= 0)
      continue;
    const schedule::Plan &chosen = result.plan;
    // The planner checked that this does not overflow.
    schedule::ChainProblem problem = loop.getProblem();
    int64_t storeAllTime = loop.steps * (problem.recordTime + problem.reverseTime);
    loop.chain.setPlanAttr(PlanAttr::get(&getContext(), policy, loop.steps, chosen.budget, needs.slotBytes,
                                         needs.stackFrames, chosen.advance, chosen.record, chosen.resume, chosen.copy,
                                         chosen.time, storeAllTime, chosen.lowerBound,
                                         builder.getDenseI64ArrayAttr(result.table.getWords())));
  }
}

LogicalResult PlanSchedulePass::planEntry(func::FuncOp entry, const Budget &limit) {
  FailureOr<ProgramMemory> memory = ProgramMemory::analyze(entry);
  if (failed(memory))
    return failure();
  for (Loop &loop : memory->getLoops())
    if (!plannedChains.insert(loop.chain).second)
      return loop.forward.emitOpError("expects a chain of its own, but ")
             << loop.forward.getChainAttr() << " has several forward sweeps";

  ProgramPlanner planner(*memory, getSchedulePolicy(policy));
  FailureOr<ProgramPlan> storeAll = planner.planStoreAll();
  FailureOr<ProgramPlan> minimum = succeeded(storeAll) ? planner.planMinimum() : FailureOr<ProgramPlan>();
  if (failed(storeAll) || failed(minimum))
    return entry.emitOpError("cannot be planned: ") << planner.getError();
  std::optional<int64_t> bytes = limit.resolve(storeAll->peak);
  // The layout of the smallest plan is the one that the report is about.
  if (bytes && *bytes < minimum->peak)
    return reportInfeasible(entry, *memory, budget, *bytes, minimum->peak);
  FailureOr<ProgramPlan> plan = planner.plan(bytes);
  if (failed(plan))
    return entry.emitOpError("cannot be planned: ") << planner.getError();
  for (auto [loop, result, needs] : llvm::zip_equal(memory->getLoops(), plan->loops, plan->needs))
    if (loop.backward && loop.steps > 0 && failed(verifyPlan(loop, result, needs)))
      return failure();

  SmallVector<std::pair<memref::AllocOp, int64_t>> parameters;
  FailureOr<int64_t> parameterBytes = memory->layOutParameters(parameters);
  if (failed(parameterBytes))
    return failure();
  attach(*memory, *plan);
  auto total = MemoryAttr::get(&getContext(), bytes.value_or(plan->peak), plan->peak, storeAll->peak, *parameterBytes);
  entry->setAttr("remat.memory", total);
  emitRemarks(entry, *memory, *plan, total);
  return success();
}
