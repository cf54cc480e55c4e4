//===- Arena.cpp - Buffers that share one block of memory -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Arena.h"

#include "Problem/CheckedMath.h"

#include <algorithm>
#include <numeric>

using namespace remat::schedule;

std::optional<int64_t> remat::schedule::addBytes(int64_t a, int64_t b) { return (Checked(a) + b).get(); }

std::optional<int64_t> remat::schedule::multiplyBytes(int64_t a, int64_t b) { return (Checked(a) * b).get(); }

std::optional<int64_t> remat::schedule::alignBytes(int64_t bytes) {
  std::optional<int64_t> sum = addBytes(bytes, arenaAlignment - 1);
  if (!sum)
    return std::nullopt;
  return *sum / arenaAlignment * arenaAlignment;
}

/// Places buffers in the given order, each at the lowest offset that is free
/// during its life.
static std::optional<int64_t> packInOrder(std::vector<LiveBuffer> &buffers, const std::vector<size_t> &order) {
  int64_t total = 0;
  std::vector<const LiveBuffer *> placed; // By offset.
  for (size_t index : order) {
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
    auto position = std::upper_bound(placed.begin(), placed.end(), &buffer,
                                     [](const LiveBuffer *a, const LiveBuffer *b) { return a->offset < b->offset; });
    placed.insert(position, &buffer);
  }
  return total;
}

bool remat::schedule::isTopCertain(const std::vector<LiveBuffer> &buffers) {
  int64_t top = 0, certainTop = 0;
  for (const LiveBuffer &buffer : buffers) {
    // Packing checked the sum.
    int64_t end = buffer.bytes > 0 ? buffer.offset + buffer.bytes : 0;
    top = std::max(top, end);
    if (buffer.isCertain)
      certainTop = std::max(certainTop, end);
  }
  return certainTop == top;
}

std::optional<int64_t> remat::schedule::packBuffers(std::vector<LiveBuffer> &buffers) {
  using Before = bool (*)(const LiveBuffer &, const LiveBuffer &);
  const Before orders[] = {
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.first != b.first ? a.first < b.first : a.last > b.last; },
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.last - a.first > b.last - b.first; },
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.bytes > b.bytes; },
      [](const LiveBuffer &a, const LiveBuffer &b) { return a.last != b.last ? a.last > b.last : a.first < b.first; },
      [](const LiveBuffer &a, const LiveBuffer &b) {
        return a.first != b.first ? a.first < b.first : a.bytes > b.bytes;
      }};
  std::optional<int64_t> best;
  bool bestIsCertain = false;
  std::vector<LiveBuffer> bestBuffers;
  for (bool uncertainFirst : {false, true}) {
    for (Before before : orders) {
      std::vector<size_t> order(buffers.size());
      std::iota(order.begin(), order.end(), size_t(0));
      std::sort(order.begin(), order.end(), [&](size_t x, size_t y) {
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
      bool isCertain = isTopCertain(buffers);
      if (best && (bestIsCertain != isCertain ? bestIsCertain : *best <= *total))
        continue;
      best = total;
      bestIsCertain = isCertain;
      bestBuffers = buffers;
    }
  }
  if (best)
    buffers = std::move(bestBuffers);
  return best;
}
