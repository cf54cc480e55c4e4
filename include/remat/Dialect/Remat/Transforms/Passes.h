//===- Passes.h - Passes on remat programs ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_H
#define REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_H

#include "remat/Dialect/Remat/IR/Remat.h"
#include "remat/Dialect/Remat/Transforms/PolicyOption.h"
#include "remat/Support/BudgetOption.h"
#include "remat/Support/Expansion.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
} // namespace mlir

namespace remat {

/// How far a program got, in order: what each part of the pipeline leaves (remat-verify-phase
/// says what each may contain).
enum class Phase { Source, Adjoint, Outlined, Bufferized, Planned, Expanded, Kernels, Machine };

#define GEN_PASS_DECL
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "remat/Dialect/Remat/Transforms/Passes.h.inc"

/// Patterns of remat-split-elementwise.
void populateSplitElementwisePatterns(RewritePatternSet &patterns);

/// Patterns of remat-simplify-adjoint. \p isWritable tells of a block argument
/// whether an operation may accumulate into it in place; without it none may be.
void populateSimplifyAdjointPatterns(RewritePatternSet &patterns,
                                     std::function<bool(BlockArgument)> isWritable = nullptr);

/// Forgets inside \p root which sums are those of cotangents.
void dropCotangentSumMarks(Operation *root);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_TRANSFORMS_PASSES_H
