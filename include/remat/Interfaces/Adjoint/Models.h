//===- Models.h - Derivative rules of the upstream dialects --- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Attaches AdjointOpInterface to the operations of one dialect. The
// rules know that dialect and the interface, and nothing of recurrences.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_ADJOINT_MODELS_H
#define REMAT_INTERFACES_ADJOINT_MODELS_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace remat {

void registerArithAdjointModels(mlir::DialectRegistry &registry);
void registerLinalgAdjointModels(mlir::DialectRegistry &registry);
void registerMathAdjointModels(mlir::DialectRegistry &registry);
void registerSCFAdjointModels(mlir::DialectRegistry &registry);
void registerStrongAdjointModels(mlir::DialectRegistry &registry);
void registerTensorAdjointModels(mlir::DialectRegistry &registry);

/// All of the above.
void registerAdjointModels(mlir::DialectRegistry &registry);

} // namespace remat

#endif // REMAT_INTERFACES_ADJOINT_MODELS_H
