//===- ChainProgram.h - Handmade outlined chains for tests ------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes the text of a program as outlining leaves it: step functions on tensors,
// a chain, and an entry function with a forward and a backward sweep. The step is
//
//     h' = h * w + x_t     y_t = h'
//
// and its tape has as many tensors as asked for, so that states and tapes can have
// sizes that are not multiples of each other.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULING_CHAINPROGRAM_H
#define REMAT_TEST_UNIT_SCHEDULING_CHAINPROGRAM_H

#include <cstdint>
#include <string>

namespace remat::test {

struct ChainProgram {
  int64_t steps = 9;
  /// Elements of the carry and of each tape tensor.
  int64_t size = 5;
  /// Tensors in the tape.
  int64_t tapes = 1;
  bool restartable = true;
  bool reversed = false;
  /// The initial carry is computed (so the plan may release it) or an argument.
  bool computedStart = false;
  /// A second chain scans the stacked outputs of the first.
  bool stackedTwice = false;
  /// The entry returns the final carry, or drops it.
  bool returnsFinal = true;

  /// The program text.
  std::string getText() const;
  /// The number of results of the entry function @gradient; its arguments are xs, h0,
  /// w, dhT, dys.
  int64_t getNumResults() const;
  /// Whether result \p index is an array over time, or a carry.
  static bool isArray(int64_t index) { return index < 2; }
  /// The elements of result \p index.
  int64_t getResultSize(int64_t index) const;
};

} // namespace remat::test

#endif // REMAT_TEST_UNIT_SCHEDULING_CHAINPROGRAM_H
