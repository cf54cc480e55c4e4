//===- CompiledProgram.h - Compile once, call per batch -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How a C++ program embeds remat:
//
//   auto target = CPUTarget::create();
//   if (!target)
//     return target.takeError();
//   auto program = CompiledProgram::compile(*module, "train_step", options, **target);
//   if (!program)
//     return program.takeError();
//   if (llvm::Error error = (*program)->call(arguments, results))
//     return error;
//
// Compilation runs the pipeline of the target on a copy of the module, and the target
// loads what comes of it. The program owns one arena and one
// parameter block, made at the first call and used again by every later one, so a
// call allocates nothing. Errors are values (ProgramError); nothing is printed and
// nothing throws.
//
// One program runs one call at a time. Different programs are independent.
//
// On a device (NVVMTarget) arrays are addresses of the device, and a caller with a stream
// of its own puts calls into it:
//
//   if (llvm::Error error = (*program)->enqueue(arguments, results, stream))
//     return error;
//   ...
//   if (llvm::Error error = (*program)->wait())
//     return error;
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_EXECUTION_COMPILEDPROGRAM_H
#define REMAT_EXECUTION_COMPILEDPROGRAM_H

#include "remat/Execution/HeapUse.h"
#include "remat/Execution/Signature.h"
#include "remat/Pipelines/ProgramOptions.h"
#include "remat/Schedule/Chain.h"
#include "remat/Target/Target.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>
#include <string>

namespace remat {

/// What the plan of a program says for calls with one set of argument shapes.
/// Several recurrences add up.
struct PlanFigures {
  std::string policy;
  /// Steps of all recurrences.
  int64_t steps = 0;
  /// Planned executions, re-executions included.
  int64_t forwardSteps = 0;
  int64_t reverseSteps = 0;
  /// Nullopt: unlimited.
  std::optional<int64_t> budgetBytes;
  /// The bytes of arena and walk that a call needs, and what it would need if everything
  /// was kept.
  int64_t peakBytes = 0;
  int64_t storeAllBytes = 0;
  /// Of the peak, those of the walk of plan tables: memory of the host.
  int64_t walkBytes = 0;
  /// The smallest feasible budget.
  int64_t minimumBytes = 0;
  /// Every call touches the highest byte of the arena and of the walk. If not, that of the
  /// arena belongs to a branch that may not be taken, and a call may use less than was planned.
  bool isPeakCertain = true;
  /// One-time copies of parameters and gradient accumulators in another layout.
  int64_t parameterCopyBytes = 0;
  /// Time over keep-everything, in the plan's model, and a bound for it.
  double timeRatio = 1;
  double lowerBoundRatio = 1;
  /// The plan is proven to be the fastest within its class.
  bool certified = true;
  int64_t getArenaBytes() const { return peakBytes - walkBytes; }
  int64_t getTotalBytes() const { return peakBytes + parameterCopyBytes; }
};

/// What a call executed, counted by the step functions themselves: first executions of
/// steps and re-executions without a tape, with one, and reverse steps (RematCounter).
struct CallCounters {
  int64_t advance = 0;
  int64_t advanceAgain = 0;
  int64_t record = 0;
  int64_t recordAgain = 0;
  int64_t reverse = 0;

  int64_t getForwardSteps() const { return advance + record + advanceAgain + recordAgain; }
};

/// How many kernels one call of a step function launches at most, on a device.
struct StepLaunches {
  /// Its name, and what it does for its loop: "advance".
  std::string function;
  std::string role;
  int64_t launches = 0;
};

/// How a measured call is to be observed.
struct MeasureOptions {
  /// Puts an inaccessible page right behind this many bytes of the arena (a
  /// multiple of 64). Touching it is a fault of the process.
  std::optional<int64_t> guardBehind;
};

/// What a measured call used. Nothing in it comes from the plan.
struct Measurement {
  /// Bytes up to the end of the highest 64-byte unit that was written.
  int64_t arenaBytes = 0;
  int64_t parameterCopyBytes = 0;
  int64_t walkBytes = 0;
  HeapUse heap;
  /// Deepest stack of the call.
  int64_t stackBytes = 0;
  /// Kernels that were launched, on a device.
  int64_t launches = 0;

  /// The peak under the rule of the budget: arena, walk and everything allocated
  /// elsewhere inside the call.
  int64_t getPeakBytes() const { return arenaBytes + walkBytes + heap.peakBytes; }
};

class CompiledProgram {
public:
  /// Compiles function \p entry of \p module, which is not changed. Diagnostics
  /// of the passes also go to the handlers of the module's context. Who compiles one
  /// program for several budgets gives a \p cache.
  static llvm::Expected<std::unique_ptr<CompiledProgram>> compile(mlir::ModuleOp module, llvm::StringRef entry,
                                                                  const ProgramOptions &options, const Target &target,
                                                                  CodeCache *cache = nullptr);
  ~CompiledProgram();

  const Signature &getSignature() const;
  /// Whether plans are made for the arguments of a call: no trip count is known before.
  bool isPlannedPerCall() const;
  /// The budget of the calls that follow. The code of a program that is planned per call
  /// is that of all budgets; of others it fails.
  llvm::Error setBudget(const Budget &budget);
  /// The plan for calls with these arguments.
  llvm::Expected<PlanFigures> getPlan(llvm::ArrayRef<ArrayView> arguments);
  /// The chain problem of each differentiated recurrence with steps, in the order of
  /// the program, with the bytes of slots that its plan was given as budget.
  llvm::Expected<std::vector<schedule::Chain>> getChainProblems(llvm::ArrayRef<ArrayView> arguments);
  llvm::ArrayRef<PhaseTime> getPhaseTimes() const;
  /// One for each step function, in the order of the program; of interest on devices.
  llvm::ArrayRef<StepLaunches> getStepLaunches() const;
  double getCompileSeconds() const;
  /// The size of the object files that the program became.
  int64_t getObjectBytes() const;

  /// Whether arrays lie where the host reads and writes them. If not, every array of a call
  /// but scalars, which the host hands over, is an address of the target's (see TargetArrays.h).
  bool sharesMemory() const;
  /// A block of memory for arrays, where the program computes.
  llvm::Expected<std::unique_ptr<TargetMemory>> allocate(int64_t bytes);

  /// Does what calls with arrays of these shapes need only once: the plan, and memory. Calls
  /// that follow only compute, so that a stream may be captured.
  llvm::Error prepare(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results);

  /// Runs the program. Arrays must not overlap. Results are unspecified after an
  /// error.
  llvm::Error call(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                   CallCounters *counters = nullptr);

  /// Begins a call, in the order of \p stream: for CUDA a CUstream, null being the default
  /// one. Nothing is waited for. The program runs one call at a time: the next one has to
  /// be in the same stream, or behind wait().
  llvm::Error enqueue(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results, void *stream);
  /// Waits for the end of the call that was enqueued last and returns what went wrong in it.
  llvm::Error wait(CallCounters *counters = nullptr);

  /// Runs the program and observes its memory; slower than call by a pass over
  /// the arena.
  llvm::Error measure(llvm::ArrayRef<ArrayView> arguments, llvm::ArrayRef<ArrayView> results,
                      const MeasureOptions &options, Measurement &measurement, CallCounters *counters = nullptr);

private:
  struct Implementation;
  explicit CompiledProgram(std::unique_ptr<Implementation> implementation);

  std::unique_ptr<Implementation> implementation;
};

} // namespace remat

#endif // REMAT_EXECUTION_COMPILEDPROGRAM_H
