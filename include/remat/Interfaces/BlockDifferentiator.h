//===- BlockDifferentiator.h - Reverse mode over a block ------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reverse-mode differentiation of straight-line code. The same engine serves
// the body of a function, a step of a recurrence, a branch of a conditional and
// the scalar code inside a linalg operation.
//
// Example: y = f(x) for the operations of a block,
//
//   BlockDifferentiator adjoint(block, /*inputs=*/x, /*outputs=*/y);
//   adjoint.setInsertionPoint(block.getTerminator());
//   adjoint.addCotangent(y, dy, loc);
//   if (failed(adjoint.emitAdjoint()))
//     return failure();
//   Value dx = adjoint.getCotangentOrZero(x, loc);
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_BLOCKDIFFERENTIATOR_H
#define REMAT_INTERFACES_BLOCKDIFFERENTIATOR_H

#include "remat/Interfaces/AdjointOpInterface.h"

#include "mlir/IR/Block.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace remat {

/// Which values of a block have a derivative that matters.
///
/// A value is *varied* if it depends on an input and *useful* if an output
/// depends on it; it is *active* if it is both. Integers and indices are neither;
/// values of types that are no numbers may be (mayCarryDerivative).
/// An operation with regions counts as a whole: the values from above that its
/// regions read are inputs of it. Linear in the size of the block.
class Activity {
public:
  /// \p inputs may be arguments of the block, values from above, or results of
  /// operations in the block, which are then not traced further back. The
  /// operations that the block has now are analysed, without its terminator.
  Activity(mlir::Block &block, mlir::ValueRange inputs, mlir::ValueRange outputs);

  bool isVaried(mlir::Value value) const { return varied.contains(value); }
  bool isUseful(mlir::Value value) const { return useful.contains(value); }
  bool isActive(mlir::Value value) const { return isVaried(value) && isUseful(value); }

  /// Gives \p to the activity of \p from.
  void transfer(mlir::Value from, mlir::Value to);

private:
  llvm::DenseSet<mlir::Value> varied, useful;
};

/// The values from above that the regions of \p op read, each once, in the order of
/// their first use. \p op need not be part of a function.
llvm::SmallVector<mlir::Value> getCaptures(mlir::Operation *op);

/// The operands of \p op and its captures, each once.
llvm::SmallVector<mlir::Value> getInputs(mlir::Operation *op);

/// Emits the adjoint of the operations of a block. They stay where they are, and
/// the adjoint reads their operands and results: its insertion point has to be
/// dominated by them.
class BlockDifferentiator final : public AdjointBuilder {
public:
  /// Differentiates \p outputs with respect to \p inputs, as in Activity. Set the
  /// insertion point before anything is emitted.
  BlockDifferentiator(mlir::Block &block, mlir::ValueRange inputs, mlir::ValueRange outputs);

  bool isActive(mlir::Value primal) const override { return activity.isActive(primal); }
  mlir::Value getCotangent(mlir::Value primal) const override { return cotangents.lookup(primal); }
  mlir::Value getCotangentOrZero(mlir::Value primal, mlir::Location loc) override;
  void addCotangent(mlir::Value primal, mlir::Value contribution, mlir::Location loc) override;
  void addZeroCotangent(mlir::Value primal) override { answered.insert(primal); }
  void setCotangent(mlir::Value primal, mlir::Value cotangent) override;
  void replacePrimal(mlir::Operation *op, mlir::ValueRange results) override;
  FloatRanges &getRanges() override { return ranges; }

  /// Emits the adjoint of every operation, last one first. The cotangents of the
  /// outputs are given before with addCotangent; those of the inputs are there
  /// afterwards. An operation that would have to be differentiated and has no
  /// rule is an error at that operation, and so is a rule that forgets an operand.
  mlir::LogicalResult emitAdjoint();

private:
  /// The inputs of \p op that its rule has to give a cotangent, or a proof of zero.
  llvm::SmallVector<mlir::Value> getInputsToAnswer(mlir::Operation *op) const;

  llvm::SmallVector<mlir::Operation *> operations;
  Activity activity;
  llvm::DenseMap<mlir::Value, mlir::Value> cotangents;
  FloatRanges ranges;
  /// The values that the rule at work has given a cotangent, or none on purpose.
  llvm::DenseSet<mlir::Value> answered;
};

} // namespace remat

#endif // REMAT_INTERFACES_BLOCKDIFFERENTIATOR_H
