//===- GraphOutput.cpp - Plans of graphs as JSON and as tables ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphOutput.h"

#include "TextTable.h"
#include "remat-plan/lib/Input/Numbers.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

int64_t plantool::sizeOfEverything(const GraphProblem &problem) { return 2 * problem.totalSize(); }

void plantool::printGraphPlan(llvm::json::OStream &json, const GraphInput &input, const GraphPlanResult &result,
                              bool withPolicy) {
  const GraphPlan &plan = result.plan;
  auto printTime = [&](llvm::StringRef key, int64_t time) {
    json.attributeBegin(key);
    json.rawValue(formatTime(time, input.timeScale));
    json.attributeEnd();
  };
  json.object([&] {
    if (withPolicy || result.ok()) {
      json.attribute("policy", llvm::StringRef(stringifyGraphPolicy(plan.policy)));
      json.attribute("objective", llvm::StringRef(stringifyGraphObjective(plan.objective)));
    }
    if (!result.ok()) {
      json.attribute("feasible", false);
      json.attribute("budget", input.problem.budget);
      if (result.verdict.status == Status::Infeasible)
        json.attribute("minimum_budget", plan.minimumBudget);
      else
        json.attribute("reason", result.verdict.message);
      return;
    }
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
    printTime("bound_any_schedule", plan.boundAnySchedule);
    json.attribute("peak", plan.peak);
    json.attribute("peak_after_liveness", plan.peakAfterLiveness);
    json.attribute("minimum_budget", plan.minimumBudget);
    json.attribute("minimum_budget_any_schedule", plan.minimumBudgetAnySchedule);
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
}

void plantool::printGraphTable(llvm::raw_ostream &stream, const GraphInput &input, const GraphPlan &plan) {
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
             "all values and gradients take " + std::to_string(sizeOfEverything(input.problem))});
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
  table.add({"any schedule", time(plan.boundAnySchedule),
             "no schedule of any kind takes less, or does with a budget below " +
                 std::to_string(plan.minimumBudgetAnySchedule)});
  table.add({"solved in", formatFixed(plan.solveSeconds * 1e3, 2) + " ms", ""});
  table.print(stream);
}

void plantool::printGraphComparison(llvm::raw_ostream &stream, const GraphInput &input,
                                    const std::vector<GraphPlanResult> &results) {
  stream << formatMany(static_cast<int64_t>(input.problem.nodes.size()), "node") << "; budget " << input.problem.budget
         << ", all values and gradients take " << sizeOfEverything(input.problem) << "\n\n";
  std::vector<TextTable::Alignment> columns(11, TextTable::Right);
  columns[0] = columns[1] = columns.back() = TextTable::Left;
  TextTable table(columns);
  table.add({"policy", "objective", "forward", "overhead", "time", "ratio", "lower bound", "gap", "peak",
             "after liveness", ""});
  for (const GraphPlanResult &result : results) {
    const GraphPlan &plan = result.plan;
    std::string policy(stringifyGraphPolicy(plan.policy));
    std::string objective(stringifyGraphObjective(plan.objective));
    if (!result.ok()) {
      bool isInfeasible = result.verdict.status == Status::Infeasible;
      table.add({policy, objective, "", "", "", "", "", "", "", "",
                 isInfeasible ? "needs a budget of " + std::to_string(plan.minimumBudget) : result.verdict.message});
      continue;
    }
    table.add({policy, objective, std::to_string(plan.forward), formatShortTime(plan.overhead, input.timeScale),
               formatShortTime(plan.time, input.timeScale), formatFixed(plan.timeRatio, 4),
               formatShortTime(plan.lowerBound, input.timeScale), formatGap(plan.time, plan.lowerBound),
               std::to_string(plan.peak), std::to_string(plan.peakAfterLiveness), plan.certified ? "certified" : ""});
  }
  table.print(stream);
  // The bounds do not depend on the policy.
  auto bounded = llvm::find_if(results, [](const GraphPlanResult &result) { return result.ok(); });
  if (bounded != results.end())
    stream << "\nno schedule of any kind takes less time than "
           << formatShortTime(bounded->plan.boundAnySchedule, input.timeScale) << ", or does with a budget below "
           << bounded->plan.minimumBudgetAnySchedule << '\n';
}

void plantool::printGraphVerification(llvm::raw_ostream &stream, const GraphInput &input,
                                      const GraphVerification &result, bool json) {
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
      table.print(stream);
    return;
  }
  llvm::json::OStream object(stream, /*IndentSize=*/2);
  auto printTime = [&](llvm::StringRef key, int64_t value) {
    object.attributeBegin(key);
    object.rawValue(time(value));
    object.attributeEnd();
  };
  object.object([&] {
    object.attribute("valid", result.valid);
    // Of a valid plan, 0, false and "".
    object.attribute("action", result.action);
    object.attribute("after_liveness", result.afterLiveness);
    object.attribute("rule", result.rule);
    object.attribute("forward", result.forward);
    printTime("time", result.time);
    printTime("overhead", result.overhead);
    object.attribute("peak", result.peak);
    object.attribute("peak_after_liveness", result.peakAfterLiveness);
  });
  object.flush();
  stream << '\n';
}
