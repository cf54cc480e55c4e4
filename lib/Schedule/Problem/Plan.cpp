//===- Plan.cpp - names of policies -----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The names are part of the command line and of the JSON contract.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Plan.h"

using namespace remat::schedule;

namespace {
struct PolicyName {
  Policy policy;
  std::string_view name;
};
} // namespace

// The first name of a policy is the one that is printed.
static constexpr PolicyName policyNames[] = {{Policy::StoreAll, "store-all"},
                                             {Policy::Periodic, "periodic"},
                                             {Policy::Revolve, "revolve"},
                                             {Policy::Revolve, "hsm"},
                                             {Policy::Ism, "ism"},
                                             {Policy::Msm, "msm"},
                                             {Policy::Optimal, "optimal"},
                                             {Policy::Mixed, "mixed"},
                                             {Policy::Online, "online"},
                                             {Policy::Multistage, "multistage"},
                                             {Policy::HRevolve, "h-revolve"},
                                             {Policy::DiskRevolve, "disk-revolve"},
                                             {Policy::EveryInterval, "every-interval"}};

std::string_view remat::schedule::stringifyPolicy(Policy policy) {
  for (const PolicyName &entry : policyNames)
    if (entry.policy == policy)
      return entry.name;
  return "unknown";
}

std::string_view remat::schedule::stringifyScheme(OffloadScheme scheme) {
  switch (scheme) {
  case OffloadScheme::None:
    return "no-offload";
  case OffloadScheme::EveryInterval:
    return "every-interval";
  case OffloadScheme::Mixed:
    return "mixed";
  case OffloadScheme::HRevolve:
    return "h-revolve";
  case OffloadScheme::DiskRevolve:
    return "disk-revolve";
  }
  return "unknown";
}

bool remat::schedule::needsSlowTier(Policy policy) {
  return policy == Policy::Multistage || policy == Policy::EveryInterval || policy == Policy::HRevolve ||
         policy == Policy::DiskRevolve;
}

std::optional<Policy> remat::schedule::parsePolicy(std::string_view name) {
  for (const PolicyName &entry : policyNames)
    if (entry.name == name)
      return entry.policy;
  return std::nullopt;
}
