//===- BlockPlans.cpp - how blocks of a chain are reversed -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/BlockPlans.h"

#include "Table/CheckedMath.h"
#include "Unequal/StagedDescent.h"
#include "remat/Schedule/Solvers.h"

#include <algorithm>
#include <cmath>
#include <tuple>

using namespace remat::schedule;

/// Plans of one block; so many budgets are tried.
static constexpr int64_t plansPerEqualBlock = 24;
static constexpr int64_t plansPerUnequalBlock = 8;
/// Units of the table of a block of different steps.
static constexpr int64_t unequalUnits = 31;

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
    Chain block;
    block.stages.push_back(std::move(stage));
    block.initialState = initialState;
    block.start = start;
    EqualChain problem = *block.equalSteps();
    for (int64_t budget : frontierBudgets(problem, Policy::Optimal, plansPerEqualBlock)) {
      problem.budget = budget;
      PlanResult result = plan(problem, Policy::Optimal);
      if (result.ok())
        all.push_back({problem, static_cast<int64_t>(mode), nullptr, result.plan.time, result.plan.peak});
    }
  }
  return frontierOf(std::move(all));
}

/// What each stage does if a unit of memory costs `price`.
static std::vector<StepRun> runsAt(const std::vector<ChainStage> &stages, double price) {
  auto isRestartable = [](const ChainStage &stage) { return stage.restartable; };
  bool mayRunAgain = std::all_of(stages.begin(), stages.end(), isRestartable);
  std::vector<StepRun> runs;
  for (size_t i = 0; i < stages.size(); ++i) {
    const ChainStage &stage = stages[i];
    auto costAt = [&](const StageMode &mode, double sizePrice) {
      return static_cast<double>(mode.record) + static_cast<double>(mode.reverse) +
             sizePrice * static_cast<double>(mode.tape);
    };
    auto bestAt = [&](double sizePrice) {
      auto isBetter = [&](const StageMode &a, const StageMode &b) {
        return costAt(a, sizePrice) < costAt(b, sizePrice);
      };
      return std::min_element(stage.modes.begin(), stage.modes.end(), isBetter) - stage.modes.begin();
    };
    StepRun run = {&stage, stage.count, bestAt(price)};
    // The block must be entered and left with a tape.
    if (mayRunAgain && i > 0 && i + 1 < stages.size()) {
      int64_t fastest = bestAt(0);
      double again = static_cast<double>(passingTime(stage)) + costAt(stage.modes[fastest], 0);
      if (again < costAt(stage.modes[run.mode], price))
        run = {&stage, stage.count, fastest, /*again=*/true};
    }
    runs.push_back(run);
  }
  return runs;
}

/// The steps as one mode, and what it needs.
static void addMode(UnequalBlock &block, std::vector<StepRun> runs) {
  StageMode sum = {0, 0, 0};
  int64_t need = 0, stretch = 0;
  for (const StepRun &run : runs) {
    const StageMode &mode = run.stage->modes[run.mode];
    sum.record += run.count * (run.again ? passingTime(*run.stage) : mode.record);
    sum.reverse += run.count * (run.again ? mode.once() : mode.reverse);
    (run.again ? stretch : sum.tape) += run.count * mode.tape;
    if (run.again)
      need = std::max(need, sum.tape + stretch + block.whole.workspace);
    else
      stretch = 0;
  }
  block.whole.modes.push_back(sum);
  block.needs.push_back(need);
  block.modes.push_back(std::move(runs));
}

void remat::schedule::chooseUnequalModes(UnequalBlock &block, double price) {
  block.whole = block.stages.back();
  block.whole.count = 1;
  block.whole.modes.clear();
  for (const ChainStage &stage : block.stages)
    block.whole.workspace = std::max(block.whole.workspace, stage.workspace);
  for (double weight : {0.0, 0.5, 0.7, 0.85, 0.95, 1.0, 1.05, 1.15, 1.4, 2.0, 3.0, 5.0, 10.0, 1e6}) {
    addMode(block, runsAt(block.stages, weight * std::max(price, 1e-6)));
    size_t last = block.modes.size() - 1;
    if (last > 0 && block.whole.modes[last] == block.whole.modes[last - 1]) {
      block.whole.modes.pop_back();
      block.needs.pop_back();
      block.modes.pop_back();
    }
  }
}

std::vector<BlockPlan> remat::schedule::planUnequalBlock(const UnequalBlock &block) {
  Chain problem;
  problem.stages = block.stages;
  problem.initialState = 0;
  problem.start = Start::External;
  ItemChain chain(problem, maxUnequalStages, maxUnequalStages, nullptr);
  StagedMinimum minimum(chain);
  Segment top = {SegmentKind::Held, 0, chain.size(), 0};
  int64_t least = minimum.peak(top), most = block.whole.modes.front().tape + block.whole.workspace;
  StagedTables<float> tables(chain, {std::max<int64_t>(most, 1), unequalUnits}, unequalUnits);
  tables.solve(nullptr);

  std::vector<BlockPlan> all;
  auto add = [&](const ChoiceSource &source) {
    SegmentCost cost = SegmentCosts(chain, source).of(top);
    if (cost.time < 0 || cost.peak > top.free)
      return;
    auto actions = std::make_shared<const std::vector<Action>>(emitActions(chain, source, top));
    all.push_back({std::nullopt, 0, std::move(actions), cost.time, cost.peak});
  };
  top.free = least;
  add(minimum);
  StagedDescent<float> descent(chain, tables, minimum, /*trust=*/1);
  double ratio = static_cast<double>(std::max(most, least) + 1) / static_cast<double>(least + 1);
  for (int64_t i = 0; i < plansPerUnequalBlock; ++i) {
    double share = static_cast<double>(i) / static_cast<double>(plansPerUnequalBlock - 1);
    top.free = std::max(least, static_cast<int64_t>(static_cast<double>(least + 1) * std::pow(ratio, share)));
    add(descent);
  }
  return frontierOf(std::move(all));
}
