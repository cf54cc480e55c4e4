//===- ItemChain.h - what the planner of unequal steps sees -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chain as a list of items: single steps or, where a run of equal steps is
// longer than can be planned step by step, blocks of equal steps. A block is
// recorded with all its tapes or reversed by a plan of its own.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_ITEMCHAIN_H
#define REMAT_LIB_SCHEDULE_ITEMCHAIN_H

#include "remat/Schedule/StagedChain.h"

#include <vector>

namespace remat::schedule {

/// A plan that reverses a block inside of some memory.
struct BlockPlan {
  ChainProblem problem;
  int64_t mode;
  int64_t time;
  int64_t peak;
};

/// The mode in which a step is recorded when it only has to be passed, or -1 if
/// it is faster to advance.
int64_t passingMode(const ChainStage &stage);

/// One step, or a block of equal steps.
struct ChainItem {
  /// Steps before it, and its own.
  int64_t before;
  int64_t count;
  const ChainStage *stage;

  bool isBlock() const { return count > 1; }
  int64_t tape(const StageMode &mode) const { return count * mode.tape; }
  /// Time to record and reverse it once.
  int64_t once(const StageMode &mode) const { return count * (mode.record + mode.reverse); }
};

/// Items 1..N between boundaries 0..N; `problem` must outlive the chain.
class ItemChain {
public:
  /// Makes at most about `maxItems` items, or one for each stage.
  ItemChain(const StagedChain &problem, int64_t maxItems);

  int64_t size() const { return static_cast<int64_t>(items.size()); }
  bool hasBlocks() const { return blocks; }
  const StagedChain &getProblem() const { return problem; }
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
  void addRun(const ChainStage &stage, int64_t blockSize);

  const StagedChain &problem;
  std::vector<ChainItem> items;
  std::vector<int64_t> advances = {0};
  std::vector<std::vector<BlockPlan>> held;
  std::vector<std::vector<BlockPlan>> owned;
  bool blocks = false;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_ITEMCHAIN_H
