//===- Options.h - The command line of remat-run --------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_OPTIONS_H
#define REMAT_TOOLS_REMAT_RUN_OPTIONS_H

#include "Inputs.h"
#include "remat/Execution/CompiledProgram.h"
#include "remat/Target/CPU/CPUTarget.h"
#include "remat/Target/NVVM/NVVMTarget.h"

#include <string>
#include <vector>

namespace remat {

/// When the results are compared with those of a run that keeps everything.
enum class IdenticalCheck {
  /// If such a run needs at most a quarter of the machine's memory.
  Automatic,
  Always,
  Never
};

/// What a program is compiled for.
enum class TargetKind { CPU, CUDA };

/// What the user asked for, checked as far as it can be without the program.
struct RunOptions {
  std::string programPath;
  std::string entry;
  InputOptions inputs;
  ProgramOptions program;
  TargetKind target = TargetKind::CPU;
  /// Of either target.
  CPUTargetOptions cpu;
  NVVMTargetOptions cuda;
  unsigned repeat = 1;
  bool json = false;
  std::string outputDirectory;
  /// Where the program goes as files, in place of running it.
  std::string emitDirectory;
  std::string problemPath;
  /// Where a bug in remat leaves a file.
  std::string reproducerDirectory;
  bool checkGradient = false;
  double gradientTolerance = 0;
  IdenticalCheck identicalCheck = IdenticalCheck::Automatic;
  /// Bytes from the planned peak to an inaccessible page; a multiple of 64,
  /// possibly negative.
  std::optional<int64_t> guard;
};

/// Reads the command line. Prints help or errors itself; nullopt means that the
/// process ends with \p exitStatus.
std::optional<RunOptions> parseCommandLine(int argc, const char *const *argv, int &exitStatus);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_OPTIONS_H
