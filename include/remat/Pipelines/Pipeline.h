//===- Pipeline.h - From a source program to code for a target ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way of a program as a sequence of named phases with a target at its end. A
// tool runs it as a whole; lib/Execution runs it phase by phase, to time the phases
// and to read the plan before it is lowered away.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_PIPELINES_PIPELINE_H
#define REMAT_PIPELINES_PIPELINE_H

#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Pipelines/ProgramOptions.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

class Target;

/// A part of the pipeline.
struct PipelinePhase {
  llvm::StringRef name;
  /// The form that it leaves the program in, which is verified behind it.
  Phase result;
  void (*build)(mlir::OpPassManager &, const ProgramOptions &, const Target &);
  /// The program is verified after each pass, and not only after the last.
  bool verifiesPasses = true;
};

/// Appends \p phase to \p manager, a pass manager on modules, with the check of what it leaves.
void buildPhase(mlir::OpPassManager &manager, const PipelinePhase &phase, const ProgramOptions &options,
                const Target &target);

/// The phases, in order.
llvm::ArrayRef<PipelinePhase> getPipelinePhases();

/// Appends all phases to \p manager.
void buildPipeline(mlir::OpPassManager &manager, const ProgramOptions &options, const Target &target);

} // namespace remat

#endif // REMAT_PIPELINES_PIPELINE_H
