//===- MinPlus.cpp - the inner loop of the dynamic program ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As in any fast matrix product, a few rows by a few columns of the result stay
// in registers while the depth passes by, so that a value that is loaded takes
// part in several sums; and the depth goes in pieces that stay in the first
// cache.
//
//===----------------------------------------------------------------------===//

#include "Unequal/MinPlus.h"

#include <algorithm>

using namespace remat::schedule;

#define REMAT_INLINE static inline __attribute__((always_inline))

/// Elements of a row that are passed before the next rows.
static constexpr int64_t depthPiece = 32;

namespace {
/// The vectors of a processor, and the rows of a product that fit its registers
/// by four columns.
template <typename Type, size_t bytes>
struct Vectors {
  using Value = Type;
  typedef Type Vector __attribute__((vector_size(bytes), aligned(bytes)));
  static constexpr int64_t lanes = bytes / sizeof(Type);
  static constexpr int rows = bytes == lineBytes ? 4 : 2;
};
} // namespace

/// The depth for `rows` by `columns` elements.
template <int rows, int columns, typename Machine, typename Value>
REMAT_INLINE void passDepth(const MinPlusProduct<Value> &product, int64_t row, int64_t column, int64_t begin,
                            int64_t end) {
  using Vector = typename Machine::Vector;
  constexpr int64_t line = lineValues<Value>;
  for (int64_t lane = 0; lane < line; lane += Machine::lanes) {
    Vector least[rows][columns];
    const Value *left[rows], *right[columns];
    for (int r = 0; r < rows; ++r)
      left[r] = product.left[row + r] + begin * line + lane;
    for (int c = 0; c < columns; ++c)
      right[c] = product.right[column + c] + begin * line + lane;
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c)
        least[r][c] = *reinterpret_cast<const Vector *>(product.into[row + r] + (column + c) * line + lane);
    for (int64_t at = 0; at < (end - begin) * line; at += line)
      for (int r = 0; r < rows; ++r) {
        Vector fromLeft = *reinterpret_cast<const Vector *>(left[r] + at);
        for (int c = 0; c < columns; ++c) {
          Vector sum = fromLeft + *reinterpret_cast<const Vector *>(right[c] + at);
          least[r][c] = sum < least[r][c] ? sum : least[r][c];
        }
      }
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c)
        *reinterpret_cast<Vector *>(product.into[row + r] + (column + c) * line + lane) = least[r][c];
  }
}

template <int rows, typename Machine, typename Value>
REMAT_INLINE void passColumns(const MinPlusProduct<Value> &product, int64_t row, int64_t begin, int64_t end) {
  int64_t column = 0;
  for (; column + 4 <= product.columns; column += 4)
    passDepth<rows, 4, Machine>(product, row, column, begin, end);
  for (; column < product.columns; ++column)
    passDepth<rows, 1, Machine>(product, row, column, begin, end);
}

template <typename Machine, typename Value>
REMAT_INLINE void passAll(const MinPlusProduct<Value> &product) {
  for (int64_t begin = 0; begin < product.depth; begin += depthPiece) {
    int64_t end = std::min(begin + depthPiece, product.depth), row = 0;
    for (; row + Machine::rows <= product.rows; row += Machine::rows)
      passColumns<Machine::rows, Machine>(product, row, begin, end);
    for (; row + 2 <= product.rows; row += 2)
      passColumns<2, Machine>(product, row, begin, end);
    for (; row < product.rows; ++row)
      passColumns<1, Machine>(product, row, begin, end);
  }
}

#if defined(__x86_64__)
template <typename Value>
__attribute__((target("avx512f"))) static void minPlusWide(const MinPlusProduct<Value> &product) {
  passAll<Vectors<Value, 64>>(product);
}

template <typename Value>
__attribute__((target("avx2"))) static void minPlusMiddle(const MinPlusProduct<Value> &product) {
  passAll<Vectors<Value, 32>>(product);
}
#endif

template <typename Value>
static void dispatch(const MinPlusProduct<Value> &product) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return minPlusWide(product);
  if (__builtin_cpu_supports("avx2"))
    return minPlusMiddle(product);
#endif
  passAll<Vectors<Value, 16>>(product);
}

void remat::schedule::minPlus(const MinPlusProduct<float> &product) { dispatch(product); }
void remat::schedule::minPlus(const MinPlusProduct<double> &product) { dispatch(product); }
