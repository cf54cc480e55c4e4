//===- CPUPipeline.h - From a source program to LLVM for a CPU ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The pipeline `remat-to-cpu` as a sequence of named stages. A tool runs it as a
// whole; lib/Execution runs it stage by stage, to time the stages and to read the
// plan before it is lowered away.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_PIPELINES_CPUPIPELINE_H
#define REMAT_PIPELINES_CPUPIPELINE_H

#include "remat/Conversion/LinalgToCPUKernels/KernelTarget.h"
#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/PolicyOption.h"
#include "remat/Support/Denormals.h"
#include "remat/Support/Expansion.h"

#include "mlir/Pass/PassOptions.h"
#include "llvm/ADT/ArrayRef.h"

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

/// The options of `remat-to-cpu`, for the command line and for C++ alike.
struct CPUPipelineOptions : mlir::PassPipelineOptions<CPUPipelineOptions> {
  Option<std::string> budget{*this, "budget",
                             llvm::cl::desc("Bytes of arena: a size (64MiB), a share of the store-all peak (5%), or "
                                            "unlimited"),
                             llvm::cl::init("unlimited")};
  Option<std::string> parameterBudget{
      *this, "parameter-budget",
      llvm::cl::desc("Bytes of copies of weights in other layouts, beside the arena: a size (4MiB) or unlimited"),
      llvm::cl::init("unlimited")};
  Option<schedule::Policy> policy{*this, "policy", llvm::cl::desc("How plans are chosen"),
                                  llvm::cl::init(schedule::Policy::Optimal), getPolicyValues()};
  Option<Expansion> expansion{
      *this, "expansion", llvm::cl::desc("The form of schedules"), llvm::cl::init(Expansion::Table),
      llvm::cl::values(clEnumValN(Expansion::Table, "table", "A walk along the plan table"),
                       clEnumValN(Expansion::Unrolled, "unrolled", "One operation after the other"))};
  Option<int64_t> maxUnrolledMoves{*this, "max-unrolled-moves",
                                   llvm::cl::desc("The most moves of a chain that may be unrolled"),
                                   llvm::cl::init(defaultUnrolledMoves)};
  Option<VectorISA> isa{*this, "isa", llvm::cl::desc("Instruction set whose registers the tiles fill"),
                        llvm::cl::init(VectorISA::Host),
                        llvm::cl::values(clEnumValN(VectorISA::Host, "host", "Those of the processor that compiles"),
                                         clEnumValN(VectorISA::Generic, "generic", "16 registers of 128 bits"),
                                         clEnumValN(VectorISA::Neon, "neon", "32 registers of 128 bits"),
                                         clEnumValN(VectorISA::AVX2, "avx2", "16 registers of 256 bits"),
                                         clEnumValN(VectorISA::AVX512, "avx512", "32 registers of 512 bits, masks"))};
  Option<Denormals> denormals{
      *this, "denormals", llvm::cl::desc("What becomes of denormal numbers"), llvm::cl::init(Denormals::Flush),
      llvm::cl::values(clEnumValN(Denormals::Flush, "flush", "They are zero inside a call"),
                       clEnumValN(Denormals::Keep, "keep", "A call computes with them (slow)"))};
  Option<bool> accurate{*this, "accurate", llvm::cl::desc("Keep the functions of libm for f32 (slow)"),
                        llvm::cl::init(false)};
};

/// A part of the pipeline that leaves the program in one of its phases.
struct CPUStage {
  llvm::StringRef name;
  void (*build)(mlir::OpPassManager &, const CPUPipelineOptions &);
  /// After this stage the plan can be read off the program.
  bool isPlanned = false;
  /// The program is verified after each pass, and not only after the last.
  bool verifiesPasses = true;
};

/// The stages of `remat-to-cpu`, in order.
llvm::ArrayRef<CPUStage> getCPUStages();

/// Appends all stages to \p manager, a pass manager on modules.
void buildCPUPipeline(mlir::OpPassManager &manager, const CPUPipelineOptions &options);

/// Makes the pipelines known by name.
void registerPipelines();

} // namespace remat

#endif // REMAT_PIPELINES_CPUPIPELINE_H
