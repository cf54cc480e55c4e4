//===- ProgramMemory.h - What an entry function keeps, and when -- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a program off an entry function: its loops, its own allocations, and when
// each is in use, counted in operations of the function's block. The result is plain
// data (remat/Schedule/Program.h), which the planner takes; this class remembers
// which operation each record came from. It runs once, in remat-plan-schedule, which
// leaves the result on the function (#remat.problem) and its numbers on the operations.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H
#define REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H

#include "remat/Dialect/Remat/Analysis/BufferAliases.h"
#include "remat/Dialect/Remat/Analysis/StepCost.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"
#include "remat/Dialect/Remat/IR/StepFunctions.h"
#include "remat/Schedule/Program.h"

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
  /// Final carries that nobody reads: in loops that are long enough, core memory serves
  /// as destination.
  SmallVector<int64_t> unusedFinals;
  /// Initial carries that are computed for this loop only: they lie in its slot region.
  SmallVector<int64_t> keptInits;
};

/// A buffer that is in use when most bytes are.
struct PeakBuffer {
  int64_t bytes;
  /// For people: "stacked output #0 of @walk".
  std::string description;
  Location loc;
};

/// The position of each operation in the block of an entry function, those that it
/// contains at its own: the times of a problem.
class BlockTimes {
public:
  BlockTimes() = default;
  explicit BlockTimes(Block &block);

  int64_t of(Operation *op) const;

private:
  Block *block = nullptr;
  DenseMap<Operation *, int64_t> times;
};

/// What a buffer takes: bytes in total or, if \p count is given, per unit of that extent.
struct BufferSize {
  int64_t bytes;
  Value count;
};

/// The size of an allocation; nothing if more than one extent is known to callers alone,
/// or it overflows.
std::optional<BufferSize> getBufferSize(memref::AllocOp alloc);

/// Sets the sizes in \p loop to those of \p chain, which is finalized; fails on overflow.
LogicalResult describeSizes(ChainOp chain, schedule::ProgramLoop &loop);

class ProgramMemory {
public:
  /// Collects loops and allocations of \p entry, whose chains are finalized, with the
  /// times of steps at the prices \p costs. Reports allocations with more than one extent
  /// that is not static.
  static FailureOr<ProgramMemory> analyze(func::FuncOp entry, const StepCosts &costs = {});

  /// The loops and allocations, in the order of the problem's loops and buffers.
  MutableArrayRef<Loop> getLoops() { return loops; }
  ArrayRef<memref::AllocOp> getAllocations() const { return allocations; }

  /// The aliases of the function's buffers, as long as none is made or replaced.
  const BufferAliases &getAliases() const { return *aliases; }

  /// Copies of parameters, which have a block of their own, one behind the other.
  ArrayRef<memref::AllocOp> getParameterCopies() const { return parameterCopies; }

  /// The problem; policy and budget are the caller's to fill in.
  schedule::ProgramProblem &getProblem() { return problem; }

  /// The values that the problem's counts are.
  ArrayRef<Value> getCounts() const { return counts.getArrayRef(); }

  /// The buffers that are in use when most bytes are, largest first. \p instance is
  /// one of this problem that was laid out.
  SmallVector<PeakBuffer> getBuffersAtPeak(const schedule::ProgramInstance &instance);
  /// What each live buffer of an instance is and where it comes from, for people.
  SmallVector<std::string> describeLiveBuffers();

private:
  /// An allocation that lies in a part of a loop, if the loop has enough steps.
  struct Home {
    schedule::BufferHome part;
    int64_t loop;
    int64_t offset;
  };

  LogicalResult collectLoops(const StepCosts &costs);
  LogicalResult collectBuffers();
  LogicalResult describeLoop(Loop &loop, const StepCosts &costs);
  bool isInitialCarryOwned(Loop &loop, unsigned index);
  bool endsInFirstReverse(memref::AllocOp alloc, int64_t last);
  void assignHomes(int64_t index, DenseMap<Operation *, Home> &homes);
  void keepInits(int64_t index, DenseMap<Operation *, Home> &homes);
  LogicalResult addBuffer(memref::AllocOp alloc, const DenseMap<Operation *, Home> &homes);
  LogicalResult addParameterCopies();

  int64_t getTime(Operation *op) const { return times.of(op); }
  int64_t getCountNumber(Value count);
  PeakBuffer describe(size_t liveIndex, int64_t bytes);

  func::FuncOp entry;
  SmallVector<Loop> loops;
  SmallVector<memref::AllocOp> allocations;
  SmallVector<memref::AllocOp> parameterCopies;
  schedule::ProgramProblem problem;
  llvm::SetVector<Value> counts;
  llvm::SetVector<Operation *> parameters;
  BlockTimes times;
  std::shared_ptr<BufferAliases> aliases;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H
