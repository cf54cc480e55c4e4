//===- CPUPipeline.h - The options of remat-to-cpu ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What can be said of a program and of a family of processors, as the options of one
// pipeline: the form that command lines and reproducers have.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_TARGET_CPU_CPUPIPELINE_H
#define REMAT_LIB_TARGET_CPU_CPUPIPELINE_H

#include "remat/Dialect/Remat/Transforms/PolicyOption.h"
#include "remat/Support/BudgetOption.h"
#include "remat/Target/CPU/CPUTarget.h"
#include "remat/Target/CPU/LinalgToLLVM.h"

namespace remat {

struct CPUPipelineOptions : KernelOptions<CPUPipelineOptions, VectorISA::Host, Denormals::Flush> {
  Option<Budget> budget{*this, "budget",
                        llvm::cl::desc("Bytes of arena: a size (64MiB), a share of the store-all peak (5%), min, or "
                                       "unlimited"),
                        llvm::cl::init(Budget())};
  Option<ByteLimit> parameterBudget{
      *this, "parameter-budget",
      llvm::cl::desc("Bytes of copies of weights in other layouts, beside the arena: a size (4MiB) or unlimited"),
      llvm::cl::init(ByteLimit())};
  Option<schedule::Policy> policy{*this, "policy", llvm::cl::desc("How plans are chosen"),
                                  llvm::cl::init(schedule::Policy::Optimal), getPolicyValues()};
  Option<Expansion> expansion{
      *this, "expansion", llvm::cl::desc("The form of schedules"), llvm::cl::init(Expansion::Table),
      llvm::cl::values(clEnumValN(Expansion::Table, "table", "A walk along the plan table"),
                       clEnumValN(Expansion::Unrolled, "unrolled", "One operation after the other"))};
  Option<int64_t> maxUnrolledMoves{*this, "max-unrolled-moves",
                                   llvm::cl::desc("The most moves of a chain that may be unrolled"),
                                   llvm::cl::init(defaultUnrolledMoves)};
  void set(const ProgramOptions &options) {
    budget = options.budget;
    parameterBudget = options.parameterBudget;
    policy = options.policy;
    expansion = options.expansion;
    maxUnrolledMoves = options.maxUnrolledMoves;
  }
  ProgramOptions getProgramOptions() const { return {budget, parameterBudget, policy, expansion, maxUnrolledMoves}; }
};

} // namespace remat

#endif // REMAT_LIB_TARGET_CPU_CPUPIPELINE_H
