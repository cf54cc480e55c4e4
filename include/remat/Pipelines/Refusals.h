//===- Refusals.h - What is the author's fault and what is ours -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A program that remat-to-cpu does not compile was either refused, in its author's
// words, or there is a bug in remat. A message is a refusal only if
//
//  - a pass of remat that may refuse programs gave it: those of MLIR itself know
//    nothing of the program's author, and what stands between phases only checks
//    that remat did its own work;
//  - and it names no operation and no type that authors do not write.
//
// Everything else is internal (ExitStatus::Internal, InternalError).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_PIPELINES_REFUSALS_H
#define REMAT_PIPELINES_REFUSALS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/ADT/StringSet.h"

#include <atomic>

namespace remat {

/// The operations and types that a program uses, before anything is done with it.
class AuthorsWords {
public:
  explicit AuthorsWords(mlir::ModuleOp source);

  /// Whether \p message names only what the author wrote or could write.
  bool cover(llvm::StringRef message) const;

private:
  mlir::MLIRContext *context;
  llvm::StringSet<> operations;
  /// How the types begin that are not of programs.
  llvm::StringSet<> typePrefixes;
};

/// Remembers whether a pass failed that may not refuse a program.
class RefusalObserver : public mlir::PassInstrumentation {
public:
  /// \p hasForeignFailure outlives the pass manager.
  explicit RefusalObserver(std::atomic<bool> &hasForeignFailure) : hasForeignFailure(hasForeignFailure) {}

  void runAfterPassFailed(mlir::Pass *pass, mlir::Operation *op) override;

private:
  std::atomic<bool> &hasForeignFailure;
};

} // namespace remat

#endif // REMAT_PIPELINES_REFUSALS_H
