//===- ProgramTest.cpp - Whole programs: words, layout, plans ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/ABI/Walk.h"
#include "remat/Runtime/Planner.h"
#include "remat/Schedule/ProgramPlanner.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <random>

using namespace remat;
using namespace remat::schedule;

namespace {

/// Two loops, one after the other forward and in reverse order backward, and a
/// stacked output between them that has one element per step of the first.
ProgramProblem makeProgram() {
  ProgramProblem problem;
  problem.numCounts = 2;
  problem.parameterBytes = 640;
  ProgramLoop first;
  first.stages[0].count = 0;
  first.stages[0].stateBytes = 128;
  first.stages[0].tapeBytes = 320;
  first.stages[0].carriedBytes = 64;
  first.gradientBytes = 64;
  first.stages[0].forwardWorkspaceBytes = 192;
  first.stages[0].turnWorkspaceBytes = 128;
  first.stages[0].reverseWorkspaceBytes = 128;
  first.stages[0].linearizeWorkspaceBytes = 64;
  first.stages[0].againWorkspaceBytes = 192;
  first.stages[0].advanceTime = 1000;
  first.stages[0].recordTime = 1100;
  first.stages[0].reverseTime = 2000;
  first.isDifferentiated = true;
  first.stages[0].isRestartable = true;
  first.forward = first.filled = 10;
  first.backward = 40;
  ProgramLoop second = first;
  second.stages[0].count = 1;
  second.stages[0].stateBytes = 192;
  second.initialBytes = 192;
  second.filled = 15;
  second.forward = 20;
  second.backward = 30;
  problem.loops = {first, second};
  ProgramBuffer stacked;
  stacked.bytes = 60;
  stacked.count = 0;
  stacked.first = 10;
  stacked.last = 40;
  ProgramBuffer initial;
  initial.bytes = 192;
  initial.first = 15;
  initial.last = 30;
  initial.home = BufferHome::Slots;
  initial.loop = 1;
  ProgramBuffer unused;
  unused.bytes = 64;
  unused.first = unused.last = 10;
  unused.home = BufferHome::ForwardCore;
  unused.loop = 0;
  unused.offsetInHome = 64;
  problem.buffers = {stacked, initial, unused};
  return problem;
}

ProgramInstance makeInstance(const ProgramProblem &problem, std::vector<int64_t> counts) {
  Verdict verdict;
  std::optional<ProgramInstance> instance = ProgramInstance::create(problem, std::move(counts), verdict);
  EXPECT_TRUE(instance) << verdict.message;
  return *instance;
}

/// A plan by way of words, as a program gets it.
struct RuntimeResult {
  RuntimeResult(const std::vector<int64_t> &problem, const std::vector<int64_t> &counts) {
    RematProgramPlan *plan = nullptr;
    status = rematPlanProgram(problem.data(), static_cast<int64_t>(problem.size()), counts.data(),
                              static_cast<int64_t>(counts.size()), &plan);
    int64_t numWords = 0;
    const int64_t *begin = rematPlanGetWords(plan, &numWords);
    words.assign(begin, begin + numWords);
    message = rematPlanGetMessage(plan);
    minimum = rematPlanGetMinimum(plan);
    rematPlanDestroy(plan);
  }

  int32_t status;
  std::vector<int64_t> words;
  std::string message;
  int64_t minimum;
};

} // namespace

TEST(ProgramWords, SurviveARoundTrip) {
  ProgramProblem problem = makeProgram();
  problem.policy = Policy::Revolve;
  problem.budget = Budget::share(5, 100);
  std::vector<int64_t> words = problem.write();
  ProgramProblem again;
  ASSERT_TRUE(ProgramProblem::read(words.data(), static_cast<int64_t>(words.size()), again).ok());
  EXPECT_EQ(again.write(), words);
  EXPECT_EQ(again.policy, Policy::Revolve);
  EXPECT_EQ(again.budget.resolve(1000, 0), 50);
  EXPECT_EQ(again.buffers[2].home, BufferHome::ForwardCore);
}

TEST(ProgramWords, HoldEveryPolicyWithTables) {
  ProgramProblem problem = makeProgram(), again;
  for (const PolicyInfo &info : allPolicies) {
    problem.policy = info.policy;
    std::vector<int64_t> words = problem.write();
    bool isRead = ProgramProblem::read(words.data(), static_cast<int64_t>(words.size()), again).ok();
    EXPECT_EQ(isRead, info.has(PlansPrograms)) << info.name;
    if (isRead) {
      EXPECT_EQ(again.policy, problem.policy);
    }
  }
}

TEST(ProgramWords, OfAnyLengthOrValueAreRejectedOrValid) {
  const std::vector<int64_t> words = makeProgram().write();
  ProgramProblem problem;
  for (size_t length = 0; length < words.size(); ++length)
    EXPECT_FALSE(ProgramProblem::read(words.data(), static_cast<int64_t>(length), problem).ok());
  int rejected = 0;
  for (size_t position = 0; position < words.size(); ++position)
    for (int64_t value : {std::numeric_limits<int64_t>::min(), int64_t(-2), int64_t(1), int64_t(1) << 40,
                          std::numeric_limits<int64_t>::max()}) {
      std::vector<int64_t> bad = words;
      bad[position] = value;
      // Whatever is accepted can be laid out without harm.
      if (!ProgramProblem::read(bad.data(), static_cast<int64_t>(bad.size()), problem).ok()) {
        ++rejected;
        continue;
      }
      Verdict verdict;
      std::vector<int64_t> counts(problem.numCounts < 100 ? static_cast<size_t>(problem.numCounts) : 0, 3);
      if (auto instance = ProgramInstance::create(problem, counts, verdict))
        instance->layOut(std::vector<LoopNeeds>(instance->getNumLoops()));
    }
  EXPECT_GT(rejected, 100);
}

TEST(ProgramInstance, RejectsCountsThatAreNegativeOrTooMany) {
  ProgramProblem problem = makeProgram();
  Verdict verdict;
  EXPECT_FALSE(ProgramInstance::create(problem, {-1, 3}, verdict));
  EXPECT_EQ(verdict.message, "a trip count or extent of -1 is not in the range 0 to 2147483648");
  EXPECT_FALSE(ProgramInstance::create(problem, {1}, verdict));
  EXPECT_EQ(verdict.message, "expected 2 counts, but got 1");
}

TEST(ProgramInstance, GivesBuffersTheirHomes) {
  ProgramProblem problem = makeProgram();
  ProgramInstance instance = makeInstance(problem, {5, 4});
  ASSERT_TRUE(instance.layOut({{640, 3}, {832, 2}}));
  EXPECT_EQ(instance.getBuffer(0).bytes, 320);
  EXPECT_EQ(instance.getBufferOffset(1), instance.getPart(1, LoopPart::Slots).offset);
  EXPECT_EQ(instance.getBufferOffset(2), instance.getPart(0, LoopPart::ForwardState1).offset + 64);
  EXPECT_EQ(instance.getBuffer(2).bytes, 0);

  // Short loops have no core memory to spare, and no steps no slots.
  ProgramInstance shorter = makeInstance(problem, {2, 0});
  ASSERT_TRUE(shorter.layOut({{640, 3}, {0, 0}}));
  EXPECT_EQ(shorter.getBuffer(1).bytes, 192);
  EXPECT_EQ(shorter.getBuffer(2).bytes, 64);
  EXPECT_EQ(shorter.getPart(1, LoopPart::CoreState1).bytes, 0);
}

TEST(ProgramInstance, IsOfLoopsOfOneStage) {
  ProgramProblem problem = makeProgram();
  ProgramInstance instance = makeInstance(problem, {3, 7});
  Chain chain = instance.getChain(1, 640);
  ASSERT_TRUE(chain.validate().ok());
  ASSERT_EQ(chain.stages.size(), 1u);
  EXPECT_EQ(chain.steps(), 7);
  EXPECT_EQ(chain.stages[0].state, 192);
  EXPECT_EQ(chain.stages[0].modes[0].tape, 320);
  EXPECT_EQ(chain.initialState, 192);
  EXPECT_EQ(chain.budget, 640);
  EXPECT_EQ(instance.getStoreAllTime(1), 7 * 3100);
  problem.loops[1].stages.push_back(problem.loops[1].stages[0]);
  EXPECT_EQ(problem.validate().message, "a loop has a number of stages that is not one");
  problem.loops[1].stages.clear();
  EXPECT_EQ(problem.validate().status, Status::BadValue);
}

TEST(ProgramInstance, SharesTheCoreBetweenKindsOfMoves) {
  ProgramProblem problem = makeProgram();
  problem.loops.resize(1);
  problem.buffers.clear();
  ProgramLoop &loop = problem.loops[0];
  loop.stages[0].stateBytes = 1024;
  loop.stages[0].tapeBytes = 3 * 1024;
  loop.stages[0].carriedBytes = 1024;
  loop.gradientBytes = 0;
  loop.stages[0].forwardWorkspaceBytes = 2048;
  loop.stages[0].turnWorkspaceBytes = loop.stages[0].reverseWorkspaceBytes = loop.stages[0].linearizeWorkspaceBytes =
      loop.stages[0].againWorkspaceBytes = 0;
  ProgramInstance instance = makeInstance(problem, {5, 0});
  // Of a step in front of the last one two states and temporaries are in use, of the last
  // one the state that is part of the tape and the rest of the tape.
  int64_t walk = REMAT_WALKER_AND_MOVE_BYTES + *getStackBytes(1);
  EXPECT_EQ(instance.layOut({{0, 1}}), walk + 4 * 1024);
  EXPECT_EQ(instance.getWalkBytes(), walk);
  EXPECT_EQ(instance.getPart(0, LoopPart::ForwardState0).bytes, 0);
  EXPECT_EQ(instance.getPart(0, LoopPart::ForwardState1).bytes, 1024);
  EXPECT_EQ(instance.getPart(0, LoopPart::CarriedTape).bytes, 1024);
  EXPECT_EQ(instance.getPart(0, LoopPart::CoreTape).bytes, 2048);
  EXPECT_EQ(instance.getPart(0, LoopPart::CoreState0).bytes, 0);

  // Nothing is shared by a tape without carries, nor without a tape. The step that leaves
  // the tape in the core reads core state 0, and needs the other for what nobody reads.
  loop.stages[0].carriedBytes = 0;
  ProgramInstance separate = makeInstance(problem, {5, 0});
  EXPECT_EQ(separate.layOut({{0, 1}}), walk + 4 * 1024);
  ProgramBuffer unused;
  unused.bytes = 64;
  unused.first = unused.last = 10;
  unused.home = BufferHome::ForwardCore;
  unused.loop = 0;
  problem.buffers.push_back(unused);
  ProgramInstance unread = makeInstance(problem, {5, 0});
  EXPECT_EQ(unread.layOut({{0, 1}}), walk + 5 * 1024);
  problem.buffers.clear();
  loop.isDifferentiated = false;
  ProgramInstance forward = makeInstance(problem, {2, 0});
  EXPECT_EQ(forward.getPart(0, LoopPart::ForwardState0).bytes, 1024);
  EXPECT_EQ(forward.getPart(0, LoopPart::ForwardState1).bytes, 0);
  loop.stages[0].carriedBytes = 2048;
  EXPECT_EQ(problem.validate().status, Status::BadValue);
}

TEST(ProgramInstance, HasAWalkBesideTheArena) {
  ProgramProblem problem = makeProgram();
  ProgramInstance instance = makeInstance(problem, {5, 4});
  // A loop that nobody walks takes its part of the arena alone.
  int64_t arena = *instance.layOut({{640, 0}, {832, 0}});
  EXPECT_EQ(instance.getWalkBytes(), 0);
  int64_t one = *instance.layOut({{640, 16}, {832, 0}});
  EXPECT_EQ(instance.getWalkBytes(), REMAT_WALKER_AND_MOVE_BYTES + *getStackBytes(16));
  EXPECT_EQ(one, arena + instance.getWalkBytes());
  // The second loop runs while the first one waits, so nothing of their walks is shared, and
  // what is surely used lies highest.
  int64_t both = *instance.layOut({{640, 16}, {832, 17}});
  int64_t walk = 2 * REMAT_WALKER_AND_MOVE_BYTES + *getStackBytes(16) + *getStackBytes(17);
  EXPECT_EQ(instance.getWalkBytes(), walk);
  EXPECT_EQ(both, arena + walk);
  EXPECT_TRUE(instance.isPeakCertain());
  std::vector<std::pair<int64_t, int64_t>> parts;
  for (size_t loop : {0, 1})
    for (LoopPart part : {LoopPart::Walk, LoopPart::Stack})
      parts.emplace_back(instance.getPart(loop, part).offset, instance.getPart(loop, part).bytes);
  std::sort(parts.begin(), parts.end());
  for (size_t index = 1; index < parts.size(); ++index)
    EXPECT_EQ(parts[index].first, parts[index - 1].first + parts[index - 1].second);
  EXPECT_EQ(parts.back().second, REMAT_WALKER_AND_MOVE_BYTES);
  // Walks of loops one behind the other share the block.
  problem.loops[1].forward = problem.loops[1].filled = 50;
  problem.loops[1].backward = 60;
  ProgramInstance apart = makeInstance(problem, {5, 4});
  ASSERT_TRUE(apart.layOut({{640, 16}, {832, 16}}));
  EXPECT_EQ(apart.getWalkBytes(), REMAT_WALKER_AND_MOVE_BYTES + *getStackBytes(16));
  // A program of no steps walks nothing.
  ProgramInstance empty = makeInstance(problem, {0, 0});
  ASSERT_TRUE(empty.layOut({{}, {}}));
  EXPECT_EQ(empty.getWalkBytes(), 0);
}

TEST(ProgramInstance, HasACoreStateForNumbersOfTheInitialState) {
  ProgramProblem problem = makeProgram();
  problem.buffers.clear();
  problem.loops[0].splatBytes = 64;
  problem.loops[1].splatBytes = 128;
  problem.loops[1].isDifferentiated = false;
  auto getCoreBytes = [&](size_t loop, int64_t steps) {
    ProgramInstance instance = makeInstance(problem, {steps, steps});
    return instance.getPart(loop, LoopPart::ForwardState0).bytes +
           instance.getPart(loop, LoopPart::ForwardState1).bytes;
  };
  // A single step writes no core state; what leaves its tape in the core reads one.
  EXPECT_EQ(getCoreBytes(0, 0), 0);
  EXPECT_EQ(getCoreBytes(0, 1), problem.loops[0].stages[0].stateBytes - problem.loops[0].stages[0].carriedBytes);
  EXPECT_EQ(getCoreBytes(0, 2), 2 * problem.loops[0].stages[0].stateBytes - problem.loops[0].stages[0].carriedBytes);
  EXPECT_EQ(getCoreBytes(1, 0), 0);
  EXPECT_EQ(getCoreBytes(1, 1), 128);
  // The second of two writes none either.
  EXPECT_EQ(getCoreBytes(1, 2), 192 + 128);
  EXPECT_EQ(getCoreBytes(1, 3), 2 * 192);
  problem.loops[0].splatBytes = problem.loops[0].stages[0].stateBytes + 64;
  EXPECT_FALSE(problem.validate().ok());
}

TEST(ProgramInstance, KnowsWhetherTheHighestByteIsSurelyTouched) {
  ProgramProblem problem;
  ProgramBuffer taken, branch;
  taken.bytes = 64;
  taken.first = 1;
  taken.last = 3;
  branch.bytes = 192;
  branch.first = branch.last = 2;
  branch.isCertain = false;
  problem.buffers = {branch};
  ProgramInstance alone = makeInstance(problem, {});
  ASSERT_EQ(alone.layOut({}), 192);
  EXPECT_FALSE(alone.isPeakCertain());

  // What is surely touched lies on top, if it can.
  problem.buffers = {taken, branch};
  ProgramInstance both = makeInstance(problem, {});
  ASSERT_EQ(both.layOut({}), 256);
  EXPECT_TRUE(both.isPeakCertain());
  EXPECT_EQ(both.getLiveAtPeak(), (std::vector<size_t>{1, 0}));
}

TEST(Arena, LosesNoBytesThatAnotherOrderKeeps) {
  // No arena is smaller than what is in use at once, and few have to be larger.
  std::mt19937 random(5);
  auto below = [&](int64_t limit) { return static_cast<int64_t>(random() % static_cast<uint64_t>(limit)); };
  int64_t optimal = 0, arenas = 400;
  for (int64_t trial = 0; trial < arenas; ++trial) {
    std::vector<LiveBuffer> buffers;
    for (int64_t count = 4 + below(8); count > 0; --count) {
      int64_t first = below(12), last = first + below(6);
      buffers.push_back({arenaAlignment * (1 + below(9)), first, last});
    }
    std::optional<int64_t> total = packBuffers(buffers);
    ASSERT_TRUE(total);
    int64_t end = 0, most = 0;
    for (size_t i = 0; i < buffers.size(); ++i) {
      end = std::max(end, buffers[i].offset + buffers[i].bytes);
      int64_t live = 0;
      for (size_t j = 0; j < buffers.size(); ++j) {
        if (buffers[j].first <= buffers[i].first && buffers[i].first <= buffers[j].last)
          live += buffers[j].bytes;
        // What is in use at once lies apart.
        if (i != j && buffers[i].overlaps(buffers[j])) {
          EXPECT_TRUE(buffers[i].offset + buffers[i].bytes <= buffers[j].offset ||
                      buffers[j].offset + buffers[j].bytes <= buffers[i].offset);
        }
      }
      most = std::max(most, live);
    }
    EXPECT_EQ(*total, end);
    EXPECT_GE(*total, most);
    optimal += *total == most;
  }
  // 386 with orders by start, length and size alone.
  EXPECT_GE(optimal, arenas - 8);
}

TEST(ProgramPlanner, MeetsEveryBudgetFromTheSmallestOn) {
  ProgramProblem problem = makeProgram();
  ProgramInstance instance = makeInstance(problem, {50, 30});
  ProgramResult unlimited = planProgram(instance);
  ASSERT_TRUE(unlimited.verdict.ok()) << unlimited.verdict.message;
  EXPECT_EQ(unlimited.plan.peak, unlimited.storeAll);
  int64_t last = std::numeric_limits<int64_t>::max();
  for (int64_t budget = unlimited.minimum; budget <= unlimited.storeAll; budget += 1024) {
    problem.budget = Budget::bytes(budget);
    ProgramResult result = planProgram(instance);
    ASSERT_TRUE(result.verdict.ok()) << result.verdict.message;
    EXPECT_LE(result.plan.peak, budget);
    int64_t forward = result.plan.loops[0].plan.forward + result.plan.loops[1].plan.forward;
    EXPECT_LE(forward, last);
    last = forward;
  }
  problem.budget = Budget::bytes(unlimited.minimum - 1);
  EXPECT_EQ(planProgram(instance).verdict.status, Status::Infeasible);
}

TEST(ProgramPlanner, GivesUpThePartOfTheInitialStateThatCounts) {
  ProgramProblem problem = makeProgram();
  problem.loops.erase(problem.loops.begin());
  problem.buffers.clear();
  ProgramLoop &loop = problem.loops[0];
  loop.stages[0].tapeBytes = 256;
  loop.initialBytes = 64;
  loop.stages[0].isRestartable = false;
  ProgramInstance instance = makeInstance(problem, {0, 2});
  std::vector<std::pair<int64_t, int64_t>> found;
  ProgramResult unlimited = planProgram(instance);
  for (int64_t budget = unlimited.minimum; budget <= unlimited.storeAll; budget += 64) {
    problem.budget = Budget::bytes(budget);
    ProgramResult result = planProgram(instance);
    ASSERT_TRUE(result.verdict.ok()) << result.verdict.message;
    found.emplace_back(result.plan.needs[0].slotBytes, result.plan.loops[0].plan.forward);
  }
  // 64 bytes of initial carries, then a tape in their place, then one beside them.
  EXPECT_EQ(found.front(), std::make_pair(int64_t(64), int64_t(3)));
  EXPECT_EQ(std::count(found.begin(), found.end(), std::make_pair(int64_t(256), int64_t(2))), 1);
  EXPECT_EQ(found.back(), std::make_pair(int64_t(320), int64_t(2)));
  for (size_t i = 1; i < found.size(); ++i)
    EXPECT_LE(found[i].second, found[i - 1].second);
}

/// Plans the program of these counts in both ways.
static void expectPlanOfTheCompiler(const ProgramProblem &problem, const std::vector<int64_t> &counts) {
  ProgramInstance instance = makeInstance(problem, counts);
  ProgramResult result = planProgram(instance);
  RuntimeResult runtime(problem.write(), counts);
  if (!result.verdict.ok()) {
    EXPECT_EQ(runtime.status, REMAT_PLAN_INFEASIBLE);
    EXPECT_EQ(runtime.minimum, result.minimum);
    EXPECT_EQ(runtime.message, result.verdict.message);
    return;
  }
  ASSERT_EQ(runtime.status, REMAT_PLAN_OK) << runtime.message;
  EXPECT_EQ(runtime.words, writePlanWords(instance, result));
  int64_t walk = runtime.words[static_cast<size_t>(PlanFigure::WalkBytes)];
  EXPECT_EQ(walk, instance.getWalkBytes());
  EXPECT_EQ(runtime.words[static_cast<size_t>(PlanFigure::ArenaBytes)] + walk, result.plan.peak);
  EXPECT_EQ(runtime.words[static_cast<size_t>(PlanFigure::ParameterBytes)], 640);
  for (int64_t loop : {0, 1}) {
    auto table = static_cast<size_t>(runtime.words[static_cast<size_t>(getTablePosition(loop))]);
    EXPECT_EQ(table != 0, counts[static_cast<size_t>(loop)] > 0);
    if (table != 0) {
      EXPECT_EQ(runtime.words[table], tableMagic);
    }
  }
}

TEST(RuntimePlanner, MakesThePlanOfTheCompiler) {
  ProgramProblem problem = makeProgram();
  problem.budget = Budget::share(40, 100);
  for (Policy policy : {Policy::Optimal, Policy::Online}) {
    problem.policy = policy;
    for (std::vector<int64_t> counts : {std::vector<int64_t>{0, 0}, {1, 0}, {2, 3}, {37, 100}, {1000, 1000}})
      expectPlanOfTheCompiler(problem, counts);
  }
}

TEST(RuntimePlanner, ReportsWhatIsWrong) {
  RuntimeResult negative(makeProgram().write(), {-3, 1});
  EXPECT_EQ(negative.status, REMAT_PLAN_BAD_VALUE);
  EXPECT_TRUE(negative.words.empty());
  RuntimeResult empty({}, {});
  EXPECT_EQ(empty.status, REMAT_PLAN_BAD_VALUE);
  EXPECT_EQ(empty.message, "these words are no description of a program");
}
