//===- GraphCommand.cpp - remat-plan on graphs ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "remat-plan/lib/Output/GraphOutput.h"
#include "remat-plan/lib/Output/Progress.h"
#include "remat/Support/Budget.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <limits>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

static llvm::Expected<GraphOptions> readGraphOptions(const PlanOptions &options) {
  GraphOptions result;
  if (!options.policy.empty()) {
    std::optional<GraphPolicy> policy = parseGraphPolicy(options.policy);
    if (!policy)
      return makeUsageError("--policy of a graph expects exact, approximate or chen, but got '" + options.policy + "'");
    result.policy = *policy;
  }
  std::optional<GraphObjective> objective = parseGraphObjective(options.objective);
  if (!objective)
    return makeUsageError("--objective expects time or memory, but got '" + options.objective + "'");
  result.objective = *objective;
  return result;
}

/// Reads the problem of a file and checks it.
static llvm::Expected<GraphInput> loadGraph(const InputFile &file) {
  auto input = readGraph(file.getText(), file.name);
  if (!input)
    return input.takeError();
  if (llvm::Error error = checkGraph(*input, file.name))
    return std::move(error);
  return input;
}

static llvm::Error setBudget(const PlanOptions &options, const GraphOptions &graphOptions, llvm::StringRef file,
                             GraphInput &input) {
  if (!options.budget) {
    if (input.hasBudget)
      return llvm::Error::success();
    return makeInputError(file, input.problemLine, "expects a budget, in the problem or as --budget");
  }
  int64_t least = 0;
  if (options.budget->getKind() == Budget::Kind::Minimum) {
    input.problem.budget = 0;
    least = planGraph(input.problem, graphOptions).plan.minimumBudget;
  }
  int64_t most = sizeOfEverything(input.problem);
  input.problem.budget = options.budget->resolve(most, least).value_or(most);
  return llvm::Error::success();
}

llvm::Expected<ExitStatus> plantool::runGraph(const PlanOptions &options) {
  auto graphOptions = readGraphOptions(options);
  if (!graphOptions)
    return graphOptions.takeError();
  auto file = openInput(options.problemPath);
  if (!file)
    return file.takeError();
  auto input = loadGraph(*file);
  if (!input)
    return input.takeError();
  if (llvm::Error error = setBudget(options, *graphOptions, file->name, *input))
    return std::move(error);

  GraphPlanResult result;
  {
    Progress progress("planning " + std::to_string(input->problem.nodes.size()) + " nodes");
    graphOptions->progress = [&](double share) {
      progress.setShare(share);
      return true;
    };
    result = planGraph(input->problem, *graphOptions);
  }
  bool isInfeasible = result.verdict.status == Status::Infeasible;
  if (!result.ok() && !isInfeasible)
    return makeInputError(file->name, input->nodesLine, result.verdict.message);
  if (options.json) {
    llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
    printGraphPlan(json, *input, result, /*withPolicy=*/false);
    json.flush();
    llvm::outs() << '\n';
  } else if (!isInfeasible) {
    printGraphTable(llvm::outs(), *input, result.plan);
  }
  if (!isInfeasible)
    return ExitStatus::Success;
  llvm::errs() << "remat-plan: error: budget " << input->problem.budget << " is below the smallest feasible one, "
               << result.plan.minimumBudget << '\n';
  return ExitStatus::Infeasible;
}

llvm::Expected<ExitStatus> plantool::verifyGraph(const PlanOptions &options, const InputFile &problemFile) {
  auto input = loadGraph(problemFile);
  if (!input)
    return input.takeError();
  if (!options.budget && !input->hasBudget)
    input->problem.budget = std::numeric_limits<int64_t>::max();
  else if (llvm::Error error = setBudget(options, GraphOptions(), problemFile.name, *input))
    return std::move(error);
  auto file = openInput(options.schedulePath);
  if (!file)
    return file.takeError();
  auto schedule = readGraphSchedule(file->getText(), file->name, input->timeScale);
  if (!schedule)
    return schedule.takeError();
  GraphVerification result = verifyGraphSequence(input->problem, schedule->sequence, schedule->claim);
  printGraphVerification(llvm::outs(), *input, result, options.json);
  if (result.valid)
    return ExitStatus::Success;
  llvm::errs() << file->name << ": error: ";
  if (result.action > 0)
    llvm::errs() << "action " << result.action << (result.afterLiveness ? " after liveness: " : ": ");
  llvm::errs() << result.rule << '\n';
  return ExitStatus::VerificationFailed;
}

static std::vector<GraphPlanResult> planByAll(const GraphProblem &problem) {
  std::vector<GraphPlanResult> results;
  Progress progress("planning by every policy");
  for (GraphPolicy policy : {GraphPolicy::Chen, GraphPolicy::Approximate, GraphPolicy::Exact}) {
    for (GraphObjective objective : {GraphObjective::Time, GraphObjective::Memory}) {
      GraphOptions graphOptions;
      graphOptions.policy = policy;
      graphOptions.objective = objective;
      progress.begin("planning by policy " + std::string(stringifyGraphPolicy(policy)) + ", least " +
                     std::string(stringifyGraphObjective(objective)) + ", " + std::to_string(results.size() + 1) +
                     " of 6");
      graphOptions.progress = [&](double share) {
        progress.setShare(share);
        return true;
      };
      results.push_back(planGraph(problem, graphOptions));
      results.back().plan.policy = policy;
      results.back().plan.objective = objective;
    }
  }
  return results;
}

llvm::Expected<ExitStatus> plantool::compareGraph(const PlanOptions &options, const InputFile &problemFile) {
  auto input = loadGraph(problemFile);
  if (!input)
    return input.takeError();
  if (llvm::Error error = setBudget(options, GraphOptions(), problemFile.name, *input))
    return std::move(error);
  std::vector<GraphPlanResult> results = planByAll(input->problem);
  bool isAnyFeasible = llvm::any_of(results, [](const GraphPlanResult &result) { return result.ok(); });
  if (options.json) {
    llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
    json.array([&] {
      for (const GraphPlanResult &result : results)
        printGraphPlan(json, *input, result);
    });
    json.flush();
    llvm::outs() << '\n';
  } else {
    printGraphComparison(llvm::outs(), *input, results);
  }
  if (isAnyFeasible)
    return ExitStatus::Success;
  llvm::errs() << "remat-plan: error: no policy has a plan at budget " << input->problem.budget << '\n';
  return ExitStatus::Infeasible;
}
