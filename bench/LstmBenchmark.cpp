//===- LstmBenchmark.cpp - Speed of a gradient inside a budget --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Three questions about 1,000 steps of an LSTM on one thread: which share of
// the FMA peak does the gradient reach with everything kept, how much longer
// does it take inside a budget, and do compile time and object size depend on
// the number of steps. Whatever is compared is run in turns within one
// iteration, and the ratios of the turns are reported by their median, because
// the clock of a shared machine moves.
//
//===----------------------------------------------------------------------===//

#include "FmaPeak.h"
#include "LstmProgram.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>

namespace remat::bench {

static constexpr int64_t steps = 1000;

static double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

namespace {
/// A compiled program with its arguments; made once per budget.
struct Prepared {
  explicit Prepared(const std::string &budget) : program(compileLstm(steps, budget)), call(*program) { call.run(); }
  std::unique_ptr<CompiledProgram> program;
  LstmCall call;
};
} // namespace

static LstmCall &prepare(const std::string &budget) {
  static std::map<std::string, Prepared> programs;
  return programs.try_emplace(budget, budget).first->second.call;
}

static void reportPlan(benchmark::State &state, LstmCall &call) {
  const PlanFigures plan = call.getPlan();
  state.counters["peak_bytes"] = static_cast<double>(plan.peakBytes);
  state.counters["parameter_copy_bytes"] = static_cast<double>(plan.parameterCopyBytes);
  state.counters["forward_steps"] = static_cast<double>(call.getCounters().getForwardSteps());
}

/// Everything kept, the FMA probe after each run.
static void gradientEverythingKept(benchmark::State &state) {
  LstmCall &call = prepare("unlimited");
  std::vector<double> speeds, shares, peaks;
  for (auto _ : state) {
    const double seconds = call.run();
    state.SetIterationTime(seconds);
    peaks.push_back(measureFmaPeak(0.02).gflops);
    speeds.push_back(1e-9 * lstmFlopsPerStep * steps / seconds);
    shares.push_back(speeds.back() / peaks.back());
  }
  state.counters["gflops"] = median(speeds);
  state.counters["fma_peak_gflops"] = median(peaks);
  state.counters["share_of_peak"] = median(shares);
  reportPlan(state, call);
}
BENCHMARK(gradientEverythingKept)->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(4);

/// Inside a budget, in turns with everything kept.
static void gradientInBudget(benchmark::State &state, const char *budget) {
  LstmCall &kept = prepare("unlimited"), &call = prepare(budget);
  std::vector<double> ratios;
  for (auto _ : state) {
    const double base = kept.run();
    const double seconds = call.run();
    state.SetIterationTime(seconds);
    ratios.push_back(seconds / base);
  }
  state.counters["time_ratio"] = median(ratios);
  reportPlan(state, call);
}
BENCHMARK_CAPTURE(gradientInBudget, 20_percent, "20%")->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(3);
BENCHMARK_CAPTURE(gradientInBudget, 5_percent, "5%")->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(3);
BENCHMARK_CAPTURE(gradientInBudget, 1_percent, "1%")->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(3);

/// From the text of the program to code in memory, at 5 %. CPU time like all
/// others; wall time beside it.
static void compile(benchmark::State &state) {
  std::unique_ptr<CompiledProgram> program;
  std::vector<double> walls;
  for (auto _ : state) {
    const double begin = threadSeconds();
    program = compileLstm(state.range(0), "5%");
    state.SetIterationTime(threadSeconds() - begin);
    walls.push_back(program->getCompileSeconds());
  }
  state.counters["wall_seconds"] = median(walls);
  state.counters["object_bytes"] = static_cast<double>(program->getObjectBytes());
}
BENCHMARK(compile)
    ->ArgName("steps")
    ->Arg(100)
    ->Arg(1000)
    ->Arg(100000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(5);

} // namespace remat::bench

BENCHMARK_MAIN();
