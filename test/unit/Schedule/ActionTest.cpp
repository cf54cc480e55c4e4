//===- ActionTest.cpp - actions of tables -----------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Problems.h"
#include "remat/Schedule/ActionStream.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static std::vector<std::string> lines(const PlanTable &table) {
  std::vector<std::string> result;
  for (const Action &action : actions(table))
    result.push_back(stringifyAction(action));
  return result;
}

TEST(ActionTest, KeepsAStateAndDiscardsIt) {
  PlanResult result = plan(makeProblem(3, 1, 9, 2, Start::Pinned), Policy::Revolve);
  EXPECT_EQ(lines(*result.table),
            (std::vector<std::string>{"[\"restore\", 0]", "[\"advance\", 0, 1]", "[\"checkpoint\", 1]",
                                      "[\"advance\", 1, 2]", "[\"record\", 3]", "[\"reverse\", 3]", "[\"restore\", 1]",
                                      "[\"record\", 2]", "[\"reverse\", 2]", "[\"discard_state\", 1]",
                                      "[\"restore\", 0]", "[\"record\", 1]", "[\"reverse\", 1]"}));
}

TEST(ActionTest, RestoresFromATape) {
  EXPECT_EQ(
      lines(tapeInTheMiddle()),
      (std::vector<std::string>{"[\"restore\", 0]", "[\"advance\", 0, 1]", "[\"record\", 2]", "[\"keep\", 2]",
                                "[\"advance\", 2, 3]", "[\"record\", 4]", "[\"reverse\", 4]", "[\"restore\", 2]",
                                "[\"record\", 3]", "[\"reverse\", 3]", "[\"reverse\", 2]", "[\"discard_tape\", 2]",
                                "[\"restore\", 0]", "[\"record\", 1]", "[\"reverse\", 1]"}));
}

TEST(ActionTest, TakesOverTheStartState) {
  PlanResult result = plan(makeProblem(2, 1, 2, 2), Policy::Optimal);
  EXPECT_EQ(
      lines(*result.table),
      (std::vector<std::string>{"[\"restore\", 0]", "[\"discard_state\", 0]", "[\"record\", 1]", "[\"keep\", 1]",
                                "[\"record\", 2]", "[\"reverse\", 2]", "[\"reverse\", 1]", "[\"discard_tape\", 1]"}));
}

TEST(ActionTest, KeepsTheStateBehindATapeThatIsNotRestartable) {
  // Both the tape of step 1 and state 1 are kept.
  PlanTable table(3, Start::External, false,
                  {{NodeKind::Empty, 0, 0, 0, 0},
                   {NodeKind::Leaf, 0, 0, 0, 0},
                   {NodeKind::RunToEnd, 0, 1, 1, 0},
                   {NodeKind::KeepState, 0, 1, 0, 2},
                   {NodeKind::KeepTape, 0, 1, 0, 3}});
  ASSERT_EQ(table.validate(), std::nullopt);
  EXPECT_EQ(lines(table),
            (std::vector<std::string>{"[\"restore\", 0]", "[\"record\", 1]", "[\"keep\", 1]", "[\"checkpoint\", 1]",
                                      "[\"advance\", 1, 2]", "[\"record\", 3]", "[\"reverse\", 3]", "[\"restore\", 1]",
                                      "[\"record\", 2]", "[\"reverse\", 2]", "[\"discard_state\", 1]",
                                      "[\"reverse\", 1]", "[\"discard_tape\", 1]"}));
}

TEST(ActionTest, MovesAndActionsCountAlike) {
  RandomProblems random(6);
  for (int64_t i = 0; i < 500; ++i) {
    EqualChain problem = random.problem(50, 3, 7);
    PlanResult result = plan(problem, Policy::Optimal);
    if (!result.ok())
      continue;
    MoveCounts counts;
    int64_t kept = 0, discarded = 0;
    for (const Action &action : result.actions()) {
      counts.advances += action.kind == ActionKind::Advance ? action.to - action.step : 0;
      counts.records += action.kind == ActionKind::Record;
      counts.reverses += action.kind == ActionKind::Reverse;
      kept += action.kind == ActionKind::Checkpoint || action.kind == ActionKind::Keep;
      discarded += action.kind == ActionKind::DiscardState || action.kind == ActionKind::DiscardTape;
    }
    EXPECT_EQ(counts.advances, result.plan.advance) << problem;
    EXPECT_EQ(counts.records, problem.steps) << problem;
    EXPECT_EQ(counts.reverses, problem.steps) << problem;
    // All that is kept is discarded, and the initial state at most once.
    EXPECT_GE(discarded, kept) << problem;
    EXPECT_LE(discarded, kept + 1) << problem;
  }
}
