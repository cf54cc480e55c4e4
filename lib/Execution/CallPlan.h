//===- CallPlan.h - Plans for the arguments of a call ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_EXECUTION_CALLPLAN_H
#define REMAT_LIB_EXECUTION_CALLPLAN_H

#include "Lowering.h"
#include "remat/Runtime/Planner.h"

namespace remat {

/// A plan that was made for certain counts.
struct CallPlan {
  PlanFigures figures;
  /// What the program takes as its last argument.
  std::vector<int64_t> words;
  std::shared_ptr<const RematProgramPlan> plan;
};

/// Plans \p program, whose plan depends on its counts, for \p counts (see
/// remat/Runtime/Planner.h).
llvm::Expected<CallPlan> planCall(const LoweredProgram &program, llvm::ArrayRef<int64_t> counts);

/// The chain problems that \p plan solves, one per differentiated loop.
std::vector<schedule::Chain> getChainProblems(const CallPlan &plan);

} // namespace remat

#endif // REMAT_LIB_EXECUTION_CALLPLAN_H
