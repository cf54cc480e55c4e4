//===- DeviceJudge.h - A program on a GPU and on a processor ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The judge of programs for GPUs is the processor, with the options that promise the
// same bits: all bits of all results, or the same words about what ended the program,
// whatever the budget, the form of the schedule and the order of blocks are. What was
// measured has to be what was planned. The driver is mostly the stand-in, which finds
// races and reads of what nobody wrote; its order of blocks is changed between calls.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_DEVICEJUDGE_H
#define REMAT_TEST_RANDOM_DEVICEJUDGE_H

#include "Verdict.h"

#include "remat/Execution/CompiledProgram.h"
#include "remat/Target/NVVM/NVVMTarget.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <vector>

namespace remat::random {

class DeviceJudge {
public:
  /// \p enter begins a part, \p explain says what an error of it means. The orders of blocks are those of \p seed.
  DeviceJudge(mlir::ModuleOp module, llvm::StringRef entry, llvm::MutableArrayRef<Array> arguments, uint64_t seed,
              llvm::function_ref<void(llvm::StringRef)> enter,
              llvm::function_ref<Verdict(llvm::Error, llvm::StringRef)> explain)
      : module(module), entry(entry), arguments(arguments), seed(seed), enter(enter), explain(explain) {}

  /// If the program ends on both, what the processor says of it.
  Verdict run();
  /// Whether \p verdict is what the processor says.
  bool isOfProcessor(const Verdict &verdict) const {
    return verdict.outcome == ending.outcome && verdict.detail == ending.detail;
  }
  /// The results of the processor, if it had some.
  std::optional<std::vector<Array>> takeResults() { return std::move(expected); }

private:
  struct Variant;
  Verdict runOnProcessor();
  Verdict runOnDevice(const NVVMTarget &target, const Variant &variant);
  Verdict measure(CompiledProgram &code, const PlanFigures &figures, llvm::ArrayRef<ArrayView> views,
                  llvm::MutableArrayRef<Array> results);
  /// What is wrong if the device ends with \p verdict, and the processor with ending.
  Verdict compareEndings(Verdict verdict, const Variant &variant) const;

  mlir::ModuleOp module;
  llvm::StringRef entry;
  llvm::MutableArrayRef<Array> arguments;
  uint64_t seed;
  llvm::function_ref<void(llvm::StringRef)> enter;
  llvm::function_ref<Verdict(llvm::Error, llvm::StringRef)> explain;

  /// Of the processor: results, or what it ended with.
  std::optional<std::vector<Array>> expected;
  std::optional<PlanFigures> expectedPlan;
  Verdict ending;
  /// Of the first variant on the device.
  std::optional<PlanFigures> plan;
  bool canUnroll = true;
};

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_DEVICEJUDGE_H
