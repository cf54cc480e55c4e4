//===- BudgetTable.cpp - One gradient under several budgets -----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BudgetTable.h"

#include "remat/Execution/ProgramError.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>

using namespace remat;

char BrokenPromise::ID = 0;

namespace {
/// What one line of the table says.
struct Line {
  PlanFigures plan;
  Measurement measured;
  CallCounters counters;
  double seconds = 0;
  std::vector<Array> results;
};
} // namespace

static double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// One measured call, then the median of three timed ones.
static llvm::Expected<Line> run(Model &model, llvm::StringRef text) {
  std::string reason;
  std::optional<Budget> budget = parseBudget(text, reason);
  if (!budget)
    return llvm::createStringError(reason);
  auto program = model.compile(*budget);
  if (!program)
    return program.takeError();
  Line line;
  std::vector<ArrayView> arguments = model.getArguments();
  auto plan = (*program)->getPlan(arguments);
  if (!plan)
    return plan.takeError();
  line.plan = *plan;
  auto results = model.allocateResults(**program);
  if (!results)
    return results.takeError();
  line.results = std::move(*results);
  std::vector<ArrayView> views = getViews(line.results);
  if (llvm::Error error = (*program)->measure(arguments, views, {}, line.measured, &line.counters))
    return std::move(error);
  std::vector<double> times;
  for (int i = 0; i < 3; ++i) {
    double start = now();
    if (llvm::Error error = (*program)->call(arguments, views))
      return std::move(error);
    times.push_back(now() - start);
  }
  std::sort(times.begin(), times.end());
  line.seconds = times[1];
  return std::move(line);
}

static bool haveSameBits(const Line &a, const Line &b) {
  for (auto [left, right] : llvm::zip_equal(a.results, b.results))
    if (left.getBytes() != right.getBytes())
      return false;
  return true;
}

static void printLine(llvm::StringRef budget, const Line &line, const Line &first) {
  const PlanFigures &plan = line.plan;
  int64_t measured = line.measured.getPeakBytes();
  llvm::outs() << llvm::formatv("{0,-9} {1,13:N} {2,13:N} {3,13:N} {4,9:N} {5,8:F3} {6,8:F3} {7,8:F3} {8,8:F2}  {9}\n",
                                budget, plan.peakBytes, measured, measured + line.measured.parameterCopyBytes,
                                line.counters.getForwardSteps(), plan.timeRatio, plan.lowerBoundRatio,
                                line.seconds / first.seconds, line.seconds,
                                haveSameBits(line, first) ? "identical" : "DIFFERENT");
  llvm::outs().flush();
}

/// Prints the line of a budget that is too small; passes other errors on.
static llvm::Error printInfeasible(llvm::StringRef budget, llvm::Error error) {
  return llvm::handleErrors(std::move(error), [&](std::unique_ptr<ProgramError> problem) -> llvm::Error {
    if (problem->getKind() != ProgramError::Kind::Infeasible)
      return llvm::Error(std::move(problem));
    llvm::outs() << llvm::formatv("{0,-9} infeasible; the smallest feasible budget is {1:N} bytes\n", budget,
                                  problem->getMinimumBudget());
    return llvm::Error::success();
  });
}

llvm::Error printBudgetTable(Model &model, llvm::ArrayRef<llvm::StringRef> budgets, const std::atomic<bool> &stop) {
  llvm::outs() << "\nThe gradient of the last batch under several budgets\n\n"
                  "           --------------- peak bytes --------------    forward  --- time, of first ---   "
                  "time in  gradient\n"
                  "budget           planned      measured   with copies      steps  planned    bound measured  "
                  "seconds  bits\n";
  std::vector<Line> lines;
  for (llvm::StringRef budget : budgets) {
    if (stop)
      return llvm::Error::success();
    llvm::Expected<Line> line = run(model, budget);
    if (!line) {
      if (llvm::Error error = printInfeasible(budget, line.takeError()))
        return error;
      continue;
    }
    lines.push_back(std::move(*line));
    const Line &first = lines.front(), &present = lines.back();
    printLine(budget, present, first);
    if (!haveSameBits(present, first))
      return llvm::make_error<BrokenPromise>(
          ("the gradients of budget " + budget + " are not those of the first").str());
    if (present.measured.getPeakBytes() != present.plan.peakBytes)
      return llvm::make_error<BrokenPromise>(
          ("the measured peak of budget " + budget + " is not the planned one").str());
  }
  return llvm::Error::success();
}
