//===- Plot.cpp - The frame, grid and axes of a diagram -------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Plot.h"

#include "remat-plan/lib/Input/SizeUnit.h"

using namespace remat;
using namespace remat::plantool;

static Paint makeGrid() {
  Paint paint;
  paint.stroke = colors::lightGray;
  paint.width = 0.5;
  return paint;
}

static Paint makeMark() {
  Paint paint;
  paint.stroke = colors::gray;
  paint.width = 0.7;
  return paint;
}

void Plot::drawFrame(SvgCanvas &canvas) const { canvas.rect(left, top, width, height, makeMark()); }

void Plot::drawRows(SvgCanvas &canvas, const Axis &axis, llvm::ArrayRef<double> ticks) const {
  for (double tick : ticks) {
    canvas.line({left, axis(tick)}, {right(), axis(tick)}, makeGrid());
    canvas.text({left - 6, axis(tick) + 3.8}, formatTick(tick), labelSize, Anchor::End);
  }
}

void Plot::drawColumns(SvgCanvas &canvas, const Axis &axis, llvm::ArrayRef<double> ticks, bool withGrid) const {
  for (double tick : ticks) {
    if (withGrid)
      canvas.line({axis(tick), top}, {axis(tick), bottom()}, makeGrid());
    canvas.line({axis(tick), bottom()}, {axis(tick), bottom() + 4}, makeMark());
    canvas.text({axis(tick), bottom() + 16}, formatTick(tick), labelSize, Anchor::Middle);
  }
}

void Plot::nameRows(SvgCanvas &canvas, llvm::StringRef name) const {
  canvas.text({16, top + height / 2}, name, titleSize, Anchor::Middle, colors::black, /*bold=*/false,
              /*vertical=*/true);
}

void Plot::nameColumns(SvgCanvas &canvas, llvm::StringRef name, double distance) const {
  canvas.text({left + width / 2, bottom() + distance}, name, titleSize, Anchor::Middle);
}

static constexpr double legendLine = 14;

void Legend::add(llvm::StringRef text, double iconWidth, DrawIcon drawIcon) {
  entries.push_back({text.str(), iconWidth, std::move(drawIcon)});
}

void Legend::draw() {
  constexpr double space = 6, between = 16;
  double x = left;
  int line = 0;
  for (Entry &entry : entries) {
    double width = entry.iconWidth + space + estimateWidth(entry.text, Plot::labelSize);
    if (x > left && x + width > right) {
      x = left;
      ++line;
    }
    entry.x = x;
    entry.line = line;
    x += width + between;
  }
  for (const Entry &entry : entries) {
    double y = middle + legendLine * (entry.line - 0.5 * line);
    entry.drawIcon(canvas, {entry.x, y - 4});
    canvas.text({entry.x + entry.iconWidth + space, y}, entry.text, Plot::labelSize);
  }
}
