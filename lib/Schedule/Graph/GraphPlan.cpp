//===- GraphPlan.cpp - names of graph policies ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names of policies and objectives, in one table each.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/GraphPlan.h"

using namespace remat::schedule;

static constexpr std::pair<GraphPolicy, std::string_view> policyNames[] = {
    {GraphPolicy::Exact, "exact"}, {GraphPolicy::Approximate, "approximate"}, {GraphPolicy::Chen, "chen"}};
static constexpr std::pair<GraphObjective, std::string_view> objectiveNames[] = {{GraphObjective::Time, "time"},
                                                                                 {GraphObjective::Memory, "memory"}};

template <typename Table, typename Value>
static std::string_view nameOf(const Table &table, Value value) {
  for (const auto &entry : table)
    if (entry.first == value)
      return entry.second;
  return "unknown";
}

std::string_view remat::schedule::stringifyGraphPolicy(GraphPolicy policy) { return nameOf(policyNames, policy); }

std::string_view remat::schedule::stringifyGraphObjective(GraphObjective objective) {
  return nameOf(objectiveNames, objective);
}

std::optional<GraphPolicy> remat::schedule::parseGraphPolicy(std::string_view name) {
  for (const auto &[policy, known] : policyNames)
    if (known == name)
      return policy;
  return std::nullopt;
}

std::optional<GraphObjective> remat::schedule::parseGraphObjective(std::string_view name) {
  for (const auto &[objective, known] : objectiveNames)
    if (known == name)
      return objective;
  return std::nullopt;
}
