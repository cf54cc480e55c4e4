//===- Axis.h - A scale of a diagram with its labels ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_AXIS_H
#define REMAT_TOOLS_REMAT_PLAN_AXIS_H

#include <string>
#include <vector>

namespace remat::plantool {

/// Maps values to coordinates, evenly or by logarithm. A range of nothing is
/// widened.
class Axis {
public:
  Axis(double low, double high, double from, double to, bool isLogarithmic = false);

  double operator()(double value) const;
  double getLow() const { return low; }
  double getHigh() const { return high; }

  /// Round values within the range, at most `count` or so; `isWhole`: only whole
  /// ones.
  std::vector<double> ticks(int count, bool isWhole = false) const;

private:
  double low;
  double high;
  double from;
  double to;
  bool isLogarithmic;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_AXIS_H
