//===- Edits.h - Single simplifications of a program ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_EDITS_H
#define REMAT_TEST_RANDOM_EDITS_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"

namespace remat::random {

enum class Applied {
  /// The program was changed.
  Yes,
  /// There is such a place, but nothing to be done.
  No,
  /// There are not so many places.
  End,
};

/// A kind of simplification; \p site counts the places where it may be tried.
using Edit = Applied (*)(mlir::ModuleOp module, unsigned site);

/// All kinds, those that remove most first.
llvm::ArrayRef<Edit> getEdits();

/// Erases what nobody uses.
void removeUnused(mlir::ModuleOp module);

/// Another value everywhere; null for types that have no such constant.
mlir::Value makeConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type);

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_EDITS_H
