//===- PlanTableTest.cpp - tables, good and broken --------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"
#include "Problems.h"

#include <gtest/gtest.h>

using namespace remat::schedule;

static constexpr Node emptyNode = {NodeKind::Empty, 0, 0, 0, 0};
static constexpr Node leafNode = {NodeKind::Leaf, 0, 0, 0, 0};

static std::string errorOf(int64_t steps, std::vector<Node> nodes, bool restartable = true,
                           Start start = Start::Releasable) {
  PlanTable table(steps, start, restartable, nodes);
  return table.validate().value_or("");
}

TEST(PlanTableTest, DefaultIsTheEmptyTable) {
  PlanTable table;
  EXPECT_EQ(table.validate(), std::nullopt);
  EXPECT_EQ(table.getSteps(), 0);
  EXPECT_EQ(table.stackDepth(), 1);
}

TEST(PlanTableTest, GoodTables) {
  EXPECT_EQ(errorOf(0, {emptyNode}), "");
  EXPECT_EQ(errorOf(1, {leafNode}), "");
  EXPECT_EQ(errorOf(5, {emptyNode, leafNode, {NodeKind::KeepTape, 0, 4, 0, 1}}), "");
  EXPECT_EQ(errorOf(5, {leafNode, {NodeKind::KeepState, 1, 4, 0, 0}}), "");
  EXPECT_EQ(errorOf(5, {leafNode, {NodeKind::RunToEnd, 0, 4, 0, 0}}), "");
  EXPECT_EQ(errorOf(2, {leafNode, {NodeKind::TakeOver, 0, 0, 0, 0}}), "");
}

TEST(PlanTableTest, BadShape) {
  EXPECT_EQ(errorOf(2, {leafNode}), "the root covers 1 steps, but the table is for 2");
  EXPECT_EQ(errorOf(1, {}), "has a node count that does not fit its size");
  EXPECT_EQ(errorOf(1, {{NodeKind(9), 0, 0, 0, 0}}), "node 0 has an unknown kind");
  EXPECT_EQ(errorOf(2, {{NodeKind::RunToEnd, 0, 1, 0, 0}, leafNode}), "node 0 does not come after its children");
  EXPECT_EQ(errorOf(2, {leafNode, {NodeKind::RunToEnd, 0, 1, -1, 0}}), "node 1 does not come after its children");
  EXPECT_EQ(errorOf(2, {leafNode, {NodeKind::RunToEnd, 0, 0, 0, 0}}), "node 1 has a bad count");
  EXPECT_EQ(errorOf(2, {leafNode, {NodeKind::KeepState, -1, 1, 0, 0}}), "node 1 has a bad stride");
  EXPECT_EQ(errorOf(3, {leafNode, {NodeKind::KeepState, 2, 1, 0, 0}}),
            "node 1 has a left part that is not as long as its stride");
  EXPECT_EQ(errorOf(1, {emptyNode, leafNode, {NodeKind::KeepState, 1, 1, 1, 0}}),
            "node 2 keeps a state with no step behind it");
}

TEST(PlanTableTest, BadMode) {
  Node leaf = leafNode;
  leaf.mode = 2;
  PlanTable good(1, Start::Pinned, true, {leaf});
  EXPECT_EQ(good.validate(), std::nullopt);
  EXPECT_EQ(good.getNumModes(), 3);
  // The last word is the mode of the leaf, the fifth one the number of modes.
  std::vector<int64_t> words = good.getWords();
  words[4] = 2;
  EXPECT_EQ(PlanTable(words).validate(), "node 0 has a bad mode");
  words[4] = 3;
  words.back() = -1;
  EXPECT_EQ(PlanTable(words).validate(), "node 0 has a bad mode");
  // What records no tape has none.
  Node empty = emptyNode;
  empty.mode = 1;
  EXPECT_EQ(errorOf(0, {empty}), "node 0 has a bad mode");
  EXPECT_EQ(errorOf(2, {emptyNode, leafNode, {NodeKind::KeepState, 1, 1, 1, 1, 1}}), "node 2 has a bad mode");
}

TEST(PlanTableTest, BadHeader) {
  std::vector<int64_t> good = PlanTable(1, Start::Pinned, true, {leafNode}).getWords();
  struct Case {
    size_t word;
    int64_t value;
    const char *error;
  };
  for (const Case &c :
       {Case{0, 17, "is not a plan table"}, Case{0, tableMagic - 1, "is a plan table of another version of the format"},
        Case{0, tableMagic + 1, "is a plan table of another version of the format"},
        Case{1, -1, "has a bad number of steps"}, Case{1, int64_t(1) << 40, "has a bad number of steps"},
        Case{2, 3, "has an unknown kind of start"}, Case{3, 2, "has a restartable flag that is neither 0 nor 1"},
        Case{4, 0, "has a bad number of modes"}, Case{4, int64_t(1) << 31, "has a bad number of modes"},
        Case{5, 2, "has a node count that does not fit its size"},
        Case{5, -1, "has a node count that does not fit its size"}}) {
    std::vector<int64_t> words = good;
    words[c.word] = c.value;
    EXPECT_EQ(PlanTable(words).validate(), c.error);
  }
  EXPECT_EQ(PlanTable(std::vector<int64_t>()).validate(), "is not a plan table");
  good.pop_back();
  EXPECT_EQ(PlanTable(good).validate(), "has a node count that does not fit its size");
}

TEST(PlanTableTest, Overflow) {
  int64_t huge = INT64_MAX / 2;
  EXPECT_EQ(errorOf(5, {leafNode, {NodeKind::RunToEnd, 0, huge, 0, 0}}), "node 1 covers too many steps");
  EXPECT_EQ(errorOf(5, {leafNode, {NodeKind::KeepState, 1, INT64_MAX, 0, 0}}), "node 1 covers too many steps");
  // Each level doubles the work of the one below; the lengths stay small.
  PlanTable table(3, Start::Pinned, true, {leafNode, {NodeKind::KeepState, 1, 2, 0, 0}});
  EXPECT_EQ(table.slotPeak({INT64_MAX / 2, 1, 5}), std::nullopt);
}

TEST(PlanTableTest, StartStatesMustBeReadable) {
  Node keepTwo = {NodeKind::KeepTape, 1, 2, 1, 1};
  EXPECT_EQ(errorOf(5, {emptyNode, leafNode, keepTwo}, true), "");
  EXPECT_EQ(errorOf(5, {emptyNode, leafNode, keepTwo}, false),
            "node 2 is a run of tapes with steps between them, but tapes are "
            "not restartable");

  Node rerun = {NodeKind::RunToEnd, 0, 1, 0, 0};
  EXPECT_EQ(errorOf(4, {leafNode, rerun, {NodeKind::KeepTape, 1, 1, 0, 1}}), "");
  EXPECT_EQ(errorOf(4, {leafNode, rerun, {NodeKind::KeepTape, 1, 1, 0, 1}}, false),
            "node 2 has a right part that reads its start state again, but tapes are "
            "not restartable");

  // Keeping the state first makes it readable.
  std::vector<Node> kept = {emptyNode,
                            leafNode,
                            {NodeKind::RunToEnd, 0, 1, 1, 0},
                            {NodeKind::KeepState, 0, 1, 0, 2},
                            {NodeKind::KeepTape, 1, 1, 1, 3}};
  EXPECT_EQ(errorOf(4, kept, false), "");
  EXPECT_EQ(errorOf(4, kept, true), "node 4 has a right part that keeps its start state again");
  kept.pop_back();
  EXPECT_EQ(errorOf(2, kept, false), "the root keeps its start state again");
}

TEST(PlanTableTest, OnlySlotsAreTakenOver) {
  std::vector<Node> taken = {leafNode, {NodeKind::TakeOver, 0, 0, 0, 0}};
  for (Start start : {Start::Pinned, Start::External})
    EXPECT_EQ(errorOf(2, taken, true, start), "the root releases a start state that is not releasable");
  taken.push_back({NodeKind::KeepTape, 1, 1, 0, 1});
  EXPECT_EQ(errorOf(4, taken), "node 2 has a right part that takes over the slot of a tape");
  taken.back() = {NodeKind::KeepTape, 2, 2, 1, 0};
  EXPECT_EQ(errorOf(7, taken), "node 2 has a left part that takes over the slot of a tape");
  taken.back() = {NodeKind::KeepState, 2, 2, 1, 1};
  EXPECT_EQ(errorOf(6, taken), "");
}

/// Whatever is changed in a table: validate() refuses it, or it can be walked
/// and its summary is true.
TEST(PlanTableTest, BrokenTablesNeverMisleadTheWalker) {
  RandomProblems random(9);
  constexpr SlotSizes sizes = {7, 19, 11};
  int64_t accepted = 0, refused = 0;
  for (int64_t i = 0; i < 3000; ++i) {
    PlanResult result = plan(random.problem(25, 3, 6), Policy::Optimal);
    if (!result.ok())
      continue;
    std::vector<int64_t> words = result.table->getWords();
    for (int64_t change = random.number(1, 2); change > 0; --change) {
      size_t word = static_cast<size_t>(random.number(1, static_cast<int64_t>(words.size()) - 1));
      words[word] = random.number(0, 3) ? random.number(-1, 6) : words[word] + random.number(-1, 1);
    }
    PlanTable table(words);
    if (table.validate()) {
      ++refused;
      continue;
    }
    ++accepted;
    WalkResult walked = walk(table, sizes);
    ASSERT_EQ(walked.error, "");
    EXPECT_EQ(walked.counts, table.countMoves());
    EXPECT_EQ(walked.peak, table.getSteps() || walked.peak ? *table.slotPeak(sizes) : walked.peak);
  }
  EXPECT_GT(accepted, 50);
  EXPECT_GT(refused, 500);
}

TEST(PlanTableTest, WordsRoundTrip) {
  PlanResult result = plan(makeProblem(200, 1, 5, 33), Policy::Optimal);
  PlanTable copy(result.table->getWords());
  EXPECT_EQ(copy.validate(), std::nullopt);
  EXPECT_TRUE(copy == result.table);
  EXPECT_EQ(copy.countMoves(), result.table->countMoves());
}
