//===- PlanOutput.cpp - Plans as JSON and as tables -----------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanOutput.h"

#include "TextTable.h"
#include "remat-plan/lib/Input/Numbers.h"

#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

/// A time as a JSON number.
static void printTime(llvm::json::OStream &json, llvm::StringRef key, int64_t time, int64_t scale) {
  json.attributeBegin(key);
  json.rawValue(formatTime(time, scale));
  json.attributeEnd();
}

void plantool::printPlan(llvm::json::OStream &json, const LoadedChain &loaded, const PlanResult &result,
                         bool withPolicy) {
  const Plan &plan = result.plan;
  int64_t scale = loaded.chain.timeScale;
  json.object([&] {
    if (withPolicy || result.ok())
      json.attribute("policy", llvm::StringRef(stringifyPolicy(plan.policy)));
    if (!result.ok()) {
      json.attribute("feasible", false);
      json.attribute("budget", plan.budget);
      if (result.verdict.status == Status::Infeasible)
        json.attribute("minimum_budget", plan.minimumBudget);
      else
        json.attribute("reason", result.verdict.message);
      return;
    }
    json.attribute("steps", plan.steps);
    json.attribute("budget", plan.budget);
    json.attribute("feasible", true);
    json.attribute("forward", plan.forward);
    json.attribute("advance", plan.advance);
    json.attribute("record", plan.record);
    json.attribute("reverse", plan.reverse);
    printTime(json, "time", plan.time, scale);
    json.attribute("time_ratio", plan.timeRatio);
    printTime(json, "lower_bound", plan.lowerBound, scale);
    json.attribute("certified", plan.isCertified());
    printTime(json, "bound_any_schedule", plan.boundAnySchedule, scale);
    json.attribute("peak", plan.peak);
    json.attribute("minimum_budget", plan.minimumBudget);
    if (plan.planningUnit != 1)
      json.attribute("planning_unit", plan.planningUnit);
    if (loaded.chain.slow) {
      printTime(json, "stall", plan.stall, scale);
      json.attribute("offloaded_states", plan.offloadedStates);
      json.attribute("offloaded_tapes", plan.offloadedTapes);
      json.attribute("slow_peak", plan.slowPeak);
      json.attribute("scheme", llvm::StringRef(stringifyScheme(plan.scheme)));
      printTime(json, "predicted_time", plan.predictedTime, scale);
    }
    json.attribute("solve_seconds", plan.solveSeconds);
  });
}

static std::string formatSeconds(double seconds) {
  return seconds < 0.1 ? formatFixed(seconds * 1e3, 2) + " ms" : formatFixed(seconds, 2) + " s";
}

/// How far a plan can be from the best of what its bound holds for.
static std::string describeGap(const Plan &plan) {
  if (plan.isCertified())
    return "certified: no schedule of this policy takes less";
  std::optional<double> gap = gapOf(plan.time, plan.lowerBound);
  if (!gap)
    return "a bound of 0 does not say how far the plan is above the best";
  std::string text = "the plan is at most " + formatPercent(*gap) + " above the best ";
  if (plan.policy == Policy::Online)
    return text + "that knows the number of steps";
  return text + (plan.lowerBound == plan.boundAnySchedule ? "schedule of any kind" : "of this policy");
}

static std::string describeScheme(const Plan &plan, int64_t scale) {
  std::string text(stringifyScheme(plan.scheme));
  if (plan.scheme == OffloadScheme::EveryInterval || plan.scheme == OffloadScheme::StatesAndTapes) {
    text += ": intervals of " + formatMany(plan.interval, "step");
    if (plan.intervalTapes > 0)
      text += ", the last " + formatMany(plan.intervalTapes, "tape") + " of each offloaded";
    text += "; " + formatShortTime(plan.predictedTime, scale) + " by the formula";
  }
  return text;
}

void plantool::printPlanTable(llvm::raw_ostream &stream, const LoadedChain &loaded, const PlanResult &result) {
  const Plan &plan = result.plan;
  int64_t scale = loaded.chain.timeScale;
  std::string share = "keeping everything takes nothing";
  if (loaded.storeAll > 0)
    share = formatPercent(static_cast<double>(plan.budget) / static_cast<double>(loaded.storeAll)) +
            " of keeping everything, " + std::to_string(loaded.storeAll);
  auto perStep = [&](int64_t count) {
    return plan.steps == 0 ? "" : formatFixed(static_cast<double>(count) / static_cast<double>(plan.steps), 3);
  };
  TextTable table({TextTable::Left, TextTable::Right, TextTable::Left});
  table.add({"problem", "", describeChain(loaded.chain)});
  table.add({"policy", "", std::string(stringifyPolicy(plan.policy))});
  table.add({"budget", std::to_string(plan.budget), share});
  table.add({"peak", std::to_string(plan.peak),
             "the least that this policy can do with is " + std::to_string(plan.minimumBudget)});
  table.add({"forward", std::to_string(plan.forward),
             formatMany(plan.advance, "advance") + " and " + formatMany(plan.record, "record") +
                 (plan.steps ? ", " + perStep(plan.forward) + " per step" : "")});
  table.add({"reverse", std::to_string(plan.reverse), ""});
  table.add({"time", formatShortTime(plan.time, scale),
             formatFixed(plan.timeRatio, 4) + " times that of keeping everything"});
  table.add({"lower bound", formatShortTime(plan.lowerBound, scale), describeGap(plan)});
  table.add({"any schedule", formatShortTime(plan.boundAnySchedule, scale), "no schedule of any kind takes less"});
  if (loaded.chain.slow) {
    table.add({"scheme", "", describeScheme(plan, scale)});
    table.add({"stall", formatShortTime(plan.stall, scale), "time in which steps wait for transfers"});
    table.add({"offloaded", std::to_string(plan.offloadedStates + plan.offloadedTapes),
               formatMany(plan.offloadedStates, "state") + " and " + formatMany(plan.offloadedTapes, "tape") +
                   ", at most " + std::to_string(plan.slowPeak) + " at a time"});
  }
  if (plan.planningUnit != 1)
    table.add({"planned in", std::to_string(plan.planningUnit), "units of this size"});
  table.add({"solved in", formatSeconds(plan.solveSeconds), ""});
  table.print(stream);
}
