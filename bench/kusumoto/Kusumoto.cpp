//===- Kusumoto.cpp - the table of Kusumoto et al. 2019 ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plans the seven networks as in section 5 of the paper, at the smallest budget
// at which each policy has a plan, and once without a limit; plays every plan and
// prints Markdown.
//
//   kusumoto [NAME]...     only the networks of these names
//
//===----------------------------------------------------------------------===//

#include "NetworkBuilder.h"
#include "remat/Schedule/GraphVerifier.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

using namespace remat::bench;
using namespace remat::schedule;

static constexpr int64_t unlimited = -1;

static double toGigabytes(int64_t bytes) { return static_cast<double>(bytes) / 1e9; }

[[noreturn]] static void fail(const Network &network, const std::string &message) {
  std::fprintf(stderr, "%s: %s\n", network.name.c_str(), message.c_str());
  std::exit(1);
}

/// The peak of keeping everything, as a framework that holds on to its record of the forward pass: a
/// value that some gradient reads stays until the end, all others and the gradients go after
/// their last use.
static int64_t vanillaPeak(const Network &network) {
  std::vector<std::vector<GraphProblem::NodeId>> all(1);
  for (size_t node = 0; node < network.graph.nodes.size(); ++node)
    all[0].push_back(static_cast<GraphProblem::NodeId>(node));
  std::vector<GraphAction> actions;
  bool isBackward = false;
  for (const GraphAction &action : dropAfterLastUse(network.graph, *canonicalActions(network.graph, all))) {
    isBackward = isBackward || action.kind == GraphActionKind::Differentiate;
    if (!isBackward || action.kind != GraphActionKind::DropValue)
      actions.push_back(action);
  }
  GraphSimulationResult played = simulateGraph(network.graph, actions, 2 * network.graph.totalSize());
  if (!played.valid)
    fail(network, played.rule);
  return played.peak;
}

/// The plan at so many per cent of the smallest budget, or without a limit.
static GraphPlan planAndPlay(const Network &network, GraphPolicy policy, GraphObjective objective, int64_t percent) {
  GraphProblem problem = network.graph;
  GraphOptions options;
  options.policy = policy;
  options.objective = objective;
  problem.budget = percent == unlimited ? 5 * problem.totalSize() : 0;
  GraphPlanResult result = planGraph(problem, options);
  if (result.verdict.status == Status::Infeasible) {
    problem.budget = result.plan.minimumBudget / 100 * percent + result.plan.minimumBudget % 100;
    result = planGraph(problem, options);
  }
  if (!result.ok())
    fail(network, result.verdict.message);
  GraphVerification played = verifyGraphPlan(problem, result.plan);
  if (!played.valid)
    fail(network, played.rule);
  return result.plan;
}

static void printNetwork(const Network &network) {
  // Parameters and their gradients are there all the time.
  int64_t fixed = 2 * network.parameterBytes;
  int64_t vanilla = vanillaPeak(network) + fixed;
  std::printf("\n### %s, batch %lld\n\n", network.name.c_str(), static_cast<long long>(network.batch));
  std::printf("%zu nodes; vanilla %.1f GB (published %.1f), of which %.2f GB are parameters and their gradients.\n\n",
              network.graph.nodes.size(), toGigabytes(vanilla), network.vanilla, toGigabytes(fixed));
  std::printf(
      "| policy | objective | budget | peak | reduction | published | difference | overhead | blocks | lower sets "
      "| seconds |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
  struct Row {
    GraphPolicy policy;
    GraphObjective objective;
    int64_t percent;
    int published;
  };
  constexpr GraphPolicy approximate = GraphPolicy::Approximate, exact = GraphPolicy::Exact;
  constexpr GraphObjective time = GraphObjective::Time, memory = GraphObjective::Memory;
  for (Row row :
       {Row{approximate, memory, 100, network.approximateMemory},
        Row{approximate, memory, 105, network.approximateMemory}, Row{exact, memory, 100, network.exactMemory},
        Row{exact, memory, 105, network.exactMemory}, Row{approximate, time, 100, network.approximateTime},
        Row{exact, time, 100, network.exactTime}, Row{GraphPolicy::Chen, memory, 100, network.chen},
        Row{approximate, memory, unlimited, network.approximateMemory}}) {
    if (row.policy == exact && !network.isExact)
      continue;
    GraphPlan plan = planAndPlay(network, row.policy, row.objective, row.percent);
    int64_t peak = plan.peakAfterLiveness + fixed;
    double reduction = 100 * (1 - toGigabytes(peak) / toGigabytes(vanilla));
    std::string budget = row.percent == unlimited ? "any" : std::to_string(row.percent) + " %";
    std::printf("| %s | %s | %s | %.2f GB | %.1f %% | %d %% | %+.1f | %.1f %% | %zu | %lld | %.2f |\n",
                std::string(stringifyGraphPolicy(row.policy)).c_str(),
                std::string(stringifyGraphObjective(row.objective)).c_str(), budget.c_str(), toGigabytes(peak),
                reduction, row.published, reduction - row.published, 100 * (plan.timeRatio - 1), plan.sequence.size(),
                static_cast<long long>(plan.lowerSets), plan.solveSeconds);
    std::fflush(stdout);
  }
}

int main(int argc, char **argv) {
  std::vector<std::string> names(argv + 1, argv + argc);
  for (const Network &network : makeNetworks())
    if (names.empty() || std::find(names.begin(), names.end(), network.name) != names.end())
      printNetwork(network);
  return 0;
}
