//===- PlanReader.cpp - The figures of a planned program ----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanReader.h"

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Schedule/Plan.h"
#include "remat/Schedule/Program.h"
#include "remat/Support/AttributeNames.h"
#include "remat/Support/LLVM.h"

#include "mlir/IR/Matchers.h"

using namespace remat;

/// The steps of a loop whose trip count is a constant, else 0.
static int64_t getStaticSteps(ForwardSweepOp sweep) {
  APInt count;
  return matchPattern(sweep.getCount(), m_ConstantInt(&count)) ? count.getSExtValue() : 0;
}

std::vector<schedule::Chain> remat::readChainProblems(func::FuncOp entry) {
  std::vector<schedule::Chain> problems;
  auto measured = entry->getAttrOfType<ProblemAttr>(problemAttrName);
  if (!measured)
    return problems;
  ArrayRef<int64_t> words = measured.getWords().asArrayRef();
  schedule::ProgramProblem program;
  if (!schedule::ProgramProblem::read(words.data(), words.size(), program).ok())
    return problems;
  // Sweeps stand in the block of the function, in the order of the loops.
  for (auto [sweep, loop] : llvm::zip_equal(entry.getOps<ForwardSweepOp>(), program.loops)) {
    auto chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(sweep, sweep.getChainAttr());
    if (PlanAttr plan = chain.getPlanAttr())
      problems.push_back(loop.getChain({plan.getSteps()}, plan.getBudget()));
  }
  return problems;
}

PlanFigures remat::readPlan(func::FuncOp entry) {
  PlanFigures figures;
  int64_t time = 0, storeAllTime = 0, lowerBound = 0;
  entry.walk([&](ForwardSweepOp sweep) {
    int64_t steps = getStaticSteps(sweep);
    figures.steps += steps;
    auto chain = SymbolTable::lookupNearestSymbolFrom<ChainOp>(sweep, sweep.getChainAttr());
    PlanAttr plan = chain ? chain.getPlanAttr() : PlanAttr();
    if (!plan) {
      // Not differentiated: each step runs once.
      figures.forwardSteps += steps;
      return;
    }
    figures.policy = schedule::stringifyPolicy(plan.getPolicy());
    figures.forwardSteps += plan.getForwardSteps();
    figures.reverseSteps += plan.getSteps();
    figures.certified &= plan.isCertified();
    time += plan.getTime();
    storeAllTime += plan.getStoreAllTime();
    lowerBound += plan.getLowerBound();
  });
  figures.timeRatio = schedule::getTimeRatio(time, storeAllTime);
  figures.lowerBoundRatio = schedule::getTimeRatio(lowerBound, storeAllTime);
  return figures;
}

void remat::readMemory(func::FuncOp entry, bool limited, PlanFigures &figures) {
  auto memory = entry->getAttrOfType<MemoryAttr>(memoryAttrName);
  if (!memory)
    return;
  figures.peakBytes = memory.getPeak();
  figures.walkBytes = memory.getWalk();
  figures.storeAllBytes = memory.getStoreAll();
  figures.minimumBytes = memory.getMinimum();
  figures.isPeakCertain = memory.getCertain();
  figures.parameterCopyBytes = memory.getParameters();
  if (limited)
    figures.budgetBytes = memory.getBudget();
}

void remat::readOpenProblem(func::FuncOp entry, LoweredProgram &program) {
  // It is planned already.
  if (entry->hasAttr(memoryAttrName))
    return;
  auto later = entry->getAttrOfType<ProblemAttr>(problemAttrName);
  if (!later)
    return;
  program.problem = later.getWords().asArrayRef().vec();
  for (StringAttr description : later.getBuffers())
    program.bufferNames.push_back(description.str());
}

llvm::Error remat::readInfeasible(func::FuncOp entry, const std::string &message) {
  auto infeasible = entry->getAttrOfType<InfeasibleAttr>(infeasibleAttrName);
  if (!infeasible)
    return llvm::Error::success();
  std::vector<BudgetComponent> components;
  for (auto [bytes, buffer] : llvm::zip(infeasible.getBytes().asArrayRef(), infeasible.getBuffers()))
    components.push_back({bytes, buffer.str()});
  return llvm::make_error<ProgramError>(message, infeasible.getBudget(), infeasible.getMinimum(),
                                        std::move(components));
}
