//===- RuntimePlan.h - Plans for the arguments of a call ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_RUNTIMEPLAN_H
#define REMAT_LIB_EXECUTION_RUNTIMEPLAN_H

#include "remat/Execution/CompiledProgram.h"

namespace remat {

/// A plan that was made for certain counts.
struct RuntimePlan {
  PlanFigures figures;
  /// What the program takes as its last argument.
  std::vector<int64_t> words;
};

/// Plans the program that the words of \p problem describe (see
/// remat/Runtime/Planner.h). \p policy is the name of its policy.
llvm::Expected<RuntimePlan> makeRuntimePlan(llvm::ArrayRef<int64_t> problem, llvm::StringRef policy,
                                            llvm::ArrayRef<int64_t> counts);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_RUNTIMEPLAN_H
