//===- Axis.cpp - A scale of a diagram with its labels --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Axis.h"

#include <cmath>

using namespace remat;
using namespace remat::plantool;

Axis::Axis(double low, double high, double from, double to, bool isLogarithmic)
    : low(low), high(high > low ? high : low + 1), from(from), to(to), isLogarithmic(isLogarithmic) {}

double Axis::operator()(double value) const {
  double share = isLogarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return from + share * (to - from);
}

/// 1, 2 or 5 times a power of ten, at least `value`.
static double roundUp(double value) {
  double power = std::pow(10, std::floor(std::log10(value)));
  for (double factor : {1.0, 2.0, 5.0})
    if (factor * power >= value * 0.999999)
      return factor * power;
  return 10 * power;
}

std::vector<double> Axis::ticks(int count, bool isWhole) const {
  std::vector<double> result;
  if (!isLogarithmic) {
    double step = roundUp((high - low) / count);
    if (isWhole)
      step = std::max(step, 1.0);
    for (double tick = std::ceil(low / step - 1e-9) * step; tick <= high + step * 1e-9; tick += step)
      result.push_back(std::abs(tick) < step * 1e-9 ? 0 : tick);
    return result;
  }
  double decades = std::log10(high / low);
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high; power *= 10)
    for (double factor : {1.0, 2.0, 5.0})
      if (factor == 1 || decades * 3 <= count)
        if (double tick = factor * power; tick >= low * 0.999999 && tick <= high * 1.000001)
          result.push_back(tick);
  return result;
}
