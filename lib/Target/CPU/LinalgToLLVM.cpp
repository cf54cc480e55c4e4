//===- LinalgToLLVM.cpp - From linalg on memrefs to LLVM ------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each line says why it stands where it stands.
//
//===----------------------------------------------------------------------===//

#include "remat/Target/CPU/LinalgToLLVM.h"

#include "remat/Conversion/Passes.h"
#include "remat/Target/CPU/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;
using mlir::OpPassManager;
using mlir::func::FuncOp;

void remat::buildLinalgToKernelsPipeline(OpPassManager &manager, const LinalgToLLVMOptions &options) {
  manager.addPass(createOutlineKernelsPass());
  manager.addPass(createInternalizeFunctionsPass());
  manager.addNestedPass<FuncOp>(createConvertLinalgToCPUKernelsPass({options.isa}));

  // f16 and bf16 are stored but computed in f32, op by op, so that fusion does not
  // change where values are rounded.
  manager.addNestedPass<FuncOp>(createEmulateNarrowFloatsPass());
  // What a program wrote gets a value everywhere; the polynomials below need none of it.
  manager.addNestedPass<FuncOp>(createTotalizeArithPass());
  // While the functions are still math ops: later they would be calls per lane.
  if (options.math == MathFunctions::Portable)
    manager.addPass(createCallMathLibraryPass());
  manager.addPass(createExpandMathPass({options.accurate, options.denormals}));
  // Now that memory is accessed by loads and stores, and bf16 is only moved.
  manager.addPass(createStoreIntegersAsBytesPass());
  manager.addPass(createStoreBF16AsBitsPass());
  // The index arithmetic of kernels repeats itself; fewer ops to convert.
  manager.addNestedPass<FuncOp>(mlir::createCSEPass());
  manager.addPass(mlir::createSCFToControlFlowPass());
  // Functions have their final form, and no pass that folds arithmetic follows but LLVM's,
  // which know.
  if (options.denormals == Denormals::Flush)
    manager.addPass(createFlushDenormalsPass());
}

void remat::buildKernelsToLLVMPipeline(OpPassManager &manager) {
  // Strided views become arithmetic on offsets, which is affine until the next line.
  manager.addPass(mlir::memref::createExpandStridedMetadataPass());
  manager.addPass(mlir::createLowerAffinePass());
  // Intrinsics of LLVM where there are some, the C library for the rest: a call per
  // lane, which is vector code again.
  mlir::ConvertMathToLLVMPassOptions math;
  math.approximateLog1p = false;
  manager.addPass(mlir::createConvertMathToLLVMPass(math));
  manager.addPass(mlir::createConvertMathToLibmPass());
  manager.addPass(mlir::createConvertVectorToLLVMPass());
  manager.addPass(createConvertKernelsToLLVMPass());
  manager.addPass(mlir::createReconcileUnrealizedCastsPass());
}

void remat::buildLinalgToLLVMPipeline(OpPassManager &manager, const LinalgToLLVMOptions &options) {
  buildLinalgToKernelsPipeline(manager, options);
  buildKernelsToLLVMPipeline(manager);
}

void remat::registerLinalgToLLVMPipeline() {
  registerKernelPipeline<LinalgToLLVMOptions>("remat-linalg-to-llvm",
                                              "lowers linalg on memrefs through vector kernels to the LLVM dialect",
                                              buildLinalgToLLVMPipeline);
}
