//===- StepCost.h - How long a step takes ----------------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A static model of the time of a step function: the scalar operations that its
// linalg operations execute. Only ratios matter, and they only enter the time
// ratio that a plan reports; which schedule is best does not depend on them.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_DIALECT_REMAT_ANALYSIS_STEPCOST_H
#define REMAT_DIALECT_REMAT_ANALYSIS_STEPCOST_H

#include "remat/Dialect/Remat/IR/Remat.h"

namespace remat {

/// Times of the actions of a chain, in thousandths of an advance, at least 1.
struct StepTimes {
  int64_t advance = 1000;
  int64_t record = 1000;
  int64_t reverse = 1000;
};

/// Estimates the times of the steps of \p chain. A chain that is not
/// differentiated has the default record and reverse times.
StepTimes estimateStepTimes(ChainOp chain);

} // namespace remat

#endif // REMAT_DIALECT_REMAT_ANALYSIS_STEPCOST_H
