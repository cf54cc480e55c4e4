//===- FunctionSchedule.h - sequences as runs of functions ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sequence of lower sets as a framework runs it: functions forward, and backward
// for several inputs at once.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_BENCH_KUSUMOTO_FUNCTIONSCHEDULE_H
#define REMAT_BENCH_KUSUMOTO_FUNCTIONSCHEDULE_H

#include "Framework.h"

namespace remat::bench {

struct FunctionAction {
  enum Kind { Run, Differentiate, DropValue, DropGradient } kind;
  int32_t node;
  /// Differentiate: the inputs whose gradients are wanted, and whether those of the parameters are.
  std::vector<int32_t> inputs;
  bool parameters = false;
};

/// Whether the derivative of a function reads its value.
bool readsValue(Function function);
/// Whether the derivative of a function reads its inputs.
bool readsInputs(Function function);

/// The canonical schedule of the sequence, everything dropped right after its last use.
std::vector<FunctionAction> functionSchedule(const Network &network, const LowerSetSequence &sequence);

} // namespace remat::bench

#endif // REMAT_BENCH_KUSUMOTO_FUNCTIONSCHEDULE_H
