//===- MinPlus.cpp - the inner loop of the dynamic program ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A block of the target stays in registers while all rows pass by. The vectors
// are those of the compiler, wider than some machines have; it splits them.
//
//===----------------------------------------------------------------------===//

#include "MinPlus.h"

using namespace remat::schedule;

#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define REMAT_VECTOR_WIDTHS __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define REMAT_VECTOR_WIDTHS
#endif

template <typename Value>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float type __attribute__((vector_size(64), aligned(4)));
};
template <>
struct VectorOf<double> {
  typedef double type __attribute__((vector_size(64), aligned(8)));
};

#define REMAT_INLINE static inline __attribute__((always_inline))

/// The rows for `count` vectors of the target.
template <int count, typename Value>
REMAT_INLINE void passRows(Value *into, const MinPlusRows<Value> &rows, int64_t begin) {
  using Vector = typename VectorOf<Value>::type;
  constexpr int64_t lanes = sizeof(Vector) / sizeof(Value);
  Vector least[count];
  for (int j = 0; j < count; ++j)
    least[j] = *reinterpret_cast<const Vector *>(into + begin + j * lanes);
  const Value *right = rows.right + begin, *left = rows.left + begin;
  for (int64_t row = 0; row < rows.rows; ++row) {
    Value constant = rows.constants[row];
    for (int j = 0; j < count; ++j) {
      Vector sum = (constant + *reinterpret_cast<const Vector *>(right + j * lanes)) +
                   *reinterpret_cast<const Vector *>(left + j * lanes);
      least[j] = sum < least[j] ? sum : least[j];
    }
    right += rows.stride;
    left += rows.stride;
  }
  for (int j = 0; j < count; ++j)
    *reinterpret_cast<Vector *>(into + begin + j * lanes) = least[j];
}

template <typename Value>
REMAT_INLINE void passAll(Value *into, const MinPlusRows<Value> &rows, int64_t n) {
  constexpr int64_t lanes = 64 / sizeof(Value);
  int64_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes)
    passRows<4>(into, rows, i);
  for (; i + lanes <= n; i += lanes)
    passRows<1>(into, rows, i);
  for (; i < n; ++i)
    for (int64_t row = 0; row < rows.rows; ++row) {
      int64_t at = row * rows.stride + i;
      Value sum = (rows.constants[row] + rows.right[at]) + rows.left[at];
      into[i] = sum < into[i] ? sum : into[i];
    }
}

namespace remat::schedule {

REMAT_VECTOR_WIDTHS
void minPlus(float *into, const MinPlusRows<float> &rows, int64_t n) { passAll(into, rows, n); }

REMAT_VECTOR_WIDTHS
void minPlus(double *into, const MinPlusRows<double> &rows, int64_t n) { passAll(into, rows, n); }

} // namespace remat::schedule
