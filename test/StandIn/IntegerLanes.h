//===- IntegerLanes.h - Integers --------------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums and products wrap: signed types are computed unsigned where they could
// overflow.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_INTEGERLANES_H
#define REMAT_TEST_STANDIN_INTEGERLANES_H

#include "LaneRows.h"

namespace {

template <class T>
struct Wider;
template <>
struct Wider<int16_t> {
  using Type = int32_t;
};
template <>
struct Wider<uint16_t> {
  using Type = uint32_t;
};
template <>
struct Wider<int32_t> {
  using Type = int64_t;
};
template <>
struct Wider<uint32_t> {
  using Type = uint64_t;
};
__extension__ typedef __int128 Signed128;
__extension__ typedef unsigned __int128 Unsigned128;
template <>
struct Wider<int64_t> {
  using Type = Signed128;
};
template <>
struct Wider<uint64_t> {
  using Type = Unsigned128;
};
/// The unsigned type in which a product of Ts wraps and does not promote to int.
template <class T>
struct Wrapping {
  using Type = uint64_t;
};
template <>
struct Wrapping<uint16_t> {
  using Type = uint32_t;
};
template <>
struct Wrapping<int16_t> {
  using Type = uint32_t;
};
template <>
struct Wrapping<uint32_t> {
  using Type = uint32_t;
};
template <>
struct Wrapping<int32_t> {
  using Type = uint32_t;
};

template <class T>
constexpr unsigned Width = 8 * sizeof(T);

struct Add {
  template <class T>
  static T apply(T a, T b) {
    using U = typename Wrapping<T>::Type;
    return T(U(a) + U(b));
  }
};
struct Sub {
  template <class T>
  static T apply(T a, T b) {
    using U = typename Wrapping<T>::Type;
    return T(U(a) - U(b));
  }
};
struct MulLo {
  template <class T>
  static T apply(T a, T b) {
    using U = typename Wrapping<T>::Type;
    return T(U(a) * U(b));
  }
};
struct MulHi {
  template <class T>
  static T apply(T a, T b) {
    using W = typename Wider<T>::Type;
    return T((W(a) * W(b)) >> Width<T>);
  }
};
struct MulWide {
  template <class T>
  static auto apply(T a, T b) {
    using W = typename Wider<T>::Type;
    return W(W(a) * W(b));
  }
};
struct MadLo {
  template <class T>
  static T apply(T a, T b, T c) {
    return Add::apply(MulLo::apply(a, b), c);
  }
};
struct MadHi {
  template <class T>
  static T apply(T a, T b, T c) {
    return Add::apply(MulHi::apply(a, b), c);
  }
};
struct MadWide {
  template <class T, class W>
  static W apply(T a, T b, W c) {
    return Add::apply(W(MulWide::apply(a, b)), c);
  }
};
/// The divisor is not zero in lanes that count (Decoder::lanes); the least number divided by -1 wraps.
struct Div {
  template <class T>
  static T apply(T a, T b) {
    return b == 0 ? T(0) : b == T(-1) && T(-1) < T(0) ? Sub::apply(T(0), a) : T(a / b);
  }
};
struct Rem {
  template <class T>
  static T apply(T a, T b) {
    return b == 0 || (b == T(-1) && T(-1) < T(0)) ? T(0) : T(a % b);
  }
};
struct Min {
  template <class T>
  static T apply(T a, T b) {
    return a < b ? a : b;
  }
};
struct Max {
  template <class T>
  static T apply(T a, T b) {
    return a > b ? a : b;
  }
};
struct Neg {
  template <class T>
  static T apply(T a) {
    return Sub::apply(T(0), a);
  }
};
struct Abs {
  template <class T>
  static T apply(T a) {
    return a < 0 ? Neg::apply(a) : a;
  }
};
/// Sums and differences that read or write the carry flag (differences: the borrow).
template <class T, bool Subtract, bool Reads, bool Writes>
void carry(const Rows &rows, char *registers, uint32_t mask) {
  const T *a = rowAt<T>(registers, rows.sources[0]), *b = rowAt<T>(registers, rows.sources[1]);
  uint32_t flags = *rowAt<uint32_t>(registers, CarryRow), out = 0;
  T values[Lanes];
  for (unsigned lane = 0; lane < Lanes; ++lane) {
    T in = Reads ? flags >> lane & 1 : 0, first = Subtract ? a[lane] - b[lane] : a[lane] + b[lane];
    values[lane] = Subtract ? first - in : first + in;
    bool carried = Subtract ? a[lane] < b[lane] || first < in : first < a[lane] || values[lane] < first;
    out |= uint32_t(carried) << lane;
  }
  put(rowAt<T>(registers, rows.destination), values, mask);
  if (Writes)
    putPredicate(registers, CarryRow, out, mask);
}

struct Eq {
  template <class T>
  static bool apply(T a, T b) {
    return a == b;
  }
};
struct Ne {
  template <class T>
  static bool apply(T a, T b) {
    return a != b;
  }
};
struct Lt {
  template <class T>
  static bool apply(T a, T b) {
    return a < b;
  }
};
struct Le {
  template <class T>
  static bool apply(T a, T b) {
    return a <= b;
  }
};
struct Gt {
  template <class T>
  static bool apply(T a, T b) {
    return a > b;
  }
};
struct Ge {
  template <class T>
  static bool apply(T a, T b) {
    return a >= b;
  }
};

/// Integers to wider and narrower ones: what the types of C++ do.
template <class D>
struct IntegerCast {
  template <class A>
  static D apply(A a) {
    return D(a);
  }
};

} // namespace

#endif // REMAT_TEST_STANDIN_INTEGERLANES_H
