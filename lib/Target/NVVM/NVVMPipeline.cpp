//===- NVVMPipeline.cpp - The pipeline remat-to-nvvm --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NVVMPipeline.h"

#include "remat/Pipelines/Pipeline.h"
#include "remat/Target/NVVM/NVVMTarget.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace remat;

static void buildNVVMPipeline(mlir::OpPassManager &manager, const NVVMPipelineOptions &options) {
  NVVMTargetOptions target;
  target.chip = options.chip;
  target.ptx = options.ptx;
  target.format = options.format;
  target.denormals = options.denormals;
  buildPipeline(manager, options.getProgramOptions(), NVVMTarget(target));
}

void remat::registerNVVMPipeline() {
  mlir::PassPipelineRegistration<NVVMPipelineOptions>(
      "remat-to-nvvm",
      "compiles programs with recurrences to kernels in PTX and a host that launches them, inside a byte budget",
      buildNVVMPipeline);
}
