//===- Dual.cpp - lower bounds of a row network by conjugates ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Besides each conjugate value the solver carries the interval between the
// least and the greatest maximiser. It guides the search for the slope and,
// later, the choice of splits; no bound depends on it.
//
//===----------------------------------------------------------------------===//

#include "Equal/Dual.h"

#include "Table/CheckedMath.h"

#include <algorithm>

using namespace remat::schedule;

/// The conjugate at slope p / q < 2: of f(t) = t up to `tapes`, at least
/// 2 t - tapes beyond.
Dual::Point Dual::basePoint(const Row &row, Int128 slope) const {
  if (slope < q)
    return {0, 0, 0};
  return {(slope - q) * row.tapes, slope == q ? 0 : row.tapes, row.tapes};
}

/// Conjugates of all rows at slope p / q >= 2, given those one slope lower;
/// without `below` that slope is less than 2.
Dual::Level Dual::evaluate(Int128 slope, const Level *below) const {
  Level level(network.rows.size());
  const Int128 once = slope - q;
  for (size_t i = 0, e = level.size(); i < e; ++i) {
    const Row &row = network.rows[i];
    const Point left = below ? (*below)[i] : basePoint(row, once);
    Point best = {once * row.tapes, row.tapes, row.tapes};
    auto offer = [&](Int128 value, int64_t lo, int64_t hi) {
      if (value > best.value) {
        best = {value, lo, hi};
      } else if (value == best.value) {
        best.lo = std::min(best.lo, lo);
        best.hi = std::max(best.hi, hi);
      }
    };
    if (row.state >= 0) {
      const Point &right = level[row.state];
      offer(left.value + right.value, left.lo + right.lo, left.hi + right.hi);
    }
    if (row.tape >= 0) {
      const Point &right = level[row.tape];
      offer(once + left.value + right.value, 1 + left.lo + right.lo, 1 + left.hi + right.hi);
    }
    if (row.runToEnd)
      offer(once + left.value, 1 + left.lo, 1 + left.hi);
    if (row.takeOver >= 0) {
      const Point &right = level[row.takeOver];
      offer(once + right.value, 1 + right.lo, 1 + right.hi);
    }
    level[i] = best;
  }
  return level;
}

/// Fills levels for the slope p / q.
void Dual::evaluateAll(Int128 slope) {
  p = slope;
  int64_t count = static_cast<int64_t>(p / q) - 1;
  levels.assign(count, Level());
  for (int64_t i = count - 1; i >= 0; --i)
    levels[i] = evaluate(p - i * q, i + 1 < count ? &levels[i + 1] : nullptr);
}

void Dual::setBound(int64_t steps) {
  Int128 value = p * steps - levels.front().back().value;
  bound = static_cast<int64_t>(ceilDiv(value, q));
}

static Int128 gcd(Int128 a, Int128 b) {
  while (b != 0) {
    Int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// Adds the conjugates at the next integer slope; false if that is too much.
bool Dual::addInteger(int64_t maxPoints) {
  int64_t count = static_cast<int64_t>(integers.size());
  if ((count + 1) * static_cast<int64_t>(network.rows.size()) > maxPoints)
    return false;
  q = 1;
  integers.push_back(evaluate(count + 2, count ? &integers.back() : nullptr));
  return true;
}

bool Dual::solve(int64_t steps, int64_t maxPoints) {
  // The first integer slope that reaches the length, and the next one.
  int64_t reaching = 1;
  do {
    if (!addInteger(maxPoints))
      return false;
    ++reaching;
  } while (top(reaching).hi < steps);
  if (!addInteger(maxPoints))
    return false;

  p = reaching;
  Point high = top(reaching);
  Point low = reaching > 2 ? top(reaching - 1) : basePoint(network.rows.back(), 1);
  if (high.lo <= steps) {
    levels.assign(integers.rbegin() + 1, integers.rend());
    setBound(steps);
    return true;
  }

  // Two points of the envelope with the length between them: (length, f).
  int64_t lengthLow = low.hi, lengthHigh = high.lo;
  Int128 costLow = (p - 1) * low.hi - low.value;
  Int128 costHigh = p * high.lo - high.value;
  while (true) {
    Int128 rise = costHigh - costLow, run = lengthHigh - lengthLow;
    Int128 divisor = gcd(rise, run);
    q = run / divisor;
    evaluateAll(rise / divisor);
    const Point &at = levels.front().back();
    setBound(steps);
    if (at.lo <= steps && steps <= at.hi)
      return true;
    // The line through both points supports the envelope: done as well.
    if (p * lengthLow - costLow * q >= at.value)
      return true;
    if (steps < at.lo) {
      lengthHigh = at.lo;
      costHigh = (p * at.lo - at.value) / q;
    } else {
      lengthLow = at.hi;
      costLow = (p * at.hi - at.value) / q;
    }
  }
}

Dual::Interval Dual::interval(int32_t row, int32_t level) const {
  if (level < static_cast<int32_t>(levels.size())) {
    const Point &point = levels[level][row];
    return {point.lo, point.hi};
  }
  Point point = basePoint(network.rows[row], p - level * q);
  return {point.lo, point.hi};
}

Int128 Dual::estimate(int32_t row, int32_t level, int64_t length) const {
  Int128 least = length;
  least = std::max(least, least * 2 - network.rows[row].tapes) * q;
  Int128 slope = p - level * q;
  if (level < static_cast<int32_t>(levels.size()))
    least = std::max(least, slope * length - levels[level][row].value);
  int64_t below = std::max(static_cast<int64_t>(slope / q), int64_t(2));
  for (int64_t integer : {below, below + 1})
    least = std::max(least, (integer * Int128(length) - integers[integer - 2][row].value) * q);
  return least;
}
