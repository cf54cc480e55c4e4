//===- BufferLayout.cpp - Sizes and offsets of buffers ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Dialect/Remat/Analysis/BufferLayout.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace mlir;
using namespace remat;

std::optional<int64_t> remat::addBytes(int64_t a, int64_t b) {
  int64_t sum;
  if (llvm::AddOverflow(a, b, sum))
    return std::nullopt;
  return sum;
}

std::optional<int64_t> remat::multiplyBytes(int64_t a, int64_t b) {
  int64_t product;
  if (llvm::MulOverflow(a, b, product))
    return std::nullopt;
  return product;
}

std::optional<int64_t> remat::alignBytes(int64_t bytes) {
  std::optional<int64_t> sum = addBytes(bytes, arenaAlignment - 1);
  if (!sum)
    return std::nullopt;
  return *sum / arenaAlignment * arenaAlignment;
}

std::optional<int64_t> remat::getElementBytes(Type elementType) {
  if (elementType.isIndex())
    return sizeof(int64_t);
  if (!elementType.isIntOrFloat())
    return std::nullopt;
  // Integers of odd width take the next power of two, as LLVM lays them out.
  return llvm::PowerOf2Ceil(llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8u));
}

std::optional<int64_t> remat::getAlignedBytes(ShapedType type) {
  std::optional<int64_t> bytes = getElementBytes(type.getElementType());
  if (!bytes || !type.hasStaticShape())
    return std::nullopt;
  for (int64_t size : type.getShape()) {
    bytes = multiplyBytes(*bytes, size);
    if (!bytes)
      return std::nullopt;
  }
  return alignBytes(*bytes);
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

/// Places buffers in the given order, each at the lowest offset that is free
/// during its life.
static std::optional<int64_t> packInOrder(MutableArrayRef<LiveBuffer> buffers, ArrayRef<unsigned> order) {
  int64_t total = 0;
  SmallVector<const LiveBuffer *> placed; // By offset.
  for (unsigned index : order) {
    LiveBuffer &buffer = buffers[index];
    int64_t offset = 0;
    for (const LiveBuffer *other : placed) {
      if (!buffer.overlaps(*other))
        continue;
      if (other->offset - offset >= buffer.bytes)
        break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    buffer.offset = offset;
    std::optional<int64_t> end = addBytes(offset, buffer.bytes);
    if (!end)
      return std::nullopt;
    total = std::max(total, *end);
    if (buffer.bytes == 0)
      continue;
    auto position = llvm::upper_bound(placed, &buffer,
                                      [](const LiveBuffer *a, const LiveBuffer *b) { return a->offset < b->offset; });
    placed.insert(position, &buffer);
  }
  return total;
}

/// Whether a buffer that is certainly touched reaches the top.
static bool isTopCertain(ArrayRef<LiveBuffer> buffers, int64_t total) {
  return llvm::any_of(buffers, [&](const LiveBuffer &buffer) {
    return buffer.isCertain && buffer.bytes > 0 && buffer.offset + buffer.bytes == total;
  });
}

std::optional<int64_t> remat::packBuffers(MutableArrayRef<LiveBuffer> buffers) {
  using Before = bool (*)(const LiveBuffer &, const LiveBuffer &);
  const Before orders[] = {
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.first != b.first ? a.first < b.first : a.last > b.last; },
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.last - a.first > b.last - b.first; },
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.bytes > b.bytes; }};
  std::optional<int64_t> best;
  bool bestIsCertain = false;
  SmallVector<int64_t> offsets(buffers.size());
  for (bool uncertainFirst : {false, true}) {
    for (Before before : orders) {
      SmallVector<unsigned> order(buffers.size());
      std::iota(order.begin(), order.end(), 0u);
      llvm::sort(order, [&](unsigned x, unsigned y) {
        const LiveBuffer &a = buffers[x], &b = buffers[y];
        if (uncertainFirst && a.isCertain != b.isCertain)
          return b.isCertain;
        if (before(a, b) || before(b, a))
          return before(a, b);
        return x < y;
      });
      std::optional<int64_t> total = packInOrder(buffers, order);
      if (!total)
        continue;
      bool isCertain = isTopCertain(buffers, *total);
      if (best && (bestIsCertain != isCertain ? bestIsCertain : *best <= *total))
        continue;
      best = total;
      bestIsCertain = isCertain;
      for (auto [offset, buffer] : llvm::zip_equal(offsets, buffers))
        offset = buffer.offset;
    }
  }
  if (best)
    for (auto [offset, buffer] : llvm::zip_equal(offsets, buffers))
      buffer.offset = offset;
  return best;
}
