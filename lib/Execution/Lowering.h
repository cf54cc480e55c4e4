//===- Lowering.h - The pipeline as the execution engine runs it ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_LOWERING_H
#define REMAT_LIB_EXECUTION_LOWERING_H

#include "Diagnosis.h"
#include "remat/ABI/Entry.h"
#include "remat/Execution/CompiledProgram.h"

#include "mlir/IR/OwningOpRef.h"

namespace remat {

/// A program in the LLVM dialect and what was known of it on the way there.
struct LoweredProgram {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// Of the entry before lowering.
  Signature signature;
  PlanFigures plan;
  /// The problems that the plan solves, if there is one.
  std::vector<schedule::Chain> chainProblems;
  /// If not empty there is no plan yet: what the runtime plans from, and the number
  /// of counts that it needs.
  std::vector<int64_t> problem;
  int64_t numCounts = 0;
  /// What each live buffer of an instance of the problem is.
  std::vector<std::string> bufferNames;
  std::string policy;
  std::vector<StepLaunches> stepLaunches;
  /// Functions without a body, as the author wrote them.
  llvm::StringSet<> declared;

  bool isPlannedLater() const { return !problem.empty(); }
};

/// The function that writes the counts of \p entry (see remat-plan-memory).
inline std::string getCountsName(llvm::StringRef entry) { return (entry + REMAT_COUNTS_SUFFIX).str(); }

/// Runs the pipeline for \p target on a copy of \p module with \p entry as its only public
/// function. \p diagnosis listens. Appends the time of each phase to \p times.
llvm::Expected<LoweredProgram> lowerProgram(mlir::ModuleOp module, llvm::StringRef entry, const ProgramOptions &options,
                                            const Target &target, Diagnosis &diagnosis, std::vector<PhaseTime> &times);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_LOWERING_H
