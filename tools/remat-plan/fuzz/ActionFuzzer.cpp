//===- ActionFuzzer.cpp - Throws bytes at the reader of actions -----------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever the bytes are, they are an error or actions, and the simulator plays
// those or names a rule. An action that is printed and read again is the same.
//
//===----------------------------------------------------------------------===//

#include "remat-plan/lib/Input/ActionReader.h"
#include "remat-plan/lib/Input/GraphReader.h"
#include "remat/Schedule/Simulator.h"

#include <cstdlib>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

/// A problem with all that an action can be about.
static Chain makeChain() {
  Chain chain;
  chain.stages.resize(2);
  chain.stages[0].count = 3;
  chain.stages[0].modes = {StageMode{1, 2, 3}, StageMode{2, 1, 1}};
  chain.stages[1].count = 2;
  chain.stages[1].restartable = false;
  chain.slow.emplace();
  chain.budget = 8;
  return chain;
}

static void checkRoundTrip(const Action &action) {
  std::string text = stringifyAction(action);
  ActionReader reader(text, "printed");
  Action again = {ActionKind::Advance, 0, 0};
  auto more = reader.next(again);
  if (!more || !*more || !(again == action))
    abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const Chain chain = makeChain();
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  auto schedule = readGraphSchedule(text, "fuzz", /*timeScale=*/10);
  if (!schedule)
    llvm::consumeError(schedule.takeError());

  Simulator simulator(chain);
  ActionReader reader(text, "fuzz");
  Action action = {ActionKind::Advance, 0, 0};
  while (true) {
    auto more = reader.next(action);
    if (!more) {
      llvm::consumeError(more.takeError());
      break;
    }
    if (!*more)
      break;
    checkRoundTrip(action);
    (void)simulator.play(action);
  }
  SimulationResult result = simulator.finish();
  if (result.valid != result.rule.empty())
    abort();
  return 0;
}
