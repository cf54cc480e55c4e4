//===- SimulatorTest.cpp - the referee sees every foul ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Simulator.h"
#include "Problems.h"
#include "remat/Schedule/ActionStream.h"

#include <gtest/gtest.h>

#include <initializer_list>

using namespace remat::schedule;

using Kind = ActionKind;

static EqualChain threeSteps() {
  EqualChain problem = makeProblem(3, 1, 2, 4);
  problem.advance = 2;
  problem.record = 3;
  problem.reverse = 5;
  return problem;
}

/// A schedule of threeSteps() that uses every kind of action.
static std::vector<Action> goodActions() {
  return {{Kind::Restore, 0},     {Kind::Advance, 0, 1},   {Kind::Checkpoint, 1}, {Kind::Record, 2},
          {Kind::Keep, 2},        {Kind::Record, 3},       {Kind::Reverse, 3},    {Kind::Reverse, 2},
          {Kind::DiscardTape, 2}, {Kind::DiscardState, 1}, {Kind::Restore, 0},    {Kind::Record, 1},
          {Kind::Reverse, 1},     {Kind::DiscardState, 0}};
}

TEST(SimulatorTest, CountsAGoodSchedule) {
  SimulationResult result = simulate(threeSteps(), goodActions());
  EXPECT_TRUE(result.valid) << result.rule;
  EXPECT_EQ(result.advance, 1);
  EXPECT_EQ(result.record, 3);
  EXPECT_EQ(result.forward, 4);
  EXPECT_EQ(result.reverse, 3);
  EXPECT_EQ(result.time, 2 + 3 * 3 + 3 * 5);
  EXPECT_EQ(result.peak, 1 + 1 + 2);
}

/// Writes down what it is told.
class Notes final : public SimulationObserver {
public:
  std::vector<std::string> lines;

  void ran(int64_t from, int64_t to, int64_t begin, int64_t end, bool isRecord) override {
    add({isRecord ? "record" : "advance", number(from), number(to), span(begin, end)});
  }
  void reversed(int64_t step, int64_t begin, int64_t end) override { add({"reverse", number(step), span(begin, end)}); }
  void kept(Item item, bool isSlow, int64_t time) override { add({"keep", nameOf(item, isSlow), number(time)}); }
  void discarded(Item item, bool isSlow, int64_t time) override {
    add({"discard", nameOf(item, isSlow), number(time)});
  }
  void transferred(Item item, bool isWrite, int64_t begin, int64_t end) override {
    add({isWrite ? "write" : "read", nameOf(item, false), span(begin, end)});
  }
  void used(int64_t size, int64_t time) override { add({"used", number(size), number(time)}); }
  void ended(int64_t time) override { add({"end", number(time)}); }

private:
  static std::string number(int64_t value) { return std::to_string(value); }
  static std::string span(int64_t begin, int64_t end) { return number(begin) + "-" + number(end); }
  static std::string nameOf(Item item, bool isSlow) {
    return (isSlow ? "slow " : "") + std::string(item.isTape ? "tape " : "state ") + number(item.step);
  }
  void add(std::initializer_list<std::string> words) {
    std::string line;
    for (const std::string &word : words)
      line += (line.empty() ? "" : " ") + word;
    lines.push_back(line);
  }
};

TEST(SimulatorTest, TellsAnObserver) {
  Notes notes;
  Chain chain(threeSteps());
  Simulator simulator(chain, &notes);
  for (const Action &action : goodActions())
    ASSERT_TRUE(simulator.play(action));
  EXPECT_TRUE(simulator.finish().valid);
  EXPECT_EQ(notes.lines,
            (std::vector<std::string>{"keep state 0 0",  "used 1 0",           "advance 0 1 0-2", "keep state 1 2",
                                      "used 2 2",        "record 1 2 2-5",     "keep tape 2 5",   "used 4 5",
                                      "record 2 3 5-8",  "reverse 3 8-13",     "reverse 2 13-18", "discard tape 2 18",
                                      "used 2 18",       "discard state 1 18", "used 1 18",       "record 0 1 18-21",
                                      "reverse 1 21-26", "discard state 0 26", "used 0 26",       "end 26"}));
}

TEST(SimulatorTest, TellsAnObserverOfTheSlowTier) {
  Chain chain(threeSteps());
  chain.slow.emplace();
  chain.slow->write = 4;
  chain.slow->read = 7;
  Notes notes;
  Simulator simulator(chain, &notes);
  for (Action action : {Action{Kind::Advance, 0, 1},
                        {Kind::Checkpoint, 1},
                        {Kind::Offload, 1},
                        {Kind::Record, 2},
                        {Kind::Await, 1},
                        {Kind::DiscardState, 1},
                        {Kind::Prefetch, 1},
                        {Kind::Await, 1},
                        {Kind::DiscardState, 1},
                        {Kind::DiscardState, 1}})
    ASSERT_TRUE(simulator.play(action));
  simulator.finish();
  EXPECT_EQ(notes.lines,
            (std::vector<std::string>{"keep state 0 0", "used 1 0", "advance 0 1 0-2", "keep state 1 2", "used 2 2",
                                      "write state 1 2-6", "keep slow state 1 2", "record 1 2 2-5", "discard state 1 6",
                                      "used 1 6", "read state 1 6-13", "keep state 1 6", "used 2 6",
                                      "discard state 1 13", "used 1 13", "discard slow state 1 13", "end 13"}));
}

TEST(SimulatorTest, NamesTheActionAndTheRule) {
  struct Case {
    size_t position;
    Action action;
    const char *rule;
  };
  for (const Case &c : {
           Case{1, {Kind::Advance, 1, 2}, "expects state 1 in the core"},
           Case{1, {Kind::Advance, 0, 0}, "expects to advance to a later state, but got 0"},
           Case{1, {Kind::Advance, 0, 4}, "expects to advance to a later state, but got 4"},
           Case{2, {Kind::Checkpoint, 2}, "expects state 2 in the core"},
           Case{0, {Kind::Checkpoint, 0}, "expects a state that is not kept yet"},
           Case{3, {Kind::Record, 3}, "expects state 2 in the core"},
           Case{4, {Kind::Keep, 1}, "expects the tape of step 1 in the core"},
           Case{5, {Kind::Keep, 2}, "expects a tape that is not kept yet"},
           Case{6, {Kind::Reverse, 2}, "expects step 3 to be reversed next"},
           Case{8, {Kind::Reverse, 1}, "expects the tape of step 1 in the core or kept"},
           Case{8, {Kind::DiscardTape, 1}, "expects a kept tape of step 1"},
           Case{9, {Kind::DiscardState, 2}, "expects a checkpoint of state 2"},
           Case{10,
                {Kind::Restore, 1},
                "expects a checkpoint of state 1 or the kept, restartable "
                "tape of its step"},
           Case{0, {Kind::Restore, -1}, "expects a number from 0 to 3, but got -1"},
           Case{0, {Kind::Record, 0}, "expects a number from 1 to 3, but got 0"},
           Case{0, {Kind::Reverse, 4}, "expects a number from 1 to 3, but got 4"},
           Case{0, {Kind(99), 1}, "expects a known kind of action"},
       }) {
    std::vector<Action> changed = goodActions();
    changed[c.position] = c.action;
    SimulationResult result = simulate(threeSteps(), changed);
    EXPECT_FALSE(result.valid);
    EXPECT_EQ(result.action, static_cast<int64_t>(c.position) + 1) << c.rule;
    EXPECT_EQ(result.rule, c.rule);
  }
}

TEST(SimulatorTest, Budget) {
  EqualChain problem = threeSteps();
  problem.budget = 3;
  SimulationResult result = simulate(problem, goodActions());
  EXPECT_EQ(result.action, 5);
  EXPECT_EQ(result.rule, "expects at most 3 to be kept, but this makes it 4");
  problem.workspace = 3;
  result = simulate(problem, goodActions());
  EXPECT_EQ(result.action, 0);
  EXPECT_EQ(result.rule, "expects the initial state and the workspace to fit "
                         "in the budget 3, but they take 4");
}

TEST(SimulatorTest, StartStates) {
  EqualChain problem = threeSteps();
  problem.start = Start::Pinned;
  SimulationResult result = simulate(problem, goodActions());
  EXPECT_EQ(result.action, 14);
  EXPECT_EQ(result.rule, "expects the initial state to stay");

  problem.start = Start::External;
  problem.budget = 3;
  std::vector<Action> actions = goodActions();
  actions.pop_back();
  result = simulate(problem, actions);
  EXPECT_TRUE(result.valid) << result.rule;
  EXPECT_EQ(result.peak, 3);
}

TEST(SimulatorTest, RestartFromATape) {
  EqualChain problem = makeProblem(3, 1, 2, 4);
  std::vector<Action> list = {{Kind::Record, 1}, {Kind::Keep, 1},    {Kind::Advance, 1, 2},
                              {Kind::Record, 3}, {Kind::Reverse, 3}, {Kind::Restore, 1},
                              {Kind::Record, 2}, {Kind::Reverse, 2}, {Kind::Reverse, 1}};
  EXPECT_TRUE(simulate(problem, list).valid);
  problem.restartable = false;
  EXPECT_EQ(simulate(problem, list).action, 6);
}

TEST(SimulatorTest, TooShort) {
  std::vector<Action> list = goodActions();
  list.resize(12);
  SimulationResult result = simulate(threeSteps(), list);
  EXPECT_FALSE(result.valid);
  EXPECT_EQ(result.action, 13);
  EXPECT_EQ(result.rule, "expects step 1 to be reversed");
}

/// Any action left out, misnumbered or swapped breaks a plan, unless it only
/// keeps something longer than needed.
TEST(SimulatorTest, Mutations) {
  RandomProblems random(12);
  int64_t mutants = 0;
  for (int64_t i = 0; i < 150; ++i) {
    EqualChain problem = random.problem(14, 3, 5);
    PlanResult result = plan(problem, Policy::Optimal);
    if (!result.ok())
      continue;
    std::vector<Action> good = result.actions();
    ASSERT_TRUE(simulate(problem, good).valid) << problem;
    for (size_t at = 0; at < good.size(); ++at) {
      bool discards = good[at].kind == Kind::DiscardState || good[at].kind == Kind::DiscardTape;
      // At the start state 0 is in the core anyway.
      bool idle = at == 0 && good[at].kind == Kind::Restore;
      std::vector<Action> mutant = good;
      mutant.erase(mutant.begin() + static_cast<int64_t>(at));
      SimulationResult played = simulate(problem, mutant);
      if (discards && played.valid)
        EXPECT_LE(played.peak, problem.budget);
      else
        EXPECT_EQ(played.valid, idle) << problem << " without " << stringifyAction(good[at]);

      for (int64_t shift : {-1, 1}) {
        mutant = good;
        mutant[at].step += shift;
        EXPECT_FALSE(simulate(problem, mutant).valid) << problem << " with " << stringifyAction(mutant[at]);
        if (good[at].kind != Kind::Advance)
          continue;
        mutant = good;
        mutant[at].to += shift;
        EXPECT_FALSE(simulate(problem, mutant).valid) << problem << " with " << stringifyAction(mutant[at]);
      }
      ++mutants;
    }
  }
  EXPECT_GT(mutants, 1000);
}
