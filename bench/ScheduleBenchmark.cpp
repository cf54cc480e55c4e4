//===- ScheduleBenchmark.cpp - How long plans take ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Solve times of the planners against the number of steps, the budget, and the
// number of different stages and of nodes. Nothing but the solver is measured; the counter
// peak_MiB is the highest resident size of the process while it ran.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ChainPlanner.h"
#include "remat/Schedule/GraphPlan.h"
#include "remat/Schedule/Solvers.h"

#include <benchmark/benchmark.h>

#include <cmath>
#include <fstream>
#include <random>
#include <string>

using namespace remat::schedule;

namespace {

/// The highest resident size since it was made, where Linux tells.
class PeakMemory {
public:
  PeakMemory() { std::ofstream("/proc/self/clear_refs") << "5"; }

  double inMiB() const {
    std::ifstream status("/proc/self/status");
    for (std::string key; status >> key;) {
      if (key != "VmHWM:")
        continue;
      double kibi = 0;
      status >> kibi;
      return kibi / 1024;
    }
    return 0;
  }
};

} // namespace

/// States of one unit, tapes of five, a backward step of two forward steps.
static EqualChain makeChain(int64_t steps, int64_t budget) {
  EqualChain problem;
  problem.steps = steps;
  problem.tape = 5;
  problem.reverse = 2;
  problem.budget = budget;
  return problem;
}

static void solve(benchmark::State &state, const EqualChain &problem, Policy policy) {
  PeakMemory memory;
  PlanResult result;
  for (auto _ : state) {
    result = plan(problem, policy);
    benchmark::DoNotOptimize(result);
  }
  if (!result.ok()) {
    state.SkipWithError(result.verdict.message.c_str());
    return;
  }
  state.counters["forward"] = static_cast<double>(result.plan.forward);
  state.counters["certified"] = result.plan.isCertified();
  state.counters["nodes"] = static_cast<double>(result.table->getNumNodes());
  state.counters["peak_MiB"] = memory.inMiB();
}

/// In 2 % of what keeping everything takes.
static void overStepsByShare(benchmark::State &state, Policy policy) {
  int64_t steps = state.range(0);
  solve(state, makeChain(steps, steps / 10), policy);
  state.SetComplexityN(steps);
}

/// In 1,000 units.
static void overSteps(benchmark::State &state, Policy policy) {
  solve(state, makeChain(state.range(0), 1000), policy);
  state.SetComplexityN(state.range(0));
}

static void overBudget(benchmark::State &state, Policy policy) {
  solve(state, makeChain(1000000, state.range(0)), policy);
  state.SetComplexityN(state.range(0));
}

static void solve(benchmark::State &state, const Chain &chain) {
  PeakMemory memory;
  PlanResult result;
  for (auto _ : state) {
    result = planChain(chain, Policy::Optimal);
    benchmark::DoNotOptimize(result);
  }
  if (!result.ok()) {
    state.SkipWithError(result.verdict.message.c_str());
    return;
  }
  double time = static_cast<double>(result.plan.time);
  state.counters["gap_percent"] = 100 * (time / static_cast<double>(result.plan.lowerBound) - 1);
  state.counters["gap_any_percent"] = 100 * (time / static_cast<double>(result.plan.boundAnySchedule) - 1);
  state.counters["units"] = static_cast<double>(chain.budget) / static_cast<double>(result.plan.planningUnit);
  state.counters["peak_MiB"] = memory.inMiB();
}

/// As many stages as steps, all different, in a tenth of what they keep.
static void overStages(benchmark::State &state) {
  std::minstd_rand random(1);
  auto draw = [&](int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(random); };
  Chain chain;
  int64_t total = 0;
  for (int64_t i = 0; i < state.range(0); ++i) {
    ChainStage stage;
    stage.advance = draw(1, 20);
    stage.state = draw(1, 10);
    stage.modes.front() = {draw(1, 20), draw(1, 40), draw(5, 50)};
    total += stage.modes.front().tape;
    chain.stages.push_back(stage);
  }
  chain.budget = total / 10;
  solve(state, chain);
  state.SetComplexityN(state.range(0));
}

/// Stages with two modes, whose sizes in bytes and times vary by a factor of ten or
/// twenty, in so many thousandths of what they keep.
static void overDifferentStages(benchmark::State &state) {
  std::minstd_rand random(2);
  auto draw = [&](int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(random); };
  auto drawSize = [&](int64_t least) {
    return static_cast<int64_t>(static_cast<double>(least) * std::pow(10.0, static_cast<double>(draw(0, 1000)) / 1000));
  };
  Chain chain;
  int64_t total = 0;
  for (int64_t i = 0; i < state.range(0); ++i) {
    ChainStage stage;
    stage.advance = draw(100, 2000);
    stage.state = drawSize(1000);
    stage.modes.clear();
    for (int mode = 0; mode < 2; ++mode)
      stage.modes.push_back({stage.advance + draw(0, 300), draw(200, 4000), drawSize(3000)});
    total += stage.modes.front().tape;
    chain.stages.push_back(stage);
  }
  chain.initialState = 1000;
  chain.budget = total * state.range(1) / 1000;
  solve(state, chain);
}

/// A chain of nodes in which every third one skips two, in 30 % of what all values and
/// gradients take; or with times of up to 10^6 and sizes of up to 10^9 in 15 %.
static void overNodes(benchmark::State &state, GraphPolicy policy, bool isFine) {
  GraphProblem problem;
  int64_t count = state.range(0);
  for (int64_t i = 0; i < count; ++i) {
    GraphNode node;
    node.time = i % 2 == 0 ? 10 : 1;
    node.size = 1 + i % 3;
    if (isFine)
      node = {1 + i * 7919 % 1000003, 1 + i * 104729 % 1000000007};
    problem.nodes.push_back(node);
    if (i > 0)
      problem.edges.emplace_back(i - 1, i);
    if (i >= 3 && i % 3 == 0)
      problem.edges.emplace_back(i - 3, i);
  }
  problem.budget = problem.totalSize() / 10 * (isFine ? 3 : 6);
  GraphOptions options;
  options.policy = policy;
  GraphPlanResult result;
  for (auto _ : state) {
    result = planGraph(problem, options);
    benchmark::DoNotOptimize(result);
  }
  if (!result.ok()) {
    state.SkipWithError(result.verdict.message.c_str());
    return;
  }
  double all = static_cast<double>(problem.totalTime());
  state.counters["overhead_percent"] = 100 * static_cast<double>(result.plan.overhead) / all;
  state.counters["bound_any_percent"] = 100 * (static_cast<double>(result.plan.boundAnySchedule) / all - 1);
  state.SetComplexityN(count);
}

/// Ten slots and a buffer, no room for a tape, a transfer of eight steps.
static void overStepsInTwoMemories(benchmark::State &state, Policy policy) {
  Chain chain(makeChain(state.range(0), 11));
  chain.stages.front().modes.front().tape = 100;
  chain.slow = SlowTier();
  chain.slow->write = chain.slow->read = 8;
  PeakMemory memory;
  PlanResult result;
  for (auto _ : state) {
    result = planChain(chain, policy);
    benchmark::DoNotOptimize(result);
  }
  if (!result.ok()) {
    state.SkipWithError(result.verdict.message.c_str());
    return;
  }
  state.counters["gap_percent"] =
      100 * (static_cast<double>(result.plan.time) / static_cast<double>(result.plan.boundAnySchedule) - 1);
  state.counters["peak_MiB"] = memory.inMiB();
  state.SetComplexityN(state.range(0));
}

BENCHMARK_CAPTURE(overStepsByShare, optimal, Policy::Optimal)->RangeMultiplier(10)->Range(1000, 10000000)->Complexity();
BENCHMARK_CAPTURE(overSteps, optimal, Policy::Optimal)->RangeMultiplier(10)->Range(1000, 10000000)->Complexity();
BENCHMARK_CAPTURE(overSteps, msm, Policy::Msm)->RangeMultiplier(10)->Range(1000, 10000000)->Complexity();
BENCHMARK_CAPTURE(overSteps, revolve, Policy::Revolve)->RangeMultiplier(10)->Range(1000, 10000000)->Complexity();
BENCHMARK_CAPTURE(overBudget, optimal, Policy::Optimal)
    ->Arg(10)
    ->Arg(50)
    ->Arg(200)
    ->Arg(1000)
    ->Arg(5000)
    ->Arg(50000)
    ->Arg(250000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(overBudget, msm, Policy::Msm)->Arg(50)->Arg(1000)->Arg(5000)->Unit(benchmark::kMillisecond);
BENCHMARK(overStages)
    ->Arg(10)
    ->Arg(30)
    ->Arg(100)
    ->Arg(200)
    ->Arg(400)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK(overDifferentStages)
    ->Args({400, 50})
    ->Args({1000, 20})
    ->Args({1000, 50})
    ->Args({1000, 200})
    ->Args({1000, 500})
    ->Args({2000, 500})
    ->Args({3000, 50})
    ->Args({10000, 50})
    ->Args({10000, 2})
    ->Args({100000, 50})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_CAPTURE(overStepsInTwoMemories, every_interval, Policy::EveryInterval)
    ->RangeMultiplier(10)
    ->Range(100, 1000000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK_CAPTURE(overStepsInTwoMemories, multistage, Policy::Multistage)
    ->RangeMultiplier(10)
    ->Range(100, 100000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK_CAPTURE(overStepsInTwoMemories, h_revolve, Policy::HRevolve)
    ->RangeMultiplier(2)
    ->Range(250, 4000)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK_CAPTURE(overNodes, exact, GraphPolicy::Exact, false)
    ->RangeMultiplier(2)
    ->Range(25, 200)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK_CAPTURE(overNodes, exact_fine, GraphPolicy::Exact, true)->Arg(128)->Arg(200)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(overNodes, approximate, GraphPolicy::Approximate, false)
    ->RangeMultiplier(2)
    ->Range(75, 600)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();
BENCHMARK_CAPTURE(overNodes, approximate_fine, GraphPolicy::Approximate, true)
    ->Arg(128)
    ->Arg(256)
    ->Arg(512)
    ->Arg(600)
    ->Unit(benchmark::kMillisecond)
    ->Complexity();

BENCHMARK_MAIN();
