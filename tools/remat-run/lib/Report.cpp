//===- Report.cpp - What a run found out --------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Report.h"

#include "FloatElements.h"
#include "remat/Support/Budget.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"
#include "llvm/TargetParser/Host.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

using namespace remat;
using llvm::StringRef;

namespace {

struct TimeSummary {
  double median = 0;
  double min = 0;
  double max = 0;
};

} // namespace

static TimeSummary summarize(std::vector<double> seconds) {
  if (seconds.empty())
    return {};
  llvm::sort(seconds);
  size_t middle = seconds.size() / 2;
  double median = seconds.size() % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
  return {median, seconds.front(), seconds.back()};
}

static double sumSeconds(llvm::ArrayRef<PhaseTime> phases) {
  return std::accumulate(phases.begin(), phases.end(), 0.0,
                         [](double sum, const PhaseTime &phase) { return sum + phase.seconds; });
}

/// The only element of \p array, in the fewest digits that read as the same number.
static std::string formatElement(const Array &array) {
  if (!isFloat(array.getType())) {
    switch (getByteSize(array.getType())) {
    case 1:
      return std::to_string(array.getElements<int8_t>()[0]);
    case 2:
      return std::to_string(array.getElements<int16_t>()[0]);
    case 4:
      return std::to_string(array.getElements<int32_t>()[0]);
    default:
      return std::to_string(array.getElements<int64_t>()[0]);
    }
  }
  double value = loadFloat(array, 0);
  // Which sign a NaN has is an accident.
  if (std::isnan(value))
    return "nan";
  llvm::Expected<Array> copy = Array::create(array.getType(), array.getShape());
  std::string text;
  constexpr int mostDigits = 17;
  for (int digits = 1; digits <= mostDigits; ++digits) {
    text.clear();
    llvm::raw_string_ostream(text) << llvm::format("%.*g", digits, value);
    double read = 0;
    if (!copy || llvm::StringRef(text).getAsDouble(read))
      continue;
    storeFloat(*copy, 0, read);
    if (copy->getBytes() == array.getBytes())
      break;
  }
  llvm::consumeError(copy.takeError());
  return text;
}

/// The bytes of \p array with one pattern of bits for all that is no number.
static std::vector<uint8_t> canonicalize(const Array &array) {
  std::vector<uint8_t> bytes(array.getBytes().begin(), array.getBytes().end());
  if (!isFloat(array.getType()))
    return bytes;
  std::optional<Array> nan;
  auto size = static_cast<size_t>(getByteSize(array.getType()));
  for (int64_t index = 0; index < array.getNumElements(); ++index) {
    if (!std::isnan(loadFloat(array, index)))
      continue;
    if (!nan) {
      llvm::Expected<Array> made = Array::create(array.getType(), {1});
      if (!made) {
        llvm::consumeError(made.takeError());
        return bytes;
      }
      nan = std::move(*made);
      storeFloat(*nan, 0, std::numeric_limits<double>::quiet_NaN());
    }
    std::copy_n(nan->getBytes().begin(), size, bytes.begin() + static_cast<int64_t>(size) * index);
  }
  return bytes;
}

ResultDigest remat::digestResult(StringRef name, const Array &array) {
  ResultDigest digest;
  digest.name = name.str();
  digest.shape.assign(array.getShape().begin(), array.getShape().end());
  digest.type = array.getType();
  if (array.getNumElements() == 1)
    digest.value = formatElement(array);
  digest.sha256 = llvm::toHex(llvm::SHA256::hash(canonicalize(array)), /*LowerCase=*/true);
  return digest;
}

std::string remat::describeDevice() {
  // The kernel knows the name that the processor is sold under.
  if (auto info = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo")) {
    StringRef rest = (*info)->getBuffer();
    while (!rest.empty()) {
      auto [line, tail] = rest.split('\n');
      auto [key, value] = line.split(':');
      if (key.trim() == "model name")
        return value.trim().str();
      rest = tail;
    }
  }
  return llvm::sys::getHostCPUName().str();
}

static void printTimes(llvm::json::OStream &json, StringRef name, const std::vector<double> &seconds) {
  json.attributeObject(name, [&] {
    TimeSummary times = summarize(seconds);
    json.attribute("median", times.median);
    json.attribute("min", times.min);
    json.attribute("max", times.max);
    json.attribute("runs", static_cast<int64_t>(seconds.size()));
  });
}

/// A number, or null where JSON has no spelling for it.
static llvm::json::Value toValue(double number) {
  return std::isfinite(number) ? llvm::json::Value(number) : llvm::json::Value(nullptr);
}

void remat::printInfeasible(const ProgramError &error, llvm::raw_ostream &stream) {
  llvm::json::OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("feasible", false);
    json.attribute("budget", error.getBudget());
    json.attribute("minimum_budget", error.getMinimumBudget());
    json.attributeArray("components", [&] {
      for (const BudgetComponent &component : error.getComponents())
        json.object([&] {
          json.attribute("bytes", component.bytes);
          json.attribute("description", component.description);
        });
    });
  });
  stream << '\n';
}

static StringRef getStartName(schedule::Start start) {
  switch (start) {
  case schedule::Start::Releasable:
    return "releasable";
  case schedule::Start::Pinned:
    return "pinned";
  case schedule::Start::External:
    return "external";
  }
  return "";
}

void remat::printProblem(const schedule::Chain &problem, llvm::raw_ostream &stream) {
  llvm::json::OStream json(stream, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("kind", "chain");
    json.attributeArray("stages", [&] {
      // Programs have one mode of each step.
      for (const schedule::ChainStage &stage : problem.stages)
        json.object([&] {
          json.attribute("count", stage.count);
          json.attribute("advance", stage.advance);
          json.attribute("record", stage.modes.front().record);
          json.attribute("reverse", stage.modes.front().reverse);
          json.attribute("state", stage.state);
          json.attribute("tape", stage.modes.front().tape);
          json.attribute("restartable", stage.restartable);
          json.attribute("workspace", stage.workspace);
        });
    });
    json.attribute("initial_state", problem.initialState);
    json.attribute("start", getStartName(problem.start));
    json.attribute("budget", problem.budget);
  });
  stream << '\n';
}

void remat::printJSON(const Report &report, llvm::raw_ostream &stream) {
  llvm::json::OStream json(stream, /*IndentSize=*/2);
  const PlanFigures &plan = report.plan;
  json.object([&] {
    json.attribute("entry", report.entry);
    json.attribute("target", report.target);
    json.attribute("device", report.device);
    if (report.chip.empty()) {
      json.attribute("target_cpu", report.targetCPU);
      json.attribute("instruction_set", report.instructionSet);
      json.attribute("threads", 1);
    } else {
      json.attribute("chip", report.chip);
      json.attribute("same_bits_with", report.sameBitsOptions);
      json.attribute("launches", report.measurement.launches);
      json.attributeArray("step_launches", [&] {
        for (const StepLaunches &step : report.stepLaunches)
          json.object([&] {
            json.attribute("function", step.function);
            json.attribute("role", step.role);
            json.attribute("launches", step.launches);
          });
      });
    }
    if (report.isSimulated)
      json.attribute("simulated", true);
    json.attribute("steps", plan.steps);
    json.attribute("policy", plan.policy);
    // An integer in any case: no limit is as much as anyone can use, and some policies keep
    // states beside every tape.
    json.attribute("budget_bytes", plan.budgetBytes.value_or(std::max(plan.storeAllBytes, plan.peakBytes)));
    json.attribute("planned_peak_bytes", plan.peakBytes);
    json.attribute("measured_peak_bytes", report.measurement.getPeakBytes());
    json.attribute("walk_bytes", plan.walkBytes);
    json.attribute("store_all_bytes", plan.storeAllBytes);
    json.attribute("minimum_budget_bytes", plan.minimumBytes);
    json.attribute("peak_is_certain", plan.isPeakCertain);
    json.attribute("parameter_copy_bytes", plan.parameterCopyBytes);
    json.attribute("total_bytes", plan.getTotalBytes());
    json.attribute("stack_bytes", report.measurement.stackBytes);
    json.attribute("heap_allocations", report.measurement.heap.allocations);
    json.attribute("forward_steps", report.counters.getForwardSteps());
    json.attribute("reverse_steps", report.counters.reverse);
    json.attribute("planned_forward_steps", plan.forwardSteps);
    json.attribute("planned_time_ratio", plan.timeRatio);
    json.attribute("lower_bound_time_ratio", plan.lowerBoundRatio);
    json.attribute("certified", plan.certified);
    json.attribute("bit_identical",
                   report.bitIdentical ? llvm::json::Value(*report.bitIdentical) : llvm::json::Value(nullptr));
    json.attribute("compile_seconds", sumSeconds(report.phases));
    json.attribute("object_bytes", report.objectBytes);
    json.attributeObject("compile_phases", [&] {
      for (const PhaseTime &phase : report.phases)
        json.attribute(phase.name, phase.seconds);
    });
    if (!report.isSimulated) {
      printTimes(json, "seconds", report.seconds);
      printTimes(json, "cpu_seconds", report.cpuSeconds);
    }
    json.attributeArray("results", [&] {
      for (const ResultDigest &result : report.results)
        json.object([&] {
          json.attribute("name", result.name);
          json.attributeArray("shape", [&] {
            for (int64_t extent : result.shape)
              json.value(extent);
          });
          json.attribute("dtype", getName(result.type));
          json.attribute("sha256", result.sha256);
          if (result.value.empty())
            return;
          // JSON has no spelling for NaN and infinity.
          json.attributeBegin("value");
          json.rawValue(result.value.find_first_of("an") == std::string::npos ? result.value : "null");
          json.attributeEnd();
        });
    });
    if (report.gradientChecks.differences.empty())
      return;
    json.attributeArray("gradient_checks", [&] {
      for (const GradientCheckResult &check : report.gradientChecks.differences)
        json.object([&] {
          json.attribute("name", check.name);
          json.attribute("gradient", toValue(check.gradient));
          json.attribute("difference", toValue(check.difference));
          json.attribute("difference_error", toValue(check.differenceError));
          json.attribute("relative_error", toValue(check.relativeError));
          json.attribute("tolerance", check.tolerance);
          json.attribute("hidden", check.hidden);
          json.attribute("passed", check.passed);
        });
    });
    json.attributeArray("type_checks", [&] {
      for (const TypeCheckResult &check : report.gradientChecks.types)
        json.object([&] {
          json.attribute("name", check.name);
          json.attribute("type", check.type);
          json.attribute("operations", check.numOperations);
          json.attribute("relative_error", toValue(check.relativeError));
          json.attribute("tolerance", toValue(check.tolerance));
          json.attribute("undecided", check.undecided);
          json.attribute("passed", check.passed);
        });
    });
  });
  stream << '\n';
}

void remat::printTable(const Report &report, llvm::raw_ostream &stream) {
  auto row = [&](StringRef name, const llvm::Twine &value) { stream << llvm::left_justify(name, 24) << value << '\n'; };
  auto format = [](const char *pattern, double value) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format(pattern, value);
    return text;
  };
  const PlanFigures &plan = report.plan;
  row("entry", "@" + report.entry);
  row("device", report.device + (report.chip.empty() ? ", 1 thread" : ""));
  row("code for", report.chip.empty() ? report.targetCPU + " (" + report.instructionSet + ")" : report.chip);
  row("steps", llvm::Twine(plan.steps));
  row("policy", plan.policy.empty() ? "none, no recurrence is differentiated" : plan.policy);
  row("budget", plan.budgetBytes ? formatByteSize(*plan.budgetBytes) : "unlimited");
  row("planned peak", formatByteSize(plan.peakBytes));
  row("measured peak", formatByteSize(report.measurement.getPeakBytes()) +
                           (plan.isPeakCertain ? "" : "; the rest is for branches that were not taken"));
  row("of it for the walk", formatByteSize(plan.walkBytes));
  row("keeping everything", formatByteSize(plan.storeAllBytes));
  row("smallest budget", formatByteSize(plan.minimumBytes));
  row("parameter copies", formatByteSize(plan.parameterCopyBytes));
  row("total", formatByteSize(plan.getTotalBytes()));
  row("forward steps", llvm::Twine(report.counters.getForwardSteps()));
  row("reverse steps", llvm::Twine(report.counters.reverse));
  row("planned time ratio", format("%.4f", plan.timeRatio) + ", lower bound " + format("%.4f", plan.lowerBoundRatio) +
                                (plan.certified ? ", certified" : ", not certified"));
  row("bits as keeping all", !report.bitIdentical ? "not checked" : *report.bitIdentical ? "identical" : "different");
  row("compile time",
      format("%.3f s", sumSeconds(report.phases)) + ", " + formatByteSize(report.objectBytes) + " of object code");
  TimeSummary times = summarize(report.seconds);
  if (!report.chip.empty()) {
    std::string steps;
    for (const StepLaunches &step : report.stepLaunches)
      steps += (steps.empty() ? "; " : ", ") + std::to_string(step.launches) + " in " + step.function;
    row("launches", llvm::Twine(report.measurement.launches) + steps);
  }
  if (report.isSimulated)
    row("run time", "none, the device is simulated");
  else
    row("run time", format("%.6f s", times.median) + " (median of " + llvm::Twine(report.seconds.size()) + ", min " +
                        format("%.6f", times.min) + ", max " + format("%.6f", times.max) + ")");
  for (const ResultDigest &result : report.results)
    row("result " + result.name, (result.value.empty() ? "" : result.value + ", ") +
                                     formatArrayType(result.type, result.shape) + " sha256 " +
                                     StringRef(result.sha256).take_front(16));
  auto judge = [](bool passed, bool undecided) { return !passed ? "WRONG" : undecided ? "undecided" : "ok"; };
  for (const GradientCheckResult &check : report.gradientChecks.differences)
    row("gradient " + check.name, judge(check.passed, check.hidden) + llvm::Twine(": relative error ") +
                                      format("%.2e", check.relativeError) + ", tolerance " +
                                      format("%.1e", check.tolerance) + (check.hidden ? ", hidden by rounding" : ""));
  for (const TypeCheckResult &check : report.gradientChecks.types)
    row("gradient " + check.name, judge(check.passed, check.undecided) + (" in " + check.type) + ": relative error " +
                                      format("%.2e", check.relativeError) + ", tolerance " +
                                      format("%.1e", check.tolerance) + " for " + format("%.2g", check.numOperations) +
                                      " operations" + (check.undecided ? ", which zeros would pass as well" : ""));
}
