//===- TableSimulator.h - plays a plan table against a problem --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_TABLESIMULATOR_H
#define REMAT_SCHEDULE_TABLESIMULATOR_H

#include "remat/Schedule/PlanTable.h"
#include "remat/Schedule/Simulator.h"

namespace remat::schedule {

/// Plays the actions of a valid table, without making a list of them.
SimulationResult simulate(const EqualChain &problem, const PlanTable &table);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_TABLESIMULATOR_H
