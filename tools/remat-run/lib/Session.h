//===- Session.h - One run of remat-run -----------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Load, plan, compile, measure, time, verify, write, report: in this order, each
// step only if the one before succeeded. The report is printed even when a
// verification failed; files are written only when none did.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_SESSION_H
#define REMAT_TOOLS_REMAT_RUN_SESSION_H

#include "Options.h"
#include "ProgramCache.h"
#include "Report.h"
#include "support/OutputFiles.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/SourceMgr.h"

namespace remat {

class Session {
public:
  /// What is compiled goes to \p cache, and what the run has to say to the two streams.
  Session(RunOptions options, ProgramCache &cache, llvm::raw_ostream &output, llvm::raw_ostream &errors);
  ~Session();

  /// Returns the exit status of the process.
  int run();

private:
  llvm::Error parse();
  llvm::Error load();
  /// Writes the program as files.
  llvm::Error emit();
  /// Makes the target, and the part of the report that is about it.
  llvm::Error makeTarget();
  llvm::Error measure();
  llvm::Error time();
  llvm::Error compareWithStoreAll();
  llvm::Error checkGradient();
  llvm::Error writeFiles();
  /// Adds one chain problem per recurrence to \p files.
  llvm::Error addProblems(OutputFiles &files);

  /// What differs from the plan or from what was promised, one line each.
  void verify();
  /// Prints an error and returns the status for it.
  int fail(llvm::Error error);
  /// Leaves what reproduces a bug in a file, or says why it cannot.
  void writeReproducer(llvm::StringRef text);

  std::vector<ArrayView> getArgumentViews();
  void warn(const std::string &message);

  RunOptions options;
  ProgramCache &cache;
  llvm::raw_ostream &output;
  llvm::raw_ostream &errors;
  mlir::MLIRContext context;
  llvm::SourceMgr sources;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<Array> arguments;
  std::vector<Array> results;
  std::unique_ptr<Target> target;
  std::shared_ptr<CompiledProgram> program;
  Report report;
  std::vector<std::string> violations;
  /// Whether the diagnostics of the compiler have told the user already.
  bool diagnosed = false;
};

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_SESSION_H
