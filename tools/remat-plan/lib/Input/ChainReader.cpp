//===- ChainReader.cpp - Chain problems from JSON -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChainReader.h"

#include "Numbers.h"
#include "ScaledReading.h"

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;
using llvm::StringRef;

namespace {

/// Reads a problem with `fraction` digits of times behind the point.
class ChainReader {
public:
  ChainReader(JsonReport &report, int fraction) : report(report), unit{fraction} {}

  bool read(JsonValue root, ChainInput &input);

  const TimeUnit &getTimeUnit() const { return unit; }

private:
  bool readStages(JsonValue value, ChainInput &input);
  bool readStage(JsonValue value, ChainStage &stage);
  bool readModes(JsonValue value, std::vector<StageMode> &modes);
  bool readMode(JsonFields &fields, StageMode &mode);
  bool readSlow(JsonValue value, std::optional<SlowTier> &slow);
  bool readStart(JsonValue value, Start &start);
  bool readTime(JsonFields &fields, StringRef key, int64_t &time, bool required = true);

  JsonReport &report;
  TimeUnit unit;
};

} // namespace

bool ChainReader::readTime(JsonFields &fields, StringRef key, int64_t &time, bool required) {
  std::optional<JsonValue> value = required ? fields.require(key) : fields.find(key);
  if (!value)
    return !required;
  return plantool::readTime(report, *value, key, unit, time);
}

bool ChainReader::readMode(JsonFields &fields, StageMode &mode) {
  return readTime(fields, "record", mode.record) && readTime(fields, "reverse", mode.reverse) &&
         fields.readSize("tape", mode.tape, /*required=*/true);
}

bool ChainReader::readModes(JsonValue value, std::vector<StageMode> &modes) {
  if (!value.is(JsonKind::Array))
    return report.failExpected(value, "an array for \"modes\"");
  modes.clear();
  for (JsonValue element : value) {
    JsonFields fields(report, element, "a mode");
    modes.emplace_back();
    if (!fields.isValid() || !readMode(fields, modes.back()))
      return false;
    fields.finish();
  }
  return !modes.empty() || report.fail(value, "expects at least one mode in \"modes\"");
}

bool ChainReader::readStage(JsonValue value, ChainStage &stage) {
  JsonFields fields(report, value, "a stage");
  if (!fields.isValid() || !fields.readSize("count", stage.count, /*required=*/false) ||
      !readTime(fields, "advance", stage.advance) || !fields.readSize("state", stage.state, /*required=*/true) ||
      !fields.readBool("restartable", stage.restartable) ||
      !fields.readSize("workspace", stage.workspace, /*required=*/false))
    return false;
  if (std::optional<JsonValue> modes = fields.find("modes")) {
    // They replace the three members, which may stand there too.
    for (StringRef replaced : {"record", "reverse", "tape"})
      (void)fields.find(replaced);
    if (!readModes(*modes, stage.modes))
      return false;
  } else if (!readMode(fields, stage.modes.front())) {
    return false;
  }
  fields.finish();
  return true;
}

bool ChainReader::readStages(JsonValue value, ChainInput &input) {
  input.lines.stages = value.getLine();
  if (!value.is(JsonKind::Array))
    return report.failExpected(value, "an array for \"stages\"");
  for (JsonValue element : value) {
    input.lines.eachStage.push_back(element.getLine());
    input.chain.stages.emplace_back();
    if (!readStage(element, input.chain.stages.back()))
      return false;
  }
  return true;
}

bool ChainReader::readSlow(JsonValue value, std::optional<SlowTier> &slow) {
  if (value.is(JsonKind::Null))
    return true;
  JsonFields fields(report, value, "the slow tier");
  slow.emplace();
  if (!fields.isValid() || !readTime(fields, "write", slow->write) || !readTime(fields, "read", slow->read) ||
      !readTime(fields, "latency", slow->latency, /*required=*/false) || !fields.readBool("blocking", slow->blocking))
    return false;
  std::optional<JsonValue> capacity = fields.find("capacity");
  if (capacity && !capacity->is(JsonKind::Null)) {
    slow->capacity = 0;
    if (!readWhole(report, *capacity, "capacity", 0, *slow->capacity))
      return false;
  }
  fields.finish();
  return true;
}

bool ChainReader::readStart(JsonValue value, Start &start) {
  std::string name = value.is(JsonKind::String) ? value.getString() : "";
  if (name == "releasable")
    start = Start::Releasable;
  else if (name == "pinned")
    start = Start::Pinned;
  else if (name == "external")
    start = Start::External;
  else
    return report.failExpected(value, "\"releasable\", \"pinned\" or \"external\" for \"start\"");
  return true;
}

bool ChainReader::read(JsonValue root, ChainInput &input) {
  Chain &chain = input.chain;
  chain.timeScale = powerOfTen(std::min(unit.fraction, maxPower));
  input.lines.problem = root.getLine();
  JsonFields fields(report, root, "the problem");
  if (!fields.isValid())
    return false;
  if (!readKind(report, fields, "chain"))
    return false;
  std::optional<JsonValue> stages = fields.require("stages");
  if (!stages || !readStages(*stages, input))
    return false;
  // Most chains begin with a state like the others.
  chain.initialState = chain.stages.empty() ? 0 : chain.stages.front().state;
  if (!fields.readSize("initial_state", chain.initialState, /*required=*/false))
    return false;
  if (std::optional<JsonValue> start = fields.find("start"))
    if (!readStart(*start, chain.start))
      return false;
  if (std::optional<JsonValue> slow = fields.find("slow")) {
    input.lines.slow = slow->getLine();
    if (!readSlow(*slow, chain.slow))
      return false;
  }
  if (!readBudget(report, fields, input.hasBudget, chain.budget))
    return false;
  fields.finish();
  return true;
}

llvm::Expected<ChainInput> plantool::readChain(StringRef text, StringRef file, bool printWarnings) {
  return readScaled<ChainReader, ChainInput>(text, file, printWarnings);
}

llvm::Error plantool::checkChain(const ChainInput &input, StringRef file) {
  auto verdictOf = [&](size_t stages) {
    Chain part = input.chain;
    part.stages.resize(stages);
    return part.validate();
  };
  size_t count = input.chain.stages.size();
  if (input.chain.validate().ok())
    return llvm::Error::success();
  if (Verdict verdict = verdictOf(0); !verdict.ok()) {
    Chain fast = input.chain;
    fast.stages.clear();
    fast.slow.reset();
    return makeInputError(file, fast.validate().ok() ? input.lines.slow : input.lines.problem, verdict.message);
  }
  // Every stage adds to sums that must fit, so the shortest beginning that is wrong
  // ends with the stage that makes it so.
  size_t shortest = findShortest(count, [&](size_t stages) { return !verdictOf(stages).ok(); });
  return makeInputError(file, input.lines.eachStage[shortest - 1], verdictOf(shortest).message);
}
