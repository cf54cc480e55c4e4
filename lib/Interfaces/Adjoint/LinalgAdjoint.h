//===- LinalgAdjoint.h - The one rule of the structured ops --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A structured operation evaluates a scalar function at each point of an
// iteration space, reads its operands through their indexing maps and combines
// what the function yields into its outputs. Hence its adjoint: the gradient of
// an operand is an operation over the same iteration space, whose body is the
// adjoint of the scalar function and whose output map is the map of that operand.
// Dimensions that the map does not keep apart are reductions.
//
// How an output combines the points decides where the cotangent enters the body:
//
//   pointwise   one point per element: dy at the yielded value
//   sum         y = init + sum g: dy at the yielded value, for every point
//   extremum    y = max(init, g...): dy / (number of ties) at the g that equal y
//   product     y = init * prod g: dy * (product of the others) at each g
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_INTERFACES_ADJOINT_LINALGADJOINT_H
#define REMAT_LIB_INTERFACES_ADJOINT_LINALGADJOINT_H

#include "GenericBuilder.h"
#include "remat/Interfaces/BlockDifferentiator.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace remat {

/// How an output combines the points that write one of its elements.
enum class Combination { Pointwise, Sum, Extremum, Product };

/// Where and how the cotangent of one output enters the body.
struct OutputSeed {
  Combination combination;
  /// The value of the primal body that is given a cotangent.
  mlir::Value target;
  /// The tensors that the cotangent is computed from, indexed with `map`:
  /// {dy}; extremum: {y, dy / ties}; product: {factor at g != 0, cotangent at g = 0}.
  llvm::SmallVector<mlir::Value, 2> tensors;
  mlir::AffineMap map;
};

/// Emits the adjoint of one structured operation on tensors.
class LinalgAdjoint {
public:
  LinalgAdjoint(mlir::linalg::LinalgOp op, AdjointBuilder &builder)
      : op(op), builder(builder), loc(op.getLoc()), body(*op.getBlock()) {}

  llvm::LogicalResult emit();

private:
  /// A copy of the primal body inside a new operation.
  struct BodyCopy {
    mlir::IRMapping mapping;
    /// The elements of the tensors of each seed.
    llvm::SmallVector<llvm::SmallVector<mlir::Value, 2>> seedElements;
  };

  llvm::LogicalResult analyseOutput(mlir::OpOperand &init);
  llvm::FailureOr<std::pair<Combination, mlir::Value>> classify(mlir::OpOperand &init);
  llvm::LogicalResult emitExtremum(mlir::OpOperand &init, OutputSeed &seed);
  llvm::LogicalResult emitProduct(mlir::OpOperand &init, OutputSeed &seed);

  BodyCopy copyBody(GenericBuilder &generic, bool withSeeds);
  void assumeRanges(FloatRanges &ranges, const mlir::IRMapping &mapping);
  /// The sum over all points of the adjoint of the body by \p target, a value that
  /// the body reads, stored through \p map into a tensor shaped as \p like (a
  /// scalar stands for a tensor of rank 0). Null if it is zero.
  llvm::FailureOr<mlir::Value> emitGradient(mlir::Value target, mlir::AffineMap map, mlir::Value like);
  llvm::LogicalResult emitOperand(mlir::OpOperand &operand);
  llvm::LogicalResult emitPointwiseInit(mlir::OpOperand &init);
  llvm::LogicalResult emitScalarCapture(mlir::Value scalar);
  llvm::LogicalResult emitGathers();
  llvm::LogicalResult emitGather(mlir::Value element);

  mlir::Value getElement(mlir::OpOperand &operand);

  mlir::linalg::LinalgOp op;
  AdjointBuilder &builder;
  mlir::Location loc;
  mlir::Block &body;
  llvm::SmallVector<OutputSeed> seeds;
};

/// Makes what \p extract reads, in \p body or under conditions in it, a value of
/// \p body: where it stood under conditions, an `scf.if` (one inside of another for
/// several) of the element and zero. Fails if something else than conditionals is
/// around it, or if its indices depend on an effect.
llvm::FailureOr<mlir::Value> separateFromBranches(mlir::Block &body, mlir::tensor::ExtractOp extract);

/// The extraction behind a value that `separateFromBranches` returned, and the
/// branches around it, outermost first.
mlir::tensor::ExtractOp getGuardedExtract(mlir::Value element, llvm::SmallVectorImpl<mlir::Block *> &branches);

/// Adds \p cotangents, one per point of the iteration space of \p op, to the elements
/// of \p accumulator that the extraction behind \p element reads at these points, and
/// nothing where its conditions do not hold. Sequential, in lexicographic order of the
/// points; whole rows at once where the trailing indices run along the iteration space.
mlir::Value emitScatterAdd(mlir::linalg::LinalgOp op, mlir::Value element, mlir::Value cotangents,
                           mlir::Value accumulator, mlir::OpBuilder &builder);

} // namespace remat

#endif // REMAT_LIB_INTERFACES_ADJOINT_LINALGADJOINT_H
