//===- ProgramMemory.h - What an entry function keeps, and when -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything that lies in the arena of an entry function is a buffer with a size
// and a lifetime, counted in operations of the function's block:
//
//   * the function's own allocations;
//   * per chain, the walk, the core tape and the slot region, which live from the
//     forward to the backward sweep, and the core states, the workspace and the
//     gradient carries, which live during a sweep.
//
// Sizes of slot regions and stacks come with the plan. The planner asks for the
// peak that they lead to; the same question, asked again, gives the offsets.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H
#define REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H

#include "remat/Dialect/Remat/Analysis/BufferLayout.h"
#include "remat/Dialect/Remat/Analysis/StepFunctions.h"
#include "remat/Schedule/Problem.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/SetVector.h"

#include <memory>

namespace remat {

/// A chain as an entry function uses it.
struct Loop {
  ChainOp chain;
  ForwardSweepOp forward;
  /// Null if the chain is not differentiated.
  BackwardSweepOp backward;
  int64_t steps = 0;
  int64_t stateBytes = 0;
  int64_t tapeBytes = 0;
  int64_t gradientBytes = 0;
  int64_t workspaceBytes = 0;
  /// The initial carries are allocations that only this chain needs once they
  /// are filled: they lie in the slot region, which may reuse their memory.
  bool ownsInitialState = false;
  /// Final carries that nobody reads: the core state serves as destination.
  SmallVector<unsigned> unusedFinals;
  /// Gradients of initial carries that nobody reads: the first gradient carry
  /// serves as destination.
  SmallVector<unsigned> unusedInitGradients;

  /// The problem of planning this chain, without a budget and a workspace.
  schedule::ChainProblem getProblem();
};

/// What a plan needs of the arena for one loop.
struct LoopNeeds {
  int64_t slotBytes = 0;
  int64_t stackFrames = 0;
};

/// What a buffer in the arena is for.
enum class BufferUse {
  Allocation,
  Walk,
  ForwardCore,
  BackwardCore,
  CoreTape,
  Gradients,
  ForwardWorkspace,
  BackwardWorkspace,
  Slots
};

struct ArenaBuffer {
  BufferUse use;
  /// The allocation, for that use.
  memref::AllocOp alloc;
  /// The loop, for all other uses.
  unsigned loop = 0;
  LiveBuffer live;

  /// A description for people: "stacked output #0 of @walk".
  std::string describe(ArrayRef<Loop> loops);
  Location getLoc(ArrayRef<Loop> loops);
};

class ProgramMemory {
public:
  /// Collects loops and allocations of \p entry, whose chains are finalized.
  /// Reports trip counts and shapes that are not static, and chains that several
  /// sweeps share.
  static FailureOr<ProgramMemory> analyze(func::FuncOp entry);

  MutableArrayRef<Loop> getLoops() { return loops; }

  /// All buffers, with offsets after layOut.
  MutableArrayRef<ArenaBuffer> getBuffers() { return buffers; }

  /// Gives every buffer its place; returns the bytes of the arena, or nothing on
  /// overflow. \p needs has one entry per loop.
  std::optional<int64_t> layOut(ArrayRef<LoopNeeds> needs);

  /// Gives the copies of parameters their places in a block of their own; returns
  /// its bytes.
  FailureOr<int64_t> layOutParameters(SmallVectorImpl<std::pair<memref::AllocOp, int64_t>> &offsets);

  /// The buffers that are in use when most bytes are, largest first.
  SmallVector<ArenaBuffer *> getBuffersAtPeak();

private:
  LogicalResult collectLoops();
  LogicalResult collectBuffers();
  LogicalResult describeLoop(Loop &loop);
  bool isInitialStateOwned(Loop &loop);
  void addLoopBuffers(unsigned index);

  int64_t getTime(Operation *op);

  func::FuncOp entry;
  SmallVector<Loop> loops;
  SmallVector<ArenaBuffer> buffers;
  llvm::SetVector<Operation *> parameters;
  /// The position of each operation in the function's block.
  DenseMap<Operation *, int64_t> times;
  std::shared_ptr<BufferViewFlowAnalysis> aliases;
};

/// Bytes of the walk of a chain with that many stack frames, move included.
std::optional<int64_t> getWalkBytes(int64_t stackFrames);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H
