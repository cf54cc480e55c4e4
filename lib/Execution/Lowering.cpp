//===- Lowering.cpp - The pipeline as the execution engine runs it ------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "PhaseTimer.h"
#include "remat/Execution/ProgramError.h"

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
      : handler(context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error && text.empty())
            text = diagnostic.str();
          return mlir::failure();
        }) {}

  llvm::Error take(llvm::StringRef stage) const {
    return makeInputError(text.empty() ? "stage '" + stage.str() + "' failed" : text);
  }

private:
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

llvm::Expected<mlir::OwningOpRef<ModuleOp>> remat::lowerProgram(ModuleOp module, llvm::StringRef entryName,
                                                                const CPUPipelineOptions &options, Signature &signature,
                                                                std::vector<PhaseTime> &times) {
  mlir::MLIRContext *context = module.getContext();
  mlir::registerBuiltinDialectTranslation(*context);
  mlir::registerLLVMDialectTranslation(*context);

  mlir::OwningOpRef<ModuleOp> copy(module.clone());
  auto entry = isolateEntry(*copy, entryName);
  if (!entry)
    return entry.takeError();
  auto read = Signature::read(*entry);
  if (!read)
    return read.takeError();
  signature = std::move(*read);

  FirstError firstError(context);
  for (const CPUStage &stage : getCPUStages()) {
    PhaseTimer timer(stage.name, times);
    mlir::PassManager manager(context, ModuleOp::getOperationName());
    stage.build(manager, options);
    if (mlir::failed(manager.run(*copy)))
      return firstError.take(stage.name);
    timer.stop();
  }
  return std::move(copy);
}
