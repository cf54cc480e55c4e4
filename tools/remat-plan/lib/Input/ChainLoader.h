//===- ChainLoader.h - The chain that a command is about --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_CHAINLOADER_H
#define REMAT_TOOLS_REMAT_PLAN_CHAINLOADER_H

#include "ChainReader.h"
#include "InputFile.h"
#include "Options.h"
#include "remat/Schedule/ChainPlanner.h"

#include "llvm/Support/Error.h"

namespace remat::plantool {

/// A valid problem with what every command wants to know of it.
struct LoadedChain {
  schedule::Chain chain;
  /// The peak of keeping everything.
  int64_t storeAll = 0;
  /// Whether a budget was named anywhere; without one it is storeAll.
  bool hasBudget = false;
  /// The file, if there is one, and where its parts stand.
  std::string file;
  ChainLines lines;
  /// Whether a size in the command line has a unit, so that sizes are bytes.
  bool isInBytes = false;
};

/// Reads the problem from its file or from options, sets the budget, and checks it.
/// \p policy is whose smallest feasible budget `--budget min` means.
llvm::Expected<LoadedChain> loadChain(const PlanOptions &options, schedule::Policy policy);

/// The same, with the file already open; nullptr if the problem is in the options.
llvm::Expected<LoadedChain> loadChain(const PlanOptions &options, schedule::Policy policy, const InputFile *file);

/// "1000 steps, state 1, tape 5, ..." for people.
std::string describeChain(const schedule::Chain &chain);

/// The same for pictures, with units where sizes are bytes.
std::string describePicture(const LoadedChain &loaded);

/// The error of a verdict that is neither Ok nor Infeasible.
llvm::Error makeVerdictError(const schedule::Verdict &verdict, const LoadedChain &loaded);

/// An error unless there is a budget.
llvm::Error requireBudget(const LoadedChain &loaded);

/// The policy of that name, or of the default.
llvm::Expected<schedule::Policy> readPolicy(const std::string &name);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_CHAINLOADER_H
