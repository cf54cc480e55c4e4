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

std::optional<int64_t> remat::packBuffers(MutableArrayRef<LiveBuffer> buffers) {
  auto byStart = [&](unsigned a, unsigned b) {
    if (buffers[a].first != buffers[b].first)
      return buffers[a].first < buffers[b].first;
    return buffers[a].last > buffers[b].last;
  };
  auto bySize = [&](unsigned a, unsigned b) { return buffers[a].bytes > buffers[b].bytes; };
  auto byLength = [&](unsigned a, unsigned b) {
    return buffers[a].last - buffers[a].first > buffers[b].last - buffers[b].first;
  };
  std::optional<int64_t> best;
  SmallVector<int64_t> offsets(buffers.size());
  auto attempt = [&](auto before) {
    SmallVector<unsigned> order(buffers.size());
    std::iota(order.begin(), order.end(), 0u);
    llvm::sort(order, [&](unsigned a, unsigned b) {
      if (before(a, b) || before(b, a))
        return before(a, b);
      return a < b;
    });
    std::optional<int64_t> total = packInOrder(buffers, order);
    if (!total || (best && *best <= *total))
      return;
    best = total;
    for (auto [offset, buffer] : llvm::zip_equal(offsets, buffers))
      offset = buffer.offset;
  };
  attempt(byStart);
  attempt(byLength);
  attempt(bySize);
  if (best)
    for (auto [offset, buffer] : llvm::zip_equal(offsets, buffers))
      buffer.offset = offset;
  return best;
}
