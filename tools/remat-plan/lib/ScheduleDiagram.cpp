//===- ScheduleDiagram.cpp - A schedule as a step-over-time diagram -------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScheduleDiagram.h"

#include "DiagramLayers.h"
#include "Numbers.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;

namespace {

/// Measures in points.
struct Layout {
  static constexpr double width = 760;
  static constexpr double height = 560;
  static constexpr double left = 70;
  static constexpr double plotWidth = 664;
  static constexpr double top = 92;
  static constexpr double plotHeight = 300;
  static constexpr double memoryTop = 416;
  static constexpr double memoryHeight = 88;
  static constexpr double labelSize = 11;
};

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

static void drawFrame(SvgCanvas &canvas, double top, double height) {
  Paint frame;
  frame.stroke = colors::gray;
  frame.width = 0.7;
  canvas.rect(Layout::left, top, Layout::plotWidth, height, frame);
}

static void drawHorizontalGrid(SvgCanvas &canvas, const Axis &axis, int count) {
  Paint grid;
  grid.stroke = colors::lightGray;
  grid.width = 0.5;
  for (double tick : axis.ticks(count, /*isWhole=*/true)) {
    canvas.line({Layout::left, axis(tick)}, {Layout::left + Layout::plotWidth, axis(tick)}, grid);
    canvas.text({Layout::left - 6, axis(tick) + 3.8}, formatTick(tick), Layout::labelSize, Anchor::End);
  }
}

static void drawTimeAxis(SvgCanvas &canvas, const Axis &time, double scale) {
  Paint mark;
  mark.stroke = colors::gray;
  mark.width = 0.7;
  double bottom = Layout::memoryTop + Layout::memoryHeight;
  Axis shown(time.getLow() / scale, time.getHigh() / scale, Layout::left, Layout::left + Layout::plotWidth);
  for (double tick : shown.ticks(8)) {
    canvas.line({shown(tick), bottom}, {shown(tick), bottom + 4}, mark);
    canvas.text({shown(tick), bottom + 16}, formatTick(tick), Layout::labelSize, Anchor::Middle);
  }
  canvas.text({Layout::left + Layout::plotWidth / 2, bottom + 34}, "time", 12, Anchor::Middle);
}

/// `withRecords`: whether forward steps that leave a tape are told from others.
static void drawLegend(SvgCanvas &canvas, bool withRecords) {
  double x = Layout::left;
  constexpr double y = 74;
  auto label = [&](llvm::StringRef text) {
    canvas.text({x + 24, y}, text, Layout::labelSize);
    x += 24 + estimateWidth(text, Layout::labelSize) + 18;
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
  canvas.text({Layout::left, 28}, title, 17, Anchor::Start, colors::black, /*bold=*/true);
  double size = std::min(12.0, Layout::plotWidth / (0.58 * static_cast<double>(summary.size())));
  canvas.text({Layout::left, 47}, summary, size, Anchor::Start, colors::gray);
}

static void drawBudget(SvgCanvas &canvas, const Axis &memory, int64_t budget) {
  if (static_cast<double>(budget) > memory.getHigh())
    return;
  Paint paint;
  paint.stroke = colors::black;
  paint.width = 0.9;
  paint.dash = "5 3";
  double y = memory(static_cast<double>(budget));
  canvas.line({Layout::left, y}, {Layout::left + Layout::plotWidth, y}, paint);
  canvas.text({Layout::left + Layout::plotWidth - 4, y - 4}, "budget " + formatCount(budget), Layout::labelSize,
              Anchor::End);
}

void plantool::drawSchedule(const LoadedChain &loaded, const ChainResult &result, llvm::raw_ostream &stream) {
  const Plan &plan = result.plan;
  constexpr double bottom = Layout::top + Layout::plotHeight;
  Axis time(0, static_cast<double>(plan.time), Layout::left, Layout::left + Layout::plotWidth);
  Axis step(0, static_cast<double>(plan.steps), bottom, Layout::top);
  // A budget far above the peak would flatten the curve.
  int64_t shown = plan.budget <= plan.peak * 3 / 2 ? std::max(plan.budget, plan.peak) : plan.peak;
  Axis memory(0, 1.25 * static_cast<double>(std::max<int64_t>(shown, 1)), Layout::memoryTop + Layout::memoryHeight,
              Layout::memoryTop);

  // Action by action as long as a step is a few points high and wide.
  bool isShort = plan.steps <= 64 && plan.forward + plan.reverse <= 400;
  std::unique_ptr<DiagramLayer> layer;
  if (isShort)
    layer = std::make_unique<DetailLayer>(time, step);
  else
    layer =
        std::make_unique<DensityLayer>(time, step, Layout::left, Layout::top, Layout::plotWidth, Layout::plotHeight);
  MemoryLayer memoryLayer(time, Layout::left, Layout::plotWidth);
  Splitter sink(*layer, memoryLayer);
  Timeline timeline(loaded.chain, sink);
  result.forEachAction([&](const Action &action) {
    timeline.play(action);
    return true;
  });
  timeline.finish();

  SvgCanvas canvas(Layout::width, Layout::height, "A schedule of " + formatCount(plan.steps) + " steps");
  drawTitle(canvas, loaded, plan);
  drawLegend(canvas, isShort);
  drawHorizontalGrid(canvas, step, 6);
  drawHorizontalGrid(canvas, memory, 3);
  layer->draw(canvas);
  memoryLayer.draw(canvas, memory);
  drawBudget(canvas, memory, plan.budget);
  drawFrame(canvas, Layout::top, Layout::plotHeight);
  drawFrame(canvas, Layout::memoryTop, Layout::memoryHeight);
  canvas.text({20, Layout::top + Layout::plotHeight / 2}, "step", 12, Anchor::Middle, colors::black, false, true);
  canvas.text({20, Layout::memoryTop + Layout::memoryHeight / 2}, "memory", 12, Anchor::Middle, colors::black, false,
              true);
  drawTimeAxis(canvas, time, static_cast<double>(loaded.chain.timeScale));
  canvas.print(stream);
}
