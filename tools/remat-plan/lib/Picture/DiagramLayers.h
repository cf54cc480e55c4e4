//===- DiagramLayers.h - Two ways to draw a schedule ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_DIAGRAMLAYERS_H
#define REMAT_TOOLS_REMAT_PLAN_DIAGRAMLAYERS_H

#include "Axis.h"
#include "SvgCanvas.h"
#include "Timeline.h"

#include <array>
#include <optional>

namespace remat::plantool {

/// The colours of a schedule.
namespace scheduleColors {
inline constexpr llvm::StringLiteral firstForward = colors::blue;
inline constexpr llvm::StringLiteral rerun = colors::orange;
inline constexpr llvm::StringLiteral backward = colors::vermilion;
inline constexpr llvm::StringLiteral state = "#5c6b7a";
inline constexpr llvm::StringLiteral tape = colors::green;
/// What is in the slow tier, or on its way.
inline constexpr llvm::StringLiteral slow = colors::purple;
} // namespace scheduleColors

/// Tapes are areas, through which the grid is seen.
inline constexpr double tapeOpacity = 0.42;
inline constexpr double slowTapeOpacity = 0.25;

/// Collects events and draws them between two axes.
class DiagramLayer : public TimelineSink {
public:
  DiagramLayer(const Axis &time, const Axis &step) : time(time), step(step) {}
  void addMemory(int64_t, int64_t) final {}
  void addTransfer(bool, int64_t, int64_t) final {}
  virtual void draw(SvgCanvas &canvas) = 0;

protected:
  Axis time;
  Axis step;
};

/// Every action is a shape of its own.
class DetailLayer final : public DiagramLayer {
public:
  using DiagramLayer::DiagramLayer;

  void addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool isRecord) override;
  void addLifetime(KeptKind kind, int64_t item, int64_t begin, int64_t end) override;
  void draw(SvgCanvas &canvas) override;

private:
  struct Sweep {
    SweepKind kind;
    Point from;
    Point to;
    bool isRecord;
  };
  struct Lifetime {
    KeptKind kind;
    int64_t item;
    int64_t begin;
    int64_t end;
  };
  std::vector<Sweep> sweeps;
  std::vector<Lifetime> lifetimes;
};

/// A grid of cells, half a point wide, in memory that does not depend on the
/// schedule. What is kept shades a cell by how much of it is covered.
class DensityLayer final : public DiagramLayer {
public:
  DensityLayer(const Axis &time, const Axis &step, double left, double top, double width, double height);

  void addSweep(SweepKind kind, int64_t begin, int64_t end, int64_t from, int64_t to, bool isRecord) override;
  void addLifetime(KeptKind kind, int64_t item, int64_t begin, int64_t end) override;
  void draw(SvgCanvas &canvas) override;

private:
  static constexpr double cell = 0.5;

  void drawCoverage(SvgCanvas &canvas, std::vector<float> &coverage, llvm::StringRef color) const;
  void drawMarks(SvgCanvas &canvas, const std::vector<int64_t> &passes, llvm::StringRef color) const;
  size_t at(int64_t row, int64_t column) const { return static_cast<size_t>(row * (columns + 2) + column); }

  double left;
  double top;
  int64_t columns;
  int64_t rows;
  /// By kind of sweep: changes of the number of sweeps that pass a cell, from one row to
  /// the next. A sweep takes two changes for each column that it passes, however steep it is.
  std::array<std::vector<int64_t>, 3> passes;
  /// States, tapes, and what is in the slow tier: changes of the covered share from
  /// one column to the next.
  std::array<std::vector<float>, 3> changes;
};

/// How busy the two channels of the slow tier are, in every half point.
class ChannelLayer {
public:
  ChannelLayer(const Axis &time, double left, double width);

  void add(bool isWrite, int64_t begin, int64_t end);
  /// Draws one channel as a bar.
  void draw(SvgCanvas &canvas, bool isWrite, double top, double height) const;

private:
  static constexpr double cell = 0.5;

  struct Channel {
    /// Changes of the busy share from one column to the next.
    std::vector<double> changes;
    /// Columns of transfers that follow each other closely, and of the gaps between.
    std::vector<bool> isClose;
    /// When the last transfer begins, and where.
    std::optional<int64_t> lastBegin;
    size_t lastColumn = 0;
  };
  /// The busy share of every column, evened out where transfers are close.
  std::vector<double> measure(const Channel &channel) const;

  Axis time;
  double left;
  /// Out, in.
  std::array<Channel, 2> channels;
};

/// The memory in use, as the highest value in every half point. \p isDense: there is
/// more to see than columns, and the line follows the highest values around.
class MemoryLayer {
public:
  MemoryLayer(const Axis &time, double left, double width, bool isDense);

  void add(int64_t at, int64_t used);
  void draw(SvgCanvas &canvas, const Axis &memory) const;

private:
  static constexpr double cell = 0.5;

  std::vector<int64_t> envelope() const;

  Axis time;
  double left;
  bool isDense;
  std::vector<int64_t> most;
  size_t lastColumn = 0;
  int64_t lastUsed = 0;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_DIAGRAMLAYERS_H
