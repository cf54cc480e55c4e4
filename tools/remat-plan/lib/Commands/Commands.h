//===- Commands.h - What remat-plan does ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_COMMANDS_H
#define REMAT_TOOLS_REMAT_PLAN_COMMANDS_H

#include "remat-plan/lib/Input/Diagnostics.h"
#include "remat-plan/lib/Input/InputFile.h"
#include "remat-plan/lib/Input/Options.h"
#include "remat-plan/lib/Output/Progress.h"
#include "remat/Schedule/ChainPlanner.h"

namespace remat::plantool {

/// One function for each command. They print their result; the status says how it
/// ended, an error is what keeps them from a result.
llvm::Expected<ExitStatus> runChain(const PlanOptions &options);
llvm::Expected<ExitStatus> runGraph(const PlanOptions &options);
llvm::Expected<ExitStatus> runVerify(const PlanOptions &options);
llvm::Expected<ExitStatus> runFrontier(const PlanOptions &options);
llvm::Expected<ExitStatus> runCompare(const PlanOptions &options);

/// The parts of verify and compare that are for graphs, with the problem's file open.
llvm::Expected<ExitStatus> verifyGraph(const PlanOptions &options, const InputFile &problemFile);
llvm::Expected<ExitStatus> compareGraph(const PlanOptions &options, const InputFile &problemFile);

/// How hard to search. A \p progress never ends the search.
schedule::ChainOptions makeChainOptions(const PlanOptions &options, Progress *progress = nullptr);

/// Runs the command and reports its error.
ExitStatus run(const PlanOptions &options);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_COMMANDS_H
