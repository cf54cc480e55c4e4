//===- remat-run.cpp - Compile, run and report --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Options.h"
#include "lib/ProgramCache.h"
#include "lib/Session.h"
#include "support/ExitStatus.h"
#include "support/ToolMain.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  remat::initializeTool("remat-run");
  int status = 0;
  std::optional<remat::RunOptions> options = remat::parseCommandLine(argc, argv, status);
  if (!options)
    return status;
  remat::ProgramCache cache;
  status = remat::Session(std::move(*options), cache, llvm::outs(), llvm::errs()).run();
  llvm::outs().flush();
  if (!llvm::outs().has_error())
    return status;
  llvm::errs() << "remat-run: error: standard output: " << llvm::outs().error().message() << '\n';
  llvm::outs().clear_error();
  return static_cast<int>(remat::ExitStatus::Fault);
}
