//===- ScheduleDiagram.h - A schedule as a step-over-time diagram *- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_SCHEDULEDIAGRAM_H
#define REMAT_TOOLS_REMAT_PLAN_SCHEDULEDIAGRAM_H

#include "remat-plan/lib/Input/ChainLoader.h"

#include "llvm/Support/raw_ostream.h"

namespace remat::plantool {

/// Draws a plan as SVG: time to the right, steps upward, forward sweeps rising and
/// backward ones falling, what is kept as horizontal bars, and the memory in use
/// below. Short schedules are drawn action by action; of long ones every small cell
/// of the diagram shows what happens in it.
void drawSchedule(const LoadedChain &loaded, const schedule::PlanResult &result, llvm::raw_ostream &stream);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_SCHEDULEDIAGRAM_H
