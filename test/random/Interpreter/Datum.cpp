//===- Datum.cpp - What an SSA value holds ------------------------------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Datum.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>

using namespace remat::interpreter;
using llvm::APFloat;

std::optional<int64_t> remat::interpreter::countElements(llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t extent : shape)
    if (extent < 0 || llvm::MulOverflow(count, extent, count))
      return std::nullopt;
  return count;
}

Shape remat::interpreter::getStrides(llvm::ArrayRef<int64_t> shape) {
  Shape strides(shape.size(), 1);
  for (size_t i = shape.size(); i > 1; --i)
    strides[i - 2] = strides[i - 1] * shape[i - 1];
  return strides;
}

bool remat::interpreter::increment(llvm::MutableArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  for (size_t i = index.size(); i > 0; --i) {
    if (++index[i - 1] < shape[i - 1])
      return true;
    index[i - 1] = 0;
  }
  return false;
}

int64_t remat::interpreter::linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> strides) {
  int64_t position = 0;
  for (size_t i = 0; i < index.size(); ++i)
    position += index[i] * strides[i];
  return position;
}

unsigned remat::interpreter::getIntegerWidth(mlir::Type type) {
  if (type.isIndex())
    return 64;
  auto integer = llvm::dyn_cast<mlir::IntegerType>(type);
  return integer && integer.getWidth() <= 64 ? integer.getWidth() : 0;
}

unsigned remat::interpreter::getByteSize(mlir::Type elementType) {
  if (Format::get(elementType))
    return static_cast<unsigned>(llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8));
  return static_cast<unsigned>(llvm::PowerOf2Ceil(llvm::divideCeil(getIntegerWidth(elementType), 8)));
}

uint64_t remat::interpreter::encode(const Format &format, double value) {
  APFloat number(value);
  bool lossy = false;
  number.convert(*format.semantics, APFloat::rmNearestTiesToEven, &lossy);
  return number.bitcastToAPInt().getZExtValue();
}

double remat::interpreter::decode(const Format &format, uint64_t bits) {
  unsigned width = APFloat::getSizeInBits(*format.semantics);
  APFloat number(*format.semantics, llvm::APInt(width, truncateBits(bits, width)));
  bool lossy = false;
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
  return number.convertToDouble();
}

Number remat::interpreter::load(mlir::Type elementType, const uint8_t *bytes) {
  uint64_t bits = 0;
  std::memcpy(&bits, bytes, getByteSize(elementType));
  const Format *format = Format::get(elementType);
  if (!format)
    return Number::fromBits(truncateBits(bits, getIntegerWidth(elementType)));
  Number number = Number::fromFloat(decode(*format, bits));
  // It may be flushed where it is used.
  if (number.value != 0 && std::fabs(number.value) < format->smallestNormal)
    number.error = std::fabs(number.value);
  return number;
}

void remat::interpreter::store(mlir::Type elementType, const Number &number, uint8_t *bytes) {
  const Format *format = Format::get(elementType);
  uint64_t bits = format ? encode(*format, number.value) : number.bits;
  std::memcpy(bytes, &bits, getByteSize(elementType));
}

std::string remat::interpreter::describe(llvm::ArrayRef<int64_t> shape, mlir::Type elementType) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (int64_t extent : shape)
    stream << extent << 'x';
  stream << elementType;
  return text;
}
