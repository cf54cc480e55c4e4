//===- MinPlus.h - the inner loop of the dynamic program --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_MINPLUS_H
#define REMAT_LIB_SCHEDULE_MINPLUS_H

#include <cstdint>

namespace remat::schedule {

/// A minimum over sums of a constant and of rows of two matrices whose rows are
/// `stride` values apart.
template <typename Value>
struct MinPlusRows {
  const Value *constants;
  const Value *right;
  const Value *left;
  int64_t stride;
  int64_t rows;
};

/// into[i] = min(into[i], (constants[row] + right[row][i]) + left[row][i]) over
/// all rows, for i < n. `into` must not overlap the rows. Compiled for several
/// vector widths where the platform can choose at load time.
void minPlus(float *into, const MinPlusRows<float> &rows, int64_t n);
void minPlus(double *into, const MinPlusRows<double> &rows, int64_t n);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_MINPLUS_H
