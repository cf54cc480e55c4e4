//===- Logistic.h - The derivative of 1 / (1 + exp(-x)) ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Taken apart, the logistic function needs the exponential or the denominator for
// its derivative, and a tape would keep that beside the result. As a whole its
// derivative is y (1 - y).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_INTERFACES_ADJOINT_LOGISTIC_H
#define REMAT_LIB_INTERFACES_ADJOINT_LOGISTIC_H

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace remat {

/// The n of a division 1 / (1 + exp(n)); null for any other division.
mlir::Value matchLogistic(mlir::arith::DivFOp op);

} // namespace remat

#endif // REMAT_LIB_INTERFACES_ADJOINT_LOGISTIC_H
