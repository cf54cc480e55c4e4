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

#include "remat/Schedule/Policy.h"

#include "llvm/Support/CommandLine.h"

namespace remat {

inline llvm::cl::ValuesClass getPolicyValues() {
  return llvm::cl::ValuesClass({
#define REMAT_POLICY(ID, NUMBER, NAME, TRAITS, DESCRIPTION) clEnumValN(schedule::Policy::ID, NAME, DESCRIPTION),
#define REMAT_POLICY_ALIAS(ID, NAME, DESCRIPTION) clEnumValN(schedule::Policy::ID, NAME, DESCRIPTION),
#include "remat/Schedule/Policy.def"
  });
}

} // namespace remat

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_POLICYOPTION_H
