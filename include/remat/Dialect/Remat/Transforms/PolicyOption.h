//===- PolicyOption.h - The policies as values of an option ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The option `policy` of the pass, of the pipelines and of remat-run. Every policy there
// is has a name here, so that one that a target cannot run is refused with the reason
// and not as unknown.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_POLICYOPTION_H
#define REMAT_DIALECT_REMAT_TRANSFORMS_POLICYOPTION_H

#include "remat/Schedule/Plan.h"

#include "llvm/Support/CommandLine.h"

namespace remat {

inline llvm::cl::ValuesClass getPolicyValues() {
  using schedule::Policy;
  return llvm::cl::values(
      clEnumValN(Policy::Optimal, "optimal", "The best plan known (default)"),
      clEnumValN(Policy::StoreAll, "store-all", "Keep every tape"),
      clEnumValN(Policy::Periodic, "periodic", "Keep a state every p steps, the best p"),
      clEnumValN(Policy::Revolve, "revolve", "Keep states only, binomially"),
      clEnumValN(Policy::Revolve, "hsm", "Another name of revolve"), clEnumValN(Policy::Ism, "ism", "Keep tapes only"),
      clEnumValN(Policy::Msm, "msm", "Keep states and tapes, as published"),
      clEnumValN(Policy::Mixed, "mixed", "Keep both, restart from states only"),
      clEnumValN(Policy::Online, "online", "Keep states as if the number of steps were not known"),
      clEnumValN(Policy::Multistage, "multistage", "Offload while steps run (needs a slow tier)"),
      clEnumValN(Policy::EveryInterval, "every-interval", "The same as published (needs a slow tier)"),
      clEnumValN(Policy::HRevolve, "h-revolve", "States in both memories (needs a slow tier)"),
      clEnumValN(Policy::DiskRevolve, "disk-revolve", "The same, unlimited (needs a slow tier)"));
}

} // namespace remat

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_POLICYOPTION_H
