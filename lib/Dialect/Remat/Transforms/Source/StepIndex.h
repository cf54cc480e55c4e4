//===- StepIndex.h - Numbers that grow with the steps of a loop --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which element a turn of a loop reads is written in many ways: scalars, tensors of rank 0
// and bodies of linalg ops, with what an exporter puts around for indices that are negative
// or too large. All of them are one line here: a start, and what each step adds.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_STEPINDEX_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_STEPINDEX_H

#include "remat/Support/LLVM.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

namespace remat {

/// base + constant + factor * t, where t is the number of the step.
struct StepIndex {
  int64_t factor = 0;
  int64_t constant = 0;
  /// A number that no step changes (an index, an integer, or a tensor of rank 0 of one), or none.
  Value base;

  bool isInvariant() const { return factor == 0; }
  std::optional<int64_t> getConstant() const {
    return isInvariant() && !base ? std::optional<int64_t>(constant) : std::nullopt;
  }
  bool operator==(const StepIndex &other) const {
    return factor == other.factor && constant == other.constant && base == other.base;
  }
};

/// The number at step 0, as an index; an attribute if it is known.
OpFoldResult materializeStart(const StepIndex &index, OpBuilder &builder, Location loc);

/// What is in a value besides wrapping: reads of tensors of rank 0, tensors made of one number, and structured
/// operations without loops are looked through.
Value lookThroughWrapping(Value value);

/// Finds out what numbers in a loop are.
class StepIndices {
public:
  /// \p loop is the operation outside of which nothing changes.
  explicit StepIndices(Operation *loop) : loop(loop) {}

  /// Says what \p value, an argument of a block of the loop, is.
  void set(Value value, StepIndex index) {
    known[value] = index;
    answers.clear();
  }
  void forget(Value value) {
    known.erase(value);
    answers.clear();
  }
  /// The number of steps, which bounds what is computed from their number.
  void setCount(std::optional<int64_t> steps) {
    count = steps;
    answers.clear();
  }

  /// What \p value is, if it can be said.
  std::optional<StepIndex> get(Value value) const;

private:
  struct Range {
    std::optional<int64_t> least, most;
  };
  Range getRange(const StepIndex &index) const;
  /// What \p condition is in every step, if it is the same.
  std::optional<bool> decide(Value condition) const;
  std::optional<StepIndex> find(Value value) const;
  std::optional<StepIndex> getComputed(Operation *op) const;
  /// The smaller one of two numbers, or the larger one, if it is the same in every step.
  std::optional<StepIndex> choose(Operation *op, bool isSmaller) const;

  Operation *loop;
  llvm::DenseMap<Value, StepIndex> known;
  std::optional<int64_t> count;
  /// What was asked before, and how deep in an expression the question is: one that never ends is not answered.
  mutable llvm::DenseMap<Value, std::optional<StepIndex>> answers;
  mutable int depth = 0;
};

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_STEPINDEX_H
