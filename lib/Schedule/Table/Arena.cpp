//===- Arena.cpp - Buffers that share one block of memory -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/Arena.h"

#include "Table/CheckedMath.h"

#include <algorithm>
#include <numeric>
#include <tuple>

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

/// The bytes that are in use when most are: no arena is smaller. Where they do not fit in
/// 64 bits, neither does an arena.
static int64_t getMostLiveBytes(const std::vector<LiveBuffer> &buffers) {
  // What ends at a time is in use together with what begins then.
  std::vector<std::tuple<int64_t, bool, int64_t>> changes;
  for (const LiveBuffer &buffer : buffers) {
    changes.emplace_back(buffer.first, /*ends=*/false, buffer.bytes);
    changes.emplace_back(buffer.last, /*ends=*/true, buffer.bytes);
  }
  std::sort(changes.begin(), changes.end());
  Checked live = 0;
  int64_t most = 0;
  for (auto [time, ends, bytes] : changes) {
    live = ends ? live - bytes : live + bytes;
    most = std::max(most, live.get().value_or(0));
  }
  return most;
}

namespace {
/// The best placement of buffers so far: one whose highest byte every run touches, and of
/// these the smallest, the one that was found first.
class BestPlacement {
public:
  explicit BestPlacement(std::vector<LiveBuffer> &buffers) : buffers(buffers), least(getMostLiveBytes(buffers)) {}

  /// Places the buffers in \p order; false if they do not fit in 64 bits.
  bool tryOrder(const std::vector<size_t> &order);
  /// Whether no order gives a better one.
  bool isBest() const { return total && isCertain && *total == least; }
  /// Tries orders that begin with what was at the top.
  void improve();
  std::optional<int64_t> take();

private:
  std::vector<LiveBuffer> &buffers;
  int64_t least;
  std::optional<int64_t> total;
  bool isCertain = false;
  std::vector<size_t> order;
  std::vector<LiveBuffer> placed;
};
} // namespace

bool BestPlacement::tryOrder(const std::vector<size_t> &newOrder) {
  std::optional<int64_t> newTotal = packInOrder(buffers, newOrder);
  if (!newTotal)
    return false;
  bool newIsCertain = isTopCertain(buffers);
  if (total && (isCertain != newIsCertain ? isCertain : *total <= *newTotal))
    return true;
  total = newTotal;
  isCertain = newIsCertain;
  order = newOrder;
  placed = buffers;
  return true;
}

/// How often what lies highest is put in front of all others.
static constexpr int maxRounds = 16;

void BestPlacement::improve() {
  if (!total)
    return;
  buffers = placed;
  std::vector<size_t> next = order;
  for (int round = 0; round < maxRounds && !isBest(); ++round) {
    auto isLower = [&](size_t a, size_t b) {
      return buffers[a].offset + buffers[a].bytes < buffers[b].offset + buffers[b].bytes;
    };
    auto highest = std::max_element(next.begin(), next.end(), isLower);
    // In front it would get the place that it has.
    if (highest == next.end() || buffers[*highest].offset == 0)
      return;
    std::rotate(next.begin(), highest, highest + 1);
    if (!tryOrder(next))
      return;
  }
}

std::optional<int64_t> BestPlacement::take() {
  if (total)
    buffers = std::move(placed);
  return total;
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
  BestPlacement best(buffers);
  for (bool uncertainFirst : {false, true}) {
    for (Before before : orders) {
      if (best.isBest())
        return best.take();
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
      best.tryOrder(order);
    }
  }
  best.improve();
  return best.take();
}
