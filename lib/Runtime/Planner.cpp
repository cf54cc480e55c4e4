//===- Planner.cpp - Plans for trip counts known at run time --- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The C face of schedule::planProgram.
//
//===----------------------------------------------------------------------===//

#include "remat/Runtime/Planner.h"

#include "ProgramPlan.h"

#include <memory>
#include <new>

using namespace remat::schedule;

static int32_t getStatus(Status status) {
  switch (status) {
  case Status::Ok:
    return REMAT_PLAN_OK;
  case Status::BadValue:
    return REMAT_PLAN_BAD_VALUE;
  case Status::Overflow:
    return REMAT_PLAN_OVERFLOW;
  case Status::Unsupported:
    return REMAT_PLAN_UNSUPPORTED;
  case Status::Infeasible:
    return REMAT_PLAN_INFEASIBLE;
  case Status::Interrupted:
  // Of plans that are lists, which programs do not have.
  case Status::Internal:
    break;
  }
  return REMAT_PLAN_INTERNAL;
}

static void makePlan(const int64_t *words, int64_t numWords, std::vector<int64_t> counts, RematProgramPlan &plan) {
  plan.result.verdict = ProgramProblem::read(words, numWords, plan.problem);
  if (!plan.result.verdict.ok())
    return;
  plan.instance = ProgramInstance::create(plan.problem, std::move(counts), plan.result.verdict);
  if (!plan.instance)
    return;
  plan.result = planProgram(*plan.instance);
  if (plan.result.verdict.ok())
    plan.words = writePlanWords(*plan.instance, plan.result);
}

/// The C++ library reports memory that is not there by exceptions, which must not
/// reach C.
extern "C" int32_t rematPlanProgram(const int64_t *problem, int64_t problemWords, const int64_t *counts,
                                    int64_t numCounts, RematProgramPlan **plan) {
  *plan = nullptr;
  try {
    auto made = std::make_unique<RematProgramPlan>();
    makePlan(problem, problemWords, std::vector<int64_t>(counts, counts + (numCounts > 0 ? numCounts : 0)), *made);
    *plan = made.release();
    return getStatus((*plan)->result.verdict.status);
  } catch (const std::bad_alloc &) {
    return REMAT_PLAN_NO_MEMORY;
  }
}

extern "C" const int64_t *rematPlanGetWords(const RematProgramPlan *plan, int64_t *numWords) {
  *numWords = static_cast<int64_t>(plan->words.size());
  return plan->words.empty() ? nullptr : plan->words.data();
}

extern "C" const char *rematPlanGetMessage(const RematProgramPlan *plan) {
  return plan->result.verdict.message.c_str();
}

extern "C" int64_t rematPlanGetBudget(const RematProgramPlan *plan) { return plan->result.budget.value_or(-1); }

extern "C" int64_t rematPlanGetMinimum(const RematProgramPlan *plan) { return plan->result.minimum; }

extern "C" void rematPlanDestroy(RematProgramPlan *plan) { delete plan; }
