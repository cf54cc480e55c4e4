//===- SvgCanvas.cpp - Vector pictures for print --------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SvgCanvas.h"

#include "remat-plan/lib/Input/Numbers.h"

#include <algorithm>

using namespace remat;
using namespace remat::plantool;
using llvm::StringRef;

static std::string escape(StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

std::string plantool::formatCoordinate(double value) {
  std::string text = formatFixed(value, 2);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text == "-0" ? "0" : text;
}

double plantool::estimateWidth(StringRef text, double size) {
  double width = 0;
  for (char c : text)
    width += StringRef("fijlrt,.:; ").contains(c) ? 0.37 : StringRef("mwMW%").contains(c) ? 0.92 : 0.62;
  return width * size;
}

double plantool::fitSize(StringRef text, double size, double width) {
  return std::min(size, size * width / estimateWidth(text, size));
}

static std::string attribute(StringRef name, double value) {
  return (" " + name + "=\"" + formatCoordinate(value) + "\"").str();
}

SvgCanvas::SvgCanvas(double width, double height, StringRef title) : width(width), height(height), title(title) {}

void SvgCanvas::addPaint(const Paint &paint) {
  body += (" fill=\"" + paint.fill + "\"").str();
  if (paint.stroke != "none") {
    body += (" stroke=\"" + paint.stroke + "\"").str() + attribute("stroke-width", paint.width);
    if (!paint.dash.empty())
      body += (" stroke-dasharray=\"" + paint.dash + "\"").str();
    body += paint.roundCaps ? " stroke-linecap=\"round\" stroke-linejoin=\"round\"" : "";
  }
  if (paint.opacity < 1)
    body += attribute("opacity", paint.opacity);
  body += "/>\n";
}

void SvgCanvas::rect(double x, double y, double rectWidth, double rectHeight, const Paint &paint) {
  body +=
      "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", rectWidth) + attribute("height", rectHeight);
  addPaint(paint);
}

void SvgCanvas::line(Point from, Point to, const Paint &paint) {
  body += "<line" + attribute("x1", from.first) + attribute("y1", from.second) + attribute("x2", to.first) +
          attribute("y2", to.second);
  addPaint(paint);
}

static std::string joinPoints(llvm::ArrayRef<Point> points) {
  std::string text;
  for (auto [x, y] : points)
    text += (text.empty() ? "" : " ") + formatCoordinate(x) + "," + formatCoordinate(y);
  return text;
}

void SvgCanvas::polyline(llvm::ArrayRef<Point> points, const Paint &paint) {
  body += "<polyline points=\"" + joinPoints(points) + "\"";
  addPaint(paint);
}

void SvgCanvas::polygon(llvm::ArrayRef<Point> points, const Paint &paint) {
  body += "<polygon points=\"" + joinPoints(points) + "\"";
  addPaint(paint);
}

void SvgCanvas::path(StringRef data, const Paint &paint) {
  if (data.empty())
    return;
  body += ("<path d=\"" + data + "\"").str();
  addPaint(paint);
}

void SvgCanvas::circle(Point center, double radius, const Paint &paint) {
  body += "<circle" + attribute("cx", center.first) + attribute("cy", center.second) + attribute("r", radius);
  addPaint(paint);
}

void SvgCanvas::addText(Point at, StringRef text, double size, Anchor anchor, StringRef attributes, bool vertical) {
  body += "<text";
  if (vertical)
    body +=
        " transform=\"translate(" + formatCoordinate(at.first) + " " + formatCoordinate(at.second) + ") rotate(-90)\"";
  else
    body += attribute("x", at.first) + attribute("y", at.second);
  body += attribute("font-size", size);
  if (anchor != Anchor::Start)
    body += anchor == Anchor::Middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
  body += (attributes + ">").str() + escape(text) + "</text>\n";
}

void SvgCanvas::text(Point at, StringRef text, double size, Anchor anchor, StringRef color, bool bold, bool vertical) {
  std::string fill = (" fill=\"" + color + "\"").str();
  addText(at, text, size, anchor, fill + (bold ? " font-weight=\"bold\"" : ""), vertical);
}

void SvgCanvas::textOnLines(Point at, StringRef text, double size, Anchor anchor, StringRef color) {
  // A white outline below, because not every viewer knows paint-order.
  addText(at, text, size, anchor, " fill=\"white\" stroke=\"white\" stroke-width=\"3.5\" stroke-linejoin=\"round\"",
          /*vertical=*/false);
  this->text(at, text, size, anchor, color);
}

void SvgCanvas::beginClip(double x, double y, double clipWidth, double clipHeight) {
  std::string id = "clip" + std::to_string(++clips);
  body += "<clipPath id=\"" + id + "\"><rect" + attribute("x", x) + attribute("y", y) + attribute("width", clipWidth) +
          attribute("height", clipHeight) + "/></clipPath>\n<g clip-path=\"url(#" + id + ")\">\n";
}

void SvgCanvas::endClip() { body += "</g>\n"; }

void SvgCanvas::print(llvm::raw_ostream &stream) const {
  std::string size = attribute("width", width) + attribute("height", height);
  stream << "<svg xmlns=\"http://www.w3.org/2000/svg\"" << size << " viewBox=\"0 0 " << formatCoordinate(width) << ' '
         << formatCoordinate(height) << "\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n"
         << "<title>" << escape(title) << "</title>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
         << body << "</svg>\n";
}
