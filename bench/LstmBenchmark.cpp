//===- LstmBenchmark.cpp - Speed of a gradient inside a budget --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Questions about 1,000 steps of an LSTM on one thread: which share of the FMA
// peak does the gradient reach with everything kept, how much longer does it take
// inside a budget and without copies of weights, does the spelling of the gates
// matter, and do compile time and object size depend on the number of steps.
// Whatever is compared is run in turns within one
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
/// A compiled program with its arguments; made once per configuration.
struct Prepared {
  explicit Prepared(const LstmConfiguration &configuration) : program(compileLstm(configuration)), call(*program) {
    call.run();
  }
  std::unique_ptr<CompiledProgram> program;
  LstmCall call;
};
} // namespace

static LstmCall &prepare(const LstmConfiguration &configuration) {
  static std::map<LstmConfiguration, Prepared> programs;
  return programs.try_emplace(configuration, configuration).first->second.call;
}

static void reportPlan(benchmark::State &state, LstmCall &call) {
  const PlanFigures plan = call.getPlan();
  state.counters["peak_bytes"] = static_cast<double>(plan.peakBytes);
  state.counters["parameter_copy_bytes"] = static_cast<double>(plan.parameterCopyBytes);
  state.counters["forward_steps"] = static_cast<double>(call.getCounters().getForwardSteps());
}

/// Everything kept, the FMA probe after each run.
static void gradientEverythingKept(benchmark::State &state) {
  LstmCall &call = prepare({});
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

static void measureInTurns(benchmark::internal::Benchmark *benchmark) {
  benchmark->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(3);
}

/// Runs \p configuration in turns with \p reference.
static void compare(benchmark::State &state, const LstmConfiguration &reference,
                    const LstmConfiguration &configuration) {
  LstmCall &base = prepare(reference), &call = prepare(configuration);
  std::vector<double> ratios;
  for (auto _ : state) {
    const double baseSeconds = base.run();
    const double seconds = call.run();
    state.SetIterationTime(seconds);
    ratios.push_back(seconds / baseSeconds);
  }
  state.counters["time_ratio"] = median(ratios);
  reportPlan(state, call);
}

/// Inside a budget, with and without copies of weights; the ratio is to everything
/// kept and copied.
static void gradientInBudget(benchmark::State &state, const char *budget, const char *parameterBudget) {
  compare(state, {}, {steps, budget, parameterBudget});
}
BENCHMARK_CAPTURE(gradientInBudget, 20_percent, "20%", "unlimited")->Apply(measureInTurns);
BENCHMARK_CAPTURE(gradientInBudget, 5_percent, "5%", "unlimited")->Apply(measureInTurns);
BENCHMARK_CAPTURE(gradientInBudget, 1_percent, "1%", "unlimited")->Apply(measureInTurns);
BENCHMARK_CAPTURE(gradientInBudget, everything_kept_no_copies, "unlimited", "0")->Apply(measureInTurns);
BENCHMARK_CAPTURE(gradientInBudget, 5_percent_no_copies, "5%", "0")->Apply(measureInTurns);
BENCHMARK_CAPTURE(gradientInBudget, 1_percent_no_copies, "1%", "0")->Apply(measureInTurns);

/// One [B, 4H] product and slices; the ratio is to a product per gate.
static void singleProduct(benchmark::State &state, const char *budget) {
  compare(state, {steps, budget}, {steps, budget, "unlimited", Spelling::SingleProduct});
}
BENCHMARK_CAPTURE(singleProduct, everything_kept, "unlimited")->Apply(measureInTurns);
BENCHMARK_CAPTURE(singleProduct, 5_percent, "5%")->Apply(measureInTurns);

/// From the text of the program to code in memory, at 5 %. CPU time like all
/// others; wall time beside it.
static void compile(benchmark::State &state) {
  std::unique_ptr<CompiledProgram> program;
  std::vector<double> walls;
  for (auto _ : state) {
    const double begin = threadSeconds();
    program = compileLstm({state.range(0), "5%"});
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
