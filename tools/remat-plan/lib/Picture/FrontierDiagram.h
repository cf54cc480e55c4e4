//===- FrontierDiagram.h - Time over memory as a diagram --------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_FRONTIERDIAGRAM_H
#define REMAT_TOOLS_REMAT_PLAN_FRONTIERDIAGRAM_H

#include "remat-plan/lib/Input/ChainLoader.h"
#include "remat/Schedule/FrontierCurve.h"

#include "llvm/Support/raw_ostream.h"

namespace remat::plantool {

/// All policies, in the order in which their curves are drawn and named.
std::vector<schedule::Policy> getPoliciesAsDrawn();

/// Draws \p curve with its knees, \p others beside it, and what no schedule of any
/// kind reaches, as SVG: the budget to the right by its logarithm, time upward as a
/// multiple of that of keeping everything.
void drawFrontier(const LoadedChain &loaded, const schedule::FrontierCurve &curve,
                  const std::vector<schedule::FrontierCurve> &others, llvm::raw_ostream &stream);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_FRONTIERDIAGRAM_H
