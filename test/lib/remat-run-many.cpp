//===- remat-run-many.cpp - Many runs of remat-run in one process -------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sweep runs one program for many trip counts and budgets. Here all of them share
// a process, which spares the start of LLVM, and a cache, which spares compiling the
// same steps and programs again (ManyRuns.h says what is read and answered). Each run has
// its own MLIR context, so that one cannot see what another left.
//
//===----------------------------------------------------------------------===//

#include "ManyRuns.h"

#include "remat-run/lib/Options.h"
#include "remat-run/lib/ProgramCache.h"
#include "remat-run/lib/Session.h"
#include "support/ToolMain.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace remat;

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  initializeTool("remat-run-many");
  ProgramCache cache(ProgramCache::Keeps::Programs);
  return runMany("remat-run",
                 [&](llvm::ArrayRef<const char *> words, llvm::raw_ostream &output, llvm::raw_ostream &errors) {
                   int status = 0;
                   // What is wrong with a command line goes to standard error as ever.
                   if (auto options = parseCommandLine(static_cast<int>(words.size()), words.data(), status))
                     status = Session(std::move(*options), cache, output, errors).run();
                   return status;
                 });
}
