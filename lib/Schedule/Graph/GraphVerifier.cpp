//===- GraphVerifier.cpp - checks graph plans -------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sequence is checked set by set, so that the first broken rule can be named,
// then written out and played twice.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/GraphVerifier.h"

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;
using Sequence = std::vector<std::vector<NodeId>>;

/// The first rule that the sequence breaks, or nothing.
static std::string checkSequence(const GraphProblem &problem, const Sequence &sequence) {
  int64_t count = static_cast<int64_t>(problem.nodes.size());
  std::vector<std::vector<NodeId>> predecessors(problem.nodes.size());
  for (auto [from, to] : problem.edges)
    predecessors[to].push_back(from);

  std::vector<int64_t> lastSet(problem.nodes.size(), 0);
  size_t previous = 0;
  for (size_t i = 0; i < sequence.size(); ++i) {
    int64_t number = static_cast<int64_t>(i) + 1;
    std::string set = "set " + std::to_string(number);
    size_t old = 0;
    for (NodeId node : sequence[i]) {
      if (node < 0 || node >= count)
        return "expects " + set + " to name nodes below " + std::to_string(count) + ", but got " + std::to_string(node);
      if (lastSet[node] == number)
        return "expects " + set + " to name every node once, but got " + std::to_string(node) + " again";
      old += i > 0 && lastSet[node] == number - 1;
      lastSet[node] = number;
    }
    if (old != previous || sequence[i].size() == previous)
      return "expects " + set + " to contain the one before it and more";
    for (NodeId node : sequence[i])
      for (NodeId before : predecessors[node])
        if (lastSet[before] != number)
          return "expects " + set + " to contain node " + std::to_string(before) + ", which node " +
                 std::to_string(node) + " reads";
    previous = sequence[i].size();
  }
  if (previous != problem.nodes.size())
    return "expects the last set to contain all " + std::to_string(count) + " nodes, but got " +
           std::to_string(previous);
  return "";
}

static GraphVerification failure(std::string rule) {
  GraphVerification result;
  result.valid = false;
  result.rule = std::move(rule);
  return result;
}

static std::string compare(const char *what, std::optional<int64_t> claimed, int64_t found) {
  if (!claimed || *claimed == found)
    return "";
  return std::string("expects the ") + what + " that the plan claims, " + std::to_string(*claimed) + ", but got " +
         std::to_string(found);
}

GraphVerification remat::schedule::verifyGraphSequence(const GraphProblem &problem, const Sequence &sequence,
                                                       const GraphClaim &claim) {
  if (Verdict verdict = problem.validate(); !verdict.ok())
    return failure(verdict.message);
  if (std::string rule = checkSequence(problem, sequence); !rule.empty())
    return failure(rule);
  std::optional<std::vector<GraphAction>> actions = canonicalActions(problem, sequence);
  if (!actions)
    return failure("expects a sequence of growing lower sets");

  GraphVerification result;
  auto take = [&](const GraphSimulationResult &played, bool afterLiveness) {
    result.valid = played.valid;
    result.action = played.action;
    result.afterLiveness = afterLiveness;
    result.rule = played.rule;
    result.forward = played.forward;
    result.time = played.time;
    result.overhead = played.overhead;
    (afterLiveness ? result.peakAfterLiveness : result.peak) = played.peak;
    return played.valid;
  };
  if (!take(simulateGraph(problem, *actions, problem.budget), false) ||
      !take(simulateGraph(problem, dropAfterLastUse(problem, *actions), problem.budget), true))
    return result;

  result.afterLiveness = false;
  for (std::string rule :
       {compare("number of forward executions", claim.forward, result.forward),
        compare("time", claim.time, result.time), compare("overhead", claim.overhead, result.overhead),
        compare("peak", claim.peak, result.peak),
        compare("peak after liveness", claim.peakAfterLiveness, result.peakAfterLiveness)})
    if (!rule.empty() && result.valid) {
      result.valid = false;
      result.rule = std::move(rule);
    }
  return result;
}

GraphVerification remat::schedule::verifyGraphPlan(const GraphProblem &problem, const GraphPlan &plan) {
  return verifyGraphSequence(problem, plan.sequence,
                             {plan.overhead, plan.peak, plan.peakAfterLiveness, plan.forward, plan.time});
}
