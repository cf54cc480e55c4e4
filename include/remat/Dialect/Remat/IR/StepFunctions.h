//===- StepFunctions.h - The functions of a chain --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_IR_STEPFUNCTIONS_H
#define REMAT_DIALECT_REMAT_IR_STEPFUNCTIONS_H

#include "remat/Dialect/Remat/IR/StepSignature.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace remat {

/// A step function on tensors or, before its results became arguments, on
/// memrefs: (t, pos, inputs..., in-place arguments...) -> results.
struct StepFunction {
  StepRole role;
  func::FuncOp function;
  ChainOp chain;

  /// The argument that result \p result updates in place, or nothing if the
  /// result is new.
  std::optional<unsigned> getInPlaceArgument(unsigned result);
  /// True if argument \p argument may be overwritten: it is updated in place, or
  /// it is the tape of `reverse`, which is used once.
  bool isWritable(unsigned argument);

private:
  /// The first in-place result, and how many there are.
  std::pair<unsigned, unsigned> getInPlaceResults();
};

/// The distinct functions of \p chain with their roles, in the order of roles.
/// A function that serves two roles is listed with the first.
SmallVector<StepFunction> getStepFunctions(ChainOp chain);

/// The chains of \p module in order.
inline auto getChains(ModuleOp module) { return module.getOps<ChainOp>(); }

} // namespace remat

#endif // REMAT_DIALECT_REMAT_IR_STEPFUNCTIONS_H
