//===- Gradient.h - Derivatives from the tape -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A gradient is had by running the callee with its differentiated arguments as
// leaves of the tape, and sweeping over what stands on the tape behind them from
// the last operation to the first. One sweep gives all elements; forward mode
// would need one run per element. The sweep computes in f64 with bounds of the
// operations' types and, under another gradient, records what it does itself, so
// that it can be differentiated again.
//
// A cotangent that is exactly zero stays zero, whatever the derivative is.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_INTERPRETER_GRADIENT_H
#define REMAT_TEST_RANDOM_INTERPRETER_GRADIENT_H

#include "Datum.h"

namespace mlir {
class Operation;
} // namespace mlir

namespace remat::interpreter {

class Machine;

struct GradientRequest {
  llvm::StringRef callee;
  llvm::SmallVector<Datum, 4> arguments;
  /// Empty: each differentiated result has one element and the cotangent 1.
  llvm::SmallVector<Datum, 4> seeds;
  llvm::ArrayRef<int64_t> wrt, of;
};

/// Gives the results of the callee, then the gradients.
bool evaluateGradient(Machine &machine, const GradientRequest &request, llvm::SmallVectorImpl<Datum> &results);

/// Calls \p callee; under a gradient, \p rule gives the cotangents of its arguments.
bool callWithRule(Machine &machine, mlir::Operation *op, llvm::StringRef callee, llvm::StringRef rule,
                  llvm::ArrayRef<Datum> arguments, llvm::SmallVectorImpl<Datum> &results);

/// The same numbers as constants.
Datum detach(const Datum &value);

} // namespace remat::interpreter

#endif // REMAT_TEST_RANDOM_INTERPRETER_GRADIENT_H
