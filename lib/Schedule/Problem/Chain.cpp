//===- Chain.cpp - a chain of unequal steps and its memory -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Validation is where overflow is dealt with, as in EqualChain.cpp: a problem that
// passes cannot overflow in any sum of sizes, nor in the time of moving and
// running everything once. What repeats is checked where it is added up.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Chain.h"

#include "Problem/Expect.h"
#include "Table/CheckedMath.h"

#include <algorithm>

using namespace remat::schedule;

bool ChainStage::hasSameStep(const ChainStage &other) const {
  return advance == other.advance && state == other.state && restartable == other.restartable &&
         workspace == other.workspace && modes == other.modes;
}

int64_t ChainStage::fastestMode() const {
  auto isBetter = [](const StageMode &a, const StageMode &b) {
    return a.once() != b.once() ? a.once() < b.once() : a.tape < b.tape;
  };
  return std::min_element(modes.begin(), modes.end(), isBetter) - modes.begin();
}

Chain::Chain(const EqualChain &problem)
    : initialState(problem.initialState), start(problem.start), budget(problem.budget) {
  ChainStage stage;
  stage.count = problem.steps;
  stage.advance = problem.advance;
  stage.state = problem.state;
  stage.restartable = problem.restartable;
  stage.workspace = problem.workspace;
  stage.modes = {{problem.record, problem.reverse, problem.tape}};
  stages.push_back(std::move(stage));
}

static Verdict validateStage(const ChainStage &stage, const std::string &where) {
  if (stage.count < 0 || stage.count > EqualChain::maxSteps)
    return badValue("a count from 0 to 2147483648" + where, stage.count);
  if (stage.modes.empty())
    return badValue("at least one mode" + where, 0);
  Verdict verdict = expectNoNegative(
      {{"an advance time", stage.advance}, {"a state size", stage.state}, {"a workspace", stage.workspace}}, where);
  for (const StageMode &mode : stage.modes)
    if (verdict.ok())
      verdict = expectNoNegative(
          {{"a record time", mode.record}, {"a reverse time", mode.reverse}, {"a tape size", mode.tape}}, where);
  return verdict;
}

Verdict Chain::validate() const {
  if (start < Start::Releasable || start > Start::External)
    return badValue("a known kind of start", static_cast<int64_t>(start));
  if (timeScale < 1)
    return badValue("a positive time scale", timeScale);
  if (static_cast<int64_t>(stages.size()) > maxStages)
    return badValue("at most 1000000 stages", static_cast<int64_t>(stages.size()));
  Verdict verdict = expectNoNegative({{"an initial state size", initialState}, {"a budget", budget}}, "");
  if (verdict.ok() && slow)
    verdict = expectNoNegative({{"a write time", slow->write},
                                {"a read time", slow->read},
                                {"a latency", slow->latency},
                                {"a capacity", slow->capacity.value_or(0)}},
                               " of the slow tier");
  if (!verdict.ok())
    return verdict;

  Checked steps, sizes = initialState, times, workspace;
  for (size_t i = 0; i < stages.size(); ++i) {
    const ChainStage &stage = stages[i];
    verdict = validateStage(stage, " in stage " + std::to_string(i + 1));
    if (!verdict.ok())
      return verdict;
    StageMode most = stage.modes.front();
    for (const StageMode &mode : stage.modes)
      most = {std::max(most.record, mode.record), std::max(most.reverse, mode.reverse), std::max(most.tape, mode.tape)};
    steps = steps + stage.count;
    // Two more, so that the item that is produced or moved may be added.
    Checked items = Checked(stage.count) + 2;
    sizes = sizes + items * (Checked(stage.state) + most.tape);
    times = times + items * (Checked(stage.advance) + most.record + most.reverse);
    workspace = max(workspace, stage.workspace);
  }
  sizes = sizes + workspace;
  if (sizes.hasOverflowed())
    return {Status::Overflow, "the sizes of all states and tapes do not fit in 64 bits"};
  if (slow)
    times = times + sizes * (Checked(slow->write) + slow->read) + (steps + 1) * 4 * slow->latency;
  if (times.hasOverflowed())
    return {Status::Overflow, "the time of all steps and transfers does not fit in 64 bits"};
  if (*steps.get() > EqualChain::maxSteps)
    return badValue("a number of steps from 0 to 2147483648", *steps.get());
  return {};
}

int64_t Chain::steps() const {
  int64_t total = 0;
  for (const ChainStage &stage : stages)
    total += stage.count;
  return total;
}

std::optional<EqualChain> Chain::equalSteps() const {
  const ChainStage *first = nullptr;
  for (const ChainStage &stage : stages) {
    if (stage.count == 0)
      continue;
    if (stage.modes.size() != 1 || (first && !first->hasSameStep(stage)))
      return std::nullopt;
    if (!first)
      first = &stage;
  }
  EqualChain problem;
  problem.initialState = initialState;
  problem.start = start;
  problem.budget = budget;
  if (!first)
    return problem;
  problem.steps = steps();
  problem.state = first->state;
  problem.tape = first->modes.front().tape;
  problem.workspace = first->workspace;
  problem.advance = first->advance;
  problem.record = first->modes.front().record;
  problem.reverse = first->modes.front().reverse;
  problem.restartable = first->restartable;
  return problem;
}

int64_t remat::schedule::storeAllPeak(const Chain &problem) {
  int64_t used = problem.countedInitialState(), peak = used, left = problem.steps();
  for (const ChainStage &stage : problem.stages) {
    if (stage.count == 0)
      continue;
    left -= stage.count;
    used += (stage.count - (left == 0 ? 1 : 0)) * stage.modes[stage.fastestMode()].tape;
    peak = std::max(peak, used + stage.workspace);
  }
  return peak;
}
