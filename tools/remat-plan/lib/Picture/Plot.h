//===- Plot.h - The frame, grid and axes of a diagram -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_PLOT_H
#define REMAT_TOOLS_REMAT_PLAN_PLOT_H

#include "Axis.h"
#include "SvgCanvas.h"

#include <functional>
#include <string>
#include <vector>

namespace remat::plantool {

/// A rectangle in which curves are drawn, and what stands around it. Measures in
/// points, y downward.
struct Plot {
  double left;
  double top;
  double width;
  double height;

  static constexpr double labelSize = 11;
  static constexpr double titleSize = 12;

  double right() const { return left + width; }
  double bottom() const { return top + height; }

  void drawFrame(SvgCanvas &canvas) const;
  /// Lines across at values of a vertical axis, with labels at the left.
  void drawRows(SvgCanvas &canvas, const Axis &axis, llvm::ArrayRef<double> ticks) const;
  /// Marks and labels under a horizontal axis; `withGrid`: lines across too.
  void drawColumns(SvgCanvas &canvas, const Axis &axis, llvm::ArrayRef<double> ticks, bool withGrid) const;
  /// What the axes mean, at the left of the page and under the columns.
  void nameRows(SvgCanvas &canvas, llvm::StringRef name) const;
  void nameColumns(SvgCanvas &canvas, llvm::StringRef name, double distance) const;
};

/// What the lines and areas of a diagram are, in as many lines as it takes.
class Legend {
public:
  /// Draws an icon with its left end at a point.
  using DrawIcon = std::function<void(SvgCanvas &, Point)>;

  /// \p middle is the base of the line in the middle.
  Legend(SvgCanvas &canvas, double left, double right, double middle)
      : canvas(canvas), left(left), right(right), middle(middle) {}

  void add(llvm::StringRef text, double iconWidth, DrawIcon drawIcon);
  void draw();

private:
  struct Entry {
    std::string text;
    double iconWidth;
    DrawIcon drawIcon;
    /// From its left end.
    double x = 0;
    int line = 0;
  };

  SvgCanvas &canvas;
  double left;
  double right;
  double middle;
  std::vector<Entry> entries;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_PLOT_H
