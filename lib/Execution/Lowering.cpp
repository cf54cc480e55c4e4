//===- Lowering.cpp - The pipeline as the execution engine runs it ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "PlanReader.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Execution/PhaseTimer.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Pipelines/Pipeline.h"
#include "remat/Schedule/Program.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"

using namespace remat;
using mlir::ModuleOp;

/// Finds the entry, hides all other functions, and erases those that it does not
/// reach: they need not be what remat compiles.
static llvm::Expected<mlir::func::FuncOp> isolateEntry(ModuleOp module, llvm::StringRef name) {
  auto entry = module.lookupSymbol<mlir::func::FuncOp>(name);
  if (!entry)
    return makeInputError("there is no function @" + name);
  if (entry.isExternal())
    return makeInputError("function @" + name + " has no body");
  for (auto function : module.getOps<mlir::func::FuncOp>())
    function.setVisibility(mlir::SymbolTable::Visibility::Private);
  entry.setVisibility(mlir::SymbolTable::Visibility::Public);
  mlir::PassManager manager(module.getContext(), ModuleOp::getOperationName());
  manager.addPass(mlir::createSymbolDCEPass());
  if (failed(manager.run(module)))
    return makeInputError("the functions that @" + name + " does not reach cannot be told");
  return entry;
}

/// Reports a call of a function that neither \p module nor \p target has.
static mlir::LogicalResult checkCallees(ModuleOp module, const Target &target) {
  mlir::WalkResult result = module.walk([&](mlir::func::CallOp call) {
    if (target.hasFunction(call.getCallee()))
      return mlir::WalkResult::advance();
    call.emitError("the program calls @") << call.getCallee() << ", which has no body";
    return mlir::WalkResult::interrupt();
  });
  return mlir::failure(result.wasInterrupted());
}

/// The launches of kernels in the function called \p name, if it is still there, and in those that it calls.
static int64_t countLaunches(ModuleOp module, llvm::StringRef name) {
  int64_t launches = 0;
  if (auto function = module.lookupSymbol<mlir::func::FuncOp>(name))
    function.walk([&](mlir::Operation *op) {
      if (mlir::isa<mlir::gpu::LaunchFuncOp>(op))
        ++launches;
      else if (auto call = mlir::dyn_cast<mlir::func::CallOp>(op))
        launches += countLaunches(module, call.getCallee());
    });
  return launches;
}

llvm::Expected<LoweredProgram> remat::lowerProgram(ModuleOp module, llvm::StringRef entryName,
                                                   const ProgramOptions &options, const Target &target,
                                                   Diagnosis &diagnosis, std::vector<PhaseTime> &times) {
  mlir::MLIRContext *context = module.getContext();
  mlir::registerBuiltinDialectTranslation(*context);
  mlir::registerLLVMDialectTranslation(*context);

  LoweredProgram program;
  program.module = module.clone();
  auto entry = isolateEntry(*program.module, entryName);
  if (!entry)
    return entry.takeError();
  auto signature = Signature::read(*entry);
  if (!signature)
    return signature.takeError();
  program.signature = std::move(*signature);
  for (auto function : program.module->getOps<mlir::func::FuncOp>())
    if (function.isExternal())
      program.declared.insert(function.getName());

  for (const PipelinePhase &phase : getPipelinePhases()) {
    PhaseTimer timer(phase.name, times);
    mlir::PassManager manager(context, ModuleOp::getOperationName());
    manager.enableVerifier(phase.verifiesPasses);
    manager.addInstrumentation(std::make_unique<RefusalObserver>(diagnosis.getForeignFailure()));
    buildPhase(manager, phase, options, target);
    bool failed = mlir::failed(manager.run(*program.module)) ||
                  (!phase.verifiesPasses && mlir::failed(mlir::verify(*program.module)));
    timer.stop();
    auto lowered = program.module->lookupSymbol<mlir::func::FuncOp>(entryName);
    if (failed && lowered)
      if (llvm::Error infeasible = readInfeasible(lowered, diagnosis.getText())) {
        diagnosis.release();
        return std::move(infeasible);
      }
    if (failed)
      return diagnosis.judge(phase.name);
    // Calls that are left now are of functions without a body.
    if (phase.result == Phase::Adjoint && mlir::failed(checkCallees(*program.module, target)))
      return diagnosis.judge(phase.name);
    // Whether a plan is walked is known once it is expanded.
    if (phase.result == Phase::Expanded)
      readMemory(lowered, !options.budget.isUnlimited(), program.plan);
    if (phase.result == Phase::Kernels)
      for (StepLaunches &step : program.stepLaunches)
        step.launches = countLaunches(*program.module, step.function);
    if (phase.result != Phase::Planned)
      continue;
    for (ChainOp chain : getChains(*program.module))
      for (StepFunction &step : getStepFunctions(chain))
        program.stepLaunches.push_back({step.function.getName().str(), stringifyStepRole(step.role).str()});
    program.plan = readPlan(lowered);
    program.chainProblems = readChainProblems(lowered);
    readOpenProblem(lowered, program);
  }
  if (!program.isPlannedLater())
    return std::move(program);
  schedule::ProgramProblem described;
  schedule::Verdict verdict = schedule::ProgramProblem::read(program.problem.data(), program.problem.size(), described);
  if (!verdict.ok())
    return makeInternalError("the runtime cannot read the problem: " + verdict.message);
  program.numCounts = described.numCounts;
  program.policy = schedule::stringifyPolicy(described.policy);
  return std::move(program);
}
