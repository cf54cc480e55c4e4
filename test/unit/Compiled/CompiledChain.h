//===- CompiledChain.h - Runs planned programs in tests --------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a program with a budget and a policy and calls its entry function on
// seeded inputs. The peak is measured without the plan: the arena is longer than
// planned and filled with a pattern, and the highest byte that changed is found
// afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULING_COMPILEDCHAIN_H
#define REMAT_TEST_UNIT_SCHEDULING_COMPILEDCHAIN_H

#include "ChainProgram.h"

#include <optional>
#include <string>
#include <vector>

namespace remat::test {

/// What one call of a program left behind.
struct ChainRun {
  /// Diagnostics if the program did not compile; then nothing else is set.
  std::string error;
  /// The smallest feasible budget, if that is why.
  std::optional<int64_t> minimumBudget;

  std::vector<std::vector<float>> results;
  /// Advance, advanceAgain, record, record_again, reverse, as counted by the steps.
  std::vector<int64_t> counters;
  int64_t measuredPeak = 0;
  /// Of it, what the walk of the plan took.
  int64_t measuredWalk = 0;

  /// What the plan said.
  int64_t budget = 0;
  int64_t plannedPeak = 0;
  int64_t plannedWalk = 0;
  int64_t storeAllPeak = 0;
  int64_t plannedAdvances = 0;
  int64_t plannedRecords = 0;
  int64_t plannedCopies = 0;
  bool certified = true;

  bool ok() const { return error.empty(); }
  int64_t forwardSteps() const { return counters[0] + counters[1] + counters[2] + counters[3]; }
};

/// Plans with the pass options \p options, for example "budget=1024 policy=msm",
/// compiles and calls the program once. With \p expansion, these are the options
/// of the expansion.
ChainRun compileAndRun(const ChainProgram &program, const std::string &options, const std::string &expansion = "");

} // namespace remat::test

#endif // REMAT_TEST_UNIT_SCHEDULING_COMPILEDCHAIN_H
