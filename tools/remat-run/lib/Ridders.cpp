//===- Ridders.cpp - Numerical differentiation --------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The error of a central difference is a series in the even powers of the step, so
// each halving allows one more order to be cancelled. The estimate of the error is
// the difference between neighbouring extrapolations, as in Ridders' paper: it
// falls while truncation dominates and grows once rounding does. It is never taken
// to be below the rounding of the values themselves: where a step is so short that
// they do not change at all, their differences agree perfectly, and say nothing.
//
//===----------------------------------------------------------------------===//

#include "Ridders.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace remat;

llvm::Expected<Derivative> remat::differentiate(llvm::function_ref<llvm::Expected<double>(double)> function,
                                                double step, double errorGoal) {
  constexpr int maxRows = 8;
  Derivative best{0, std::numeric_limits<double>::infinity()};
  std::vector<double> previous;
  for (int row = 0; row < maxRows; ++row, step /= 2) {
    llvm::Expected<double> above = function(step);
    if (!above)
      return above.takeError();
    llvm::Expected<double> below = function(-step);
    if (!below)
      return below.takeError();

    std::vector<double> current = {(*above - *below) / (2 * step)};
    double rounding = std::numeric_limits<double>::epsilon() * std::max(std::abs(*above), std::abs(*below)) / step;
    double factor = 1;
    for (size_t order = 0; order < previous.size(); ++order) {
      factor *= 4;
      current.push_back((current[order] * factor - previous[order]) / (factor - 1));
      double error = std::max(
          {std::abs(current[order + 1] - current[order]), std::abs(current[order + 1] - previous[order]), rounding});
      if (error <= best.error)
        best = {current[order + 1], error};
    }
    bool growing = !previous.empty() && std::abs(current.back() - previous.back()) >= 2 * best.error;
    if (best.error <= errorGoal || growing)
      break;
    previous = std::move(current);
  }
  return best;
}
