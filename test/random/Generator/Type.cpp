//===- Type.cpp - Types and ranges of generated values ------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Type.h"

#include <cmath>

using namespace remat::random;

static constexpr struct {
  const char *name;
  bool isFloat;
  unsigned bits;
} elements[] = {{"f64", true, 64}, {"f32", true, 32},  {"f16", true, 16},  {"bf16", true, 16},  {"i1", false, 1},
                {"i8", false, 8},  {"i32", false, 32}, {"i64", false, 64}, {"index", false, 64}};

const char *remat::random::getName(Element element) { return elements[static_cast<size_t>(element)].name; }

bool remat::random::isFloat(Element element) { return elements[static_cast<size_t>(element)].isFloat; }

unsigned remat::random::getBits(Element element) { return elements[static_cast<size_t>(element)].bits; }

bool remat::random::parseElement(const std::string &name, Element &element) {
  for (size_t i = 0; i < std::size(elements); ++i)
    if (name == elements[i].name) {
      element = static_cast<Element>(i);
      return true;
    }
  return false;
}

std::string Type::print() const {
  if (!isTensor)
    return getName(element);
  std::string text = "tensor<";
  for (int64_t extent : shape)
    text += (extent < 0 ? "?" : std::to_string(extent)) + "x";
  return text + getName(element) + ">";
}

Range remat::random::getFullRange(Element element) {
  if (element == Element::I1)
    return {0, 1};
  double half = std::ldexp(1.0, static_cast<int>(getBits(element)) - 1);
  return {-half, half - 1};
}
