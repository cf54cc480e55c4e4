//===- ProblemFuzzer.cpp - Throws bytes at the readers of problems --------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the bytes are, a reader returns a problem or an error. A small problem is
// also planned, and what the plan says is compared with what the simulator sees.
//
//===----------------------------------------------------------------------===//

#include "remat-plan/lib/Input/ChainReader.h"
#include "remat-plan/lib/Input/GraphReader.h"
#include "remat/Schedule/ChainPlanner.h"
#include "remat/Schedule/Simulator.h"

#include <cstdlib>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

static void tryChain(llvm::StringRef text) {
  auto input = readChain(text, "fuzz", /*printWarnings=*/false);
  if (!input) {
    llvm::consumeError(input.takeError());
    return;
  }
  const Chain &chain = input->chain;
  constexpr int64_t most = 24;
  bool isValid = chain.validate().ok();
  if (llvm::errorToBool(checkChain(*input, "fuzz")) == isValid)
    abort();
  if (!isValid || chain.steps() > most)
    return;
  for (const PolicyInfo &info : allPolicies) {
    PlanResult result = planChain(chain, info.policy);
    if (!result.ok())
      continue;
    SimulationResult played = simulate(chain, result.actions());
    bool isKept = played.valid && played.forward == result.plan.forward && played.time == result.plan.time &&
                  played.peak == result.plan.peak && result.plan.lowerBound <= result.plan.time;
    if (!isKept)
      abort();
  }
}

static void tryGraph(llvm::StringRef text) {
  auto input = readGraph(text, "fuzz", /*printWarnings=*/false);
  if (!input) {
    llvm::consumeError(input.takeError());
    return;
  }
  constexpr size_t most = 10;
  bool isValid = input->problem.validate().ok();
  if (llvm::errorToBool(checkGraph(*input, "fuzz")) == isValid)
    abort();
  if (!isValid || input->problem.nodes.size() > most)
    return;
  GraphPlanResult result = planGraph(input->problem);
  if (result.ok() && !verifyGraphPlan(input->problem, result.plan).valid)
    abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  if (isGraph(text))
    tryGraph(text);
  else
    tryChain(text);
  return 0;
}
