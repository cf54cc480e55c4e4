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

/// One term of a minimum: constant + right[i] + left[i].
template <typename Value>
struct MinPlusTerm {
  Value constant;
  const Value *right;
  const Value *left;
};

/// into[i] = min(into[i], terms) for i < n. The arrays must not overlap `into`.
/// Compiled for several vector widths where the platform can choose at load
/// time.
void minPlus(float *into, const MinPlusTerm<float> *terms, int64_t numTerms, int64_t n);
void minPlus(double *into, const MinPlusTerm<double> *terms, int64_t numTerms, int64_t n);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_MINPLUS_H
