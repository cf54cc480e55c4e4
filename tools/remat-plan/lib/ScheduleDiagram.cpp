//===- ScheduleDiagram.cpp - A schedule as a step-over-time diagram -------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleDiagram.h"

#include "DiagramLayers.h"
#include "Numbers.h"
#include "Plot.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

namespace {

constexpr double pageWidth = 760;
constexpr double pageHeight = 560;
constexpr Plot stepPlot = {70, 92, 664, 300};
constexpr Plot memoryPlot = {70, 416, 664, 88};

/// Sends sweeps and lifetimes to one layer and memory to another.
class Splitter final : public TimelineSink {
public:
  Splitter(DiagramLayer &layer, MemoryLayer &memory) : layer(layer), memory(memory) {}

  void addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool isRecord) override {
    layer.addSweep(kind, begin, end, from, to, isRecord);
  }
  void addLifetime(KeptKind kind, int64_t step, int64_t begin, int64_t end) override {
    layer.addLifetime(kind, step, begin, end);
  }
  void addMemory(int64_t time, int64_t used) override { memory.add(time, used); }

private:
  DiagramLayer &layer;
  MemoryLayer &memory;
};

} // namespace

/// `withRecords`: whether forward steps that leave a tape are told from others.
static void drawLegend(SvgCanvas &canvas, bool withRecords) {
  double x = stepPlot.left;
  constexpr double y = 74;
  auto label = [&](llvm::StringRef text) {
    canvas.text({x + 24, y}, text, Plot::labelSize);
    x += 24 + estimateWidth(text, Plot::labelSize) + 18;
  };
  auto addLine = [&](llvm::StringRef color, llvm::StringRef text, double rise, double width = 2.4) {
    Paint paint;
    paint.stroke = color;
    paint.width = width;
    paint.roundCaps = true;
    canvas.line({x + 2, y - 4 + rise}, {x + 18, y - 4 - rise}, paint);
    label(text);
  };
  addLine(scheduleColors::firstForward, "forward, first time", 4);
  addLine(scheduleColors::rerun, "forward, again", 4);
  if (withRecords)
    addLine(scheduleColors::rerun, "leaves a tape", 4, 4.4);
  addLine(scheduleColors::backward, "backward", -4);
  Paint dot;
  dot.fill = scheduleColors::state;
  canvas.circle({x + 3, y - 4}, 2.4, dot);
  addLine(scheduleColors::state, "state kept", 0);
  Paint tape;
  tape.fill = scheduleColors::tape;
  tape.opacity = 0.42;
  canvas.rect(x, y - 9, 20, 10, tape);
  label("tape kept");
}

static void drawTitle(SvgCanvas &canvas, const LoadedChain &loaded, const Plan &plan) {
  std::string title = "Policy " + std::string(stringifyPolicy(plan.policy)) + ": " + formatCount(plan.steps) +
                      (plan.steps == 1 ? " step" : " steps") + " in a budget of " + formatCount(plan.budget);
  double share = static_cast<double>(plan.budget) / static_cast<double>(std::max<int64_t>(loaded.storeAll, 1));
  std::string summary = formatCount(plan.forward) + " forward and " + formatCount(plan.reverse) +
                        " backward steps: " + formatFixed(plan.timeRatio, 3) +
                        " times the time of keeping everything in " + formatPercent(share) + " of its memory";
  canvas.text({stepPlot.left, 28}, title, 17, Anchor::Start, colors::black, /*bold=*/true);
  double size = std::min(12.0, stepPlot.width / (0.58 * static_cast<double>(summary.size())));
  canvas.text({stepPlot.left, 47}, summary, size, Anchor::Start, colors::gray);
}

static void drawBudget(SvgCanvas &canvas, const Axis &memory, int64_t budget) {
  if (static_cast<double>(budget) > memory.getHigh())
    return;
  Paint paint;
  paint.stroke = colors::black;
  paint.width = 0.9;
  paint.dash = "5 3";
  double y = memory(static_cast<double>(budget));
  canvas.line({memoryPlot.left, y}, {memoryPlot.right(), y}, paint);
  canvas.text({memoryPlot.right() - 4, y - 4}, "budget " + formatCount(budget), Plot::labelSize, Anchor::End);
}

void plantool::drawSchedule(const LoadedChain &loaded, const ChainResult &result, llvm::raw_ostream &stream) {
  const Plan &plan = result.plan;
  Axis time(0, static_cast<double>(plan.time), stepPlot.left, stepPlot.right());
  Axis step(0, static_cast<double>(plan.steps), stepPlot.bottom(), stepPlot.top);
  // A budget far above the peak would flatten the curve.
  int64_t shown = plan.budget <= plan.peak * 3 / 2 ? std::max(plan.budget, plan.peak) : plan.peak;
  Axis memory(0, 1.25 * static_cast<double>(std::max<int64_t>(shown, 1)), memoryPlot.bottom(), memoryPlot.top);

  // Action by action as long as a step is a few points high and wide.
  bool isShort = plan.steps <= 64 && plan.forward + plan.reverse <= 400;
  std::unique_ptr<DiagramLayer> layer;
  if (isShort)
    layer = std::make_unique<DetailLayer>(time, step);
  else
    layer = std::make_unique<DensityLayer>(time, step, stepPlot.left, stepPlot.top, stepPlot.width, stepPlot.height);
  MemoryLayer memoryLayer(time, memoryPlot.left, memoryPlot.width);
  Splitter sink(*layer, memoryLayer);
  Timeline timeline(loaded.chain, sink);
  result.forEachAction([&](const Action &action) {
    timeline.play(action);
    return true;
  });
  timeline.finish();

  SvgCanvas canvas(pageWidth, pageHeight, "A schedule of " + formatCount(plan.steps) + " steps");
  drawTitle(canvas, loaded, plan);
  drawLegend(canvas, isShort);
  stepPlot.drawRows(canvas, step, step.ticks(6, /*isWhole=*/true));
  memoryPlot.drawRows(canvas, memory, memory.ticks(3, /*isWhole=*/true));
  layer->draw(canvas);
  memoryLayer.draw(canvas, memory);
  drawBudget(canvas, memory, plan.budget);
  stepPlot.drawFrame(canvas);
  memoryPlot.drawFrame(canvas);
  stepPlot.nameRows(canvas, "step");
  memoryPlot.nameRows(canvas, "memory");
  // In the problem's own unit.
  double scale = static_cast<double>(loaded.chain.timeScale);
  Axis shownTime(time.getLow() / scale, time.getHigh() / scale, memoryPlot.left, memoryPlot.right());
  memoryPlot.drawColumns(canvas, shownTime, shownTime.ticks(8), /*withGrid=*/false);
  memoryPlot.nameColumns(canvas, "time", 34);
  canvas.print(stream);
}
