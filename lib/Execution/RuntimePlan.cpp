//===- RuntimePlan.cpp - Plans for the arguments of a call --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimePlan.h"

#include "remat/Execution/ProgramError.h"
#include "remat/Runtime/Planner.h"
#include "remat/Schedule/RuntimePlan.h"

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
  figures.peakBytes = get(PlanFigure::ArenaBytes);
  figures.storeAllBytes = get(PlanFigure::StoreAllBytes);
  figures.parameterCopyBytes = get(PlanFigure::ParameterBytes);
  figures.certified = get(PlanFigure::Certified) != 0;
  if (int64_t storeAll = get(PlanFigure::StoreAllTime); storeAll > 0) {
    figures.timeRatio = static_cast<double>(get(PlanFigure::Time)) / static_cast<double>(storeAll);
    figures.lowerBoundRatio = static_cast<double>(get(PlanFigure::LowerBound)) / static_cast<double>(storeAll);
  }
  return figures;
}

llvm::Expected<RuntimePlan> remat::makeRuntimePlan(llvm::ArrayRef<int64_t> problem, llvm::StringRef policy,
                                                   llvm::ArrayRef<int64_t> counts) {
  RematProgramPlan *made = nullptr;
  int32_t status = rematPlanProgram(problem.data(), static_cast<int64_t>(problem.size()), counts.data(),
                                    static_cast<int64_t>(counts.size()), &made);
  if (!made)
    return makeFault("there is not enough memory to plan the program");
  std::unique_ptr<RematProgramPlan, void (*)(RematProgramPlan *)> plan(made, rematPlanDestroy);
  std::string message = rematPlanGetMessage(plan.get());
  if (status == REMAT_PLAN_INFEASIBLE) {
    int64_t budget = rematPlanGetBudget(plan.get());
    return llvm::make_error<ProgramError>(ProgramError::Kind::Infeasible,
                                          "the program cannot run inside a budget of " + std::to_string(budget) +
                                              " bytes: " + message,
                                          budget, rematPlanGetMinimum(plan.get()));
  }
  if (status != REMAT_PLAN_OK)
    return makeInputError("the program cannot be planned: " + message);
  int64_t numWords = 0;
  const int64_t *words = rematPlanGetWords(plan.get(), &numWords);
  RuntimePlan result;
  result.words.assign(words, words + numWords);
  result.figures = readFigures(result.words, policy);
  return std::move(result);
}
