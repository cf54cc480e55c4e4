//===- StepCost.h - How long a step takes ----------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A static model of the time of a step function: the scalar operations that its
// linalg operations execute, at the prices of a target. Only ratios matter: of the
// reported times, and of several loops that share a budget.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_STEPCOST_H
#define REMAT_DIALECT_REMAT_ANALYSIS_STEPCOST_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// What a target takes for one element, in units of one addition; not negative.
struct StepCosts {
  /// To move the element: what it costs if nothing is computed.
  double move = 1;
  /// An addition or a multiplication.
  double operation = 1;
  /// A function such as tanh.
  double function = 16;
};

/// Times of the actions of a chain, in thousandths of an advance, at least 1.
struct StepTimes {
  int64_t advance = 1000;
  int64_t record = 1000;
  int64_t reverse = 1000;
};

/// Estimates the times of the steps of \p chain. A chain that is not
/// differentiated has the default record and reverse times.
StepTimes estimateStepTimes(ChainOp chain, const StepCosts &costs);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_STEPCOST_H
