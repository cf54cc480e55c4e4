//===- LaneRows.h - Loops over the lanes of a warp --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Included once per level of the processor. Everything has internal linkage:
// a function that two levels shared would be the one of either.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_LANEROWS_H
#define REMAT_TEST_STANDIN_LANEROWS_H

#include "LaneOps.h"

namespace {

using namespace remat::standin;

template <class To, class From>
inline To bitCast(From value) {
  return __builtin_bit_cast(To, value);
}

template <class T>
inline T *rowAt(char *registers, uint32_t offset) {
  return static_cast<T *>(__builtin_assume_aligned(registers + offset, 64));
}

template <class T>
inline void put(T *row, const T *values, uint32_t mask) {
  if (mask == ~0u) {
    for (unsigned lane = 0; lane < Lanes; ++lane)
      row[lane] = values[lane];
    return;
  }
  for (unsigned lane = 0; lane < Lanes; ++lane)
    row[lane] = (mask >> lane & 1) ? values[lane] : row[lane];
}

inline void putPredicate(char *registers, uint32_t offset, uint32_t bits, uint32_t mask) {
  uint32_t *row = rowAt<uint32_t>(registers, offset);
  *row = (*row & ~mask) | (bits & mask);
}

/// d = f(a)
template <class D, class A, class Op>
void unary(const Rows &rows, char *registers, uint32_t mask) {
  const A *a = rowAt<A>(registers, rows.sources[0]);
  D values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane)
    values[lane] = Op::apply(a[lane]);
  put(rowAt<D>(registers, rows.destination), values, mask);
}

/// d = f(a, b)
template <class D, class A, class B, class Op>
void binary(const Rows &rows, char *registers, uint32_t mask) {
  const A *a = rowAt<A>(registers, rows.sources[0]);
  const B *b = rowAt<B>(registers, rows.sources[1]);
  D values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane)
    values[lane] = Op::apply(a[lane], b[lane]);
  put(rowAt<D>(registers, rows.destination), values, mask);
}

/// d = f(a, b, c)
template <class D, class A, class B, class C, class Op>
void ternary(const Rows &rows, char *registers, uint32_t mask) {
  const A *a = rowAt<A>(registers, rows.sources[0]);
  const B *b = rowAt<B>(registers, rows.sources[1]);
  const C *c = rowAt<C>(registers, rows.sources[2]);
  D values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane)
    values[lane] = Op::apply(a[lane], b[lane], c[lane]);
  put(rowAt<D>(registers, rows.destination), values, mask);
}

/// p = f(a)
template <class A, class Op>
void test(const Rows &rows, char *registers, uint32_t mask) {
  const A *a = rowAt<A>(registers, rows.sources[0]);
  uint32_t bits = 0;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    bits |= uint32_t(Op::apply(a[lane])) << lane;
  putPredicate(registers, rows.destination, bits, mask);
}

/// p = f(a, b)
template <class A, class Op>
void compare(const Rows &rows, char *registers, uint32_t mask) {
  const A *a = rowAt<A>(registers, rows.sources[0]), *b = rowAt<A>(registers, rows.sources[1]);
  uint32_t bits = 0;
  for (unsigned lane = 0; lane < Lanes; ++lane)
    bits |= uint32_t(Op::apply(a[lane], b[lane])) << lane;
  putPredicate(registers, rows.destination, bits, mask);
}

/// Both halves of a 32-bit register.
template <class H, class Op>
struct Twice {
  static uint32_t join(H low, H high) { return uint32_t(uint16_t(low)) | uint32_t(uint16_t(high)) << 16; }
  static uint32_t apply(uint32_t a) { return join(Op::apply(H(a)), Op::apply(H(a >> 16))); }
  static uint32_t apply(uint32_t a, uint32_t b) {
    return join(Op::apply(H(a), H(b)), Op::apply(H(a >> 16), H(b >> 16)));
  }
  static uint32_t apply(uint32_t a, uint32_t b, uint32_t c) {
    return join(Op::apply(H(a), H(b), H(c)), Op::apply(H(a >> 16), H(b >> 16), H(c >> 16)));
  }
};

} // namespace

#endif // REMAT_TEST_STANDIN_LANEROWS_H
