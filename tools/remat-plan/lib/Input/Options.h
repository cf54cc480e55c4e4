//===- Options.h - The command line of remat-plan ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_OPTIONS_H
#define REMAT_TOOLS_REMAT_PLAN_OPTIONS_H

#include "Json.h"
#include "remat/Support/Budget.h"

#include <optional>
#include <string>
#include <vector>

namespace remat::plantool {

enum class Command { Chain, Graph, Verify, Frontier, Compare };

/// A slow tier from options.
struct SlowFlags {
  Decimal write;
  Decimal read;
  Decimal latency;
  std::optional<int64_t> capacity;
  bool blocking = false;
};

/// A chain of equal steps from options; what is not there has a default.
struct ChainFlags {
  int64_t steps = 0;
  int64_t state = 1;
  int64_t tape = 1;
  std::optional<int64_t> initialState;
  int64_t workspace = 0;
  Decimal advance = {"1"};
  Decimal record = {"1"};
  Decimal reverse = {"2"};
  bool restartable = true;
  std::string start = "releasable";
  std::optional<SlowFlags> slow;
};

/// What the user asked for, checked as far as it can be without the problem.
struct PlanOptions {
  Command command = Command::Chain;
  /// A file, `-` for standard input, or options.
  std::string problemPath;
  std::optional<ChainFlags> flags;
  /// For verify: the actions, or the plan of a graph.
  std::string schedulePath;
  /// As written; empty if there is none.
  std::optional<Budget> budget;
  std::string policy;
  std::string objective;
  /// Whether a size has a unit.
  bool isInBytes = false;
  /// How many budgets may be planned; 0: as many as make sense.
  int64_t points = 0;
  /// Time and memory of a plan of unequal steps, in multiples of the default.
  double effort = 1;
  bool json = false;
  /// Files to write, `-` for standard output, empty for none.
  std::string actionsPath;
  std::string svgPath;
};

/// Reads the command line. Prints help or errors itself; nullopt means that the
/// process ends with \p exitStatus.
std::optional<PlanOptions> parseCommandLine(int argc, const char *const *argv, int &exitStatus);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_OPTIONS_H
