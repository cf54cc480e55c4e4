//===- CountingLoop.h - Loops whose turns are counted in front ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `scf.for`, and `scf.while` as exporters write a loop over time: its condition is that a
// counter among what it carries is below a bound.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COUNTINGLOOP_H
#define REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COUNTINGLOOP_H

#include "StepIndex.h"

namespace remat {

struct CountingLoop {
  Operation *op;
  /// One turn, ended by the values that it hands on.
  Block *turn;
  /// What is handed on: before the first turn, inside, behind a turn, and behind the last one.
  SmallVector<Value> inits, carried, next, results;
  /// The number of an `scf.for` in its turn, of a step that may be known at run time only; null for other loops.
  Value number, step;
  /// The first number, and the one that ends the loop.
  StepIndex first, end;
  int64_t increment = 1;
  /// What the numbers in a turn are.
  StepIndices indices;
  /// The number of turns, if it is known.
  std::optional<int64_t> count;

  /// Whether every turn hands on \p position as it is.
  bool isInvariant(size_t position) const { return next[position] == carried[position]; }

  /// The loop \p op, or nothing and in \p reason why it is none.
  static std::optional<CountingLoop> match(Operation *op, std::string &reason);

  /// The number of turns, in front of the loop.
  Value materializeCount(OpBuilder &builder) const;

private:
  explicit CountingLoop(Operation *op) : op(op), indices(op) {}
  bool matchFor(std::string &reason);
  bool matchWhile(std::string &reason);
  void findCounters();
  void findCount();
};

} // namespace remat

#endif // REMAT_LIB_DIALECT_REMAT_TRANSFORMS_COUNTINGLOOP_H
