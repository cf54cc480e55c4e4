//===- BufferBytes.cpp - What a value is as a buffer ------------ -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace remat;

MemRefType remat::getBufferType(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

std::optional<int64_t> remat::getElementBytes(Type elementType) {
  if (elementType.isIndex())
    return sizeof(int64_t);
  if (!elementType.isIntOrFloat())
    return std::nullopt;
  // Integers of odd width take the next power of two, as LLVM lays them out.
  return llvm::PowerOf2Ceil(llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8u));
}

std::optional<int64_t> remat::getUnitBytes(ShapedType type) {
  std::optional<int64_t> bytes = getElementBytes(type.getElementType());
  for (int64_t size : type.getShape())
    if (bytes && !ShapedType::isDynamic(size))
      bytes = multiplyBytes(*bytes, size);
  return bytes;
}

std::optional<int64_t> remat::getAlignedBytes(ShapedType type) {
  std::optional<int64_t> bytes = getUnitBytes(type);
  if (!bytes || !type.hasStaticShape())
    return std::nullopt;
  return alignBytes(*bytes);
}

std::optional<int64_t> remat::getAlignedBytes(ArrayAttr types, ArrayRef<int64_t> chosen) {
  SmallVector<Attribute> part;
  for (int64_t number : chosen)
    part.push_back(types[number]);
  return getAlignedBytes(ArrayAttr::get(types.getContext(), part));
}

std::optional<int64_t> remat::getAlignedBytes(ArrayAttr types) {
  int64_t sum = 0;
  for (Type type : types.getAsValueRange<TypeAttr>()) {
    std::optional<int64_t> bytes = getAlignedBytes(cast<ShapedType>(type));
    if (bytes)
      bytes = addBytes(sum, *bytes);
    if (!bytes)
      return std::nullopt;
    sum = *bytes;
  }
  return sum;
}
