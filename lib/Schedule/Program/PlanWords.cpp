//===- PlanWords.cpp - Writing a plan for a program -------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ProgramPlanner.h"

using namespace remat::schedule;

static void writeFigures(const ProgramInstance &instance, const ProgramResult &result, std::vector<int64_t> &words) {
  auto figure = [&](PlanFigure figure) -> int64_t & { return words[static_cast<size_t>(figure)]; };
  figure(PlanFigure::ArenaBytes) = result.plan.peak - instance.getWalkBytes();
  figure(PlanFigure::WalkBytes) = instance.getWalkBytes();
  figure(PlanFigure::ParameterBytes) = instance.getProblem().parameterBytes;
  figure(PlanFigure::StoreAllBytes) = result.storeAll;
  figure(PlanFigure::MinimumBytes) = result.minimum;
  figure(PlanFigure::BudgetBytes) = result.budget.value_or(-1);
  figure(PlanFigure::Certified) = 1;
  figure(PlanFigure::PeakCertain) = instance.isPeakCertain() ? 1 : 0;
  for (size_t index = 0; index < instance.getNumLoops(); ++index) {
    int64_t steps = instance.getSteps(index);
    figure(PlanFigure::Steps) += steps;
    if (!instance.isPlanned(index)) {
      figure(PlanFigure::ForwardSteps) += steps;
      continue;
    }
    const Plan &plan = result.plan.loops[index].plan;
    figure(PlanFigure::ForwardSteps) += plan.forward;
    figure(PlanFigure::ReverseSteps) += plan.reverse;
    figure(PlanFigure::Time) += plan.time;
    figure(PlanFigure::StoreAllTime) += instance.getStoreAllTime(index);
    figure(PlanFigure::LowerBound) += plan.lowerBound;
    figure(PlanFigure::Certified) &= plan.isCertified() ? 1 : 0;
  }
}

std::vector<int64_t> remat::schedule::writePlanWords(const ProgramInstance &instance, const ProgramResult &result) {
  auto numLoops = static_cast<int64_t>(instance.getNumLoops());
  auto numBuffers = static_cast<int64_t>(instance.getProblem().buffers.size());
  std::vector<int64_t> words(static_cast<size_t>(getBufferPosition(numLoops, numBuffers)));
  writeFigures(instance, result, words);
  for (int64_t loop = 0; loop < numLoops; ++loop) {
    auto index = static_cast<size_t>(loop);
    for (int64_t part = 0; part < numLoopParts; ++part)
      words[static_cast<size_t>(getPartPosition(loop, LoopPart(part)))] =
          instance.getPart(index, LoopPart(part)).offset;
    if (!instance.isPlanned(index))
      continue;
    words[static_cast<size_t>(getTablePosition(loop))] = static_cast<int64_t>(words.size());
    const std::vector<int64_t> &table = result.plan.loops[index].table->getWords();
    words.insert(words.end(), table.begin(), table.end());
  }
  for (int64_t buffer = 0; buffer < numBuffers; ++buffer)
    words[static_cast<size_t>(getBufferPosition(numLoops, buffer))] =
        instance.getBufferOffset(static_cast<size_t>(buffer));
  return words;
}
