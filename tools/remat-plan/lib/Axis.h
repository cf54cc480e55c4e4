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

/// A tick's value: "1,000", "0.25", and from a million on "2 M".
std::string formatTick(double value);

/// In what sizes are shown in a picture: as they are, or in KiB, MiB and so on if they
/// are bytes.
class SizeUnit {
public:
  /// For sizes up to \p largest.
  SizeUnit(bool isInBytes, double largest);

  double getSize() const { return size; }
  /// "MiB", or nothing.
  const std::string &getName() const { return name; }
  /// The name of an axis: "memory, MiB".
  std::string nameAxis(const std::string &what) const { return name.empty() ? what : what + ", " + name; }

private:
  double size = 1;
  std::string name;
};

/// A size in a picture: "1,949", or "1.5 MiB" if it is in bytes.
std::string formatSize(int64_t value, bool isInBytes);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_AXIS_H
