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

/// Gradient requests become primal and adjoint code.
static void buildDifferentiate(OpPassManager &manager, const CPUPipelineOptions &options) {
  // First, while every operation is one that the author wrote.
  manager.addPass(createCheckNumbersPass());
  // Rules see operations, not calls; what an author factored out costs nothing.
  manager.addPass(createInlineCallsPass());
  // Before guards, which look into bodies, and before rules.
  manager.addPass(createExpandOperationsPass());
  // Slices need no guards, and have rules.
  manager.addPass(createRaiseConcatenationsPass());
  // Nothing may rely on what types promise before.
  manager.addPass(createGuardExtentsPass());
  // The adjoint of a gather uses the index that is guarded here.
  manager.addPass(createGuardGathersPass());
  // Whole-tensor arithmetic is what rules and the choice of the tape work on.
  manager.addPass(createSplitElementwisePass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  manager.addPass(createDifferentiatePass());
  // The functions that were differentiated are not needed any more.
  manager.addPass(mlir::createSymbolDCEPass());
  // Contractions accumulate into their destination before anything hides that.
  manager.addPass(createSimplifyAdjointPass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  manager.addPass(createVerifyPhasePass({Phase::adjoint}));
}

/// Recurrences become step functions, which are compiled like any function.
static void buildOutline(OpPassManager &manager, const CPUPipelineOptions &options) {
  manager.addPass(createOutlineStepsPass());
  manager.addPass(createVerifyPhasePass({Phase::outlined}));
  // Softmax and concat have rules of their own, but no buffer form.
  manager.addPass(createDecomposeOperationsPass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  // Only now: within a step nothing is cut any more.
  manager.addPass(createFuseElementwisePass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  // Products have their final operands, and buffers are not chosen yet.
  manager.addPass(createPackParametersPass({options.parameterBudget}));
  // What got no panels of the transpose.
  manager.addPass(createTransposeActivationsPass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
}

/// From tensors to memory.
static void buildBufferize(OpPassManager &manager, const CPUPipelineOptions &options) {
  // Before anything is allowed to choose where a value lives.
  manager.addPass(createMarkEntriesPass());
  manager.addPass(createPrepareViewsPass());
  manager.addPass(createPrepareBufferizationPass());
  // The pass that follows refuses loops that carry a tensor from buffer to buffer.
  manager.addPass(createCarryInPlacePass());
  mlir::bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion = mlir::bufferization::LayoutMapOption::IdentityLayoutMap;
  // A new buffer is a whole array, also if it is made in a branch.
  bufferize.unknownTypeConversion = mlir::bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(mlir::bufferization::createOneShotBufferizePass(bufferize));
  // The pass before lets addresses decide how constants are called.
  manager.addPass(createOrderGlobalsPass());
  // Casts between equal layouts hide that a result is an argument; two rounds,
  // because CSE leaves copies of a buffer to itself.
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  manager.addPass(mlir::createCanonicalizerPass());
  // While a new buffer can be told from one that the caller gives.
  manager.addPass(createGradientsInPlacePass());
  manager.addPass(createFinalizeStepsPass());
  // Results have places now, so values can be computed in them.
  manager.addNestedPass<mlir::func::FuncOp>(createForwardCopiesPass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  // What is left has its place in the budget.
  manager.addPass(createEraseUnreadPass());
  manager.addPass(createAssignWorkspacePass());
}

/// Which states and tapes are kept, and when steps run again.
static void buildPlan(OpPassManager &manager, const CPUPipelineOptions &options) {
  // The sizes of everything are final since the stage before.
  manager.addPass(createPlanSchedulePass({options.budget, options.policy}));
}

/// The plan as code over one arena.
static void buildExpand(OpPassManager &manager, const CPUPipelineOptions &options) {
  manager.addPass(createExpandSchedulePass({options.expansion, options.maxUnrolledMoves}));
  // Every buffer that is left gets its place before sweeps are taken apart, because
  // what is alive during a sweep is a property of the sweep as a whole.
  manager.addPass(createPlanMemoryPass());
  manager.addPass(createConvertRematToSCFPass());
}

/// From linalg on memory to vector kernels and branches.
static void buildKernels(OpPassManager &manager, const CPUPipelineOptions &options) {
  manager.addPass(createConvertCheckToRuntimePass());
  // What is left of remat here, no conversion below knows.
  manager.addPass(createVerifyPhasePass({Phase::scheduled}));
  // From here on a plan is only code, and its sizes are symbols for the caller.
  manager.addPass(createExportMemoryPass());
  LinalgToLLVMOptions kernels;
  kernels.isa = options.isa;
  kernels.accurate = options.accurate;
  buildLinalgToKernelsPipeline(manager, kernels);
  // Functions have their final form, and no pass that folds arithmetic follows but LLVM's,
  // which know.
  if (options.denormals == Denormals::Flush)
    manager.addPass(createFlushDenormalsPass());
}

/// To the LLVM dialect.
static void buildMachine(OpPassManager &manager, const CPUPipelineOptions &options) {
  // Assertions split blocks, so this needs the flat control flow of the stage before.
  manager.addPass(createConvertAssertToRuntimePass());
  buildKernelsToLLVMPipeline(manager);
}

static const CPUStage stages[] = {
    {"differentiate", buildDifferentiate},
    {"outline", buildOutline},
    {"bufferize", buildBufferize},
    {"plan", buildPlan, /*isPlanned=*/true},
    {"expand", buildExpand},
    {"kernels", buildKernels},
    // A dozen conversions of MLIR itself; to verify the long code between them would take
    // as long as to convert it.
    {"machine", buildMachine, /*isPlanned=*/false, /*verifiesPasses=*/false},
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
