//===- ScheduleDiagram.cpp - A schedule as a step-over-time diagram -------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleDiagram.h"

#include "DiagramLayers.h"
#include "Plot.h"
#include "remat-plan/lib/Input/Numbers.h"
#include "remat-plan/lib/Input/SizeUnit.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

namespace {

constexpr double pageWidth = 760;
constexpr double pageHeight = 560;
/// At the left there is room for "100,000" and the name of the axis.
constexpr Plot stepPlot = {76, 92, 658, 300};
constexpr Plot memoryPlot = {76, 416, 658, 88};
/// With a slow tier, its channels are between the two.
constexpr Plot slowStepPlot = {76, 92, 658, 258};
constexpr Plot channelPlot = {76, 364, 658, 38};

/// Sends sweeps and lifetimes to one layer, memory and transfers to others.
class Splitter final : public TimelineSink {
public:
  Splitter(DiagramLayer &layer, MemoryLayer &memory, ChannelLayer &channels)
      : layer(layer), memory(memory), channels(channels) {}

  void addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool isRecord) override {
    layer.addSweep(kind, begin, end, from, to, isRecord);
  }
  void addLifetime(KeptKind kind, int64_t step, int64_t begin, int64_t end) override {
    layer.addLifetime(kind, step, begin, end);
  }
  void addMemory(int64_t time, int64_t used) override { memory.add(time, used); }
  void addTransfer(bool isWrite, int64_t begin, int64_t end) override { channels.add(isWrite, begin, end); }

private:
  DiagramLayer &layer;
  MemoryLayer &memory;
  ChannelLayer &channels;
};

} // namespace

/// `isDetailed`: every action is a shape, and steps that leave a tape are told from others.
static void drawLegend(SvgCanvas &canvas, bool isDetailed, bool withSlow, const Plan &plan) {
  Legend legend(canvas, stepPlot.left, stepPlot.right(), stepPlot.top - 20);
  auto addLine = [&](llvm::StringRef color, llvm::StringRef text, double rise, double width = 2.4) {
    legend.add(text, 18, [=](SvgCanvas &on, Point at) {
      Paint paint;
      paint.stroke = color;
      paint.width = width;
      paint.roundCaps = true;
      on.line({at.first + 2, at.second + rise}, {at.first + 18, at.second - rise}, paint);
    });
  };
  addLine(scheduleColors::firstForward, "forward, first time", 4);
  addLine(scheduleColors::rerun, "forward, again", 4);
  if (isDetailed)
    addLine(scheduleColors::rerun, "leaves a tape", 4, 4.4);
  addLine(scheduleColors::backward, "backward", -4);
  legend.add("state kept", 18, [](SvgCanvas &on, Point at) {
    Paint dot;
    dot.fill = scheduleColors::state;
    on.circle({at.first + 3, at.second}, 2.4, dot);
    Paint line;
    line.stroke = scheduleColors::state;
    line.width = 2.4;
    line.roundCaps = true;
    on.line({at.first + 2, at.second}, {at.first + 18, at.second}, line);
  });
  legend.add("tape kept", 20, [](SvgCanvas &on, Point at) {
    Paint tape;
    tape.fill = scheduleColors::tape;
    tape.opacity = tapeOpacity;
    on.rect(at.first, at.second - 5, 20, 10, tape);
  });
  // Of what is kept in the slow tier, a detailed picture tells states from tapes.
  if (withSlow && (!isDetailed || plan.offloadedStates > 0))
    legend.add(isDetailed ? "state in the slow tier" : "slow tier", 18, [=](SvgCanvas &on, Point at) {
      Paint slow;
      slow.stroke = scheduleColors::slow;
      slow.width = 2.4;
      slow.dash = isDetailed ? "1.5 2.5" : "";
      on.line(at, {at.first + 18, at.second}, slow);
    });
  if (withSlow && isDetailed && plan.offloadedTapes > 0)
    legend.add("tape in the slow tier", 20, [](SvgCanvas &on, Point at) {
      Paint slow;
      slow.fill = scheduleColors::slow;
      slow.opacity = slowTapeOpacity;
      on.rect(at.first, at.second - 5, 20, 10, slow);
    });
  legend.draw();
}

/// What goes out above what comes in.
static void drawChannels(SvgCanvas &canvas, const ChannelLayer &layer) {
  double height = channelPlot.height / 2;
  for (bool isWrite : {true, false}) {
    double top = channelPlot.top + (isWrite ? 0 : height);
    layer.draw(canvas, isWrite, top + 3, height - 6);
    canvas.text({channelPlot.left - 6, top + height / 2 + 3.8}, isWrite ? "out" : "in", Plot::labelSize, Anchor::End);
  }
  channelPlot.drawFrame(canvas);
  channelPlot.nameRows(canvas, "slow");
}

static void drawTitle(SvgCanvas &canvas, const LoadedChain &loaded, const Plan &plan) {
  std::string title = "Policy " + std::string(stringifyPolicy(plan.policy)) + ": " + formatCount(plan.steps) +
                      (plan.steps == 1 ? " step" : " steps") + " in a budget of " +
                      formatSize(plan.budget, loaded.isInBytes);
  std::string summary = formatCount(plan.forward) + " forward and " + formatCount(plan.reverse) +
                        " backward steps: " + formatFixed(plan.timeRatio, 3) + " times the time of keeping everything";
  if (loaded.storeAll > 0)
    summary += " in " + formatPercent(static_cast<double>(plan.budget) / static_cast<double>(loaded.storeAll)) +
               " of its memory";
  canvas.text({stepPlot.left, 28}, title, 17, Anchor::Start, colors::black, /*bold=*/true);
  canvas.text({stepPlot.left, 47}, summary, fitSize(summary, 12, stepPlot.width), Anchor::Start, colors::gray);
}

static void drawBudget(SvgCanvas &canvas, const Axis &memory, int64_t budget, bool isInBytes) {
  if (static_cast<double>(budget) > memory.getHigh())
    return;
  Paint paint;
  paint.stroke = colors::black;
  paint.width = 0.9;
  paint.dash = "5 3";
  double y = memory(static_cast<double>(budget));
  canvas.line({memoryPlot.left, y}, {memoryPlot.right(), y}, paint);
  canvas.text({memoryPlot.right() - 4, y - 4}, "budget " + formatSize(budget, isInBytes), Plot::labelSize, Anchor::End);
}

void plantool::drawSchedule(const LoadedChain &loaded, const PlanResult &result, llvm::raw_ostream &stream) {
  const Plan &plan = result.plan;
  bool hasSlow = loaded.chain.slow.has_value();
  const Plot &steps = hasSlow ? slowStepPlot : stepPlot;
  Axis time(0, static_cast<double>(plan.time), steps.left, steps.right());
  Axis step(0, static_cast<double>(plan.steps), steps.bottom(), steps.top);
  // A budget far above the peak would flatten the curve.
  int64_t shown = plan.budget <= plan.peak * 3 / 2 ? std::max(plan.budget, plan.peak) : plan.peak;
  Axis memory(0, 1.25 * static_cast<double>(std::max<int64_t>(shown, 1)), memoryPlot.bottom(), memoryPlot.top);

  SizeUnit unit(loaded.isInBytes, static_cast<double>(shown));

  // Action by action as long as a step is a few points high and wide.
  bool isShort = plan.steps <= 64 && plan.forward + plan.reverse <= 400;
  std::unique_ptr<DiagramLayer> layer;
  if (isShort)
    layer = std::make_unique<DetailLayer>(time, step);
  else
    layer = std::make_unique<DensityLayer>(time, step, steps.left, steps.top, steps.width, steps.height);
  MemoryLayer memoryLayer(time, memoryPlot.left, memoryPlot.width, /*isDense=*/!isShort);
  ChannelLayer channelLayer(time, channelPlot.left, channelPlot.width);
  Splitter sink(*layer, memoryLayer, channelLayer);
  Timeline timeline(sink);
  Simulator simulator(loaded.chain, &timeline);
  result.forEachAction([&](const Action &action) { return simulator.play(action); });
  simulator.finish();

  SvgCanvas canvas(pageWidth, pageHeight, "A schedule of " + formatCount(plan.steps) + " steps");
  drawTitle(canvas, loaded, plan);
  drawLegend(canvas, isShort, hasSlow, plan);
  steps.drawRows(canvas, step, step.ticks(6, /*isWhole=*/true));
  Axis shownMemory(0, memory.getHigh() / unit.getSize(), memoryPlot.bottom(), memoryPlot.top);
  memoryPlot.drawRows(canvas, shownMemory, shownMemory.ticks(3, /*isWhole=*/!loaded.isInBytes));
  layer->draw(canvas);
  memoryLayer.draw(canvas, memory);
  drawBudget(canvas, memory, plan.budget, loaded.isInBytes);
  if (hasSlow)
    drawChannels(canvas, channelLayer);
  steps.drawFrame(canvas);
  memoryPlot.drawFrame(canvas);
  steps.nameRows(canvas, "step");
  memoryPlot.nameRows(canvas, unit.nameAxis("memory"));
  // In the problem's own unit.
  double scale = static_cast<double>(loaded.chain.timeScale);
  Axis shownTime(time.getLow() / scale, time.getHigh() / scale, memoryPlot.left, memoryPlot.right());
  memoryPlot.drawColumns(canvas, shownTime, shownTime.ticks(8), /*withGrid=*/false);
  memoryPlot.nameColumns(canvas, "time", 34);
  canvas.print(stream);
}
