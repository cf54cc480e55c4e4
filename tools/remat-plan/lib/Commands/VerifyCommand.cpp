//===- VerifyCommand.cpp - remat-plan verify ------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "remat-plan/lib/Input/ActionReader.h"
#include "remat-plan/lib/Input/ChainLoader.h"
#include "remat-plan/lib/Input/GraphReader.h"
#include "remat-plan/lib/Input/InputFile.h"
#include "remat-plan/lib/Input/Numbers.h"
#include "remat-plan/lib/Output/Progress.h"
#include "remat-plan/lib/Output/TextTable.h"
#include "remat/Schedule/Simulator.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <limits>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

static void printJSON(const SimulationResult &result, const Chain &chain) {
  llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
  json.object([&] {
    auto printTime = [&](llvm::StringRef key, int64_t time) {
      json.attributeBegin(key);
      json.rawValue(formatTime(time, chain.timeScale));
      json.attributeEnd();
    };
    json.attribute("valid", result.valid);
    // Of a valid schedule, 0 and "".
    json.attribute("action", result.action);
    json.attribute("rule", result.rule);
    json.attribute("forward", result.forward);
    json.attribute("advance", result.advance);
    json.attribute("record", result.record);
    json.attribute("reverse", result.reverse);
    printTime("time", result.time);
    json.attribute("peak", result.peak);
    if (chain.slow) {
      printTime("stall", result.stall);
      json.attribute("offloaded_states", result.offloadedStates);
      json.attribute("offloaded_tapes", result.offloadedTapes);
      json.attribute("slow_peak", result.slowPeak);
    }
  });
  json.flush();
  llvm::outs() << '\n';
}

static void printTable(const SimulationResult &result, const Chain &chain) {
  TextTable table({TextTable::Left, TextTable::Right, TextTable::Left});
  table.add({"valid", "", describeChain(chain)});
  table.add({"forward", std::to_string(result.forward),
             formatMany(result.advance, "advance") + " and " + formatMany(result.record, "record")});
  table.add({"reverse", std::to_string(result.reverse), ""});
  table.add({"time", formatShortTime(result.time, chain.timeScale), ""});
  table.add({"peak", std::to_string(result.peak), ""});
  if (chain.slow) {
    table.add({"stall", formatShortTime(result.stall, chain.timeScale), ""});
    table.add({"offloaded", std::to_string(result.offloadedStates + result.offloadedTapes), ""});
  }
  table.print(llvm::outs());
}

static llvm::Expected<ExitStatus> verifyChain(const PlanOptions &options, const InputFile *problemFile) {
  auto loaded = loadChain(options, Policy::Optimal, problemFile);
  if (!loaded)
    return loaded.takeError();
  auto file = openInput(options.schedulePath);
  if (!file)
    return file.takeError();
  // Without a budget the question is only what the schedule needs.
  Chain chain = loaded->chain;
  if (!loaded->hasBudget)
    chain.budget = std::numeric_limits<int64_t>::max();

  Simulator simulator(chain);
  ActionReader reader(file->getText(), file->name);
  {
    Progress progress("playing " + file->name);
    Action action;
    do {
      auto more = reader.next(action);
      if (!more)
        return more.takeError();
      if (!*more)
        break;
    } while (simulator.play(action));
  }
  SimulationResult result = simulator.finish();
  if (options.json)
    printJSON(result, chain);
  else if (result.valid)
    printTable(result, chain);
  if (result.valid)
    return ExitStatus::Success;
  llvm::errs() << file->name << ':' << std::max(reader.getLine(), 1u) << ": error: action " << result.action << ": "
               << result.rule << '\n';
  return ExitStatus::VerificationFailed;
}

llvm::Expected<ExitStatus> plantool::runVerify(const PlanOptions &options) {
  if (options.flags)
    return verifyChain(options, nullptr);
  auto file = openInput(options.problemPath);
  if (!file)
    return file.takeError();
  return isGraph(file->getText()) ? verifyGraph(options, *file) : verifyChain(options, &*file);
}
