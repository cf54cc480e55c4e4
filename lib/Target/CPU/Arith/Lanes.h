//===- Lanes.h - Arithmetic on scalars and vectors alike ------ ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation of arith in a kernel is on a scalar or on a vector, and what
// replaces it must be the same in both, or the tail of a loop would differ from
// its body.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_CONVERSION_ARITHTOCPU_LANES_H
#define REMAT_LIB_CONVERSION_ARITHTOCPU_LANES_H

#include "remat/Support/LLVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"

namespace remat {

/// The bits of an integer, an index or a float, or of each lane of a vector of them.
unsigned getWidth(Type type);

/// \p type, scalar or vector, with another element type.
Type withElement(Type type, Type element);

/// The number that \p value holds, in all lanes, if it is a constant.
std::optional<APInt> getConstantLanes(Value value);

class Lanes : public ImplicitLocOpBuilder {
public:
  /// A builder that inserts before \p op.
  explicit Lanes(Operation *op) : ImplicitLocOpBuilder(op->getLoc(), op) {}

  /// The constant in every lane of \p type.
  Value integer(Type type, const APInt &value);
  Value integer(Type type, int64_t value);
  Value real(Type type, double value);
  Value real(Type type, const APFloat &value);

  Value compare(arith::CmpIPredicate predicate, Value lhs, Value rhs) {
    return arith::CmpIOp::create(*this, predicate, lhs, rhs);
  }
};

} // namespace remat

#endif // REMAT_LIB_CONVERSION_ARITHTOCPU_LANES_H
