//===- Program.cpp - Everything that a program keeps ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Program.h"

#include "remat/ABI/Walk.h"

#include <algorithm>
#include <limits>

using namespace remat;
using namespace remat::schedule;

std::optional<int64_t> remat::schedule::getStackBytes(int64_t stackFrames) {
  std::optional<int64_t> stack = multiplyBytes(stackFrames, REMAT_FRAME_BYTES);
  return stack ? alignBytes(*stack) : std::nullopt;
}

Chain ProgramLoop::getChain(const std::vector<int64_t> &steps, int64_t budget) const {
  Chain chain;
  for (size_t index = 0; index < stages.size(); ++index) {
    const LoopStage &stage = stages[index];
    chain.stages.push_back({steps[index],
                            stage.advanceTime,
                            stage.stateBytes,
                            stage.isRestartable,
                            /*workspace=*/0,
                            {{stage.recordTime, stage.reverseTime, stage.tapeBytes}}});
  }
  // Where initial carries are external, no memory is their place.
  chain.initialState = initialBytes > 0 ? initialBytes : stages.front().stateBytes;
  chain.start = initialBytes > 0 ? Start::Releasable : Start::External;
  chain.budget = budget;
  return chain;
}

//===----------------------------------------------------------------------===//
// Validation
//===----------------------------------------------------------------------===//

/// Sizes above this would overflow as soon as two are added.
static constexpr int64_t maxBytes = std::numeric_limits<int64_t>::max() / 4;

/// Times have room for the phases of a sweep.
static constexpr int64_t maxTime = std::numeric_limits<int64_t>::max() / (2 * numSweepPhases);

static bool isSize(int64_t bytes) { return bytes >= 0 && bytes <= maxBytes && bytes % arenaAlignment == 0; }

static bool isBelow(int64_t index, size_t limit) { return index >= 0 && static_cast<size_t>(index) < limit; }

static const char *check(const LoopStage &stage, int64_t numCounts) {
  if (!isBelow(stage.count, static_cast<size_t>(numCounts)))
    return "a loop refers to a count that is not there";
  for (int64_t bytes :
       {stage.stateBytes, stage.tapeBytes, stage.carriedBytes, stage.forwardWorkspaceBytes, stage.turnWorkspaceBytes,
        stage.reverseWorkspaceBytes, stage.linearizeWorkspaceBytes, stage.againWorkspaceBytes})
    if (!isSize(bytes))
      return "a size of a loop is not a multiple of the alignment in range";
  if (stage.carriedBytes > stage.stateBytes || stage.carriedBytes > stage.tapeBytes)
    return "the carries on the tape of a loop have more bytes than its carries or its tape";
  if (stage.advanceTime < 0 || stage.recordTime < 0 || stage.reverseTime < 0)
    return "a time of a loop is negative";
  return nullptr;
}

static const char *check(const ProgramLoop &loop, int64_t numCounts) {
  if (loop.stages.size() != 1)
    return "a loop has a number of stages that is not one";
  const LoopStage &stage = loop.stages.front();
  if (const char *problem = check(stage, numCounts))
    return problem;
  if (!isSize(loop.gradientBytes))
    return "a size of a loop is not a multiple of the alignment in range";
  if (!isSize(loop.initialBytes) || loop.initialBytes > stage.stateBytes)
    return "the initial carries of a loop have more bytes than its carries";
  if (!isSize(loop.splatBytes) || loop.splatBytes > stage.stateBytes)
    return "the initial carries of a loop that are numbers end behind its carries";
  if (loop.forward > maxTime || loop.backward > maxTime)
    return "a sweep of a loop comes too late";
  if (loop.filled < 0 || loop.filled > loop.forward || (loop.isDifferentiated && loop.forward > loop.backward))
    return "the sweeps of a loop are out of order";
  return nullptr;
}

static const char *check(const ProgramBuffer &buffer, int64_t numCounts, size_t numLoops) {
  if (buffer.count < -1 || buffer.count >= numCounts)
    return "a buffer refers to a count that is not there";
  if (buffer.bytes < 0 || buffer.bytes > maxBytes || (buffer.count < 0 && !isSize(buffer.bytes)))
    return "the size of a buffer is not a multiple of the alignment in range";
  if (buffer.first < 0 || buffer.first > buffer.last || buffer.last > maxTime)
    return "the life of a buffer ends before it begins";
  if (buffer.home != BufferHome::Own && (!isBelow(buffer.loop, numLoops) || !isSize(buffer.offsetInHome)))
    return "a buffer lies in a loop that is not there";
  return nullptr;
}

Verdict ProgramProblem::validate() const {
  if (numCounts < 0 || !isSize(parameterBytes))
    return {Status::BadValue, "the number of counts or the parameter copies are out of range"};
  for (const ProgramLoop &loop : loops)
    if (const char *problem = check(loop, numCounts))
      return {Status::BadValue, problem};
  for (const ProgramBuffer &buffer : buffers)
    if (const char *problem = check(buffer, numCounts, loops.size()))
      return {Status::BadValue, problem};
  return {};
}

//===----------------------------------------------------------------------===//
// Instances
//===----------------------------------------------------------------------===//

std::optional<ProgramInstance> ProgramInstance::create(const ProgramProblem &problem, std::vector<int64_t> counts,
                                                       Verdict &verdict) {
  verdict = problem.validate();
  if (verdict.ok() && static_cast<int64_t>(counts.size()) != problem.numCounts)
    verdict = {Status::BadValue,
               "expected " + std::to_string(problem.numCounts) + " counts, but got " + std::to_string(counts.size())};
  for (int64_t count : counts)
    if (verdict.ok() && (count < 0 || count > EqualChain::maxSteps))
      verdict = {Status::BadValue, "a trip count or extent of " + std::to_string(count) + " is not in the range 0 to " +
                                       std::to_string(EqualChain::maxSteps)};
  if (!verdict.ok())
    return std::nullopt;
  ProgramInstance instance(problem, std::move(counts));
  for (size_t loop = 0; loop < problem.loops.size(); ++loop)
    instance.addParts(loop);
  verdict = instance.addBuffers();
  if (!verdict.ok())
    return std::nullopt;
  return instance;
}

int64_t ProgramInstance::getSteps(size_t loop) const {
  int64_t steps = 0;
  for (const LoopStage &stage : getLoop(loop).stages)
    steps += counts[static_cast<size_t>(stage.count)];
  return steps;
}

Chain ProgramInstance::getChain(size_t index, int64_t budget) const {
  const ProgramLoop &loop = getLoop(index);
  std::vector<int64_t> steps;
  for (const LoopStage &stage : loop.stages)
    steps.push_back(counts[static_cast<size_t>(stage.count)]);
  return loop.getChain(steps, budget);
}

EqualChain ProgramInstance::getEqualSteps(size_t loop, int64_t budget) const {
  return *getChain(loop, budget).equalSteps();
}

int64_t ProgramInstance::getStoreAllTime(size_t loop) const {
  int64_t time = 0;
  for (const ChainStage &stage : getChain(loop, 0).stages)
    time += stage.count * stage.leastOnce();
  return time;
}

// Times of the layout: each operation of the program has one per phase of a sweep.

static int64_t getTime(int64_t operation, SweepPhase phase) {
  return operation * numSweepPhases + static_cast<int64_t>(phase);
}

static int64_t getStart(int64_t operation) { return operation * numSweepPhases; }

static int64_t getEnd(int64_t operation) { return operation * numSweepPhases + numSweepPhases - 1; }

bool ProgramInstance::hasUnusedFinals(size_t index) const {
  return std::any_of(problem->buffers.begin(), problem->buffers.end(), [&](const ProgramBuffer &buffer) {
    return buffer.home == BufferHome::ForwardCore && static_cast<size_t>(buffer.loop) == index;
  });
}

void ProgramInstance::addParts(size_t index) {
  const ProgramLoop &loop = getLoop(index);
  const LoopStage &stage = loop.stages.front();
  int64_t steps = getSteps(index);
  bool runs = steps > 0, returns = runs && loop.isDifferentiated;
  // A step between two others reads one core state and writes the other; the
  // first one reads the initial state and the last one writes the final one. With a plan,
  // the state of the last step comes to core state 0, and one may be copied there from a
  // slot. Numbers of the initial state come where there is no core state yet.
  int64_t core0 = stage.stateBytes - (loop.isDifferentiated ? stage.carriedBytes : 0);
  int64_t stepsForState0 = loop.isDifferentiated ? 1 : 2, stepsForState1 = stepsForState0 + 1;
  int64_t forward0 = steps >= stepsForState0 ? core0 : 0;
  int64_t forward1 = steps >= stepsForState1 ? stage.stateBytes : 0;
  if (!loop.isDifferentiated && steps < stepsForState1)
    (steps >= stepsForState0 ? forward1 : forward0) = loop.splatBytes;
  // A step between two others reads or writes the gradient of the initial carry, and
  // the last one reads that of the final carry.
  int64_t gradients = std::min<int64_t>(1, steps - 1);
  int64_t to = loop.isDifferentiated ? loop.backward : loop.forward;
  int64_t from = getStart(loop.forward), forwardEnd = getEnd(loop.forward), end = getEnd(to);
  int64_t filled = getStart(loop.initialBytes > 0 ? loop.filled : loop.forward);
  int64_t reverse = getTime(to, SweepPhase::Reverse), linearize = getTime(to, SweepPhase::Linearize);
  int64_t again = getTime(to, SweepPhase::Again);
  auto add = [&](LoopPart part, bool isThere, int64_t bytes, int64_t first, int64_t last, bool isCertain) {
    live[index * numLoopParts + static_cast<size_t>(part)] = {isThere ? bytes : 0, first, last, isCertain};
  };
  live.resize((index + 1) * numLoopParts);
  // With a plan the last step has the state that it reads in core state 0.
  bool endsInState1 = !loop.isDifferentiated || hasUnusedFinals(index);
  add(LoopPart::ForwardState0, runs, forward0, from, forwardEnd, /*isCertain=*/!loop.isDifferentiated);
  add(LoopPart::ForwardState1, runs, forward1, from, endsInState1 ? forwardEnd : from,
      /*isCertain=*/!loop.isDifferentiated);
  // The step that leaves its tape in the core comes when all others have run.
  add(LoopPart::ForwardWorkspace, runs, stage.forwardWorkspaceBytes, from, from, /*isCertain=*/false);
  add(LoopPart::TurnWorkspace, returns, stage.turnWorkspaceBytes, forwardEnd, forwardEnd, /*isCertain=*/false);
  // The needs of the plan say how large the walk and the slot region are.
  add(LoopPart::Walk, returns, 0, from, end, /*isCertain=*/true);
  add(LoopPart::Stack, returns, 0, from, end, /*isCertain=*/false);
  add(LoopPart::CarriedTape, returns, stage.carriedBytes, from, again, /*isCertain=*/true);
  add(LoopPart::CoreTape, returns, stage.tapeBytes - stage.carriedBytes, forwardEnd, linearize, /*isCertain=*/true);
  add(LoopPart::CoreState0, returns, core0, linearize, again, /*isCertain=*/false);
  add(LoopPart::CoreState1, returns, stage.stateBytes, again, again, /*isCertain=*/false);
  add(LoopPart::ReverseWorkspace, returns, stage.reverseWorkspaceBytes, reverse, reverse, /*isCertain=*/false);
  add(LoopPart::LinearizeWorkspace, returns, stage.linearizeWorkspaceBytes, linearize, linearize, /*isCertain=*/false);
  add(LoopPart::AgainWorkspace, returns, stage.againWorkspaceBytes, again, again, /*isCertain=*/false);
  add(LoopPart::Gradients, returns, gradients * loop.gradientBytes, reverse, again, /*isCertain=*/true);
  add(LoopPart::Slots, returns, 0, filled, end, /*isCertain=*/true);
}

bool ProgramInstance::isAtHome(const ProgramBuffer &buffer) const {
  if (buffer.home == BufferHome::Own)
    return false;
  int64_t steps = getSteps(static_cast<size_t>(buffer.loop));
  return buffer.home == BufferHome::Slots ? steps > 0 : steps >= stepsForUnusedResults;
}

Verdict ProgramInstance::addBuffers() {
  for (const ProgramBuffer &buffer : problem->buffers) {
    std::optional<int64_t> bytes = buffer.bytes;
    if (buffer.count >= 0)
      bytes = multiplyBytes(buffer.bytes, counts[static_cast<size_t>(buffer.count)]);
    if (bytes)
      bytes = alignBytes(*bytes);
    if (!bytes || *bytes > maxBytes)
      return {Status::Overflow, "a buffer does not fit in 64 bits"};
    int64_t end = buffer.endsInFirstReverse ? getTime(buffer.last, SweepPhase::Reverse) : getEnd(buffer.last);
    live.push_back({isAtHome(buffer) ? 0 : *bytes, getStart(buffer.first), end, buffer.isCertain});
  }
  return {};
}

std::optional<int64_t> ProgramInstance::layOut(const std::vector<LoopNeeds> &needs) {
  // The arena is packed without what lies in the other block: buffers of no bytes.
  std::vector<LiveBuffer> walks;
  std::vector<size_t> places;
  for (size_t loop = 0; loop < getNumLoops(); ++loop) {
    if (!isPlanned(loop))
      continue;
    std::optional<int64_t> stack = getStackBytes(needs[loop].stackFrames);
    if (!stack)
      return std::nullopt;
    live[loop * numLoopParts + static_cast<size_t>(LoopPart::Slots)].bytes = needs[loop].slotBytes;
    bool isWalked = needs[loop].stackFrames > 0;
    for (auto [part, bytes] : {std::pair(LoopPart::Walk, isWalked ? int64_t(REMAT_WALKER_AND_MOVE_BYTES) : 0),
                               std::pair(LoopPart::Stack, *stack)}) {
      places.push_back(loop * numLoopParts + static_cast<size_t>(part));
      live[places.back()].bytes = 0;
      walks.push_back(live[places.back()]);
      walks.back().bytes = bytes;
    }
  }
  std::optional<int64_t> arena = packBuffers(live), walk = packBuffers(walks);
  if (!arena || !walk)
    return std::nullopt;
  walkBytes = *walk;
  peakIsCertain = isTopCertain(live) && isTopCertain(walks);
  for (size_t index = 0; index < walks.size(); ++index)
    live[places[index]] = walks[index];
  return addBytes(*arena, *walk);
}

std::vector<size_t> ProgramInstance::getLiveAtPeak() const {
  std::vector<size_t> best;
  double bestBytes = -1;
  for (const LiveBuffer &start : live) {
    // The sum changes only where a buffer begins.
    std::vector<size_t> current;
    double bytes = 0;
    for (size_t index = 0; index < live.size(); ++index) {
      if (live[index].first > start.first || live[index].last < start.first || live[index].bytes == 0)
        continue;
      current.push_back(index);
      bytes += static_cast<double>(live[index].bytes);
    }
    if (bytes > bestBytes) {
      bestBytes = bytes;
      best = std::move(current);
    }
  }
  std::sort(best.begin(), best.end(),
            [&](size_t a, size_t b) { return live[a].bytes != live[b].bytes ? live[a].bytes > live[b].bytes : a < b; });
  return best;
}

int64_t ProgramInstance::getBufferOffset(size_t index) const {
  const ProgramBuffer &buffer = problem->buffers[index];
  if (!isAtHome(buffer))
    return getBuffer(index).offset;
  LoopPart part = buffer.home == BufferHome::Slots ? LoopPart::Slots : LoopPart::ForwardState1;
  return getPart(static_cast<size_t>(buffer.loop), part).offset + buffer.offsetInHome;
}
