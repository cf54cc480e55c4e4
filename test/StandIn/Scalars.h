//===- Scalars.h - Operations that are one function for many opcodes -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Conversions between any two types, and arithmetic in rounding modes other
// than to nearest: one lane after the other, with what the opcode says packed
// into a word.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_STANDIN_SCALARS_H
#define REMAT_TEST_STANDIN_SCALARS_H

#include "LaneOps.h"
#include "Ptx.h"

namespace remat::standin {

enum class Rounding : uint8_t { Nearest, Zero, Down, Up };

/// `cvt` with all its modifiers.
struct Conversion {
  Type from, to;
  Rounding rounding = Rounding::Nearest;
  /// .rni and so on: to an integral value.
  bool integral = false;
  bool flush = false, saturate = false;
  /// How wide the registers are; the types may be narrower.
  uint8_t fromRegister = 0, toRegister = 0;

  uint32_t pack() const;
  static Conversion unpack(uint32_t word);
};

/// The bits of the converted value, extended to 64.
uint64_t convert(const Conversion &conversion, uint64_t bits);

void convertLanes(const Rows &rows, char *registers, uint32_t mask);

/// The arithmetic of f32 and f64 beside that of LaneTable.h.
struct RoundedArithmetic {
  enum Operation : uint8_t { Add, Sub, Mul, Div, Fma, Rcp, Sqrt };
  Operation operation = Add;
  bool isDouble = false;
  Rounding rounding = Rounding::Nearest;
  bool flush = false, saturate = false;

  uint32_t pack() const;
  static RoundedArithmetic unpack(uint32_t word);
};

void roundedLanes(const Rows &rows, char *registers, uint32_t mask);

} // namespace remat::standin

#endif // REMAT_TEST_STANDIN_SCALARS_H
