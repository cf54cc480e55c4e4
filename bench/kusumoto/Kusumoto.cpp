//===- Kusumoto.cpp - the table of Kusumoto et al. 2019 ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plans the seven networks as in section 5 of the paper, at the smallest budget
// at which each policy has a plan, plays every plan, and prints Markdown.
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

static double toGigabytes(int64_t bytes) { return static_cast<double>(bytes) / 1e9; }

[[noreturn]] static void fail(const Network &network, const std::string &message) {
  std::fprintf(stderr, "%s: %s\n", network.name.c_str(), message.c_str());
  std::exit(1);
}

/// The peak after liveness of keeping everything: one block.
static int64_t vanillaPeak(const Network &network) {
  GraphProblem problem = network.graph;
  problem.budget = 5 * problem.totalSize();
  std::vector<std::vector<GraphProblem::NodeId>> all(1);
  for (size_t node = 0; node < problem.nodes.size(); ++node)
    all[0].push_back(static_cast<GraphProblem::NodeId>(node));
  GraphVerification played = verifyGraphSequence(problem, all);
  if (!played.valid)
    fail(network, played.rule);
  return played.peakAfterLiveness;
}

static GraphPlan planAtMinimum(const Network &network, GraphPolicy policy, GraphObjective objective) {
  GraphProblem problem = network.graph;
  GraphOptions options;
  options.policy = policy;
  options.objective = objective;
  GraphPlanResult result = planGraph(problem, options);
  if (result.verdict.status == Status::Infeasible) {
    problem.budget = result.plan.minimumBudget;
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
      "| policy | objective | peak | reduction | published | difference | overhead | blocks | lower sets | seconds |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n");
  struct Row {
    GraphPolicy policy;
    GraphObjective objective;
    int published;
  };
  for (Row row : {Row{GraphPolicy::Approximate, GraphObjective::Memory, network.approximateMemory},
                  Row{GraphPolicy::Exact, GraphObjective::Memory, network.exactMemory},
                  Row{GraphPolicy::Approximate, GraphObjective::Time, network.approximateTime},
                  Row{GraphPolicy::Exact, GraphObjective::Time, network.exactTime},
                  Row{GraphPolicy::Chen, GraphObjective::Memory, network.chen}}) {
    GraphPlan plan = planAtMinimum(network, row.policy, row.objective);
    int64_t peak = plan.peakAfterLiveness + fixed;
    double reduction = 100 * (1 - toGigabytes(peak) / toGigabytes(vanilla));
    std::printf("| %s | %s | %.2f GB | %.1f %% | %d %% | %+.1f | %.1f %% | %zu | %lld | %.2f |\n",
                std::string(stringifyGraphPolicy(row.policy)).c_str(),
                std::string(stringifyGraphObjective(row.objective)).c_str(), toGigabytes(peak), reduction,
                row.published, reduction - row.published, 100 * (plan.timeRatio - 1), plan.sequence.size(),
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
