//===- GraphOutput.h - Plans of graphs as JSON and as tables ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_GRAPHOUTPUT_H
#define REMAT_TOOLS_REMAT_PLAN_GRAPHOUTPUT_H

#include "remat-plan/lib/Input/GraphReader.h"

#include "llvm/Support/JSON.h"

namespace remat::plantool {

/// Twice the size of all nodes: every value and every gradient at once.
int64_t sizeOfEverything(const schedule::GraphProblem &problem);

/// A plan as a JSON object (docs/Contracts.md); an infeasible one says what would do, and
/// with \p withPolicy also whose plan it would have been.
void printGraphPlan(llvm::json::OStream &json, const GraphInput &input, const schedule::GraphPlanResult &result,
                    bool withPolicy = true);

/// The same for people.
void printGraphTable(llvm::raw_ostream &stream, const GraphInput &input, const schedule::GraphPlan &plan);

/// Several plans of one graph, one row each.
void printGraphComparison(llvm::raw_ostream &stream, const GraphInput &input,
                          const std::vector<schedule::GraphPlanResult> &results);

/// What the verifier found, as JSON or for people; the latter only if it is valid.
void printGraphVerification(llvm::raw_ostream &stream, const GraphInput &input,
                            const schedule::GraphVerification &result, bool json);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_GRAPHOUTPUT_H
