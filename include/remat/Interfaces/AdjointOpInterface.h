//===- AdjointOpInterface.h - Reverse-mode rules -------------- -*- C++ -*-===//
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

#include "remat/Interfaces/FloatRanges.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"

namespace remat {

/// True for a float type and for a shaped type with float elements: the types
/// whose values have a derivative. Complex numbers count, so that an operation on
/// them is reported and not skipped.
bool isDifferentiableType(mlir::Type type);

/// True unless \p type is made of integers, booleans or indices: a derivative may
/// pass through a value of the type, be it only as part of something that rules know
/// nothing of (the history of a loop). What is unknown ends in an error, not in zero.
bool mayCarryDerivative(mlir::Type type);

/// The type that cotangents of values of \p type are kept in: \p type itself, or
/// the same with f32 elements if its elements are narrower than 32 bits.
mlir::Type getCotangentType(mlir::Type type);

/// The attribute of sums of cotangents, which remat-simplify-adjoint may associate
/// anew; sums of the program itself may not be.
inline constexpr llvm::StringLiteral cotangentSumName = "remat.cotangent_sum";

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

  /// As getCotangent, with zeros in place of null. Zeros of a tensor are a
  /// `linalg.fill`, fit to be written into.
  virtual mlir::Value getCotangentOrZero(mlir::Value primal, mlir::Location loc) = 0;

  /// Adds \p contribution to the cotangent of \p primal. Does nothing when
  /// \p primal is not active. The contribution has the type of the primal value
  /// or its cotangent type.
  virtual void addCotangent(mlir::Value primal, mlir::Value contribution, mlir::Location loc) = 0;

  /// Says that the operation contributes nothing to the cotangent of \p primal, because
  /// its rule has found out that nothing can. Every active operand needs an answer:
  /// this, addCotangent or setCotangent. One that has none is an error.
  virtual void addZeroCotangent(mlir::Value primal) = 0;

  /// Makes \p cotangent, in the cotangent type, the cotangent of \p primal. For
  /// rules that add by writing into what getCotangentOrZero returned (slices,
  /// gathers), and to start from an accumulator.
  virtual void setCotangent(mlir::Value primal, mlir::Value cotangent) = 0;

  /// Replaces the primal operation \p op by \p results and erases it: for an
  /// operation whose differentiated form is another operation.
  virtual void replacePrimal(mlir::Operation *op, mlir::ValueRange results) = 0;

  /// The range that the elements of \p value, a float or a tensor of floats, lie in.
  FloatRange getRange(mlir::Value value) { return getRanges().get(value); }
  virtual FloatRanges &getRanges() = 0;

  /// \p primal in its cotangent type: itself, or extended to f32.
  mlir::Value widen(mlir::Value primal, mlir::Location loc);

  /// \p value converted to \p type, which differs in the float elements only.
  mlir::Value convert(mlir::Value value, mlir::Type type, mlir::Location loc);

  /// The sum of a cotangent so far and one more contribution. Nothing is added to
  /// zeros that stand for a sum of no terms, or added that is known to be zero.
  mlir::Value addToCotangent(mlir::Value sum, mlir::Value contribution, mlir::Location loc);

  /// Zeros of the shape of \p like with the elements of its cotangent type, fit
  /// to be written into.
  mlir::Value createZero(mlir::Value like, mlir::Location loc);

  /// The constant \p value in every element of the shape of \p like, in its
  /// cotangent type, only to be read.
  mlir::Value createSplat(double value, mlir::Value like, mlir::Location loc);
};

} // namespace remat

#include "remat/Interfaces/AdjointOpInterface.h.inc"

#endif // REMAT_INTERFACES_ADJOINTOPINTERFACE_H
