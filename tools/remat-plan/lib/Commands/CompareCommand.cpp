//===- CompareCommand.cpp - remat-plan compare ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "remat-plan/lib/Input/GraphReader.h"
#include "remat-plan/lib/Input/Numbers.h"
#include "remat-plan/lib/Output/PlanOutput.h"
#include "remat-plan/lib/Output/Progress.h"
#include "remat-plan/lib/Output/TextTable.h"

#include "llvm/Support/raw_ostream.h"

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

/// Those for one memory, the best one last; then those for a slow tier, if there is one.
static std::vector<Policy> listPolicies(bool hasSlowTier) {
  std::vector<Policy> fast, slow;
  for (const PolicyInfo &info : allPolicies)
    if (info.policy != Policy::Optimal)
      (info.has(NeedsSlowTier) ? slow : fast).push_back(info.policy);
  fast.push_back(Policy::Optimal);
  if (hasSlowTier)
    fast.insert(fast.end(), slow.begin(), slow.end());
  return fast;
}

static std::vector<std::string> makeRow(const PlanResult &result, int64_t scale) {
  const Plan &plan = result.plan;
  std::string name(stringifyPolicy(plan.policy));
  if (result.verdict.status == Status::Infeasible)
    return {name, "", "", "", "", "", "", "needs a budget of " + std::to_string(plan.minimumBudget)};
  if (!result.ok())
    return {name, "", "", "", "", "", "", result.verdict.message};
  return {name,
          std::to_string(plan.forward),
          formatShortTime(plan.time, scale),
          formatFixed(plan.timeRatio, 4),
          formatShortTime(plan.lowerBound, scale),
          formatGap(plan.time, plan.lowerBound),
          std::to_string(plan.peak),
          plan.isCertified() ? "certified" : ""};
}

static void printTables(const std::vector<PlanResult> &results, const LoadedChain &loaded) {
  llvm::raw_ostream &stream = llvm::outs();
  stream << describeChain(loaded.chain) << "; budget " << loaded.chain.budget << ", keeping everything takes "
         << loaded.storeAll << "\n\n";
  TextTable table({TextTable::Left, TextTable::Right, TextTable::Right, TextTable::Right, TextTable::Right,
                   TextTable::Right, TextTable::Right, TextTable::Left});
  table.add({"policy", "forward", "time", "ratio", "lower bound", "gap", "peak", ""});
  for (const PlanResult &result : results)
    table.add(makeRow(result, loaded.chain.timeScale));
  table.print(stream);
  for (const PlanResult &result : results)
    if (result.ok() && result.plan.policy == Policy::Optimal)
      stream << "\nno schedule of any kind takes less time than "
             << formatShortTime(result.plan.boundAnySchedule, loaded.chain.timeScale) << '\n';
}

static llvm::Expected<ExitStatus> compareChain(const PlanOptions &options, const InputFile *problemFile) {
  auto loaded = loadChain(options, Policy::Optimal, problemFile);
  if (!loaded)
    return loaded.takeError();
  if (llvm::Error error = requireBudget(*loaded))
    return std::move(error);

  std::vector<Policy> policies = listPolicies(loaded->chain.slow.has_value());
  std::vector<PlanResult> results;
  bool isAnyFeasible = false;
  {
    Progress progress("planning by every policy");
    for (Policy policy : policies) {
      progress.begin("planning by policy " + std::string(stringifyPolicy(policy)) + ", " +
                     std::to_string(results.size() + 1) + " of " + std::to_string(policies.size()));
      results.push_back(planChain(loaded->chain, policy, makeChainOptions(options, &progress)));
      if (results.back().verdict.status == Status::Internal)
        return makeVerdictError(results.back().verdict, *loaded);
      isAnyFeasible |= results.back().ok();
    }
  }
  if (options.json) {
    llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
    json.array([&] {
      for (const PlanResult &result : results)
        printPlan(json, *loaded, result);
    });
    json.flush();
    llvm::outs() << '\n';
  } else {
    printTables(results, *loaded);
  }
  if (isAnyFeasible)
    return ExitStatus::Success;
  llvm::errs() << "remat-plan: error: no policy has a plan at budget " << loaded->chain.budget << '\n';
  return ExitStatus::Infeasible;
}

llvm::Expected<ExitStatus> plantool::runCompare(const PlanOptions &options) {
  if (options.flags)
    return compareChain(options, nullptr);
  auto file = openInput(options.problemPath);
  if (!file)
    return file.takeError();
  return isGraph(file->getText()) ? compareGraph(options, *file) : compareChain(options, &*file);
}
