//===- remat-plan.cpp - Plan, verify, compare and draw schedules ---------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "lib/Commands/Commands.h"
#include "lib/Output/Progress.h"
#include "support/ToolMain.h"

#include "llvm/Support/InitLLVM.h"

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  remat::initializeTool("remat-plan");
  remat::plantool::handleInterrupts();
  int status = 0;
  std::optional<remat::plantool::PlanOptions> options = remat::plantool::parseCommandLine(argc, argv, status);
  if (!options)
    return status;
  return static_cast<int>(remat::plantool::run(*options));
}
