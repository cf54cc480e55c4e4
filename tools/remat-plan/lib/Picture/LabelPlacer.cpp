//===- LabelPlacer.cpp - Labels where there is room -------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LabelPlacer.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace remat;
using namespace remat::plantool;

/// How far labels stay away from lines.
static constexpr double margin = 3;

bool LabelPlacer::touch(const Box &a, const Box &b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

void LabelPlacer::block(Point center, double radius) {
  auto [x, y] = center;
  taken.push_back({x - radius, y - radius, x + radius, y + radius});
}

bool LabelPlacer::isFree(const Box &box) const {
  if (box.left <= plot.left || box.right >= plot.right() || box.top <= plot.top || box.bottom >= plot.bottom())
    return false;
  if (llvm::any_of(taken, [&](const Box &other) { return touch(box, other); }))
    return false;
  for (const std::vector<Point> &curve : curves)
    for (size_t i = 1; i < curve.size(); ++i) {
      auto [x0, y0] = curve[i - 1];
      auto [x1, y1] = curve[i];
      if (touch(box, {std::min(x0, x1) - margin, std::min(y0, y1) - margin, std::max(x0, x1) + margin,
                      std::max(y0, y1) + margin}))
        return false;
    }
  return true;
}

std::optional<Point> LabelPlacer::place(Point near, double width, double height) {
  std::optional<Point> best;
  double least = std::numeric_limits<double>::max();
  // In steps from the point, and so that the label ends there.
  for (int down = -24; down <= 24; ++down)
    for (int right = -41; right <= 40; ++right) {
      double x = right < -40 ? near.first - width - 8 : near.first + 10 * right, y = near.second + 8 * down;
      Box box = {x - 3, y - height, x + width + 3, y + 3};
      double distance = std::hypot(std::clamp(near.first, box.left, box.right) - near.first,
                                   std::clamp(near.second, box.top, box.bottom) - near.second);
      if (distance < least && isFree(box)) {
        least = distance;
        best = Point(x, y);
      }
    }
  if (best)
    taken.push_back({best->first - 3, best->second - height, best->first + width + 3, best->second + 3});
  return best;
}
