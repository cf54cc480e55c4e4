//===- BitLanes.h - Bits, shifts and selections -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Shift amounts beyond the width clamp. Fields of bfe and bfi may reach beyond
// the operand.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_BITLANES_H
#define REMAT_TEST_STANDIN_BITLANES_H

#include "IntegerLanes.h"

namespace {

struct And {
  template <class T>
  static T apply(T a, T b) {
    return a & b;
  }
};
struct Or {
  template <class T>
  static T apply(T a, T b) {
    return a | b;
  }
};
struct Xor {
  template <class T>
  static T apply(T a, T b) {
    return a ^ b;
  }
};
struct Not {
  template <class T>
  static T apply(T a) {
    return ~a;
  }
};
struct CNot {
  template <class T>
  static T apply(T a) {
    return a == 0;
  }
};
struct Move {
  template <class T>
  static T apply(T a) {
    return a;
  }
};

struct Shl {
  template <class T>
  static T apply(T a, uint32_t b) {
    return b < Width<T> ? T(typename Wrapping<T>::Type(a) << (b & (Width<T> - 1))) : T(0);
  }
};
/// The sign, or zeros, for amounts beyond the width.
struct Shr {
  template <class T>
  static T apply(T a, uint32_t b) {
    return b < Width<T> ? T(a >> (b & (Width<T> - 1))) : T(a < T(0) ? -1 : 0);
  }
};
template <bool Clamp>
struct FunnelLeft {
  static uint32_t apply(uint32_t low, uint32_t high, uint32_t amount) {
    uint32_t n = Clamp ? (amount < 32 ? amount : 32) : amount & 31;
    return uint32_t(((uint64_t(high) << 32 | low) << n) >> 32);
  }
};
template <bool Clamp>
struct FunnelRight {
  static uint32_t apply(uint32_t low, uint32_t high, uint32_t amount) {
    uint32_t n = Clamp ? (amount < 32 ? amount : 32) : amount & 31;
    return uint32_t((uint64_t(high) << 32 | low) >> n);
  }
};

struct Popc {
  template <class T>
  static uint32_t apply(T a) {
    return __builtin_popcountll(a);
  }
};
struct Clz {
  static uint32_t apply(uint32_t a) { return a ? __builtin_clz(a) : 32; }
  static uint32_t apply(uint64_t a) { return a ? __builtin_clzll(a) : 64; }
};
struct Brev {
  template <class T>
  static T apply(T a) {
    T result = 0;
    for (unsigned bit = 0; bit < Width<T>; ++bit)
      result |= (a >> bit & 1) << (Width<T> - 1 - bit);
    return result;
  }
};
/// A field of `length` bits from `start` on, both of them the low byte; the sign is that of the field's last bit, or
/// of the last bit there is.
struct Bfe {
  template <class T>
  static T apply(T a, uint32_t start, uint32_t length) {
    using U = typename Wrapping<T>::Type;
    unsigned first = start & 0xff, count = length & 0xff;
    if (count == 0)
      return 0;
    unsigned last = first + count - 1 < Width<T> - 1 ? first + count - 1 : Width<T> - 1;
    U sign = T(-1) < T(0) ? U(a) >> last & 1 : 0;
    U field = first < Width<T> ? U(a) >> first : 0;
    // Bits of the field that lie in the operand.
    unsigned there = first < Width<T> ? (count < Width<T> - first ? count : Width<T> - first) : 0;
    U keep = there >= Width<T> ? ~U(0) : (U(1) << there) - 1;
    return T((field & keep) | (sign ? ~keep : U(0)));
  }
};
/// Puts the low bits of `a` into `b`.
template <class T>
struct Bfi {
  static T apply(T a, T b, uint32_t start, uint32_t length) {
    unsigned first = start & 0xff, count = length & 0xff;
    if (count == 0 || first >= Width<T>)
      return b;
    T ones = count >= Width<T> ? ~T(0) : (T(1) << count) - 1;
    return (b & ~(ones << first)) | ((a & ones) << first);
  }
};
struct Prmt {
  static uint32_t apply(uint32_t a, uint32_t b, uint32_t selector) {
    uint64_t bytes = uint64_t(b) << 32 | a;
    uint32_t result = 0;
    for (unsigned byte = 0; byte < 4; ++byte) {
      uint32_t control = selector >> (4 * byte) & 15;
      uint32_t value = bytes >> (8 * (control & 7)) & 0xff;
      if (control & 8)
        value = value & 0x80 ? 0xff : 0;
      result |= value << (8 * byte);
    }
    return result;
  }
};

template <class T>
void insertField(const Rows &rows, char *registers, uint32_t mask) {
  const T *a = rowAt<T>(registers, rows.sources[0]), *b = rowAt<T>(registers, rows.sources[1]);
  const uint32_t *start = rowAt<uint32_t>(registers, rows.sources[2]);
  const uint32_t *length = rowAt<uint32_t>(registers, rows.sources[3]);
  T values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane)
    values[lane] = Bfi<T>::apply(a[lane], b[lane], start[lane], length[lane]);
  put(rowAt<T>(registers, rows.destination), values, mask);
}

/// One truth table for three operands; the table is an immediate value.
inline void lop3(const Rows &rows, char *registers, uint32_t mask) {
  const uint32_t *a = rowAt<uint32_t>(registers, rows.sources[0]), *b = rowAt<uint32_t>(registers, rows.sources[1]);
  const uint32_t *c = rowAt<uint32_t>(registers, rows.sources[2]), *table = rowAt<uint32_t>(registers, rows.sources[3]);
  uint32_t values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    uint32_t result = 0;
    for (unsigned entry = 0; entry < 8; ++entry)
      if (table[lane] >> entry & 1)
        result |=
            (entry & 4 ? a[lane] : ~a[lane]) & (entry & 2 ? b[lane] : ~b[lane]) & (entry & 1 ? c[lane] : ~c[lane]);
    values[lane] = result;
  }
  put(rowAt<uint32_t>(registers, rows.destination), values, mask);
}

template <class T>
void select(const Rows &rows, char *registers, uint32_t mask) {
  const T *a = rowAt<T>(registers, rows.sources[0]), *b = rowAt<T>(registers, rows.sources[1]);
  uint32_t condition = *rowAt<uint32_t>(registers, rows.sources[2]);
  T values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane)
    values[lane] = (condition >> lane & 1) ? a[lane] : b[lane];
  put(rowAt<T>(registers, rows.destination), values, mask);
}

template <class Op>
void predicates(const Rows &rows, char *registers, uint32_t mask) {
  uint32_t a = *rowAt<uint32_t>(registers, rows.sources[0]), b = *rowAt<uint32_t>(registers, rows.sources[1]);
  putPredicate(registers, rows.destination, Op::apply(a, b), mask);
}

template <class Op>
void predicate(const Rows &rows, char *registers, uint32_t mask) {
  putPredicate(registers, rows.destination, Op::apply(*rowAt<uint32_t>(registers, rows.sources[0])), mask);
}

} // namespace

#endif // REMAT_TEST_STANDIN_BITLANES_H
