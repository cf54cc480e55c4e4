//===- GraphCommand.cpp - remat-plan graph --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "GraphReader.h"
#include "InputFile.h"
#include "Numbers.h"
#include "Progress.h"
#include "TextTable.h"
#include "remat/Support/Budget.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
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

/// Twice the size of all nodes: every value and every gradient at once.
static int64_t everything(const GraphProblem &problem) { return 2 * problem.totalSize(); }

static llvm::Error setBudget(const PlanOptions &options, const GraphOptions &graphOptions, GraphInput &input) {
  if (options.budget.empty()) {
    if (input.hasBudget)
      return llvm::Error::success();
    return makeInputError("expects a budget, in the problem or as --budget");
  }
  if (options.budget == "min") {
    input.problem.budget = 0;
    input.problem.budget = planGraph(input.problem, graphOptions).plan.minimumBudget;
    return llvm::Error::success();
  }
  std::string reason;
  std::optional<Budget> budget = parseBudget(options.budget, reason);
  if (!budget)
    return makeUsageError("--budget " + reason);
  int64_t most = everything(input.problem);
  input.problem.budget = budget->resolve(most).value_or(most);
  return llvm::Error::success();
}

static void printJSON(const GraphPlanResult &result, const GraphInput &input) {
  const GraphPlan &plan = result.plan;
  llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
  auto printTime = [&](llvm::StringRef key, int64_t time) {
    json.attributeBegin(key);
    json.rawValue(formatTime(time, input.timeScale));
    json.attributeEnd();
  };
  json.object([&] {
    if (!result.ok()) {
      json.attribute("feasible", false);
      json.attribute("budget", input.problem.budget);
      json.attribute("minimum_budget", plan.minimumBudget);
      return;
    }
    json.attribute("policy", llvm::StringRef(stringifyGraphPolicy(plan.policy)));
    json.attribute("objective", llvm::StringRef(stringifyGraphObjective(plan.objective)));
    json.attribute("steps", plan.nodes);
    json.attribute("budget", plan.budget);
    json.attribute("feasible", true);
    json.attribute("forward", plan.forward);
    json.attribute("advance", plan.forward - plan.nodes);
    json.attribute("record", plan.nodes);
    json.attribute("reverse", plan.nodes);
    printTime("time", plan.time);
    json.attribute("time_ratio", plan.timeRatio);
    printTime("overhead", plan.overhead);
    printTime("lower_bound", plan.lowerBound);
    json.attribute("certified", plan.certified);
    printTime("bound_any_schedule", input.problem.totalTime());
    json.attribute("peak", plan.peak);
    json.attribute("peak_after_liveness", plan.peakAfterLiveness);
    json.attribute("minimum_budget", plan.minimumBudget);
    json.attribute("lower_sets", plan.lowerSets);
    json.attribute("solve_seconds", plan.solveSeconds);
    json.attributeArray("sequence", [&] {
      for (const std::vector<GraphProblem::NodeId> &set : plan.sequence) {
        // One line for each set.
        std::string line;
        for (GraphProblem::NodeId node : set)
          line += (line.empty() ? "" : ", ") + std::to_string(node);
        json.rawValue("[" + line + "]");
      }
    });
  });
  json.flush();
  llvm::outs() << '\n';
}

static void printTable(const GraphPlan &plan, const GraphInput &input) {
  auto time = [&](int64_t value) { return formatShortTime(value, input.timeScale); };
  TextTable table({TextTable::Left, TextTable::Right, TextTable::Left});
  table.add(
      {"problem", "",
       formatMany(plan.nodes, "node") + ", " + formatMany(static_cast<int64_t>(input.problem.edges.size()), "edge")});
  table.add({"policy", "",
             std::string(stringifyGraphPolicy(plan.policy)) + ", least " +
                 std::string(stringifyGraphObjective(plan.objective)) + ", over " +
                 formatMany(plan.lowerSets, "lower set")});
  table.add({"budget", std::to_string(plan.budget),
             "all values and gradients take " + std::to_string(everything(input.problem))});
  table.add({"peak", std::to_string(plan.peak),
             "the least that this policy can do with is " + std::to_string(plan.minimumBudget)});
  table.add({"after liveness", std::to_string(plan.peakAfterLiveness), "dropping everything after its last use"});
  table.add({"blocks", std::to_string(plan.sequence.size()), ""});
  table.add({"forward", std::to_string(plan.forward),
             std::to_string(plan.forward - plan.nodes) +
                 (plan.forward - plan.nodes == 1 ? " value is" : " values are") + " computed again"});
  table.add({"overhead", time(plan.overhead), "time of what is computed again"});
  table.add({"time", time(plan.time), formatFixed(plan.timeRatio, 4) + " times that of computing everything once"});
  table.add({"lower bound", time(plan.lowerBound),
             plan.certified ? "certified: no sequence of these lower sets takes less" : ""});
  table.add({"solved in", formatFixed(plan.solveSeconds * 1e3, 2) + " ms", ""});
  table.print(llvm::outs());
}

llvm::Expected<ExitStatus> plantool::runGraph(const PlanOptions &options) {
  auto graphOptions = readGraphOptions(options);
  if (!graphOptions)
    return graphOptions.takeError();
  auto file = openInput(options.problemPath);
  if (!file)
    return file.takeError();
  auto input = readGraph(file->getText(), file->name);
  if (!input)
    return input.takeError();
  if (Verdict verdict = input->problem.validate(); !verdict.ok())
    return makeInputError(file->name + ": " + verdict.message);
  if (llvm::Error error = setBudget(options, *graphOptions, *input))
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
    return makeInputError(file->name + ": " + result.verdict.message);
  if (options.json)
    printJSON(result, *input);
  else if (!isInfeasible)
    printTable(result.plan, *input);
  if (!isInfeasible)
    return ExitStatus::Success;
  llvm::errs() << "remat-plan: error: budget " << input->problem.budget << " is below the smallest feasible one, "
               << result.plan.minimumBudget << '\n';
  return ExitStatus::Infeasible;
}

static void printVerification(const GraphVerification &result, const GraphInput &input, bool json) {
  auto time = [&](int64_t value) { return formatTime(value, input.timeScale); };
  if (!json) {
    TextTable table({TextTable::Left, TextTable::Right, TextTable::Left});
    table.add({"valid", "", formatMany(static_cast<int64_t>(input.problem.nodes.size()), "node")});
    table.add({"forward", std::to_string(result.forward), ""});
    table.add({"time", formatShortTime(result.time, input.timeScale), ""});
    table.add({"overhead", formatShortTime(result.overhead, input.timeScale), ""});
    table.add({"peak", std::to_string(result.peak), ""});
    table.add({"after liveness", std::to_string(result.peakAfterLiveness), ""});
    if (result.valid)
      table.print(llvm::outs());
    return;
  }
  llvm::json::OStream stream(llvm::outs(), /*IndentSize=*/2);
  auto printTime = [&](llvm::StringRef key, int64_t value) {
    stream.attributeBegin(key);
    stream.rawValue(time(value));
    stream.attributeEnd();
  };
  stream.object([&] {
    stream.attribute("valid", result.valid);
    if (!result.valid) {
      stream.attribute("action", result.action);
      stream.attribute("after_liveness", result.afterLiveness);
      stream.attribute("rule", result.rule);
    }
    stream.attribute("forward", result.forward);
    printTime("time", result.time);
    printTime("overhead", result.overhead);
    stream.attribute("peak", result.peak);
    stream.attribute("peak_after_liveness", result.peakAfterLiveness);
  });
  stream.flush();
  llvm::outs() << '\n';
}

llvm::Expected<ExitStatus> plantool::verifyGraph(const PlanOptions &options, const InputFile &problemFile) {
  auto input = readGraph(problemFile.getText(), problemFile.name);
  if (!input)
    return input.takeError();
  if (Verdict verdict = input->problem.validate(); !verdict.ok())
    return makeInputError(problemFile.name + ": " + verdict.message);
  if (options.budget.empty() && !input->hasBudget)
    input->problem.budget = std::numeric_limits<int64_t>::max();
  else if (llvm::Error error = setBudget(options, GraphOptions(), *input))
    return std::move(error);
  auto file = openInput(options.schedulePath);
  if (!file)
    return file.takeError();
  auto schedule = readGraphSchedule(file->getText(), file->name, input->timeScale);
  if (!schedule)
    return schedule.takeError();
  GraphVerification result = verifyGraphSequence(input->problem, schedule->sequence, schedule->claim);
  printVerification(result, *input, options.json);
  if (result.valid)
    return ExitStatus::Success;
  llvm::errs() << file->name << ": error: ";
  if (result.action > 0)
    llvm::errs() << "action " << result.action << (result.afterLiveness ? " after liveness: " : ": ");
  llvm::errs() << result.rule << '\n';
  return ExitStatus::VerificationFailed;
}
