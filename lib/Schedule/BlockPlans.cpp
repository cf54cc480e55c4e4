//===- BlockPlans.cpp - how blocks of a chain are reversed -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockPlans.h"

#include "CheckedMath.h"
#include "StagedDescent.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <cmath>
#include <tuple>

using namespace remat::schedule;

/// Plans of one block; so many budgets are tried.
static constexpr int64_t plansPerEqualBlock = 24;
static constexpr int64_t plansPerMixedBlock = 8;
/// Items and units of the table of a mixed block.
static constexpr int64_t maxMixedItems = 256;
static constexpr int64_t mixedUnits = 47;

static std::vector<BlockPlan> frontierOf(std::vector<BlockPlan> all) {
  std::sort(all.begin(), all.end(), [](const BlockPlan &a, const BlockPlan &b) {
    return std::tie(a.peak, a.time, a.mode) < std::tie(b.peak, b.time, b.mode);
  });
  std::vector<BlockPlan> frontier;
  for (BlockPlan &plan : all)
    if (frontier.empty() || plan.time < frontier.back().time)
      frontier.push_back(std::move(plan));
  return frontier;
}

std::vector<BlockPlan> remat::schedule::planEqualBlock(const ChainItem &item, int64_t initialState, Start start) {
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
    for (int64_t budget : frontierBudgets(problem, Policy::Optimal, plansPerEqualBlock)) {
      problem.budget = budget;
      PlanResult result = plan(problem, Policy::Optimal);
      if (result.ok())
        all.push_back({problem, static_cast<int64_t>(mode), nullptr, result.plan.time, result.plan.peak});
    }
  }
  return frontierOf(std::move(all));
}

/// For each stage the mode with the least time and `price` times size.
static std::vector<int64_t> modesAt(const std::vector<ChainStage> &stages, double price) {
  std::vector<int64_t> result;
  for (const ChainStage &stage : stages) {
    auto cost = [&](const StageMode &mode) {
      return static_cast<double>(mode.record) + static_cast<double>(mode.reverse) +
             price * static_cast<double>(mode.tape);
    };
    auto isBetter = [&](const StageMode &a, const StageMode &b) { return cost(a) < cost(b); };
    result.push_back(std::min_element(stage.modes.begin(), stage.modes.end(), isBetter) - stage.modes.begin());
  }
  return result;
}

MixedBlock remat::schedule::makeMixedBlock(std::vector<ChainStage> stages) {
  MixedBlock block;
  block.stages = std::move(stages);
  block.whole = block.stages.back();
  block.whole.count = 1;
  double time = 1, size = 1;
  for (const ChainStage &stage : block.stages) {
    block.whole.workspace = std::max(block.whole.workspace, stage.workspace);
    double count = static_cast<double>(stage.count);
    time += count * static_cast<double>(stage.modes.front().record + stage.modes.front().reverse);
    size += count * static_cast<double>(stage.modes.front().tape);
  }
  for (double weight : {0.0, 0.1, 0.3, 1.0, 1e6}) {
    std::vector<int64_t> modes = modesAt(block.stages, weight * time / size);
    if (std::find(block.modes.begin(), block.modes.end(), modes) == block.modes.end())
      block.modes.push_back(std::move(modes));
  }
  block.whole.modes.clear();
  for (const std::vector<int64_t> &modes : block.modes) {
    StageMode sum = {0, 0, 0};
    for (size_t i = 0; i < modes.size(); ++i) {
      const ChainStage &stage = block.stages[i];
      sum.record += stage.count * stage.modes[modes[i]].record;
      sum.reverse += stage.count * stage.modes[modes[i]].reverse;
      sum.tape += stage.count * stage.modes[modes[i]].tape;
    }
    block.whole.modes.push_back(sum);
  }
  return block;
}

std::vector<BlockPlan> remat::schedule::planMixedBlock(const MixedBlock &block) {
  StagedChain problem;
  problem.stages = block.stages;
  problem.initialState = 0;
  problem.start = Start::External;
  ItemChain chain(problem, maxMixedItems, maxMixedItems, nullptr);
  StagedMinimum minimum(chain);
  Segment top = {SegmentKind::Held, 0, chain.size(), 0};
  int64_t least = minimum.peak(top), most = block.whole.modes.front().tape + block.whole.workspace;
  StagedTables<float> tables(chain, {ceilDiv(std::max<int64_t>(most, 1), mixedUnits)}, mixedUnits);
  tables.solve(nullptr);

  std::vector<BlockPlan> all;
  auto add = [&](const ChoiceSource &source) {
    SegmentCost cost = evaluate(chain, source, top);
    if (cost.time < 0 || cost.peak > top.free)
      return;
    auto actions = std::make_shared<const std::vector<Action>>(emitActions(chain, source, top));
    all.push_back({std::nullopt, 0, std::move(actions), cost.time, cost.peak});
  };
  top.free = least;
  add(minimum);
  StagedDescent<float> descent(chain, tables, minimum, /*trust=*/1);
  double ratio = static_cast<double>(std::max(most, least) + 1) / static_cast<double>(least + 1);
  for (int64_t i = 0; i < plansPerMixedBlock; ++i) {
    double share = static_cast<double>(i) / static_cast<double>(plansPerMixedBlock - 1);
    top.free = std::max(least, static_cast<int64_t>(static_cast<double>(least + 1) * std::pow(ratio, share)));
    add(descent);
  }
  return frontierOf(std::move(all));
}
