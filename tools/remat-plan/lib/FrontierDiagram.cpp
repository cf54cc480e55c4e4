//===- FrontierDiagram.cpp - Time over memory as a diagram ----------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FrontierDiagram.h"

#include "Numbers.h"
#include "Plot.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <optional>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

namespace {

constexpr double pageWidth = 760;
constexpr double pageHeight = 520;
constexpr Plot plot = {70, 108, 664, 350};

} // namespace

static Paint paintOf(Policy policy) {
  Paint paint;
  paint.width = 1.5;
  switch (policy) {
  case Policy::Optimal:
    paint.stroke = colors::blue;
    paint.width = 2.6;
    break;
  case Policy::Msm:
    paint.stroke = colors::vermilion;
    paint.dash = "7 3";
    break;
  case Policy::Ism:
    paint.stroke = colors::green;
    paint.dash = "2 2";
    break;
  case Policy::Revolve:
    paint.stroke = colors::orange;
    paint.dash = "8 3 2 3";
    break;
  case Policy::Periodic:
    paint.stroke = colors::purple;
    paint.dash = "4 3";
    break;
  case Policy::Mixed:
    paint.stroke = colors::sky;
    paint.dash = "10 2";
    break;
  case Policy::Online:
    paint.stroke = colors::black;
    paint.dash = "1 3";
    break;
  case Policy::HRevolve:
    paint.stroke = colors::gray;
    paint.dash = "6 2 1 2";
    break;
  case Policy::DiskRevolve:
    paint.stroke = colors::gray;
    paint.dash = "3 2";
    break;
  default:
    paint.stroke = colors::gray;
    break;
  }
  return paint;
}

static double shareOfTime(int64_t time, const FrontierCurve &curve) {
  int64_t everything = curve.points.back().time;
  return everything > 0 ? static_cast<double>(time) / static_cast<double>(everything) : 1;
}

/// The curve as steps: at a budget between two points, the plan of the lower one
/// is still there.
static std::vector<Point> trace(const FrontierCurve &curve, const FrontierCurve &reference, const Axis &memory,
                                const Axis &time) {
  std::vector<Point> line;
  for (const FrontierPoint &point : curve.points) {
    double x = memory(static_cast<double>(std::max<int64_t>(point.budget, 1)));
    if (!line.empty())
      line.push_back({x, line.back().second});
    line.push_back({x, time(shareOfTime(point.time, reference))});
  }
  return line;
}

/// What no schedule reaches. Between two points the bound of the higher one holds.
static std::vector<Point> traceBound(const FrontierCurve &curve, const Axis &memory, const Axis &time) {
  std::vector<Point> line;
  for (const FrontierPoint &point : curve.points) {
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
  plot.drawColumns(canvas, memory, memory.ticks(14), /*withGrid=*/true);
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
  plot.nameColumns(canvas, "budget (above: as a share of keeping everything)", 36);
  plot.nameRows(canvas, "time over that of keeping everything");
}

static void drawLegend(SvgCanvas &canvas, const FrontierCurve &curve, const std::vector<FrontierCurve> &others) {
  double x = plot.left, y = 68;
  // Begins a line if there is not enough room in this one.
  auto begin = [&](double iconWidth, llvm::StringRef text) {
    double width = iconWidth + 6 + estimateWidth(text, Plot::labelSize);
    if (x + width > plot.right()) {
      x = plot.left;
      y += 15;
    }
    canvas.text({x + iconWidth + 6, y}, text, Plot::labelSize);
    return width + 14;
  };
  auto add = [&](Policy policy) {
    double width = begin(30, llvm::StringRef(stringifyPolicy(policy)));
    canvas.line({x, y - 4}, {x + 30, y - 4}, paintOf(policy));
    x += width;
  };
  add(curve.policy);
  for (const FrontierCurve &other : others)
    add(other.policy);
  begin(20, "no schedule of any kind");
  Paint area;
  area.fill = colors::lightGray;
  canvas.rect(x, y - 9, 20, 10, area);
}

namespace {

/// Puts labels where they touch neither each other nor the frame.
class LabelPlacer {
public:
  struct Box {
    double left, top, right, bottom;
  };

  /// Takes the first free one of the places of a label, if there is one.
  std::optional<Point> place(llvm::ArrayRef<Point> starts, double width, double height) {
    for (auto [x, y] : starts) {
      Box box = {x - 3, y - height, x + width + 3, y + 3};
      bool isInside =
          box.left > plot.left && box.right < plot.right() && box.top > plot.top && box.bottom < plot.bottom();
      if (!isInside || llvm::any_of(taken, [&](const Box &other) { return touch(box, other); }))
        continue;
      taken.push_back(box);
      return Point(x, y);
    }
    return std::nullopt;
  }

private:
  static bool touch(const Box &a, const Box &b) {
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }

  std::vector<Box> taken;
};

} // namespace

static void drawKnees(SvgCanvas &canvas, const FrontierCurve &curve, const LoadedChain &loaded, const Axis &memory,
                      const Axis &time) {
  std::vector<Knee> knees = curve.knees;
  // The best known one gets its place first.
  auto best = llvm::find_if(knees, [](const Knee &knee) { return knee.name == "one third more time"; });
  if (best != knees.end())
    std::rotate(knees.begin(), best, best + 1);
  constexpr double size = 10.5;
  LabelPlacer placer;
  for (const Knee &knee : knees) {
    double ratio = shareOfTime(knee.point.time, curve);
    if (ratio > time.getHigh() || ratio <= 1)
      continue;
    double x = memory(static_cast<double>(std::max<int64_t>(knee.point.budget, 1)));
    double y = time(ratio);
    std::string label = knee.name + " from " + formatPercent(knee.share) + " on";
    double width = estimateWidth(label, size);
    std::optional<Point> at =
        placer.place({{x + 8, y - 7}, {x - 8 - width, y + 16}, {x - 8 - width, y + 32}}, width, size);
    if (!at)
      continue;
    Paint ring;
    ring.fill = "white";
    ring.stroke = paintOf(curve.policy).stroke;
    ring.width = 1.6;
    canvas.circle({x, y}, 3.4, ring);
    canvas.textOnLines(*at, label, size);
  }
}

void plantool::drawFrontier(const LoadedChain &loaded, const FrontierCurve &curve,
                            const std::vector<FrontierCurve> &others, llvm::raw_ostream &stream) {
  double least = static_cast<double>(std::max<int64_t>(curve.points.front().budget, 1));
  double most = static_cast<double>(std::max<int64_t>(curve.points.back().budget, 1));
  for (const FrontierCurve &other : others)
    least = std::min(least, static_cast<double>(std::max<int64_t>(other.points.front().budget, 1)));
  Axis memory(least, std::max(most, 2 * least), plot.left, plot.right(), /*isLogarithmic=*/true);
  // Above three times the time the curves are a wall at the left.
  constexpr double highest = 3;
  double ratio = std::min(highest, shareOfTime(curve.points.front().time, curve));
  Axis time(0.9, std::max(1.2, std::ceil(ratio * 10) / 10), plot.bottom(), plot.top);

  SvgCanvas canvas(pageWidth, pageHeight, "Time over memory");
  canvas.text({plot.left, 28}, "Time over memory", 17, Anchor::Start, colors::black, /*bold=*/true);
  canvas.text({plot.left, 47},
              describeChain(loaded.chain) + "; keeping everything takes " + formatCount(loaded.storeAll), 12,
              Anchor::Start, colors::gray);
  drawLegend(canvas, curve, others);
  canvas.beginClip(plot.left, plot.top, plot.width, plot.height);
  Paint area;
  area.fill = colors::lightGray;
  canvas.polygon(traceBound(curve, memory, time), area);
  canvas.endClip();
  drawAxes(canvas, memory, time, loaded);

  canvas.beginClip(plot.left, plot.top, plot.width, plot.height);
  for (const FrontierCurve &other : others)
    canvas.polyline(trace(other, curve, memory, time), paintOf(other.policy));
  canvas.polyline(trace(curve, curve, memory, time), paintOf(curve.policy));
  canvas.endClip();
  drawKnees(canvas, curve, loaded, memory, time);
  canvas.print(stream);
}
