//===- TableSimulator.cpp - plays a plan table against a problem --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/TableSimulator.h"

#include "remat/Schedule/ActionStream.h"

using namespace remat::schedule;

SimulationResult remat::schedule::simulate(const EqualChain &problem, const PlanTable &table) {
  Simulator simulator(problem);
  ActionStream stream(table);
  Action action;
  while (stream.next(action))
    if (!simulator.play(action))
      break;
  return simulator.finish();
}
