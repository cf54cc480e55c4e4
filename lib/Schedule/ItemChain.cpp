//===- ItemChain.cpp - what the planner of unequal steps sees ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Blocks of all runs have the same number of steps, so that most of a run is
// the same block again and again, for which the plans are made once.
//
//===----------------------------------------------------------------------===//

#include "ItemChain.h"

#include "CheckedMath.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <tuple>

using namespace remat::schedule;

/// Plans of one block; so many budgets are tried.
static constexpr int64_t plansPerBlock = 24;

/// The least block size with which there are at most `maxItems` items.
static int64_t chooseBlockSize(const StagedChain &problem, int64_t maxItems) {
  auto itemsOf = [&](int64_t size) {
    int64_t total = 0;
    for (const ChainStage &stage : problem.stages)
      total += ceilDiv(stage.count, size);
    return total;
  };
  int64_t low = 1, high = ChainProblem::maxSteps;
  while (low < high) {
    int64_t middle = (low + high) / 2;
    if (itemsOf(middle) <= maxItems)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

int64_t remat::schedule::passingMode(const ChainStage &stage) {
  int64_t least = stage.advance, mode = -1;
  for (size_t i = 0; i < stage.modes.size(); ++i)
    if (stage.modes[i].record < least) {
      least = stage.modes[i].record;
      mode = static_cast<int64_t>(i);
    }
  return mode;
}

/// The frontier of a block over all modes.
static std::vector<BlockPlan> planBlock(const ChainItem &item, int64_t initialState, Start start) {
  std::vector<BlockPlan> all;
  for (size_t mode = 0; mode < item.stage->modes.size(); ++mode) {
    ChainStage stage = *item.stage;
    stage.count = item.count;
    stage.modes = {item.stage->modes[mode]};
    StagedChain block;
    block.stages.push_back(std::move(stage));
    block.initialState = initialState;
    block.start = start;
    ChainProblem problem = *block.equalSteps();
    for (int64_t budget : frontierBudgets(problem, Policy::Optimal, plansPerBlock)) {
      problem.budget = budget;
      PlanResult result = plan(problem, Policy::Optimal);
      if (result.ok())
        all.push_back({problem, static_cast<int64_t>(mode), result.plan.time, result.plan.peak});
    }
  }
  std::sort(all.begin(), all.end(), [](const BlockPlan &a, const BlockPlan &b) {
    return std::tie(a.peak, a.time, a.mode) < std::tie(b.peak, b.time, b.mode);
  });
  std::vector<BlockPlan> frontier;
  for (const BlockPlan &plan : all)
    if (frontier.empty() || plan.time < frontier.back().time)
      frontier.push_back(plan);
  return frontier;
}

ItemChain::ItemChain(const StagedChain &problem, int64_t maxItems) : problem(problem) {
  int64_t stages = static_cast<int64_t>(problem.stages.size());
  int64_t blockSize = chooseBlockSize(problem, std::max(maxItems, stages));
  for (const ChainStage &stage : problem.stages)
    addRun(stage, blockSize);
}

void ItemChain::addRun(const ChainStage &stage, int64_t blockSize) {
  int64_t mode = passingMode(stage);
  int64_t passingTime = mode < 0 ? stage.advance : stage.modes[mode].record;
  for (int64_t done = 0; done < stage.count; done += blockSize) {
    ChainItem next = {stepAt(size()), std::min(blockSize, stage.count - done), &stage};
    bool sameAsLast = done > blockSize && next.count == items.back().count;
    if (next.isBlock() && sameAsLast) {
      held.push_back(held.back());
      owned.push_back(owned.back());
    } else if (next.isBlock()) {
      held.push_back(planBlock(next, 0, Start::External));
      owned.push_back(planBlock(next, state(size()), Start::Releasable));
      blocks = true;
    } else {
      held.emplace_back();
      owned.emplace_back();
    }
    items.push_back(next);
    advances.push_back(advances.back() + next.count * passingTime);
  }
}
