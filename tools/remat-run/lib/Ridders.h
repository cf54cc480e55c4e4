//===- Ridders.h - Numerical differentiation ------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_RUN_RIDDERS_H
#define REMAT_TOOLS_REMAT_RUN_RIDDERS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace remat {

struct Derivative {
  double value = 0;
  /// Estimated absolute error of the value; infinite if nothing is known.
  double error = 0;
};

/// The derivative of \p function at 0: central differences with steps
/// \p step, step/2, step/4 ..., extrapolated to step 0 as a polynomial in the square
/// of the step (Ridders 1982). The estimated error is at least what rounding the
/// values of \p function does to a difference. Stops when it is below \p errorGoal,
/// when it grows, or after 8 rows of two evaluations each.
llvm::Expected<Derivative> differentiate(llvm::function_ref<llvm::Expected<double>(double)> function, double step,
                                         double errorGoal);

} // namespace remat

#endif // REMAT_TOOLS_REMAT_RUN_RIDDERS_H
