//===- Lowering.cpp - The pipeline as the execution engine runs it ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "PhaseTimer.h"
#include "PlanReader.h"
#include "remat/Execution/ProgramError.h"
#include "remat/Schedule/Program.h"
#include "remat/Support/Budget.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

using namespace remat;
using mlir::ModuleOp;

namespace {

/// Remembers the first error while the handlers around it see everything.
class FirstError {
public:
  explicit FirstError(mlir::MLIRContext *context)
      : context(context), printsOperations(context->shouldPrintOpOnDiagnostic()),
        handler(context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error && text.empty())
            text = describe(diagnostic);
          return mlir::failure();
        }) {
    // An operation in the middle of the pipeline says nothing to an author.
    context->printOpOnDiagnostic(false);
  }
  ~FirstError() { context->printOpOnDiagnostic(printsOperations); }
  FirstError(const FirstError &) = delete;
  FirstError &operator=(const FirstError &) = delete;

  const std::string &getText() const { return text; }

  llvm::Error take(llvm::StringRef stage) const {
    return makeInputError(text.empty() ? "stage '" + stage.str() + "' failed" : text);
  }

private:
  /// The message, behind its place in the author's file if that is known.
  static std::string describe(mlir::Diagnostic &diagnostic) {
    auto place = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>();
    if (!place)
      return diagnostic.str();
    return (place.getFilename().getValue() + ":" + llvm::Twine(place.getLine()) + ":" + llvm::Twine(place.getColumn()) +
            ": " + diagnostic.str())
        .str();
  }

  mlir::MLIRContext *context;
  bool printsOperations;
  std::string text;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace

/// Finds the entry and hides all other functions.
static llvm::Expected<mlir::func::FuncOp> isolateEntry(ModuleOp module, llvm::StringRef name) {
  auto entry = module.lookupSymbol<mlir::func::FuncOp>(name);
  if (!entry)
    return makeInputError("there is no function @" + name);
  if (entry.isExternal())
    return makeInputError("function @" + name + " has no body");
  for (auto function : module.getOps<mlir::func::FuncOp>())
    function.setVisibility(mlir::SymbolTable::Visibility::Private);
  entry.setVisibility(mlir::SymbolTable::Visibility::Public);
  return entry;
}

llvm::Expected<LoweredProgram> remat::lowerProgram(ModuleOp module, llvm::StringRef entryName,
                                                   const CPUPipelineOptions &options, std::vector<PhaseTime> &times) {
  mlir::MLIRContext *context = module.getContext();
  mlir::registerBuiltinDialectTranslation(*context);
  mlir::registerLLVMDialectTranslation(*context);
  std::string problem;
  std::optional<Budget> budget = parseBudget(options.budget.getValue(), problem);
  if (!budget)
    return makeInputError("the budget " + problem);
  if (!parseByteLimit(options.parameterBudget.getValue(), problem))
    return makeInputError("the parameter budget " + problem);

  LoweredProgram program;
  program.module = module.clone();
  auto entry = isolateEntry(*program.module, entryName);
  if (!entry)
    return entry.takeError();
  auto signature = Signature::read(*entry);
  if (!signature)
    return signature.takeError();
  program.signature = std::move(*signature);

  FirstError firstError(context);
  for (const CPUStage &stage : getCPUStages()) {
    PhaseTimer timer(stage.name, times);
    mlir::PassManager manager(context, ModuleOp::getOperationName());
    manager.enableVerifier(stage.verifiesPasses);
    stage.build(manager, options);
    bool failed = mlir::failed(manager.run(*program.module)) ||
                  (!stage.verifiesPasses && mlir::failed(mlir::verify(*program.module)));
    timer.stop();
    auto lowered = program.module->lookupSymbol<mlir::func::FuncOp>(entryName);
    if (failed && lowered)
      if (llvm::Error infeasible = readInfeasible(lowered, firstError.getText()))
        return std::move(infeasible);
    if (failed)
      return firstError.take(stage.name);
    if (!stage.isPlanned)
      continue;
    program.plan = readPlan(lowered, !budget->isUnlimited());
    program.chainProblems = readChainProblems(lowered);
    readRuntimeProblem(lowered, program);
  }
  if (!program.isPlannedLater())
    return std::move(program);
  schedule::ProgramProblem described;
  schedule::Verdict verdict = schedule::ProgramProblem::read(program.problem.data(), program.problem.size(), described);
  if (!verdict.ok())
    return makeInputError("the program cannot be planned: " + verdict.message);
  program.numCounts = described.numCounts;
  program.policy = schedule::stringifyPolicy(described.policy);
  return std::move(program);
}
