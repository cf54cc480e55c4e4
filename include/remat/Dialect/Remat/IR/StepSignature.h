//===- StepSignature.h - What step functions take and return ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A step function does not say which of its arguments is what; its role in the chain
// does (see the table at remat.chain). The order is written down here alone: who makes,
// checks, calls or rewrites step functions names values by their kind.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_STEPSIGNATURE_H
#define REMAT_DIALECT_REMAT_IR_STEPSIGNATURE_H

#include "remat/ABI/Entry.h"
#include "remat/Dialect/Remat/IR/Remat.h"

#include <array>

namespace remat {

/// What a step function does, in the order of the table at remat.chain.
enum class StepRole { Advance, AdvanceAgain, Record, RecordAgain, Reverse, Resume, Linearize };
inline constexpr size_t numStepRoles = 7;

/// The name of the role in assembly and messages.
StringRef stringifyStepRole(StepRole role);

/// The function of \p role in \p chain; null if it has none.
FlatSymbolRefAttr getStepFunction(ChainOp chain, StepRole role);

/// Where a call of a function of \p role is counted, if it is.
std::optional<Counter> getCounter(StepRole role);

/// What a value is that a step function takes or returns.
enum class StepValue {
  /// The number of the step and its position in arrays over time.
  Step,
  Position,
  /// The carries in front of the step, and those behind it.
  Carry,
  NextCarry,
  /// What the step leaves for its reverse step, and what of that it computes.
  Tape,
  Recorded,
  Scan,
  Capture,
  Stacked,
  /// The gradients of the carries behind the step, and those in front of it.
  Gradient,
  PreviousGradient,
  StackedCotangent,
  ScanGradient,
  Accumulator,
  /// On memrefs: temporaries, and what counts the calls.
  Workspace,
  Counters
};
inline constexpr size_t numStepValues = 16;

/// A list of what belongs to the values of each kind, such as their types.
template <typename T>
class ByStepValue {
public:
  SmallVector<T> &operator[](StepValue kind) { return lists[static_cast<size_t>(kind)]; }
  const SmallVector<T> &operator[](StepValue kind) const { return lists[static_cast<size_t>(kind)]; }

  /// The lists of \p kinds, one behind the other.
  SmallVector<T> join(ArrayRef<StepValue> kinds) const {
    SmallVector<T> joined;
    for (StepValue kind : kinds)
      llvm::append_range(joined, (*this)[kind]);
    return joined;
  }

private:
  std::array<SmallVector<T>, numStepValues> lists;
};

/// The types of the values of \p kind that are the same for all sweeps of \p chain; null
/// for other kinds. What is updated in place is no PreviousGradient.
ArrayAttr getChainTypes(ChainOp chain, StepValue kind);

/// The operands of a forward or backward sweep that step functions take as they are.
ValueRange getSweepOperands(Operation *sweep, StepValue kind);

/// The types of the last two arguments on memrefs.
MemRefType getWorkspaceType(MLIRContext *context, int64_t bytes);
MemRefType getCountersType(MLIRContext *context);

/// The kinds of values that the functions of one role take and return, in order.
class StepSignature {
public:
  explicit StepSignature(StepRole role);

  /// On tensors.
  ArrayRef<StepValue> getArguments() const { return arguments; }
  ArrayRef<StepValue> getResults() const { return results; }
  /// On memrefs, where results that are new have become arguments.
  SmallVector<StepValue> getMemrefArguments() const;

  /// Whether a result of \p kind is what an argument has become.
  bool isInPlace(StepValue kind) const { return llvm::is_contained(arguments, kind); }

  /// The number of the first argument, or result on tensors, of \p kind in functions of
  /// \p chain. \p sweep is one of its sweeps, or null if only kinds with types of the chain
  /// come before.
  unsigned getFirstArgument(StepValue kind, ChainOp chain, Operation *sweep = nullptr) const;
  unsigned getFirstResult(StepValue kind, ChainOp chain, Operation *sweep = nullptr) const;

private:
  ArrayRef<StepValue> arguments, results;
};

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_STEPSIGNATURE_H
