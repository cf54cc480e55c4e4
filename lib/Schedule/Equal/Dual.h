//===- Dual.h - lower bounds of a row network by conjugates -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The conjugate G_row(s) = max_t (s t - f_row(t)) of a recurrence needs no
// table over t: sums over a split become sums, and a step that runs once more
// lowers the slope of its part by one, so that
//
//   G(s) = max( (s-1) tapes,  G(s-1) + G_state(s),  s-1 + G(s-1) + G_tape(s),
//               s-1 + G(s-1),  s-1 + G_takeOver(s) )
//
// over the options of the row, with G(s) = (s-1) tapes for 1 <= s < 2 and 0
// below. s T - G_top(s) <= f_top(T) for every s. The solver looks for the slope
// with the best bound: integers first, then secants through two points of the
// envelope. Everything is computed in integers scaled by the denominator of the
// slope.
//
// Time and memory: O(rows * slope) per slope that is tried.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_EQUAL_DUAL_H
#define REMAT_LIB_SCHEDULE_EQUAL_DUAL_H

#include "Equal/RowNetwork.h"

#include <vector>

namespace remat::schedule {

__extension__ using Int128 = __int128;

class Dual {
public:
  explicit Dual(const RowNetwork &rowNetwork) : network(rowNetwork) {}

  /// Finds the best slope for `steps` > tapes of the top row. Returns false if
  /// that would take more than `maxPoints` points of memory.
  bool solve(int64_t steps, int64_t maxPoints);

  /// A lower bound of f_top(steps), after solve().
  int64_t lowerBound() const { return bound; }

  /// Lengths at which the estimate of a row is tight.
  struct Interval {
    int64_t lo;
    int64_t hi;
  };

  /// The interval of maximisers of a row `level` slopes below the best one.
  Interval interval(int32_t row, int32_t level) const;

  /// A lower bound of f_row(length), scaled by scale(). Tight inside the
  /// interval if the envelope is attained; outside, the neighbouring integer
  /// slopes help.
  Int128 estimate(int32_t row, int32_t level, int64_t length) const;
  Int128 scale() const { return q; }

private:
  struct Point {
    Int128 value;
    int64_t lo;
    int64_t hi;
  };
  using Level = std::vector<Point>;

  Point basePoint(const Row &row, Int128 slope) const;
  Level evaluate(Int128 slope, const Level *below) const;
  void evaluateAll(Int128 slope);
  bool addInteger(int64_t maxPoints);
  const Point &top(int64_t slope) const { return integers[slope - 2].back(); }
  void setBound(int64_t steps);

  const RowNetwork &network;
  /// The slope is p / q; levels[i] belongs to p / q - i, while that is >= 2.
  Int128 p = 0;
  Int128 q = 1;
  std::vector<Level> levels;
  /// Conjugates at the integer slopes 2, 3, ...
  std::vector<Level> integers;
  int64_t bound = 0;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_EQUAL_DUAL_H
