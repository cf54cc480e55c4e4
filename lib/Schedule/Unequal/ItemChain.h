//===- ItemChain.h - what the planner of unequal steps sees -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chain as a list of items: single steps or, where there are more than can be
// planned step by step, blocks of neighbours. Equal steps make blocks of equal
// steps; where most stages are different, blocks are made of several stages. A
// block is recorded with all its tapes or reversed by a plan of its own, which
// for different steps is found in the same way (BlockPlans.h).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_ITEMCHAIN_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_ITEMCHAIN_H

#include "remat/Schedule/Action.h"
#include "remat/Schedule/Chain.h"

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace remat::schedule {

/// A plan that reverses a block inside of some memory: the best one of a problem
/// of equal steps, in one mode, or a list of actions, both with steps counted from the start
/// of the block.
struct BlockPlan {
  std::optional<EqualChain> problem;
  int64_t mode = 0;
  std::shared_ptr<const std::vector<Action>> list;
  int64_t time = 0;
  int64_t peak = 0;
};

/// The mode in which a step is recorded when it only has to be passed, or -1 if
/// it is faster to advance.
int64_t passingMode(const ChainStage &stage);
/// The time of that.
int64_t passingTime(const ChainStage &stage);

/// Equal steps in one mode.
struct StepRun {
  const ChainStage *stage;
  int64_t count;
  int64_t mode;
  /// Not recorded in the first sweep over the block, but run again from the tape in front
  /// when their turn has come.
  bool again = false;
};

/// Different steps that are one item.
struct UnequalBlock {
  /// What they are together: one step whose modes are ways to reverse all of them
  /// after something else.
  ChainStage whole;
  std::vector<ChainStage> stages;
  /// The steps in each mode of the whole, and the memory that its reversal needs with
  /// what is kept.
  std::vector<std::vector<StepRun>> modes;
  std::vector<int64_t> needs;
};

/// One step, or a block of equal or of different steps.
struct ChainItem {
  /// Steps before it, and its own.
  int64_t before;
  int64_t count;
  /// What each of its steps is, or what different steps are together.
  const ChainStage *stage;
  const UnequalBlock *unequal = nullptr;

  bool isBlock() const { return count > 1; }
  int64_t repeats() const { return unequal ? 1 : count; }
  int64_t tape(const StageMode &mode) const { return repeats() * mode.tape; }
  /// Time to record and reverse it once.
  int64_t once(const StageMode &mode) const { return repeats() * mode.once(); }
  /// What it takes to reverse it in one of its modes, with its tapes.
  int64_t reverseNeed(int64_t mode) const { return unequal ? unequal->needs[mode] : 0; }
  /// Its steps in order, in one of its modes.
  std::vector<StepRun> runs(int64_t mode) const;
};

/// Items 1..N between boundaries 0..N; `problem` must outlive the chain.
class ItemChain {
public:
  /// Makes at most about `maxItems` items; up to `maxStages` stages, at least one
  /// for each stage. Plans of blocks may take a while: `progress` is called with
  /// the share that is done until it returns false, with which isComplete() does too.
  ItemChain(const Chain &problem, int64_t maxItems, int64_t maxStages, const std::function<bool(double)> &progress);

  bool isComplete() const { return complete; }

  int64_t size() const { return static_cast<int64_t>(items.size()); }
  bool hasBlocks() const { return blocks; }
  const Chain &getProblem() const { return problem; }
  const ChainItem &item(int64_t index) const { return items[index - 1]; }

  /// Size of the state at a boundary, and the workspace that counts when it is
  /// kept.
  int64_t state(int64_t boundary) const { return boundary == 0 ? problem.initialState : item(boundary).stage->state; }
  int64_t stateWorkspace(int64_t boundary) const { return workspace(boundary == 0 ? 1 : boundary); }
  int64_t workspace(int64_t index) const { return item(index).stage->workspace; }

  /// The step whose carry lies at a boundary.
  int64_t stepAt(int64_t boundary) const { return boundary == 0 ? 0 : item(boundary).before + item(boundary).count; }

  /// Time to run from one boundary to another and keep nothing. A step whose
  /// tape is cheaper to leave than not is recorded on the way.
  int64_t advance(int64_t from, int64_t to) const { return advances[to] - advances[from]; }

  /// Plans that reverse a block, by falling time and rising peak; the start
  /// state stays outside, or is owned and counted.
  const std::vector<BlockPlan> &heldPlans(int64_t index) const { return held[index - 1]; }
  const std::vector<BlockPlan> &ownedPlans(int64_t index) const { return owned[index - 1]; }

private:
  void addItem(ChainItem item, int64_t passingTime);
  void addRun(const ChainStage &stage, int64_t count, int64_t blockSize);
  void addUnequal(const ChainStage *first, const ChainStage *last, double price);
  void addGroups(int64_t blockSize, const std::function<bool(double)> &progress);

  const Chain &problem;
  std::vector<ChainItem> items;
  std::vector<int64_t> advances = {0};
  std::vector<std::vector<BlockPlan>> held;
  std::vector<std::vector<BlockPlan>> owned;
  std::deque<UnequalBlock> unequalBlocks;
  bool blocks = false;
  bool complete = true;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_ITEMCHAIN_H
