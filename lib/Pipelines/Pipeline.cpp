//===- Pipeline.cpp - From a source program to code for a target --------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each section says why it stands where it stands.
//
//===----------------------------------------------------------------------===//

#include "remat/Pipelines/Pipeline.h"

#include "remat/Conversion/Passes.h"
#include "remat/Dialect/Remat/Transforms/Passes.h"
#include "remat/Target/Target.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;
using mlir::OpPassManager;

/// Gradient requests become primal and adjoint code.
static void buildDifferentiate(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  // First, while every operation is one that the author wrote.
  manager.addPass(createCheckNumbersPass());
  // Rules see operations, not calls; what an author factored out costs nothing.
  manager.addPass(createInlineCallsPass());
  // Cells that loops call are in their bodies, which are still as their authors wrote them.
  if (options.raise)
    manager.addPass(createRaiseLoopsPass());
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
}

/// Recurrences become step functions, which are compiled like any function.
static void buildOutline(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  manager.addPass(createOutlineStepsPass());
  // Softmax and concat have rules of their own, but no buffer form.
  manager.addPass(createDecomposeOperationsPass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  // Only now: within a step nothing is cut any more.
  manager.addPass(createFuseElementwisePass());
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
  // Products have their final operands, and buffers are not chosen yet.
  target.addLayoutPasses(manager, options);
  manager.addPass(mlir::createCanonicalizerPass());
  manager.addPass(mlir::createCSEPass());
}

/// From tensors to memory.
static void buildBufferize(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  target.addBufferPasses(manager);
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
static void buildPlan(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  // The sizes of everything are final since the phase before.
  StepCosts costs = target.getStepCosts();
  manager.addPass(createPlanSchedulePass(
      {options.budget, options.policy, costs.move, costs.operation, costs.function, target.hasSlowTier()}));
}

/// The plan as code over one arena.
static void buildExpand(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  manager.addPass(createExpandSchedulePass({options.expansion, options.maxUnrolledMoves}));
  // Every buffer that is left gets its place before sweeps are taken apart, because
  // what is alive during a sweep is a property of the sweep as a whole.
  manager.addPass(createPlanMemoryPass());
  manager.addPass(createConvertRematToSCFPass());
}

/// From linalg on memory to kernels and branches.
static void buildKernels(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  // Who computes, and so who checks, counts and fails, is the target's business.
  target.addKernelPasses(manager);
}

/// To the LLVM dialect.
static void buildMachine(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  // Assertions split blocks, so this needs the flat control flow of the phase before.
  manager.addPass(createConvertAssertToRuntimePass());
  target.addMachinePasses(manager);
}

static const PipelinePhase phases[] = {
    {"differentiate", Phase::Adjoint, buildDifferentiate},
    {"outline", Phase::Outlined, buildOutline},
    {"bufferize", Phase::Bufferized, buildBufferize},
    {"plan", Phase::Planned, buildPlan},
    {"expand", Phase::Expanded, buildExpand},
    {"kernels", Phase::Kernels, buildKernels},
    // A dozen conversions of MLIR itself; to verify the long code between them would take
    // as long as to convert it.
    {"machine", Phase::Machine, buildMachine, /*verifiesPasses=*/false},
};

llvm::ArrayRef<PipelinePhase> remat::getPipelinePhases() { return phases; }

void remat::buildPhase(OpPassManager &manager, const PipelinePhase &phase, const ProgramOptions &options,
                       const Target &target) {
  phase.build(manager, options, target);
  manager.addPass(createVerifyPhasePass({phase.result}));
}

void remat::buildPipeline(OpPassManager &manager, const ProgramOptions &options, const Target &target) {
  for (const PipelinePhase &phase : phases)
    buildPhase(manager, phase, options, target);
}
