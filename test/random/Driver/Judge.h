//===- Judge.h - Compiles, runs and judges one program ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The judges share no code with the kernels: a reference interpreter (values and
// gradients), the bits of the same program under other budgets and policies, its
// measured against its planned memory with an inaccessible page behind the arena,
// a second run, and the words of its diagnostics.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_JUDGE_H
#define REMAT_TEST_RANDOM_JUDGE_H

#include "Coverage.h"
#include "Verdict.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace remat::random {

/// A program and how to call it, as the options of remat-run.
struct Case {
  std::string text;
  std::string entry;
  std::vector<std::string> inputs, shapes;
  int64_t steps = -1;
  uint64_t seed = 0;
  /// It may end with an error that the reference says too.
  bool mayEnd = false;

  std::string printCommand(llvm::StringRef file) const;
};

struct JudgeOptions {
  /// "unlimited", "min", "between" or bytes; with policies as remat-run names them:
  /// "store-all@unlimited".
  std::vector<std::string> variants = {"optimal@unlimited", "optimal@min"};
  /// Compare with the interpreter.
  bool interpret = true;
  /// The program may end with an error that the reference says too; else it is invalid.
  bool mayFail = false;
  /// Compare a GPU with this processor, instead of the variants (DeviceJudge.h).
  bool onDevice = false;
  /// Compile twice and compare the code.
  bool compileTwice = false;
  std::string targetCPU;
  /// Programs with this operation count as wrong, others as right, and nothing is
  /// compiled: a test of the shrinker.
  std::string pretend;
};

/// Judges \p program in this process. \p enter is called with the name of each part
/// before it begins.
Verdict judge(const Case &program, const JudgeOptions &options, mlir::MLIRContext &context,
              llvm::function_ref<void(llvm::StringRef)> enter, Coverage *coverage);

/// Touches what every compilation needs, one for a GPU too if \p onDevice, so that children find it done.
void warmUp(mlir::MLIRContext &context, bool onDevice);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_JUDGE_H
