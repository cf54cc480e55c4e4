//===- DiagramLayers.cpp - Two ways to draw a schedule --------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DiagramLayers.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>
#include <iterator>

using namespace remat;
using namespace remat::plantool;
using llvm::StringRef;

static StringRef colorOf(SweepKind kind) {
  switch (kind) {
  case SweepKind::FirstForward:
    return scheduleColors::firstForward;
  case SweepKind::Rerun:
    return scheduleColors::rerun;
  case SweepKind::Backward:
    return scheduleColors::backward;
  }
  return colors::black;
}

void DetailLayer::addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool isRecord) {
  sweeps.push_back({kind, {time(begin), step(from)}, {time(end), step(to)}, isRecord});
}

void DetailLayer::addLifetime(KeptKind kind, int64_t item, int64_t begin, int64_t end) {
  lifetimes.push_back({kind, item, begin, end});
}

void DetailLayer::draw(SvgCanvas &canvas) {
  // What is in both memories is shown in the fast one.
  auto isSlowLife = [](const Lifetime &life) {
    return life.kind == KeptKind::SlowState || life.kind == KeptKind::SlowTape;
  };
  std::vector<Lifetime> ordered;
  std::copy_if(lifetimes.begin(), lifetimes.end(), std::back_inserter(ordered), isSlowLife);
  bool hasSlow = !ordered.empty();
  std::remove_copy_if(lifetimes.begin(), lifetimes.end(), std::back_inserter(ordered), isSlowLife);
  double unit = std::abs(step(1) - step(0));
  // Tapes first: they are areas, and everything else must be seen on them.
  for (const Lifetime &life : ordered) {
    bool isSlow = life.kind == KeptKind::SlowTape;
    if (life.kind != KeptKind::Tape && !isSlow)
      continue;
    double gap = std::min(1.5, 0.15 * unit);
    Paint paint;
    paint.fill = isSlow ? scheduleColors::slow : scheduleColors::tape;
    paint.opacity = isSlow ? slowTapeOpacity : tapeOpacity;
    auto draw = [&](const Paint &how) {
      canvas.rect(time(life.begin), step(life.item) + gap, time(life.end) - time(life.begin), unit - 2 * gap, how);
    };
    if (!isSlow && hasSlow) {
      Paint cover;
      cover.fill = "#ffffff";
      draw(cover);
    }
    draw(paint);
  }
  double width = std::clamp(0.14 * unit, 0.8, 2.0);
  for (const Lifetime &life : ordered) {
    bool isSlow = life.kind == KeptKind::SlowState;
    if (life.kind != KeptKind::State && !isSlow)
      continue;
    Paint paint;
    paint.stroke = isSlow ? scheduleColors::slow : scheduleColors::state;
    paint.width = width;
    paint.dash = isSlow ? "1.5 2.5" : "";
    Point from = {time(life.begin), step(life.item)};
    canvas.line(from, {time(life.end), step(life.item)}, paint);
    Paint dot;
    dot.fill = scheduleColors::state;
    if (!isSlow)
      canvas.circle(from, std::clamp(0.2 * unit, 1.2, 2.8), dot);
  }
  double thin = std::clamp(0.16 * unit, 0.9, 2.0);
  for (const Sweep &sweep : sweeps) {
    Paint paint;
    paint.stroke = colorOf(sweep.kind);
    paint.width = sweep.isRecord ? 1.9 * thin : thin;
    paint.roundCaps = true;
    canvas.line(sweep.from, sweep.to, paint);
  }
}

DensityLayer::DensityLayer(const Axis &time, const Axis &step, double left, double top, double width, double height)
    : DiagramLayer(time, step), left(left), top(top), columns(std::lround(width / cell)),
      rows(std::lround(height / cell)) {
  for (std::vector<int64_t> &each : passes)
    each.assign(at(rows + 1, 0), 0);
  for (std::vector<float> &each : changes)
    each.assign(at(rows, 0), 0);
}

void DensityLayer::addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool) {
  std::vector<int64_t> &grid = passes[static_cast<size_t>(kind)];
  double x0 = (time(begin) - left) / cell, x1 = (time(end) - left) / cell;
  double y0 = (step(from) - top) / cell, y1 = (step(to) - top) / cell;
  int64_t first = std::clamp<int64_t>(static_cast<int64_t>(x0), 0, columns - 1);
  int64_t last = std::clamp<int64_t>(static_cast<int64_t>(x1), first, columns - 1);
  for (int64_t column = first; column <= last; ++column) {
    // The part of the line in this column.
    auto heightAt = [&](double x) { return x1 > x0 ? y0 + (std::clamp(x, x0, x1) - x0) / (x1 - x0) * (y1 - y0) : y0; };
    double a = x1 > x0 ? heightAt(static_cast<double>(column)) : y0;
    double b = x1 > x0 ? heightAt(static_cast<double>(column + 1)) : y1;
    int64_t low = std::clamp<int64_t>(static_cast<int64_t>(std::min(a, b)), 0, rows - 1);
    int64_t high = std::clamp<int64_t>(static_cast<int64_t>(std::max(a, b)), low, rows - 1);
    ++grid[at(low, column)];
    --grid[at(high + 1, column)];
  }
}

void DensityLayer::addLifetime(KeptKind kind, int64_t item, int64_t begin, int64_t end) {
  bool isTape = kind == KeptKind::Tape || kind == KeptKind::SlowTape;
  bool isSlow = kind == KeptKind::SlowState || kind == KeptKind::SlowTape;
  std::vector<float> &grid = changes[isSlow ? 2 : isTape ? 1 : 0];
  double bottom = (step(item) - top) / cell;
  double upper = (step(isTape ? item - 1 : item) - top) / cell;
  double low = std::min(bottom, upper), high = std::max(bottom, upper);
  // What is thinner than a cell is drawn as thick as one, or it could not be seen.
  if (high - low < 1) {
    double middle = std::clamp((low + high) / 2, 0.5, static_cast<double>(rows) - 0.5);
    low = middle - 0.5;
    high = middle + 0.5;
  }
  auto change = [&](int64_t row, double x, double amount) {
    x = std::clamp(x, 0.0, static_cast<double>(columns));
    int64_t column = static_cast<int64_t>(x);
    double share = x - static_cast<double>(column);
    grid[at(row, column)] += static_cast<float>(amount * (1 - share));
    grid[at(row, column + 1)] += static_cast<float>(amount * share);
  };
  double x0 = (time(begin) - left) / cell, x1 = (time(end) - left) / cell;
  int64_t lastRow = std::min<int64_t>(static_cast<int64_t>(std::ceil(high)), rows);
  for (int64_t row = std::max<int64_t>(static_cast<int64_t>(low), 0); row < lastRow; ++row) {
    double covered = std::min(high, static_cast<double>(row + 1)) - std::max(low, static_cast<double>(row));
    change(row, x0, covered);
    change(row, x1, -covered);
  }
}

void DensityLayer::drawCoverage(SvgCanvas &canvas, std::vector<float> &coverage, StringRef color) const {
  constexpr int levels = 5;
  std::array<std::string, levels> paths;
  for (int64_t row = 0; row < rows; ++row) {
    float covered = 0;
    int current = 0;
    int64_t begin = 0;
    for (int64_t column = 0; column <= columns; ++column) {
      covered += column < columns ? coverage[at(row, column)] : 0;
      int level = column < columns ? static_cast<int>(std::lround(std::clamp(covered, 0.0F, 1.0F) * levels)) : 0;
      if (level == current)
        continue;
      if (current > 0)
        paths[current - 1] += "M" + formatCoordinate(left + static_cast<double>(begin) * cell) + " " +
                              formatCoordinate(top + (static_cast<double>(row) + 0.5) * cell) + "h" +
                              formatCoordinate(static_cast<double>(column - begin) * cell);
      current = level;
      begin = column;
    }
  }
  for (int level = 0; level < levels; ++level) {
    Paint paint;
    paint.stroke = color;
    paint.width = cell * 1.1;
    paint.opacity = 0.6 * (level + 1) / levels;
    canvas.path(paths[level], paint);
  }
}

void DensityLayer::drawMarks(SvgCanvas &canvas, const std::vector<int64_t> &grid, StringRef color) const {
  std::string path;
  for (int64_t column = 0; column < columns; ++column) {
    int64_t begin = -1, passing = 0;
    for (int64_t row = 0; row <= rows; ++row) {
      passing += grid[at(row, column)];
      bool isMarked = passing > 0;
      if (isMarked && begin < 0)
        begin = row;
      if (isMarked || begin < 0)
        continue;
      path += "M" + formatCoordinate(left + (static_cast<double>(column) + 0.5) * cell) + " " +
              formatCoordinate(top + static_cast<double>(begin) * cell) + "v" +
              formatCoordinate(static_cast<double>(row - begin) * cell);
      begin = -1;
    }
  }
  Paint paint;
  paint.stroke = color;
  paint.width = cell * 2;
  canvas.path(path, paint);
}

void DensityLayer::draw(SvgCanvas &canvas) {
  drawCoverage(canvas, changes[2], scheduleColors::slow);
  drawCoverage(canvas, changes[1], scheduleColors::tape);
  drawCoverage(canvas, changes[0], scheduleColors::state);
  for (SweepKind kind : {SweepKind::Rerun, SweepKind::FirstForward, SweepKind::Backward})
    drawMarks(canvas, passes[static_cast<size_t>(kind)], colorOf(kind));
}

ChannelLayer::ChannelLayer(const Axis &time, double left, double width) : time(time), left(left) {
  for (Channel &each : channels) {
    each.changes.assign(static_cast<size_t>(std::lround(width / cell)) + 2, 0);
    each.isClose.assign(each.changes.size() - 1, false);
  }
}

void ChannelLayer::add(bool isWrite, int64_t begin, int64_t end) {
  Channel &channel = channels[isWrite ? 0 : 1];
  auto change = [&](int64_t at, double amount) {
    double last = static_cast<double>(channel.changes.size() - 2);
    double column = std::clamp((time(static_cast<double>(at)) - left) / cell, 0.0, last);
    size_t index = static_cast<size_t>(column);
    double share = column - static_cast<double>(index);
    channel.changes[index] += amount * (1 - share);
    channel.changes[index + 1] += amount * share;
    return index;
  };
  size_t first = change(begin, 1), last = change(end, -1);
  // Transfers three points apart can be told from each other.
  constexpr double distance = 3;
  double at = time(static_cast<double>(begin));
  if (channel.lastBegin && at - time(static_cast<double>(*channel.lastBegin)) < distance)
    for (size_t i = std::min(channel.lastColumn, first); i <= last; ++i)
      channel.isClose[i] = true;
  channel.lastBegin = begin;
  channel.lastColumn = first;
}

/// Means of the values around each of them, from one index to another.
static void average(std::vector<double> &values, size_t begin, size_t end) {
  constexpr size_t radius = 10;
  std::vector<double> sums = {0};
  for (size_t i = begin; i < end; ++i)
    sums.push_back(sums.back() + values[i]);
  for (size_t i = begin; i < end; ++i) {
    size_t first = i - std::min(radius, i - begin), last = i + std::min(radius, end - 1 - i);
    values[i] = (sums[last - begin + 1] - sums[first - begin]) / static_cast<double>(last - first + 1);
  }
}

std::vector<double> ChannelLayer::measure(const Channel &channel) const {
  std::vector<double> busy;
  double now = 0;
  for (size_t i = 0; i + 1 < channel.changes.size(); ++i)
    busy.push_back(std::clamp(now += channel.changes[i], 0.0, 1.0));
  // Transfers that are too close together to be seen one by one would make a pattern
  // with the columns; what is seen of them is how busy the channel is.
  for (size_t begin = 0, end = 0; begin < busy.size(); begin = end + 1) {
    for (end = begin; end < busy.size() && channel.isClose[end];)
      ++end;
    // What is left of the pattern after the first time is gone after the second. The ends
    // are columns that are not full.
    for (int times = 0; times < 2 && begin + 2 < end; ++times)
      average(busy, begin + 1, end - 1);
  }
  return busy;
}

/// A colour on white, by so much of it.
static std::string mixWithWhite(StringRef color, double share) {
  uint32_t code = 0;
  color.drop_front().getAsInteger(16, code);
  std::string result = "#";
  for (int shift : {16, 8, 0}) {
    double part = (code >> shift) & 0xff;
    unsigned mixed = static_cast<unsigned>(std::lround(255 + share * (part - 255)));
    result += llvm::hexdigit(mixed / 16, /*LowerCase=*/true);
    result += llvm::hexdigit(mixed % 16, /*LowerCase=*/true);
  }
  return result;
}

void ChannelLayer::draw(SvgCanvas &canvas, bool isWrite, double top, double height) const {
  // So many that the step from one to the next is hardly seen.
  constexpr int levels = 20;
  std::vector<double> busy = measure(channels[isWrite ? 0 : 1]);
  int current = 0;
  size_t begin = 0;
  for (size_t column = 0; column <= busy.size(); ++column) {
    double exact = column == busy.size() ? 0 : busy[column] * levels;
    int level = static_cast<int>(std::lround(exact));
    // Between two levels, what is there stays.
    if (level == current || (level > 0 && std::abs(exact - current) < 0.75))
      continue;
    // No opacity, and below the next one, so that no seam is seen between them.
    std::string color = mixWithWhite(scheduleColors::slow, static_cast<double>(current) / levels);
    Paint paint;
    paint.fill = color;
    double overlap = level > 0 ? cell : 0;
    if (current > 0)
      canvas.rect(left + static_cast<double>(begin) * cell, top, static_cast<double>(column - begin) * cell + overlap,
                  height, paint);
    current = level;
    begin = column;
  }
}

MemoryLayer::MemoryLayer(const Axis &time, double left, double width, bool isDense)
    : time(time), left(left), isDense(isDense), most(std::lround(width / cell) + 1, 0) {}

void MemoryLayer::add(int64_t at, int64_t used) {
  double place = (time(static_cast<double>(at)) - left) / cell;
  size_t column = static_cast<size_t>(std::clamp(place, 0.0, static_cast<double>(most.size() - 1)));
  for (size_t i = lastColumn; i <= column; ++i)
    most[i] = std::max(most[i], lastUsed);
  most[column] = std::max(most[column], used);
  lastColumn = column;
  lastUsed = used;
}

std::vector<int64_t> MemoryLayer::envelope() const {
  if (!isDense)
    return most;
  // Ups and downs about as wide as a column fall into some columns and not into
  // others, and bands would appear that are not there.
  constexpr size_t radius = 1;
  std::vector<int64_t> result;
  for (size_t i = 0; i < most.size(); ++i) {
    auto first = most.begin() + static_cast<ptrdiff_t>(i > radius ? i - radius : 0);
    auto last = most.begin() + static_cast<ptrdiff_t>(std::min(i + radius + 1, lastColumn + 1));
    result.push_back(first < last ? *std::max_element(first, last) : 0);
  }
  return result;
}

void MemoryLayer::draw(SvgCanvas &canvas, const Axis &memory) const {
  std::vector<int64_t> values = envelope();
  std::vector<Point> line;
  for (size_t i = 0; i <= lastColumn; ++i) {
    double x = left + static_cast<double>(i) * cell;
    double y = memory(static_cast<double>(values[i]));
    if (!line.empty() && line.back().second == y)
      continue;
    if (!line.empty())
      line.push_back({x, line.back().second});
    line.push_back({x, y});
  }
  line.push_back({left + static_cast<double>(lastColumn) * cell, line.back().second});

  std::vector<Point> outline = line;
  double bottom = memory(memory.getLow());
  outline.push_back({line.back().first, bottom});
  outline.push_back({left, bottom});
  Paint area;
  area.fill = colors::sky;
  area.opacity = 0.4;
  canvas.polygon(outline, area);
  Paint edge;
  edge.stroke = colors::blue;
  edge.width = 0.9;
  canvas.polyline(line, edge);
}
