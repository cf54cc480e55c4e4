//===- SvgCanvas.h - Vector pictures for print ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Enough of SVG 1.1 to draw a diagram: no scripts, no style sheets, no external
// fonts, so that every viewer and every typesetting program shows the same. Colours
// are those of Okabe and Ito, which people with any kind of colour vision can tell
// apart; what matters also differs in shape or in brightness.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TOOLS_REMAT_PLAN_SVGCANVAS_H
#define REMAT_TOOLS_REMAT_PLAN_SVGCANVAS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <utility>

namespace remat::plantool {

namespace colors {
inline constexpr llvm::StringLiteral black = "#1a1a1a";
inline constexpr llvm::StringLiteral gray = "#6b6b6b";
inline constexpr llvm::StringLiteral lightGray = "#dddddd";
inline constexpr llvm::StringLiteral blue = "#0072b2";
inline constexpr llvm::StringLiteral sky = "#56b4e9";
inline constexpr llvm::StringLiteral orange = "#e69f00";
inline constexpr llvm::StringLiteral vermilion = "#d55e00";
inline constexpr llvm::StringLiteral green = "#009e73";
inline constexpr llvm::StringLiteral purple = "#cc79a7";
/// Darker ones, of Paul Tol's muted scheme, where eight are not enough.
inline constexpr llvm::StringLiteral indigo = "#332288";
inline constexpr llvm::StringLiteral wine = "#882255";
inline constexpr llvm::StringLiteral olive = "#7f7a20";
inline constexpr llvm::StringLiteral brown = "#7a4a21";
} // namespace colors

/// How a line or an area is painted.
struct Paint {
  llvm::StringRef stroke = "none";
  double width = 1;
  llvm::StringRef fill = "none";
  double opacity = 1;
  /// SVG's stroke-dasharray; empty for a solid line.
  llvm::StringRef dash = "";
  bool roundCaps = false;
};

enum class Anchor { Start, Middle, End };

using Point = std::pair<double, double>;

/// Collects elements; coordinates are in points, y downward.
class SvgCanvas {
public:
  SvgCanvas(double width, double height, llvm::StringRef title);

  void rect(double x, double y, double width, double height, const Paint &paint);
  void line(Point from, Point to, const Paint &paint);
  void polyline(llvm::ArrayRef<Point> points, const Paint &paint);
  void polygon(llvm::ArrayRef<Point> points, const Paint &paint);
  /// Path data as SVG writes them.
  void path(llvm::StringRef data, const Paint &paint);
  void circle(Point center, double radius, const Paint &paint);
  void text(Point at, llvm::StringRef text, double size, Anchor anchor = Anchor::Start,
            llvm::StringRef color = colors::black, bool bold = false, bool vertical = false);

  /// Text that can be read on top of lines.
  void textOnLines(Point at, llvm::StringRef text, double size, Anchor anchor = Anchor::Start,
                   llvm::StringRef color = colors::black);

  /// Everything between is cut off at a rectangle.
  void beginClip(double x, double y, double width, double height);
  void endClip();

  void print(llvm::raw_ostream &stream) const;

private:
  void addText(Point at, llvm::StringRef text, double size, Anchor anchor, llvm::StringRef attributes, bool vertical);
  void addPaint(const Paint &paint);

  double width;
  double height;
  std::string title;
  std::string body;
  unsigned clips = 0;
};

/// About how wide a text is.
double estimateWidth(llvm::StringRef text, double size);

/// The size, at most \p size, in which a text is not wider than that.
double fitSize(llvm::StringRef text, double size, double width);

/// A coordinate with at most two digits behind the point.
std::string formatCoordinate(double value);

} // namespace remat::plantool

#endif // REMAT_TOOLS_REMAT_PLAN_SVGCANVAS_H
