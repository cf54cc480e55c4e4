//===- CPUPipeline.cpp - The pipeline remat-to-cpu ----------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CPUPipeline.h"

#include "remat/Pipelines/Pipeline.h"
#include "remat/Target/CPU/LinalgToLLVM.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace remat;

static void buildCPUPipeline(mlir::OpPassManager &manager, const CPUPipelineOptions &options) {
  buildPipeline(manager, options.getProgramOptions(),
                CPUTarget(options.isa, options.denormals, options.accurate, options.math));
}

void remat::registerCPUPipelines() {
  registerKernelPipeline<CPUPipelineOptions>(
      "remat-to-cpu", "compiles programs with recurrences to the LLVM dialect, inside a byte budget", buildCPUPipeline);
  registerLinalgToLLVMPipeline();
}
