//===- AdjointOpInterface.h - Reverse-mode rules --------------- ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The contract between an operation's derivative rule and the differentiation
// of the code around it. Rules are external models, one file per dialect, and
// know nothing of recurrences, tapes or schedules.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_INTERFACES_ADJOINTOPINTERFACE_H
#define REMAT_INTERFACES_ADJOINTOPINTERFACE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace remat {

/// Collects the cotangents of the values of a piece of straight-line code while
/// its adjoint is emitted, last operation first.
///
/// Contributions to one value are added in the order in which they arrive, which
/// is fixed by the order of the primal operations: the sum has the same bits in
/// every build of the same program.
class AdjointBuilder : public mlir::OpBuilder {
public:
  using OpBuilder::OpBuilder;
  virtual ~AdjointBuilder() = default;

  /// True when \p primal depends on a value to differentiate by and reaches a
  /// value that is differentiated; only such values get a cotangent.
  virtual bool isActive(mlir::Value primal) const = 0;

  /// The cotangent of \p primal, in the cotangent type; null when nothing has
  /// contributed to it.
  virtual mlir::Value getCotangent(mlir::Value primal) const = 0;

  /// As getCotangent, with zeros in place of null.
  virtual mlir::Value getCotangentOrZero(mlir::Value primal, mlir::Location loc) = 0;

  /// Adds \p contribution to the cotangent of \p primal. Does nothing when
  /// \p primal is not active. The contribution has the type of the primal value
  /// or its cotangent type.
  virtual void addCotangent(mlir::Value primal, mlir::Value contribution, mlir::Location loc) = 0;
};

} // namespace remat

#include "remat/Interfaces/AdjointOpInterface.h.inc"

#endif // REMAT_INTERFACES_ADJOINTOPINTERFACE_H
