//===- PlanOutput.h - Plans as JSON and as tables ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_PLANOUTPUT_H
#define REMAT_TOOLS_REMAT_PLAN_PLANOUTPUT_H

#include "remat-plan/lib/Input/ChainLoader.h"

#include "llvm/Support/JSON.h"

namespace remat::plantool {

/// A plan as a JSON object (docs/Contracts.md); an infeasible one says what would do,
/// and with \p withPolicy also whose plan it would have been.
void printPlan(llvm::json::OStream &json, const LoadedChain &loaded, const schedule::PlanResult &result,
               bool withPolicy = true);

/// The same for people.
void printPlanTable(llvm::raw_ostream &stream, const LoadedChain &loaded, const schedule::PlanResult &result);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_PLANOUTPUT_H
