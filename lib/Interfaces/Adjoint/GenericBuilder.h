//===- GenericBuilder.h - Builds linalg.generic body first ---- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which operands the adjoint of a linalg operation reads is known only when its
// body has been emitted. So the body is built first, in a block of its own, and
// the operation around it afterwards, with the operands that are left in use.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_INTERFACES_ADJOINT_GENERICBUILDER_H
#define REMAT_LIB_INTERFACES_ADJOINT_GENERICBUILDER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace remat {

/// Builds one operation over an iteration space. Inputs, then outputs, then the
/// body, then finish().
class GenericBuilder {
public:
  GenericBuilder(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<mlir::utils::IteratorType> iterators)
      : builder(builder), loc(loc), iterators(iterators), scratch(mlir::ModuleOp::create(loc)) {}

  /// Adds a tensor or scalar that the body reads; returns its element in the body.
  mlir::Value addInput(mlir::Value operand, mlir::AffineMap map);
  /// Adds a tensor that the operation writes; returns its old element in the body.
  mlir::Value addOutput(mlir::Value init, mlir::AffineMap map);

  mlir::Block &getBody() { return *scratch->getBody(); }

  /// Ends the body and creates the operation, as `linalg.contract` where that
  /// says the same. Drops the inputs that the body does not read and that are not
  /// needed to know the size of the iteration space.
  llvm::SmallVector<mlir::Value> finish(mlir::ValueRange yields);

private:
  void eraseDeadOperations();
  void dropUnusedInputs();
  void keepPartialCopy();
  mlir::linalg::LinalgOp createContraction();

  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<mlir::utils::IteratorType> iterators;
  /// Owns the body until the operation exists.
  mlir::OwningOpRef<mlir::ModuleOp> scratch;
  llvm::SmallVector<mlir::Value> inputs, outputs;
  llvm::SmallVector<mlir::AffineMap> inputMaps, outputMaps;
};

} // namespace remat

#endif // REMAT_LIB_INTERFACES_ADJOINT_GENERICBUILDER_H
