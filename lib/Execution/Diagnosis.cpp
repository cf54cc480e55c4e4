//===- Diagnosis.cpp - Why a program did not compile --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Diagnosis.h"

#include "remat/Execution/ProgramError.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;

/// The message, behind its place in the author's file if that is known.
static std::string describe(mlir::Diagnostic &diagnostic) {
  auto place = diagnostic.getLocation()->findInstanceOf<mlir::FileLineColLoc>();
  if (!place)
    return diagnostic.str();
  return (place.getFilename().getValue() + ":" + llvm::Twine(place.getLine()) + ":" + llvm::Twine(place.getColumn()) +
          ": " + diagnostic.str())
      .str();
}

Diagnosis::Diagnosis(mlir::ModuleOp source)
    : context(source.getContext()), printsOperations(context->shouldPrintOpOnDiagnostic()), words(source) {
  // An operation in the middle of the pipeline says nothing to an author.
  context->printOpOnDiagnostic(false);
  handler.emplace(context, [this](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error)
      return mlir::failure();
    if (text.empty())
      text = describe(diagnostic);
    errors.push_back(std::move(diagnostic));
    return mlir::success();
  });
}

Diagnosis::~Diagnosis() { context->printOpOnDiagnostic(printsOperations); }

void Diagnosis::release() {
  handler.reset();
  for (mlir::Diagnostic &error : errors)
    context->getDiagEngine().emit(std::move(error));
  errors.clear();
}

bool Diagnosis::isRefusal() const {
  if (errors.empty() || hasForeignFailure)
    return false;
  // A pass that knows better says so itself.
  auto cover = [&](const mlir::Diagnostic &diagnostic) {
    std::string message = diagnostic.str();
    return !llvm::StringRef(message).starts_with("internal:") && words.cover(message);
  };
  return llvm::all_of(errors, [&](const mlir::Diagnostic &error) {
    auto notes = const_cast<mlir::Diagnostic &>(error).getNotes();
    return cover(error) && llvm::all_of(notes, cover);
  });
}

llvm::Error Diagnosis::judge(llvm::StringRef phase) {
  if (isRefusal()) {
    release();
    return makeInputError(text);
  }
  std::string reason = "phase '" + phase.str() + "' failed";
  for (mlir::Diagnostic &error : errors) {
    reason += "\n" + describe(error);
    for (mlir::Diagnostic &note : error.getNotes())
      reason += "\n  note: " + describe(note);
  }
  return makeInternalError(reason);
}

std::string remat::makeReproducer(mlir::ModuleOp module, llvm::StringRef entry, llvm::StringRef pipeline,
                                  llvm::StringRef reason) {
  mlir::OwningOpRef<mlir::ModuleOp> copy = module.clone();
  for (auto function : copy->getOps<mlir::func::FuncOp>())
    if (function.getName() != entry)
      function.setPrivate();
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << "// An internal error of remat " << REMAT_VERSION << " on LLVM " << LLVM_VERSION_STRING << ". With\n"
         << "// remat-opt --run-reproducer THIS_FILE it comes again, unless it is about machine code.\n//\n";
  for (llvm::StringRef line : llvm::split(reason, '\n'))
    stream << "// " << line << '\n';
  mlir::AsmState state(*copy, mlir::OpPrintingFlags());
  state.attachResourcePrinter("mlir_reproducer", [&](mlir::Operation *, mlir::AsmResourceBuilder &builder) {
    builder.buildString("pipeline", ("builtin.module(" + pipeline + ")").str());
    builder.buildBool("disable_threading", true);
    builder.buildBool("verify_each", true);
  });
  copy->print(stream, state);
  return text;
}

llvm::Error remat::addReproducer(llvm::Error error, mlir::ModuleOp module, llvm::StringRef entry,
                                 llvm::StringRef pipeline) {
  auto reproduce = [&](llvm::StringRef reason) {
    return makeInternalError(makeReproducer(module, entry, pipeline, reason));
  };
  return llvm::handleErrors(
      std::move(error), [&](const InternalError &internal) { return reproduce(internal.getReproducer()); },
      [](std::unique_ptr<ProgramError> other) { return llvm::Error(std::move(other)); },
      [&](const llvm::ErrorInfoBase &other) { return reproduce(other.message()); });
}
