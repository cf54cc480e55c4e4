//===- Target.h - What programs are compiled for ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way of a program is the same on every machine (remat/Pipelines/Pipeline.h) but
// for what this interface answers: in which layout weights lie, what a step costs,
// how loops become code, and how that code is loaded, given memory and called. A
// target is a value that is made once, says what it is for in its constructor, and
// may serve several programs at once.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TARGET_TARGET_H
#define REMAT_TARGET_TARGET_H

#include "remat/Dialect/Remat/Analysis/StepCost.h"
#include "remat/Execution/HeapUse.h"
#include "remat/Pipelines/ProgramOptions.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>
#include <vector>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace remat {

class CodeCache;

/// How long one part of the compilation took.
struct PhaseTime {
  std::string name;
  double seconds = 0;
};

/// A block of the memory that programs of a target work in: an arena or a parameter
/// block. How much of it a call used is found without asking the plan.
class TargetMemory {
public:
  virtual ~TargetMemory();

  /// As the program sees it; aligned to arenaAlignment. The host cannot read memory of a device.
  virtual void *getAddress() const = 0;
  /// Copies between the first \p bytes bytes of the block and memory of the host.
  virtual llvm::Error copyIn(const void *source, int64_t bytes) = 0;
  virtual llvm::Error copyOut(void *target, int64_t bytes) const = 0;
  /// Fills all of it with a pattern that a program is most unlikely to write.
  virtual llvm::Error fillWithPattern() = 0;
  /// Bytes from the start to the end of the last 64-byte unit that no longer holds the
  /// pattern. Linear time.
  virtual llvm::Expected<int64_t> findHighestTouched() const = 0;
};

/// A program that can be called. One call at a time.
class LoadedProgram {
public:
  virtual ~LoadedProgram();

  /// A block of at least \p bytes bytes. With \p guardBehind, a multiple of
  /// arenaAlignment and possibly less than \p bytes, it has so many bytes, and touching what
  /// lies behind is a fault of the process.
  virtual llvm::Expected<std::unique_ptr<TargetMemory>> allocate(int64_t bytes,
                                                                 std::optional<int64_t> guardBehind = {}) = 0;

  /// Whether the host reads and writes the arrays of a call where the program does.
  virtual bool sharesMemory() const = 0;

  /// Fails as an input error, which calls the array \p what, unless the program can be called
  /// with the array at \p address, which has elements of \p elementBytes bytes.
  virtual llvm::Error checkArray(const llvm::Twine &what, const void *address, int64_t elementBytes) const = 0;

  /// Calls function number \p function of those that were asked for, with a pointer to
  /// each argument's value, and waits for its end. What the program finds it cannot go on with
  /// is a fault.
  virtual llvm::Error call(size_t function, llvm::ArrayRef<void *> arguments) = 0;

  /// As call, with what it took from the heap and of the stack.
  virtual llvm::Error measure(size_t function, llvm::ArrayRef<void *> arguments, HeapUse &heap,
                              int64_t &stackBytes) = 0;

  /// Begins what call does, in the order of \p stream, which is the target's word for it. An
  /// input error on targets without streams.
  virtual llvm::Error enqueue(size_t function, llvm::ArrayRef<void *> arguments, void *stream) = 0;
  /// Waits for the end of the call that was enqueued last, whose faults it returns.
  virtual llvm::Error wait() = 0;

  /// The size of the machine code in its files.
  virtual int64_t getCodeBytes() const = 0;

  /// How many kernels the last call launched.
  virtual int64_t getLaunches() const = 0;
};

/// What a target loads.
struct LoadRequest {
  /// Behind all phases of the pipeline.
  mlir::ModuleOp module;
  /// Those that will be called.
  llvm::ArrayRef<std::string> functions;
  /// What the author declared without a body.
  const llvm::StringSet<> &declared;
  /// Takes the time of each part.
  std::vector<PhaseTime> &times;
  /// What is known is not compiled again; may be null.
  CodeCache *cache;
};

/// A file of a program that is compiled ahead of time.
struct EmittedFile {
  /// What its name ends with, behind that of the entry: ".o".
  std::string suffix;
  std::string content;
};

class Target {
public:
  virtual ~Target();

  /// "cpu", "cuda"
  virtual llvm::StringRef getName() const = 0;

  /// The machine that code is made for, down to its features: "haswell,-fma".
  virtual std::string getMachine() const = 0;

  /// What one element of a step costs. Plans of several loops, and the times that they
  /// report, follow from it.
  virtual StepCosts getStepCosts() const = 0;

  /// Whether programs may keep states and tapes in a second memory, which is slower. Policies
  /// that need one are refused where it is not there.
  virtual bool hasSlowTier() const { return false; }

  /// Appends passes that choose layouts of weights and activations: behind the outlined
  /// steps, before buffers are chosen.
  virtual void addLayoutPasses(mlir::OpPassManager &manager, const ProgramOptions &options) const = 0;

  /// Appends passes that decide what lies in arrays, directly in front of the choice of
  /// buffers: what they repeat stays repeated.
  virtual void addBufferPasses(mlir::OpPassManager &manager) const {}

  /// Appends passes from linalg on the arena to code in branches and kernels: nothing of
  /// linalg and of scf is left, nor of checks and of counting, and the sizes of blocks are symbols.
  virtual void addKernelPasses(mlir::OpPassManager &manager) const = 0;

  /// Appends the passes from there to the LLVM dialect.
  virtual void addMachinePasses(mlir::OpPassManager &manager) const = 0;

  /// The pass pipeline that compiles for this target with \p options, as text. With name
  /// and machine it says all that a compilation depends on.
  virtual std::string getPipelineText(const ProgramOptions &options) const = 0;

  /// Whether a program may call \p function, which has no body.
  virtual bool hasFunction(llvm::StringRef function) const = 0;

  /// Makes machine code and what is needed to call it. Fails as Unavailable if
  /// this machine cannot execute it.
  virtual llvm::Expected<std::unique_ptr<LoadedProgram>> load(const LoadRequest &request) const = 0;

  /// The code of \p module, behind all phases of the pipeline, with \p entry: an object file for
  /// a linker, and what a device loads. Nothing is loaded or executed.
  virtual llvm::Expected<std::vector<EmittedFile>> emit(mlir::ModuleOp module, llvm::StringRef entry) const = 0;
};

} // namespace remat

#endif // REMAT_TARGET_TARGET_H
