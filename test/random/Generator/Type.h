//===- Type.h - Types and ranges of generated values ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The generator writes text and so needs no MLIR. What it knows of a value is its
// type and what keeps a program tame: an interval that holds every element, and
// whether the bits are certain. A comparison or a rounding of values that two right
// evaluations may differ in would make the results incomparable.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_RANDOM_TYPE_H
#define REMAT_TEST_RANDOM_TYPE_H

#include <cstdint>
#include <string>
#include <vector>

namespace remat::random {

enum class Element : uint8_t { F64, F32, F16, BF16, I1, I8, I32, I64, Index };

const char *getName(Element element);
bool isFloat(Element element);
/// Bits of an element; an index has 64.
unsigned getBits(Element element);
/// The element called \p name; false if there is none.
bool parseElement(const std::string &name, Element &element);

/// A scalar or a tensor. An extent that only run time knows is the negative number
/// of the program's dynamic extent: -1 is the first.
struct Type {
  Element element = Element::F32;
  bool isTensor = true;
  std::vector<int64_t> shape;

  static Type scalar(Element element) { return Type{element, false, {}}; }
  static Type tensor(Element element, std::vector<int64_t> shape) { return Type{element, true, std::move(shape)}; }

  bool operator==(const Type &other) const {
    return element == other.element && isTensor == other.isTensor && shape == other.shape;
  }
  bool operator!=(const Type &other) const { return !(*this == other); }

  Type with(Element other) const { return Type{other, isTensor, shape}; }
  Type with(std::vector<int64_t> other) const { return Type{element, true, std::move(other)}; }
  int64_t getRank() const { return static_cast<int64_t>(shape.size()); }
  bool isDynamic() const {
    for (int64_t extent : shape)
      if (extent < 0)
        return true;
    return false;
  }
  std::string print() const;
};

/// All elements lie in [low, high].
struct Range {
  double low = 0;
  double high = 0;

  bool isWithin(const Range &other) const { return low >= other.low && high <= other.high; }
  double getMagnitude() const { return low < -high ? -low : (high < -low ? -low : high); }
  static Range symmetric(double magnitude) { return Range{-magnitude, magnitude}; }
};

/// Every value of an integer type.
Range getFullRange(Element element);

struct Value {
  std::string name;
  Type type;
  Range range;
  /// Two right evaluations give the same bits.
  bool exact = true;
};

} // namespace remat::random

#endif // REMAT_TEST_RANDOM_TYPE_H
