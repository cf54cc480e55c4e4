//===- ProgramOptions.h - What a user asks for, on any target -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values, which can be copied. What only a certain target has (its
// processor, how exact its functions are) are options of that target.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_PIPELINES_PROGRAMOPTIONS_H
#define REMAT_PIPELINES_PROGRAMOPTIONS_H

#include "remat/Schedule/Plan.h"
#include "remat/Support/Budget.h"
#include "remat/Support/Expansion.h"

namespace remat {

struct ProgramOptions {
  /// Bytes of the arena.
  Budget budget;
  /// Bytes of copies of weights in other layouts, beside the arena.
  ByteLimit parameterBudget;
  /// How plans are chosen.
  schedule::Policy policy = schedule::Policy::Optimal;
  /// The form of schedules, and the most moves of a chain that may be unrolled.
  Expansion expansion = Expansion::Table;
  int64_t maxUnrolledMoves = defaultUnrolledMoves;
  /// Loops of scf that a gradient passes through become recurrences.
  bool raise = true;
};

} // namespace remat

#endif // REMAT_PIPELINES_PROGRAMOPTIONS_H
