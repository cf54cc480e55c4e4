//===- LabelPlacer.h - Labels where there is room -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_LABELPLACER_H
#define REMAT_TOOLS_REMAT_PLAN_LABELPLACER_H

#include "Plot.h"

#include <optional>
#include <vector>

namespace remat::plantool {

/// Puts labels where they touch neither each other nor a curve nor the frame of a plot.
class LabelPlacer {
public:
  /// The lines of curves are horizontal or vertical; they must outlive the placer.
  LabelPlacer(const Plot &plot, llvm::ArrayRef<std::vector<Point>> curves) : plot(plot), curves(curves) {}

  /// What no label may cover, such as a mark.
  void block(Point center, double radius);

  /// The free place for a label of that size that is nearest to a point, if there is
  /// one: its left end on the base line.
  std::optional<Point> place(Point near, double width, double height);

private:
  struct Box {
    double left, top, right, bottom;
  };
  static bool touch(const Box &a, const Box &b);
  bool isFree(const Box &box) const;

  const Plot &plot;
  llvm::ArrayRef<std::vector<Point>> curves;
  std::vector<Box> taken;
};

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_LABELPLACER_H
