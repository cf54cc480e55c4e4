//===- Report.h - What a run found out ------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The report of remat-run, for programs (JSON) and for people (a table). Field
// names and meanings are a contract: new fields may be added, nothing is renamed.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_REPORT_H
#define REMAT_TOOLS_REMAT_RUN_REPORT_H

#include "GradientCheck.h"
#include "remat/Execution/CompiledProgram.h"
#include "remat/Execution/ProgramError.h"

#include <string>
#include <vector>

namespace remat {

/// One result of the program.
struct ResultDigest {
  std::string name;
  std::vector<int64_t> shape;
  ElementType type = ElementType::F32;
  /// SHA-256 of the elements, as hexadecimal digits. What is no number counts as the same
  /// one everywhere: which bits it has is the device's choice.
  std::string sha256;
  /// The number itself, if it is only one; shortest text that reads as the same number.
  std::string value;
};

struct Report {
  std::string entry;
  /// The target, and the device as it is sold or as its driver calls it.
  std::string target;
  std::string device;
  /// On a processor: the one that the code is for, and the family of vector instructions.
  std::string targetCPU;
  std::string instructionSet;
  /// On a GPU: what the code is for, and the options with which a processor that multiplies and adds
  /// at once computes the same bits.
  std::string chip;
  std::string sameBitsOptions;
  /// The device is none, so that no times are told.
  bool isSimulated = false;
  PlanFigures plan;
  Measurement measurement;
  CallCounters counters;
  /// Against a run with everything kept; nullopt if that was not run.
  std::optional<bool> bitIdentical;
  std::vector<PhaseTime> phases;
  std::vector<StepLaunches> stepLaunches;
  int64_t objectBytes = 0;
  /// One time per run, in the order of the runs.
  std::vector<double> seconds;
  /// The same runs in the time of their thread.
  std::vector<double> cpuSeconds;
  std::vector<ResultDigest> results;
  GradientChecks gradientChecks;
};

/// The digest of one result.
ResultDigest digestResult(llvm::StringRef name, const Array &array);

/// The report as one JSON object.
void printJSON(const Report &report, llvm::raw_ostream &stream);

/// The report for people.
void printTable(const Report &report, llvm::raw_ostream &stream);

/// What is printed as JSON when no plan fits: feasible, budget, minimum_budget and what
/// that consists of.
void printInfeasible(const ProgramError &error, llvm::raw_ostream &stream);

/// A chain problem in the form that remat-plan reads. Sizes are bytes, times those of
/// the planner's model.
void printProblem(const schedule::Chain &problem, llvm::raw_ostream &stream);

/// A name for the processor of this machine.
std::string describeDevice();

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_REPORT_H
