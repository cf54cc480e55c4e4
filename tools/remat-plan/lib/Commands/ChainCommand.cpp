//===- ChainCommand.cpp - remat-plan chain --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "remat-plan/lib/Output/OutputSink.h"
#include "remat-plan/lib/Output/PlanOutput.h"
#include "remat-plan/lib/Output/Progress.h"
#include "remat-plan/lib/Picture/ScheduleDiagram.h"

#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

static void writeActions(const PlanResult &result, llvm::raw_ostream &stream) {
  result.forEachAction([&](const Action &action) {
    stream << stringifyAction(action) << '\n';
    return true;
  });
}

static ExitStatus reportInfeasible(const LoadedChain &loaded, const PlanResult &result, bool json) {
  if (json) {
    llvm::json::OStream stream(llvm::outs(), /*IndentSize=*/2);
    printPlan(stream, loaded, result, /*withPolicy=*/false);
    stream.flush();
    llvm::outs() << '\n';
  }
  llvm::errs() << "remat-plan: error: budget " << result.plan.budget << " is below the smallest feasible one, "
               << result.plan.minimumBudget << '\n';
  return ExitStatus::Infeasible;
}

llvm::Expected<ExitStatus> plantool::runChain(const PlanOptions &options) {
  auto policy = readPolicy(options.policy);
  if (!policy)
    return policy.takeError();
  auto loaded = loadChain(options, *policy);
  if (!loaded)
    return loaded.takeError();
  if (llvm::Error error = requireBudget(*loaded))
    return std::move(error);

  PlanResult result;
  {
    Progress progress("planning " + std::to_string(loaded->chain.steps()) + " steps");
    result = planChain(loaded->chain, *policy, makeChainOptions(options, &progress));
  }
  if (result.verdict.status == Status::Infeasible)
    return reportInfeasible(*loaded, result, options.json);
  if (!result.ok())
    return makeVerdictError(result.verdict, *loaded);

  OutputSink sink;
  if (!options.actionsPath.empty()) {
    auto write = [&](llvm::raw_ostream &stream) { writeActions(result, stream); };
    if (llvm::Error error = sink.add(options.actionsPath, write))
      return std::move(error);
  }
  if (!options.svgPath.empty()) {
    auto write = [&](llvm::raw_ostream &stream) { drawSchedule(*loaded, result, stream); };
    if (llvm::Error error = sink.add(options.svgPath, write))
      return std::move(error);
  }
  if (llvm::Error error = sink.commit())
    return std::move(error);
  if (options.json) {
    llvm::json::OStream stream(llvm::outs(), /*IndentSize=*/2);
    printPlan(stream, *loaded, result);
    stream.flush();
    llvm::outs() << '\n';
  } else if (options.actionsPath != "-" && options.svgPath != "-") {
    printPlanTable(llvm::outs(), *loaded, result);
  }
  return ExitStatus::Success;
}
