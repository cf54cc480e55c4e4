//===- CallPlan.cpp - Plans for the arguments of a call -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallPlan.h"

#include "../Runtime/ProgramPlan.h"
#include "remat/ABI/PlanWords.h"
#include "remat/Execution/ProgramError.h"

using namespace remat;
using schedule::PlanFigure;

static PlanFigures readFigures(llvm::ArrayRef<int64_t> words, llvm::StringRef policy) {
  auto get = [&](PlanFigure figure) { return words[static_cast<size_t>(figure)]; };
  PlanFigures figures;
  figures.steps = get(PlanFigure::Steps);
  figures.forwardSteps = get(PlanFigure::ForwardSteps);
  figures.reverseSteps = get(PlanFigure::ReverseSteps);
  if (figures.reverseSteps > 0)
    figures.policy = policy.str();
  if (get(PlanFigure::BudgetBytes) >= 0)
    figures.budgetBytes = get(PlanFigure::BudgetBytes);
  figures.walkBytes = get(PlanFigure::WalkBytes);
  figures.peakBytes = get(PlanFigure::ArenaBytes) + figures.walkBytes;
  figures.storeAllBytes = get(PlanFigure::StoreAllBytes);
  figures.parameterCopyBytes = get(PlanFigure::ParameterBytes);
  figures.minimumBytes = get(PlanFigure::MinimumBytes);
  figures.isPeakCertain = get(PlanFigure::PeakCertain) != 0;
  figures.certified = get(PlanFigure::Certified) != 0;
  figures.timeRatio = schedule::getTimeRatio(get(PlanFigure::Time), get(PlanFigure::StoreAllTime));
  figures.lowerBoundRatio = schedule::getTimeRatio(get(PlanFigure::LowerBound), get(PlanFigure::StoreAllTime));
  return figures;
}

std::vector<schedule::Chain> remat::getChainProblems(const CallPlan &plan) {
  std::vector<schedule::Chain> problems;
  const schedule::ProgramInstance &instance = *plan.plan->instance;
  for (size_t loop = 0; loop < instance.getNumLoops(); ++loop)
    if (instance.isPlanned(loop))
      problems.push_back(instance.getChain(loop, plan.plan->result.plan.loops[loop].plan.budget));
  return problems;
}

static llvm::Error makeInfeasible(const LoweredProgram &program, const RematProgramPlan *plan) {
  std::vector<BudgetComponent> components;
  for (size_t index : plan->instance->getLiveAtPeak())
    components.push_back({plan->instance->getLiveBuffers()[index].bytes, program.bufferNames[index]});
  int64_t budget = rematPlanGetBudget(plan);
  return llvm::make_error<ProgramError>("the program cannot run inside a budget of " + std::to_string(budget) +
                                            " bytes: " + rematPlanGetMessage(plan),
                                        budget, rematPlanGetMinimum(plan), std::move(components));
}

llvm::Expected<CallPlan> remat::planCall(const LoweredProgram &program, llvm::ArrayRef<int64_t> counts) {
  RematProgramPlan *made = nullptr;
  int32_t status = rematPlanProgram(program.problem.data(), static_cast<int64_t>(program.problem.size()), counts.data(),
                                    static_cast<int64_t>(counts.size()), &made);
  if (!made)
    return makeFault("there is not enough memory to plan the program");
  std::shared_ptr<const RematProgramPlan> plan(made, [](RematProgramPlan *unused) { rematPlanDestroy(unused); });
  if (status == REMAT_PLAN_INFEASIBLE)
    return makeInfeasible(program, plan.get());
  if (status == REMAT_PLAN_INTERNAL)
    return makeInternalError("the plan for counts that were given: " + llvm::Twine(rematPlanGetMessage(plan.get())));
  if (status != REMAT_PLAN_OK)
    return makeInputError("the program cannot be planned: " + llvm::Twine(rematPlanGetMessage(plan.get())));
  int64_t numWords = 0;
  const int64_t *words = rematPlanGetWords(plan.get(), &numWords);
  CallPlan result;
  result.words.assign(words, words + numWords);
  result.figures = readFigures(result.words, program.policy);
  result.plan = std::move(plan);
  return std::move(result);
}
