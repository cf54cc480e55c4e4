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

#include "remat/Pipelines/ProgramPassOptions.h"
#include "remat/Target/CPU/CPUTarget.h"
#include "remat/Target/CPU/LinalgToLLVM.h"

namespace remat {

struct CPUPipelineOptions : ProgramPassOptions<KernelOptions<CPUPipelineOptions, VectorISA::Host, Denormals::Flush>> {
  Option<ByteLimit> parameterBudget{
      *this, "parameter-budget",
      llvm::cl::desc("Bytes of copies of weights in other layouts, beside the arena: a size (4MiB) or unlimited"),
      llvm::cl::init(ByteLimit())};

  void set(const ProgramOptions &options) {
    ProgramPassOptions::set(options);
    parameterBudget = options.parameterBudget;
  }
  ProgramOptions getProgramOptions() const {
    ProgramOptions options = ProgramPassOptions::getProgramOptions();
    options.parameterBudget = parameterBudget;
    return options;
  }
};

} // namespace remat

#endif // REMAT_LIB_TARGET_CPU_CPUPIPELINE_H
