//===- MinPlus.h - the inner loop of the dynamic program --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_MINPLUS_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_MINPLUS_H

#include <cstddef>
#include <cstdint>

namespace remat::schedule {

/// Matrices here have lines for elements: so many values that lie together, one
/// for each of as many independent problems.
inline constexpr size_t lineBytes = 64;
template <typename Value>
inline constexpr int64_t lineValues = lineBytes / sizeof(Value);

/// A product of matrices with min for plus and plus for times. Neighbours in a
/// row of `into` and `left` and in a column of `right` are a line apart.
template <typename Value>
struct MinPlusProduct {
  /// The first element of each row.
  Value *const *into;
  const Value *const *left;
  int64_t rows;
  /// The first element of each column.
  const Value *const *right;
  int64_t columns;
  /// Columns of `left`, rows of `right`.
  int64_t depth;
};

/// into(r, c) = min(into(r, c), left(r, y) + right(y, c)) over all y < depth.
/// What is written must not be read. Compiled for several vector widths where
/// the program can tell at run time what the processor has; the result is the
/// same with all.
void minPlus(const MinPlusProduct<float> &product);
void minPlus(const MinPlusProduct<double> &product);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_MINPLUS_H
