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
// which operation each record came from.
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
  SmallVector<unsigned> unusedFinals;
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

  /// Copies of parameters and their offsets in a block of their own.
  ArrayRef<std::pair<memref::AllocOp, int64_t>> getParameterCopies() const { return parameterCopies; }

  /// The problem; policy and budget are the caller's to fill in.
  schedule::ProgramProblem &getProblem() { return problem; }

  /// The values that the problem's counts are, and what they are if all of them are
  /// constants.
  ArrayRef<Value> getCounts() const { return counts.getArrayRef(); }
  std::optional<std::vector<int64_t>> getConstantCounts() const;

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

  int64_t getTime(Operation *op);
  int64_t getCountNumber(Value count);
  PeakBuffer describe(size_t liveIndex, int64_t bytes);

  func::FuncOp entry;
  SmallVector<Loop> loops;
  SmallVector<memref::AllocOp> allocations;
  SmallVector<std::pair<memref::AllocOp, int64_t>> parameterCopies;
  schedule::ProgramProblem problem;
  llvm::SetVector<Value> counts;
  llvm::SetVector<Operation *> parameters;
  /// The position of each operation in the function's block.
  DenseMap<Operation *, int64_t> times;
  std::shared_ptr<BufferAliases> aliases;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_PROGRAMMEMORY_H
