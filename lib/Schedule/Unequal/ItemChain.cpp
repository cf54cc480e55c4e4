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

#include "Unequal/ItemChain.h"

#include "Bounds/TapeBound.h"
#include "Table/CheckedMath.h"
#include "Unequal/BlockPlans.h"

#include <algorithm>

using namespace remat::schedule;

static constexpr int64_t fewestGroups = 256, maxGroups = 1024;
/// A block's tapes should take at most 1/8 of the budget; for that there may be up to
/// `smallGroups` blocks.
static constexpr double tapesPerBudget = 8;
static constexpr int64_t smallGroups = 768;

/// How many blocks of different steps to make, if none is too large.
static int64_t chooseGroups(const Chain &problem, int64_t maxItems) {
  double tapes = 0, budget = static_cast<double>(std::max<int64_t>(problem.budget, 1));
  for (const ChainStage &stage : problem.stages)
    tapes += static_cast<double>(stage.count) * static_cast<double>(stage.modes.front().tape);
  double byBudget = std::min(tapesPerBudget * tapes / budget, static_cast<double>(smallGroups));
  int64_t byStages = ceilDiv(static_cast<int64_t>(problem.stages.size()), maxUnequalStages);
  return std::clamp(std::max(byStages, static_cast<int64_t>(byBudget)), maxItems, maxGroups);
}

/// The least block size with which there are at most `maxItems` items.
static int64_t chooseBlockSize(const Chain &problem, int64_t maxItems) {
  auto itemsOf = [&](int64_t size) {
    int64_t total = 0;
    for (const ChainStage &stage : problem.stages)
      total += ceilDiv(stage.count, size);
    return total;
  };
  int64_t low = 1, high = EqualChain::maxSteps;
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

int64_t remat::schedule::passingTime(const ChainStage &stage) {
  int64_t mode = passingMode(stage);
  return mode < 0 ? stage.advance : stage.modes[mode].record;
}

std::vector<StepRun> ChainItem::runs(int64_t mode) const {
  if (!unequal)
    return {{stage, count, mode}};
  return unequal->modes[mode];
}

ItemChain::ItemChain(const Chain &problem, int64_t maxItems, int64_t maxStages,
                     const std::function<bool(double)> &progress)
    : problem(problem) {
  int64_t stages = static_cast<int64_t>(problem.stages.size());
  if (stages > maxStages) {
    addGroups(ceilDiv(problem.steps(), chooseGroups(problem, std::min(maxItems, fewestGroups))), progress);
    return;
  }
  int64_t blockSize = chooseBlockSize(problem, std::max(maxItems, stages));
  for (const ChainStage &stage : problem.stages)
    addRun(stage, stage.count, blockSize);
}

void ItemChain::addItem(ChainItem item, int64_t passingTime) {
  blocks |= item.isBlock();
  items.push_back(item);
  advances.push_back(advances.back() + passingTime);
}

void ItemChain::addRun(const ChainStage &stage, int64_t count, int64_t blockSize) {
  for (int64_t done = 0; done < count; done += blockSize) {
    ChainItem next = {stepAt(size()), std::min(blockSize, count - done), &stage};
    bool sameAsLast = done > blockSize && next.count == items.back().count;
    if (next.isBlock() && sameAsLast) {
      held.push_back(held.back());
      owned.push_back(owned.back());
    } else if (next.isBlock()) {
      held.push_back(planEqualBlock(next, 0, Start::External));
      owned.push_back(planEqualBlock(next, state(size()), Start::Releasable));
    } else {
      held.emplace_back();
      owned.emplace_back();
    }
    addItem(next, next.count * passingTime(stage));
  }
}

/// One item of different stages.
void ItemChain::addUnequal(const ChainStage *first, const ChainStage *last, double price) {
  if (first == last)
    return;
  if (last - first == 1)
    return addRun(*first, first->count, first->count);
  UnequalBlock &block = unequalBlocks.emplace_back();
  block.stages.assign(first, last);
  chooseUnequalModes(block, price);
  int64_t count = 0, passing = 0;
  for (const ChainStage &stage : block.stages) {
    count += stage.count;
    passing += stage.count * passingTime(stage);
  }
  held.push_back(planUnequalBlock(block));
  // The start state just stays where it is.
  owned.push_back(held.back());
  for (BlockPlan &plan : owned.back())
    plan.peak += state(size());
  addItem({stepAt(size()), count, &block.whole, &block}, passing);
}

/// Neighbours become items of about `blockSize` steps, or fewer if these are too many
/// stages, and so do parts of long runs.
void ItemChain::addGroups(int64_t blockSize, const std::function<bool(double)> &progress) {
  const ChainStage *begin = problem.stages.data(), *end = begin + problem.stages.size(), *first = begin;
  int64_t steps = 0;
  double price = tapePrice(problem);
  for (const ChainStage *stage = begin; stage != end; ++stage) {
    bool isLong = stage->count > blockSize, isFull = stage - first == maxUnequalStages;
    if (isLong || isFull || steps + stage->count > blockSize) {
      addUnequal(first, stage, price);
      first = stage;
      steps = 0;
      if (progress && !progress(static_cast<double>(stage - begin) / static_cast<double>(end - begin))) {
        complete = false;
        return;
      }
    }
    if (isLong) {
      addRun(*stage, stage->count, blockSize);
      first = stage + 1;
    } else {
      steps += stage->count;
    }
  }
  addUnequal(first, end, price);
}
