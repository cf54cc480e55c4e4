//===- Diagnosis.h - Why a program did not compile ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_DIAGNOSIS_H
#define REMAT_LIB_EXECUTION_DIAGNOSIS_H

#include "remat/Pipelines/Refusals.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace remat {

/// Holds errors back while a program is compiled: whether they are for the author's
/// eyes is known only when the compilation has failed. Everything else passes.
class Diagnosis {
public:
  explicit Diagnosis(mlir::ModuleOp source);
  ~Diagnosis();
  Diagnosis(const Diagnosis &) = delete;
  Diagnosis &operator=(const Diagnosis &) = delete;

  /// To be set by a RefusalObserver.
  std::atomic<bool> &getForeignFailure() { return hasForeignFailure; }

  /// The first error, behind its place in the author's file if that is known.
  const std::string &getText() const { return text; }

  /// Gives the errors to the handlers around this one.
  void release();

  /// Phase \p phase failed: an input error after release(), or an internal error.
  llvm::Error judge(llvm::StringRef phase);

private:
  bool isRefusal() const;

  mlir::MLIRContext *context;
  bool printsOperations;
  AuthorsWords words;
  std::atomic<bool> hasForeignFailure = false;
  std::string text;
  std::vector<mlir::Diagnostic> errors;
  std::optional<mlir::ScopedDiagnosticHandler> handler;
};

/// What reproduces a failure of the pass pipeline \p pipeline: \p module with \p entry as
/// its only public function, in the form that `remat-opt --run-reproducer` reads, behind
/// \p reason as a comment.
std::string makeReproducer(mlir::ModuleOp module, llvm::StringRef entry, llvm::StringRef pipeline,
                           llvm::StringRef reason);

/// \p error, which compiling \p entry of \p module through \p pipeline ended with, with what
/// reproduces it if it is a bug in remat.
llvm::Error addReproducer(llvm::Error error, mlir::ModuleOp module, llvm::StringRef entry, llvm::StringRef pipeline);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_DIAGNOSIS_H
