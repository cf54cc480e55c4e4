//===- remat-run.cpp - Compile, run and report --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Options.h"
#include "lib/Session.h"
#include "support/ToolMain.h"

#include "llvm/Support/InitLLVM.h"

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  remat::initializeTool("remat-run");
  int status = 0;
  std::optional<remat::RunOptions> options = remat::parseCommandLine(argc, argv, status);
  if (!options)
    return status;
  return remat::Session(std::move(*options)).run();
}
