//===- FrontierCommand.cpp - remat-plan frontier --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "remat-plan/lib/Input/Numbers.h"
#include "remat-plan/lib/Output/OutputSink.h"
#include "remat-plan/lib/Output/TextTable.h"
#include "remat-plan/lib/Picture/FrontierDiagram.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <limits>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

static void printJSON(const FrontierCurve &curve, const LoadedChain &loaded) {
  llvm::json::OStream json(llvm::outs(), /*IndentSize=*/2);
  int64_t scale = loaded.chain.timeScale;
  auto printTime = [&](llvm::StringRef key, int64_t time) {
    json.attributeBegin(key);
    json.rawValue(formatTime(time, scale));
    json.attributeEnd();
  };
  json.array([&] {
    for (const CurvePoint &point : curve.points)
      json.object([&] {
        json.attribute("budget", point.budget);
        json.attribute("forward", point.forward);
        printTime("time", point.time);
        json.attribute("time_ratio", point.timeRatio);
        printTime("lower_bound", point.lowerBound);
      });
  });
  json.flush();
  llvm::outs() << '\n';
}

/// At most `count` points of a curve, evenly on a logarithmic scale of budgets.
static std::vector<CurvePoint> thin(const std::vector<CurvePoint> &points, size_t count) {
  if (points.size() <= count)
    return points;
  std::vector<CurvePoint> result;
  auto at = [&](const CurvePoint &point) { return std::log(static_cast<double>(point.budget + 1)); };
  double first = at(points.front());
  double step = (at(points.back()) - first) / static_cast<double>(count - 1);
  for (const CurvePoint &point : points)
    if (at(point) >= first + step * static_cast<double>(result.size()) - 1e-9)
      result.push_back(point);
  if (result.back().budget != points.back().budget)
    result.push_back(points.back());
  return result;
}

/// Of budgets that are not all there are.
static std::string describeSample(const FrontierCurve &curve) {
  return "a sample of " + std::to_string(curve.points.size()) + " useful budgets, which --points enlarges";
}

static void printTables(const FrontierCurve &curve, const LoadedChain &loaded) {
  int64_t scale = loaded.chain.timeScale;
  double storeAll = static_cast<double>(std::max<int64_t>(loaded.storeAll, 1));
  llvm::raw_ostream &stream = llvm::outs();
  stream << describeChain(loaded.chain) << "; policy " << stringifyPolicy(curve.policy) << "; keeping everything takes "
         << loaded.storeAll << "\n\n";
  for (const Knee &knee : curve.knees)
    stream << knee.name << " from " << (knee.isExact ? "" : "at most ") << formatPercent(knee.share) << " on (budget "
           << knee.point.budget << ")\n";
  stream << '\n';

  std::vector<CurvePoint> shown = thin(curve.points, 24);
  TextTable table(
      {TextTable::Right, TextTable::Right, TextTable::Right, TextTable::Right, TextTable::Right, TextTable::Right});
  table.add({"budget", "share", "forward", "time", "ratio", "lower bound"});
  for (const CurvePoint &point : shown)
    table.add({std::to_string(point.budget), formatPercent(static_cast<double>(point.budget) / storeAll),
               std::to_string(point.forward), formatShortTime(point.time, scale), formatFixed(point.timeRatio, 4),
               formatShortTime(point.lowerBound, scale)});
  table.print(stream);
  stream << '\n' << shown.size() << " of ";
  if (curve.isComplete)
    stream << curve.points.size() << " useful budgets; --json prints all\n";
  else
    stream << describeSample(curve) << "; --json prints these\n";
}

/// Whether a plan takes a millisecond, as those of equal steps that are tables do.
static bool isQuick(const LoadedChain &loaded, Policy policy) {
  constexpr int64_t shortList = 1000;
  bool isList = infoOf(policy).has(MakesLists) && loaded.chain.steps() > shortList;
  return loaded.chain.equalSteps() && !loaded.chain.slow && !isList;
}

/// Budgets to plan if the user does not say.
static int64_t defaultPoints(const LoadedChain &loaded, Policy policy) {
  // With sizes in bytes such plans take some 70 ms each.
  constexpr int64_t longChain = 100000;
  if (isQuick(loaded, policy))
    return loaded.chain.steps() <= longChain ? 5000 : 500;
  return 50;
}

/// Plans that the knees may take besides. The nine of them are told from their
/// neighbours in sizes of three digits by some ten each.
static int64_t maxKneePlans(const LoadedChain &loaded, Policy policy) {
  if (isQuick(loaded, policy))
    return std::numeric_limits<int64_t>::max();
  constexpr int64_t fewSteps = 100;
  return loaded.chain.steps() <= fewSteps ? 200 : 50;
}

static FrontierCurve computeCurve(const LoadedChain &loaded, Policy policy, int64_t plans, int64_t kneePlans,
                                  const ChainOptions &search, Progress &progress) {
  CurveOptions options = {plans, kneePlans, search, [&](double share) { progress.setShare(share); },
                          [&] { progress.begin("looking for the knees"); }};
  return computeFrontierCurve(loaded.chain, loaded.storeAll, policy, options);
}

/// The curves of the other policies, for the picture only.
static std::vector<FrontierCurve> computeOthers(const LoadedChain &loaded, Policy policy, const ChainOptions &search,
                                                Progress &progress) {
  int64_t points = std::min<int64_t>(1000, defaultPoints(loaded, Policy::Optimal));
  // Plans that are lists take their time.
  constexpr int64_t mostListed = 10000;
  int64_t listPoints = loaded.chain.steps() <= mostListed ? std::min<int64_t>(100, points) : 0;
  std::vector<FrontierCurve> curves;
  for (Policy other : getPoliciesAsDrawn()) {
    int64_t count = infoOf(other).has(MakesLists) ? listPoints : points;
    if (other == policy || count == 0)
      continue;
    progress.begin("planning by policy " + std::string(stringifyPolicy(other)));
    FrontierCurve curve = computeCurve(loaded, other, count, /*kneePlans=*/0, search, progress);
    if (curve.verdict.ok())
      curves.push_back(std::move(curve));
  }
  return curves;
}

llvm::Expected<ExitStatus> plantool::runFrontier(const PlanOptions &options) {
  auto policy = readPolicy(options.policy);
  if (!policy)
    return policy.takeError();
  auto loaded = loadChain(options, *policy);
  if (!loaded)
    return loaded.takeError();

  FrontierCurve curve;
  std::vector<FrontierCurve> others;
  {
    Progress progress("planning budgets");
    int64_t points = options.points > 0 ? options.points : defaultPoints(*loaded, *policy);
    // Progress counts plans.
    ChainOptions search = makeChainOptions(options);
    curve = computeCurve(*loaded, *policy, points, maxKneePlans(*loaded, *policy), search, progress);
    if (curve.verdict.ok() && !options.svgPath.empty())
      others = computeOthers(*loaded, *policy, search, progress);
  }
  if (!curve.verdict.ok())
    return makeVerdictError(curve.verdict, *loaded);

  OutputSink sink;
  if (!options.svgPath.empty()) {
    auto write = [&](llvm::raw_ostream &stream) { drawFrontier(*loaded, curve, others, stream); };
    if (llvm::Error error = sink.add(options.svgPath, write))
      return std::move(error);
  }
  if (llvm::Error error = sink.commit())
    return std::move(error);
  if (options.json) {
    printJSON(curve, *loaded);
    if (!curve.isComplete)
      llvm::errs() << "remat-plan: note: these are " << describeSample(curve) << '\n';
  } else if (options.svgPath != "-") {
    printTables(curve, *loaded);
  }
  return ExitStatus::Success;
}
