//===- Policy.h - how a plan is chosen --------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The policies as an enumeration and as a table, both of Policy.def: that is where
// a policy is added.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_POLICY_H
#define REMAT_SCHEDULE_POLICY_H

#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

namespace remat::schedule {

enum class Policy {
#define REMAT_POLICY(ID, NUMBER, NAME, TRAITS, DESCRIPTION) ID = NUMBER,
#include "remat/Schedule/Policy.def"
};

/// What a policy plans, and how. Each plans chains of equal steps with one mode.
enum PolicyTrait : unsigned {
  /// plan() (Solvers.h) makes tables by it, for the compiler and at run time.
  PlansPrograms = 1,
  PlansUnequalSteps = 2,
  /// It needs tapes from which the state can be restored.
  NeedsRestart = 4,
  /// It takes a slow tier if there is one.
  UsesSlowTier = 8,
  /// It does nothing without one.
  NeedsSlowTier = 16,
  /// planChain() makes lists of equal steps. By the others they are tables in one memory.
  MakesLists = 32,
  /// Where recording is faster than advancing, it records in place of every advance.
  /// The published policies know no such thing.
  RecordsWhereFaster = 64
};

/// A row of the table.
struct PolicyInfo {
  Policy policy;
  std::string_view name;
  /// Of PolicyTrait.
  unsigned traits;

  constexpr bool has(PolicyTrait trait) const { return (traits & trait) != 0; }
};

/// All policies, in the order in which they are shown.
inline constexpr PolicyInfo allPolicies[] = {
#define REMAT_POLICY(ID, NUMBER, NAME, TRAITS, DESCRIPTION) {Policy::ID, NAME, TRAITS},
#include "remat/Schedule/Policy.def"
};

/// A name that options accept, that of a row or another one.
struct PolicyName {
  Policy policy;
  std::string_view name;
};

inline constexpr PolicyName policyNames[] = {
#define REMAT_POLICY(ID, NUMBER, NAME, TRAITS, DESCRIPTION) {Policy::ID, NAME},
#define REMAT_POLICY_ALIAS(ID, NAME, DESCRIPTION) {Policy::ID, NAME},
#include "remat/Schedule/Policy.def"
};

/// The row of a policy.
constexpr const PolicyInfo &infoOf(Policy policy) {
  const PolicyInfo *info = allPolicies;
  while (info->policy != policy)
    ++info;
  return *info;
}

/// The name of a policy in options and JSON.
constexpr std::string_view stringifyPolicy(Policy policy) { return infoOf(policy).name; }

/// The policy of that name.
constexpr std::optional<Policy> parsePolicy(std::string_view name) {
  for (const PolicyName &known : policyNames)
    if (known.name == name)
      return known.policy;
  return std::nullopt;
}

/// The number of policies that plan programs, whose numbers are those below it.
constexpr int64_t countProgramPolicies() {
  int64_t count = 0;
  for (const PolicyInfo &info : allPolicies)
    count += info.has(PlansPrograms);
  return count;
}

/// Whether each number below that of policies is one of them, those of programs first.
constexpr bool areNumbersInOrder() {
  uint64_t seen = 0;
  for (const PolicyInfo &info : allPolicies) {
    int64_t number = static_cast<int64_t>(info.policy);
    seen |= uint64_t(1) << number;
    if (info.has(PlansPrograms) != (number < countProgramPolicies()))
      return false;
  }
  return seen == (uint64_t(1) << std::size(allPolicies)) - 1;
}
static_assert(areNumbersInOrder(), "Policy.def numbers policies from 0, those that plan programs first");

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_POLICY_H
