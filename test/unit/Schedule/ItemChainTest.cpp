//===- ItemChainTest.cpp - how steps become blocks --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Unequal/ItemChain.h"
#include "Unequal/BlockPlans.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

/// `different` single steps and `equal` ones.
static Chain makeChain(int64_t different, int64_t equal) {
  Chain problem;
  for (int64_t i = 0; i < different; ++i) {
    ChainStage stage;
    stage.advance = 1 + i % 7;
    stage.modes = {{1 + i % 7, 2, 3 + i % 11}};
    problem.stages.push_back(stage);
  }
  problem.stages.emplace_back();
  problem.stages.back().count = equal;
  problem.budget = 4 * (different + equal);
  return problem;
}

TEST(ItemChainTest, BlocksHoldAllSteps) {
  Chain problem = makeChain(100, 500);
  ItemChain chain(problem, /*maxItems=*/10, /*maxStages=*/24, nullptr);
  int64_t steps = 0;
  for (int64_t i = 1; i <= chain.size(); ++i) {
    EXPECT_EQ(chain.item(i).before, steps);
    steps += chain.item(i).count;
  }
  EXPECT_EQ(steps, 600);
  EXPECT_LE(chain.size(), 20);
}

// The blocks of as many steps as those of the long run would have all the others.
TEST(ItemChainTest, UnequalBlocksHaveFewStages) {
  Chain problem = makeChain(1000, 1000000);
  ItemChain chain(problem, /*maxItems=*/8, /*maxStages=*/24, nullptr);
  int64_t stages = 0;
  for (int64_t i = 1; i <= chain.size(); ++i)
    if (const UnequalBlock *block = chain.item(i).unequal) {
      EXPECT_LE(static_cast<int64_t>(block->stages.size()), maxUnequalStages);
      stages += static_cast<int64_t>(block->stages.size());
    }
  EXPECT_EQ(stages, 1000);
}
