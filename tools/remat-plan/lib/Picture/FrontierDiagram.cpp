//===- FrontierDiagram.cpp - Time over memory as a diagram ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FrontierDiagram.h"

#include "LabelPlacer.h"
#include "Plot.h"
#include "remat-plan/lib/Input/Numbers.h"
#include "remat-plan/lib/Input/SizeUnit.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

namespace {

constexpr double pageWidth = 760;
constexpr double pageHeight = 520;
constexpr Plot plot = {70, 124, 664, 336};

/// The line of a policy, and when it is drawn.
struct CurveStyle {
  int place;
  llvm::StringRef stroke;
  llvm::StringRef dash = "";
  double width = 1.5;
};

} // namespace

static CurveStyle styleOf(Policy policy) {
  switch (policy) {
  case Policy::Optimal:
    return {0, colors::blue, "", 2.6};
  case Policy::Msm:
    return {1, colors::vermilion, "7 3"};
  case Policy::Ism:
    return {2, colors::green, "2 2"};
  case Policy::Revolve:
    return {3, colors::orange, "8 3 2 3"};
  case Policy::Mixed:
    return {4, colors::sky, "10 2"};
  case Policy::Periodic:
    return {5, colors::purple, "4 3"};
  case Policy::StoreAll:
    return {6, colors::black};
  case Policy::Online:
    return {7, colors::black, "1 3"};
  case Policy::EveryInterval:
    return {8, colors::olive, "2 4", 2};
  case Policy::Multistage:
    return {9, colors::wine, "12 3 2 3"};
  case Policy::HRevolve:
    return {10, colors::indigo, "6 2 1 2"};
  case Policy::DiskRevolve:
    return {11, colors::brown, "3 5", 2};
  }
  return {0, colors::black};
}

std::vector<Policy> plantool::getPoliciesAsDrawn() {
  std::vector<Policy> policies;
  for (const PolicyInfo &info : allPolicies)
    policies.push_back(info.policy);
  llvm::sort(policies, [](Policy a, Policy b) { return styleOf(a).place < styleOf(b).place; });
  return policies;
}

static Paint paintOf(Policy policy) {
  CurveStyle style = styleOf(policy);
  Paint paint;
  paint.stroke = style.stroke;
  paint.dash = style.dash;
  paint.width = style.width;
  return paint;
}

static double shareOfTime(int64_t time, const FrontierCurve &curve) {
  int64_t everything = curve.points.back().time;
  return everything > 0 ? static_cast<double>(time) / static_cast<double>(everything) : 1;
}

/// The curve as steps: at a budget between two points, and above the last, the plan
/// of the lower one is still there.
static std::vector<Point> trace(const FrontierCurve &curve, const FrontierCurve &reference, const Axis &memory,
                                const Axis &time) {
  std::vector<Point> line;
  for (const CurvePoint &point : curve.points) {
    double x = memory(static_cast<double>(std::max<int64_t>(point.budget, 1)));
    if (!line.empty())
      line.push_back({x, line.back().second});
    line.push_back({x, time(shareOfTime(point.time, reference))});
  }
  line.push_back({plot.right(), line.back().second});
  return line;
}

/// What no schedule reaches. Between two points the bound of the higher one holds.
static std::vector<Point> traceBound(const FrontierCurve &curve, const Axis &memory, const Axis &time) {
  std::vector<Point> line;
  for (const CurvePoint &point : curve.points) {
    double x = memory(static_cast<double>(std::max<int64_t>(point.budget, 1)));
    double y = time(shareOfTime(point.boundAnySchedule, curve));
    if (!line.empty())
      line.push_back({line.back().first, y});
    line.push_back({x, y});
  }
  line.push_back({plot.right(), line.back().second});
  line.push_back({plot.right(), plot.bottom()});
  line.push_back({line.front().first, plot.bottom()});
  return line;
}

static void drawAxes(SvgCanvas &canvas, const Axis &memory, const Axis &time, const LoadedChain &loaded) {
  plot.drawRows(canvas, time, time.ticks(8));
  SizeUnit unit(loaded.isInBytes, std::sqrt(memory.getLow() * memory.getHigh()));
  Axis shown(memory.getLow() / unit.getSize(), memory.getHigh() / unit.getSize(), plot.left, plot.right(),
             /*isLogarithmic=*/true);
  plot.drawColumns(canvas, shown, shown.ticks(14), /*withGrid=*/true);
  // The same as shares, above.
  double storeAll = static_cast<double>(std::max<int64_t>(loaded.storeAll, 1));
  Axis share(100 * memory.getLow() / storeAll, 100 * memory.getHigh() / storeAll, plot.left, plot.right(), true);
  Paint mark;
  mark.stroke = colors::gray;
  mark.width = 0.7;
  for (double tick : share.ticks(14)) {
    canvas.line({share(tick), plot.top}, {share(tick), plot.top - 4}, mark);
    canvas.text({share(tick), plot.top - 8}, formatTick(tick) + " %", Plot::labelSize, Anchor::Middle, colors::gray);
  }
  plot.drawFrame(canvas);
  plot.nameColumns(canvas, unit.nameAxis("budget") + " (above: as a share of keeping everything)", 36);
  plot.nameRows(canvas, "time over that of keeping everything");
}

/// The place of a policy that has one plan, whatever the budget is.
static void drawSquare(SvgCanvas &canvas, Point at) {
  Paint paint;
  paint.fill = "white";
  paint.stroke = paintOf(Policy::StoreAll).stroke;
  paint.width = 1.5;
  canvas.rect(at.first - 4, at.second - 4, 8, 8, paint);
}

static void drawLegend(SvgCanvas &canvas, const FrontierCurve &curve, const std::vector<FrontierCurve> &others) {
  Legend legend(canvas, plot.left, plot.right(), plot.top - 46);
  auto add = [&](Policy policy) {
    legend.add(llvm::StringRef(stringifyPolicy(policy)), 30, [policy](SvgCanvas &on, Point at) {
      on.line(at, {at.first + 30, at.second}, paintOf(policy));
      if (policy == Policy::StoreAll)
        drawSquare(on, {at.first + 15, at.second});
    });
  };
  add(curve.policy);
  for (const FrontierCurve &other : others)
    add(other.policy);
  legend.add("no schedule of any kind", 20, [](SvgCanvas &on, Point at) {
    Paint area;
    area.fill = colors::lightGray;
    on.rect(at.first, at.second - 5, 20, 10, area);
  });
  legend.draw();
}

static void drawKnees(SvgCanvas &canvas, const FrontierCurve &curve, llvm::ArrayRef<std::vector<Point>> lines,
                      const Axis &memory, const Axis &time) {
  std::vector<std::pair<Point, std::string>> marks;
  for (const Knee &knee : curve.knees) {
    double ratio = shareOfTime(knee.point.time, curve);
    if (ratio > time.getHigh() || ratio <= 1)
      continue;
    Point at = {memory(static_cast<double>(std::max<int64_t>(knee.point.budget, 1))), time(ratio)};
    std::string label = knee.name + " from " + (knee.isExact ? "" : "at most ") + formatPercent(knee.share) + " on";
    // The best known one gets its place first.
    marks.insert(knee.name == "one third more time" ? marks.begin() : marks.end(), {at, label});
  }
  constexpr double size = 10.5, radius = 3.4;
  LabelPlacer placer(plot, lines);
  for (const auto &[at, label] : marks)
    placer.block(at, radius + 2);
  std::vector<std::optional<Point>> places;
  for (const auto &[at, label] : marks) {
    double width = estimateWidth(label, size);
    places.push_back(placer.place(at, width, size));
    if (!places.back())
      continue;
    // A line to a label that is not at its mark.
    auto [x, y] = *places.back();
    Point end = {std::clamp(at.first, x, x + width), std::clamp(at.second, y - size + 2, y + 2)};
    Paint leader;
    leader.stroke = colors::gray;
    leader.width = 0.6;
    if (std::hypot(end.first - at.first, end.second - at.second) > 12)
      canvas.line(at, end, leader);
  }
  for (size_t i = 0; i < marks.size(); ++i) {
    Paint ring;
    ring.fill = "white";
    ring.stroke = paintOf(curve.policy).stroke;
    ring.width = 1.6;
    canvas.circle(marks[i].first, radius, ring);
    if (places[i])
      canvas.textOnLines(*places[i], marks[i].second, size);
  }
}

void plantool::drawFrontier(const LoadedChain &loaded, const FrontierCurve &curve,
                            const std::vector<FrontierCurve> &others, llvm::raw_ostream &stream) {
  double least = std::numeric_limits<double>::max(), most = static_cast<double>(loaded.storeAll);
  auto include = [&](const FrontierCurve &each) {
    least = std::min(least, static_cast<double>(each.points.front().budget));
    most = std::max(most, static_cast<double>(each.points.back().budget));
  };
  include(curve);
  llvm::for_each(others, include);
  least = std::max(least, 1.0);
  // Some room behind keeping everything, and at both sides of a single budget.
  if (most <= least)
    least = std::max(most, 1.0) / 2;
  Axis memory(least, std::max(most, 2 * least) * 1.12, plot.left, plot.right(), /*isLogarithmic=*/true);
  // Above three times the time the curves are a wall at the left.
  constexpr double highest = 3;
  double ratio = std::min(highest, shareOfTime(curve.points.front().time, curve));
  Axis time(0.9, std::max(1.2, std::ceil(ratio * 10) / 10), plot.bottom(), plot.top);
  std::vector<std::vector<Point>> lines = {trace(curve, curve, memory, time)};
  for (const FrontierCurve &other : others)
    lines.push_back(trace(other, curve, memory, time));

  SvgCanvas canvas(pageWidth, pageHeight, "Time over memory");
  canvas.text({plot.left, 28}, "Time over memory", 17, Anchor::Start, colors::black, /*bold=*/true);
  std::string summary = describePicture(loaded) + "; keeping everything takes " +
                        formatSize(loaded.storeAll, loaded.isInBytes) +
                        (curve.isComplete ? "" : "; a sample of the budgets");
  canvas.text({plot.left, 47}, summary, fitSize(summary, 12, plot.width), Anchor::Start, colors::gray);
  drawLegend(canvas, curve, others);
  canvas.beginClip(plot.left, plot.top, plot.width, plot.height);
  Paint area;
  area.fill = colors::lightGray;
  canvas.polygon(traceBound(curve, memory, time), area);
  canvas.endClip();
  drawAxes(canvas, memory, time, loaded);

  canvas.beginClip(plot.left, plot.top, plot.width, plot.height);
  for (size_t i = 0; i < others.size(); ++i)
    canvas.polyline(lines[i + 1], paintOf(others[i].policy));
  canvas.polyline(lines.front(), paintOf(curve.policy));
  canvas.endClip();
  for (const FrontierCurve &other : others)
    if (other.policy == Policy::StoreAll)
      drawSquare(canvas, {memory(static_cast<double>(std::max<int64_t>(other.points.front().budget, 1))),
                          time(shareOfTime(other.points.front().time, curve))});
  drawKnees(canvas, curve, lines, memory, time);
  canvas.print(stream);
}
