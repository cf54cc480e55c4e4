//===- LinalgToPTX.cpp - From linalg on memrefs to PTX ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each line says why it stands where it stands. Passes of processors that are not nested
// in functions see host and kernels, whose arguments so keep the same types.
//
//===----------------------------------------------------------------------===//

#include "remat/Target/NVVM/LinalgToPTX.h"

#include "../MathLibrary/MathLibrary.h"
#include "remat/Target/CPU/Passes.h"
#include "remat/Target/NVVM/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;
using mlir::OpPassManager;
using mlir::gpu::GPUModuleOp;

void remat::buildLinalgToPTXPipeline(OpPassManager &manager, const LinalgToPTXOptions &options) {
  manager.addPass(createConvertLinalgToGPUKernelsPass());

  // As on processors: f16 and bf16 are computed in f32, op by op, everything has a value
  // everywhere, functions of f32 are polynomials, and memory has whole bytes.
  manager.addPass(createEmulateNarrowFloatsPass());
  manager.addPass(createTotalizeArithPass());
  // What has no polynomial, while it is still an operation. Without the library it was refused.
  if (hasMathLibrary()) {
    manager.addNestedPass<GPUModuleOp>(createCallMathLibraryPass());
    // The host computes with numbers that callers give it, to the same bits.
    manager.addPass(createCallMathLibraryPass());
  }
  manager.addPass(createExpandMathPass({/*accurate=*/false, options.denormals}));
  manager.addPass(createStoreIntegersAsBytesPass());
  manager.addPass(createStoreBF16AsBitsPass());

  OpPassManager &kernels = manager.nest<GPUModuleOp>();
  // The index arithmetic of kernels repeats itself; fewer ops to convert.
  kernels.addPass(mlir::createCSEPass());
  kernels.addPass(mlir::createSCFToControlFlowPass());
  // Leaving is a branch.
  kernels.addPass(createConvertAssertToReturnPass());
  // Memrefs at the address of their first element become arithmetic, which is affine until
  // the next line.
  kernels.addPass(mlir::memref::createExpandStridedMetadataPass());
  kernels.addPass(mlir::createLowerAffinePass());
  kernels.addPass(createConvertGPUKernelsToNVVMPass());
  kernels.addPass(mlir::createReconcileUnrealizedCastsPass());
  CompileGPUModulesPassOptions compile;
  compile.chip = options.chip;
  compile.ptx = options.ptx;
  compile.format = options.format;
  compile.denormals = options.denormals;
  manager.addPass(createCompileGPUModulesPass(compile));
}

void remat::registerLinalgToPTXPipeline() {
  mlir::PassPipelineRegistration<LinalgToPTXOptions>(
      "remat-linalg-to-ptx", "lowers linalg on memrefs to launches of kernels in PTX", buildLinalgToPTXPipeline);
}
