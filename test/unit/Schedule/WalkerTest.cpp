//===- WalkerTest.cpp - walks in a machine with bytes -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"
#include "Problems.h"
#include "remat/Schedule/ActionStream.h"
#include "remat/Schedule/Simulator.h"

#include <gtest/gtest.h>

#include <map>

using namespace remat::schedule;

/// Sizes in bytes without a common factor, so that no overlap goes unseen.
static constexpr SlotSizes oddSizes = {7, 19, 11};

static void expectGoodWalk(const EqualChain &problem, Policy policy, SlotSizes sizes) {
  PlanResult result = plan(problem, policy);
  if (!result.ok())
    return;
  WalkResult walked = walk(*result.table, sizes);
  ASSERT_EQ(walked.error, "") << problem << " " << stringifyPolicy(policy);
  EXPECT_EQ(walked.counts, result.table->countMoves()) << problem;
  EXPECT_EQ(walked.peak, result.table->slotPeak(sizes)) << problem;
  EXPECT_EQ(walked.firstRuns, problem.steps);
  EXPECT_EQ(walked.counts.forward(), result.plan.forward);
}

TEST(WalkerTest, EveryPolicyOnRandomProblems) {
  RandomProblems random(1);
  for (int64_t i = 0; i < 4000; ++i) {
    EqualChain problem = random.problem(i % 3 ? 12 : 90, 4, 9);
    for (Policy policy : monotonePolicies)
      expectGoodWalk(problem, policy, oddSizes);
    if (HasFailure())
      return;
  }
}

TEST(WalkerTest, TapesSmallerAndLargerThanStates) {
  RandomProblems random(2);
  for (int64_t i = 0; i < 500; ++i) {
    EqualChain problem = random.problem(60, 4, 9);
    for (SlotSizes sizes : {SlotSizes{19, 7, 3}, SlotSizes{5, 5, 5}, SlotSizes{64, 320, 128}})
      expectGoodWalk(problem, Policy::Optimal, sizes);
    if (HasFailure())
      return;
  }
}

TEST(WalkerTest, PeakInBytesIsThePeakOfThePlan) {
  RandomProblems random(3);
  for (int64_t i = 0; i < 500; ++i) {
    EqualChain problem = random.problem(80, 40, 90);
    problem.state += 1;
    problem.tape += 1;
    problem.initialState += 1;
    PlanResult result = plan(problem, Policy::Optimal);
    if (!result.ok() || problem.steps == 0)
      continue;
    SlotSizes sizes = {problem.state, problem.tape, problem.initialState};
    WalkResult walked = walk(*result.table, sizes);
    EXPECT_EQ(walked.error, "") << problem;
    EXPECT_EQ(walked.peak + problem.workspace, result.plan.peak) << problem;
    EXPECT_LE(result.plan.peak, problem.budget) << problem;
  }
}

/// The moves of a plan, in short: kind and step.
static std::string spell(const PlanTable &table, bool drops) {
  static const char *names[] = {"A", "a", "R", "r", "B", "S", "C", "T", "D", "d", "t"};
  std::vector<Walker::Frame> stack(table.stackDepth());
  Walker walker;
  walker.begin(table.data(), oddSizes, stack.data(), drops);
  std::string text;
  while (true) {
    Move move = walker.next();
    text += names[static_cast<int64_t>(move.kind)];
    if (move.kind == MoveKind::Done)
      return text;
    text += std::to_string(move.step) + " ";
  }
}

TEST(WalkerTest, SpelledOut) {
  // Four steps, room for one state: keep it in the middle.
  PlanResult states = plan(makeProblem(4, 1, 9, 2, Start::Pinned), Policy::Revolve);
  EXPECT_EQ(spell(*states.table, false), "A0 A1 A2 R3 T4 B3 r2 B2 a0 r1 B1 r0 B0 D");
  EXPECT_EQ(spell(*states.table, true), "A0 A1 A2 R3 T4 B3 r2 B2 d2 a0 r1 B1 r0 B0 D");
  // The same with a tape: what follows it begins from it.
  EXPECT_EQ(spell(tapeInTheMiddle(), true), "A0 R1 A2 R3 T4 B3 S2 r2 B2 B1 t1 r0 B0 D");
  // Two steps, and the first tape takes the place of the start state.
  PlanResult taken = plan(makeProblem(2, 1, 2, 2), Policy::Optimal);
  EXPECT_EQ(spell(*taken.table, true), "C0 d0 R0 R1 T2 B1 B0 t0 D");
}

/// The example of TableFormat.h and Walker.h: its words, and its moves with their places.
TEST(WalkerTest, Example) {
  PlanResult result = plan(makeProblem(7, 1, 3, 6, Start::External), Policy::Optimal);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.table->getWords(),
            (std::vector<int64_t>{tableMagic, 7, 2, 1, 1, 5, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
                                  3,          0, 2, 0, 1, 0, 3, 1, 1, 1, 1, 0, 3, 3, 1, 2, 3, 0}));
  EXPECT_EQ(result.plan.forward, 11);

  using M = MoveKind;
  const std::vector<Move> expected = {{M::AdvanceFirst, 0, InitialState, CoreState0, NoPlace},
                                      {M::AdvanceFirst, 1, CoreState0, CoreState1, NoPlace},
                                      {M::AdvanceFirst, 2, CoreState1, CoreState0, NoPlace},
                                      {M::RecordFirst, 3, CoreState0, CoreState1, 0},
                                      {M::AdvanceFirst, 4, CoreState1, CoreState0, NoPlace},
                                      {M::RecordFirst, 5, CoreState0, CoreState1, 192},
                                      {M::RecordFirst, 6, CoreState1, CoreState0, CoreTape},
                                      {M::Turn, 7, CoreState0, NoPlace, NoPlace},
                                      {M::Reverse, 6, NoPlace, NoPlace, CoreTape},
                                      {M::Reverse, 5, NoPlace, NoPlace, 192},
                                      {M::Resume, 4, 0, CoreState0, NoPlace},
                                      {M::RecordAgain, 4, CoreState0, CoreState1, CoreTape},
                                      {M::Reverse, 4, NoPlace, NoPlace, CoreTape},
                                      {M::Reverse, 3, NoPlace, NoPlace, 0},
                                      {M::RecordAgain, 0, InitialState, CoreState0, 0},
                                      {M::RecordAgain, 1, CoreState0, CoreState1, 192},
                                      {M::RecordAgain, 2, CoreState1, CoreState0, CoreTape},
                                      {M::Reverse, 2, NoPlace, NoPlace, CoreTape},
                                      {M::Reverse, 1, NoPlace, NoPlace, 192},
                                      {M::Reverse, 0, NoPlace, NoPlace, 0}};
  std::vector<Walker::Frame> stack(result.table->stackDepth());
  Walker walker;
  walker.begin(result.table->data(), {64, 192, 64}, stack.data());
  for (const Move &want : expected) {
    Move move = walker.next();
    EXPECT_EQ(move.kind, want.kind) << want.step;
    EXPECT_EQ(move.step, want.step);
    EXPECT_EQ(move.src, want.src) << want.step;
    EXPECT_EQ(move.dst, want.dst) << want.step;
    EXPECT_EQ(move.tape, want.tape) << want.step;
  }
  EXPECT_EQ(walker.next().kind, MoveKind::Done);
}

/// The moves that are no advances.
static std::vector<Move> otherMoves(const PlanTable &table, bool skips) {
  std::vector<Walker::Frame> stack(table.stackDepth());
  Walker walker;
  walker.begin(table.data(), oddSizes, stack.data(), /*drops=*/true);
  std::vector<Move> moves;
  while (true) {
    Move move = walker.next();
    if (move.kind == MoveKind::Done)
      return moves;
    if (move.kind != MoveKind::AdvanceAgain && move.kind != MoveKind::AdvanceFirst)
      moves.push_back(move);
    else if (skips && move.dst < 0)
      walker.skipRun();
  }
}

TEST(WalkerTest, SkippedAdvancesChangeNothingElse) {
  RandomProblems random(6);
  for (int64_t i = 0; i < 300; ++i) {
    EqualChain problem = random.problem(60, 3, 7);
    for (Policy policy : monotonePolicies) {
      PlanResult result = plan(problem, policy);
      if (!result.ok())
        continue;
      auto isSame = [](const Move &a, const Move &b) {
        return a.kind == b.kind && a.step == b.step && a.src == b.src && a.dst == b.dst && a.tape == b.tape;
      };
      std::vector<Move> all = otherMoves(*result.table, false), rest = otherMoves(*result.table, true);
      EXPECT_TRUE(std::equal(all.begin(), all.end(), rest.begin(), rest.end(), isSame)) << problem;
    }
  }
}

TEST(WalkerTest, StatesAreWrittenInPlace) {
  // No plan copies a state except in front of a tape that takes its slot over.
  RandomProblems random(4);
  for (int64_t i = 0; i < 300; ++i) {
    EqualChain problem = random.problem(60, 3, 7);
    for (Policy policy : {Policy::StoreAll, Policy::Periodic, Policy::Revolve, Policy::Ism, Policy::Msm}) {
      PlanResult result = plan(problem, policy);
      if (result.ok()) {
        EXPECT_EQ(result.plan.copy, 0) << problem;
      }
    }
  }
}

TEST(WalkerTest, ZeroStepsTurnOnce) {
  for (Start start : allStarts) {
    PlanResult result = plan(makeProblem(0, 1, 1, 1, start), Policy::Optimal);
    ASSERT_TRUE(result.ok());
    std::vector<Walker::Frame> stack(result.table->stackDepth());
    Walker walker;
    walker.begin(result.table->data(), oddSizes, stack.data());
    Move turn = walker.next();
    EXPECT_EQ(turn.kind, MoveKind::Turn);
    EXPECT_EQ(turn.src, start == Start::External ? static_cast<int64_t>(InitialState) : 0);
    EXPECT_EQ(walker.next().kind, MoveKind::Done);
    EXPECT_EQ(walker.next().kind, MoveKind::Done);
  }
}

TEST(WalkerTest, CopyInTheMiddleOfAWalk) {
  // The runtime keeps a walker in plain memory: a copy goes on alike.
  PlanResult result = plan(makeProblem(40, 1, 5, 12), Policy::Optimal);
  std::vector<Walker::Frame> stack(result.table->stackDepth());
  Walker walker;
  walker.begin(result.table->data(), oddSizes, stack.data());
  for (int64_t i = 0; i < 50; ++i)
    walker.next();
  std::vector<Walker::Frame> otherStack = stack;
  Walker first = walker;
  std::vector<int64_t> steps;
  for (int64_t i = 0; i < 30; ++i)
    steps.push_back(first.next().step);
  stack = otherStack;
  for (int64_t i = 0; i < 30; ++i)
    EXPECT_EQ(walker.next().step, steps[i]);
}

/// The table with a mode drawn for each node that records tapes.
static PlanTable drawModes(const PlanTable &table, RandomProblems &random) {
  std::vector<Node> nodes;
  for (int64_t i = 0; i < table.getNumNodes(); ++i) {
    nodes.push_back(table.getNode(i));
    if (hasMode(nodes.back().kind))
      nodes.back().mode = random.number(0, 2);
  }
  return PlanTable(table.getSteps(), table.getStart(), table.isRestartable(), nodes);
}

// A tape is reversed, read and dropped in the mode in which it was recorded, and the
// referee sees the same modes.
TEST(WalkerTest, ModesGoWithTheirTapes) {
  RandomProblems random(7);
  std::map<MoveKind, int64_t> seen;
  for (int64_t i = 0; i < 400 && !HasFailure(); ++i) {
    EqualChain problem = random.problem(30, 3, 6);
    PlanResult result = plan(problem, Policy::Optimal);
    if (!result.ok())
      continue;
    PlanTable table = drawModes(*result.table, random);
    ASSERT_EQ(table.validate(), std::nullopt);
    std::vector<Walker::Frame> stack(table.stackDepth());
    Walker walker;
    walker.begin(table.data(), oddSizes, stack.data(), /*drops=*/true);
    std::map<int64_t, int64_t> modes;
    for (Move move = walker.next(); move.kind != MoveKind::Done; move = walker.next()) {
      if (move.kind == MoveKind::RecordAgain || move.kind == MoveKind::RecordFirst) {
        modes[move.tape] = move.mode;
      } else if (move.kind == MoveKind::Resume) {
        EXPECT_EQ(move.mode, modes[move.src]) << problem;
      } else {
        EXPECT_EQ(move.mode, move.tape == NoPlace ? 0 : modes[move.tape]) << problem;
      }
      seen[move.kind] += move.mode > 0;
    }
    Chain chain(problem);
    chain.stages.front().modes.resize(3, chain.stages.front().modes.front());
    SimulationResult played = simulate(chain, actions(table));
    EXPECT_TRUE(played.valid) << problem << ": " << played.rule;
    EXPECT_EQ(played.peak, result.plan.peak);
    EXPECT_EQ(played.time, result.plan.time);
  }
  for (MoveKind kind :
       {MoveKind::RecordFirst, MoveKind::RecordAgain, MoveKind::Reverse, MoveKind::Resume, MoveKind::DropTape})
    EXPECT_GT(seen[kind], 0) << static_cast<int64_t>(kind);
}
