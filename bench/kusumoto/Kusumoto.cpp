//===- Kusumoto.cpp - the table of Kusumoto et al. 2019 ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plans the seven networks as in section 5 of the paper, at the smallest budget at
// which each policy has a plan, at one 5 % larger, and without a limit; plays every
// plan on the machine of the planner and on a model of the paper's framework, and
// prints Markdown.
//
//   kusumoto [--arrays] [--closures] [--budget PERCENT] [NAME]...
//     --arrays    the largest arrays at each peak
//     --closures  without the exact policy
//     --budget    instead of 105 % of the smallest
//     NAME        only the networks of these names
//
//===----------------------------------------------------------------------===//

#include "Framework.h"
#include "remat/Schedule/GraphVerifier.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

using namespace remat::bench;
using namespace remat::schedule;

static constexpr int64_t unlimited = -1;

static double toGigabytes(int64_t bytes) { return static_cast<double>(bytes) / 1e9; }

[[noreturn]] static void fail(const Network &network, const std::string &message) {
  std::fprintf(stderr, "%s: %s\n", network.name.c_str(), message.c_str());
  std::exit(1);
}

namespace {
struct Row {
  GraphPolicy policy;
  GraphObjective objective;
  int64_t percent;
  int published;
};

struct Flags {
  bool arrays = false, closures = false;
  int64_t percent = 105;
};
} // namespace

static GraphProblem withoutLimit(const Network &network) {
  GraphProblem problem = network.graph;
  problem.budget = 5 * problem.totalSize();
  return problem;
}

/// The plan at so many per cent of the smallest budget, or without a limit.
static GraphPlan planAndPlay(const Network &network, const Row &row) {
  GraphProblem problem = withoutLimit(network);
  GraphOptions options;
  options.policy = row.policy;
  options.objective = row.objective;
  if (row.percent != unlimited)
    problem.budget = 0;
  GraphPlanResult result = planGraph(problem, options);
  if (result.verdict.status == Status::Infeasible) {
    problem.budget = result.plan.minimumBudget / 100 * row.percent + result.plan.minimumBudget % 100;
    result = planGraph(problem, options);
  }
  if (!result.ok())
    fail(network, result.verdict.message);
  GraphVerification played = verifyGraphPlan(problem, result.plan);
  if (!played.valid)
    fail(network, played.rule);
  return result.plan;
}

static void printArrays(const FrameworkPeak &peak) {
  std::printf("  %s:", peak.action.c_str());
  for (size_t i = 0; i < peak.arrays.size() && i < 12; ++i)
    std::printf(" %s %.2f%s", peak.arrays[i].first.c_str(), toGigabytes(peak.arrays[i].second),
                i + 1 < peak.arrays.size() ? "," : "");
  std::printf("\n");
}

static void printPeaks(int64_t machine, int64_t framework, int64_t vanilla, int published) {
  double reduction = 100 * (1 - toGigabytes(framework) / toGigabytes(vanilla));
  std::printf("%.2f GB | %.2f GB | %.1f %% | %d %% | %+.1f | ", toGigabytes(machine), toGigabytes(framework), reduction,
              published, reduction - published);
}

static void printNetwork(const Network &network, Flags flags) {
  FrameworkPeak vanilla = vanillaPeak(network);
  std::printf("\n### %s, batch %lld\n\n", network.name.c_str(), static_cast<long long>(network.batch));
  std::printf("%zu nodes; vanilla %.2f GB (published %.1f).\n\n", network.layers.size(), toGigabytes(vanilla.bytes),
              network.vanilla);
  std::printf(
      "| policy | objective | budget | values and gradients | in the framework | reduction | published | difference "
      "| overhead | blocks | lower sets | seconds |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  std::vector<FrameworkPeak> peaks = {vanilla};
  constexpr GraphPolicy approximate = GraphPolicy::Approximate, exact = GraphPolicy::Exact;
  constexpr GraphObjective time = GraphObjective::Time, memory = GraphObjective::Memory;
  for (Row row : {Row{approximate, memory, 100, network.approximateMemory},
                  Row{approximate, memory, flags.percent, network.approximateMemory},
                  Row{exact, memory, 100, network.exactMemory}, Row{exact, memory, flags.percent, network.exactMemory},
                  Row{approximate, time, 100, network.approximateTime},
                  Row{approximate, time, flags.percent, network.approximateTime},
                  Row{exact, time, 100, network.exactTime}, Row{exact, time, flags.percent, network.exactTime},
                  Row{approximate, memory, unlimited, network.approximateMemory}}) {
    if (row.policy == exact && flags.closures)
      continue;
    std::clock_t start = std::clock();
    GraphPlan plan = planAndPlay(network, row);
    double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    peaks.push_back(peakOfSequence(network, plan.sequence));
    std::string budget = row.percent == unlimited ? "any" : std::to_string(row.percent) + " %";
    std::printf("| %s | %s | %s | ", std::string(stringifyGraphPolicy(row.policy)).c_str(),
                std::string(stringifyGraphObjective(row.objective)).c_str(), budget.c_str());
    printPeaks(plan.peakAfterLiveness, peaks.back().bytes, vanilla.bytes, row.published);
    std::printf("%.1f %% | %zu | %lld | %.2f |\n", 100 * (plan.timeRatio - 1), plan.sequence.size(),
                static_cast<long long>(plan.lowerSets), seconds);
    std::fflush(stdout);
  }
  LowerSetSequence segments = chenSequence(network);
  GraphVerification played = verifyGraphSequence(withoutLimit(network), segments);
  if (!played.valid)
    fail(network, played.rule);
  peaks.push_back(peakOfSequence(network, segments));
  std::printf("| chen | as published | | ");
  printPeaks(played.peakAfterLiveness, peaks.back().bytes, vanilla.bytes, network.chen);
  std::printf("%.1f %% | %zu | | |\n", 100.0 * played.overhead / network.graph.totalTime(), segments.size());
  if (flags.arrays) {
    std::printf("\n");
    for (const FrameworkPeak &peak : peaks)
      printArrays(peak);
  }
}

int main(int argc, char **argv) {
  Flags flags;
  std::vector<std::string> names;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--arrays")
      flags.arrays = true;
    else if (argument == "--closures")
      flags.closures = true;
    else if (argument == "--budget" && i + 1 < argc)
      flags.percent = std::max(100, std::atoi(argv[++i]));
    else
      names.push_back(argument);
  }
  for (const Network &network : makeNetworks())
    if (names.empty() || std::find(names.begin(), names.end(), network.name) != names.end())
      printNetwork(network, flags);
  return 0;
}
