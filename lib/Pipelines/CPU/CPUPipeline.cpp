//===- CPUPipeline.cpp - From a source program to LLVM for a CPU --------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each section says why it stands where it stands.
//
//===----------------------------------------------------------------------===//

#include "remat/Pipelines/CPUPipeline.h"

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Pipelines/LinalgToLLVM.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;
using mlir::OpPassManager;

/// From tensors to memory.
static void buildBufferize(OpPassManager &manager, const CPUPipelineOptions &options) {
  // Loops that nobody differentiates.
  manager.addPass(createConvertRematSourceToSCFPass());
  // Before anything is allowed to choose where a value lives.
  manager.addPass(createMarkEntriesPass());
  manager.addPass(mlir::createConvertElementwiseToLinalgPass());
  mlir::bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion = mlir::bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(mlir::bufferization::createOneShotBufferizePass(bufferize));
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  mlir::bufferization::BufferResultsToOutParamsPassOptions outParams;
  outParams.hoistStaticAllocs = true;
  outParams.modifyPublicFunctions = true;
  manager.addPass(mlir::bufferization::createBufferResultsToOutParamsPass(outParams));
}

/// From linalg on memory to the LLVM dialect.
static void buildMachine(OpPassManager &manager, const CPUPipelineOptions &options) {
  LinalgToLLVMOptions kernels;
  kernels.isa = options.isa;
  kernels.accurate = options.accurate;
  buildLinalgToKernelsPipeline(manager, kernels);
  // Assertions split blocks, so this needs the flat control flow of the line above.
  manager.addPass(createConvertAssertToRuntimePass());
  buildKernelsToLLVMPipeline(manager);
}

static const CPUStage stages[] = {
    {"bufferize", buildBufferize},
    {"machine", buildMachine},
};

llvm::ArrayRef<CPUStage> remat::getCPUStages() { return stages; }

void remat::buildCPUPipeline(OpPassManager &manager, const CPUPipelineOptions &options) {
  for (const CPUStage &stage : stages)
    stage.build(manager, options);
}

void remat::registerPipelines() {
  mlir::PassPipelineRegistration<CPUPipelineOptions>(
      "remat-to-cpu", "compiles programs with recurrences to the LLVM dialect, inside a byte budget", buildCPUPipeline);
}
