//===- SlowMemory.cpp - what the referee knows of the slow tier -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/SlowMemory.h"

#include <algorithm>

using namespace remat::schedule;

static std::string nameOf(SlowMemory::Item item) {
  return (item.isTape ? "the tape of step " : "state ") + std::to_string(item.step);
}

SlowMemory::Direction SlowMemory::directionOf(Item item) const {
  auto it = copies.find(item);
  return it == copies.end() ? Direction::None : it->second.direction;
}

bool SlowMemory::transfer(Direction direction, int64_t time, int64_t &now, Copy &copy) {
  int64_t &channelFree = direction == Direction::There ? writerFree : readerFree;
  lastBegin = std::max(channelFree, now);
  overflowed = __builtin_add_overflow(lastBegin, time, &channelFree);
  if (overflowed)
    return false;
  lastEnd = channelFree;
  copy.direction = direction;
  copy.end = channelFree;
  if (tier.blocking)
    now = copy.end;
  return true;
}

std::optional<std::string> SlowMemory::offload(Item item, int64_t size, int64_t mode, int64_t &now) {
  if (holds(item))
    return "expects no copy of " + nameOf(item) + " in the slow tier yet";
  if (tier.capacity && size > *tier.capacity - used)
    return "expects at most " + std::to_string(*tier.capacity) + " in the slow tier, but this makes it " +
           std::to_string(used + size);
  Copy &copy = copies[item] = {size, mode, Direction::None, 0};
  used += size;
  peak = std::max(peak, used);
  if (!transfer(Direction::There, tier.writeTime(size), now, copy))
    return "expects a time that fits in 64 bits";
  return std::nullopt;
}

std::optional<std::string> SlowMemory::prefetch(Item item, int64_t &now, int64_t &mode) {
  auto it = copies.find(item);
  if (it == copies.end())
    return "expects a copy of " + nameOf(item) + " in the slow tier";
  mode = it->second.mode;
  if (!transfer(Direction::Back, tier.readTime(it->second.size), now, it->second))
    return "expects a time that fits in 64 bits";
  return std::nullopt;
}

std::optional<std::string> SlowMemory::await(Item item, int64_t &now) {
  auto it = copies.find(item);
  if (it == copies.end() || it->second.direction == Direction::None)
    return "expects a copy of " + nameOf(item) + " to be under way";
  now = std::max(now, it->second.end);
  it->second.direction = Direction::None;
  return std::nullopt;
}

void SlowMemory::drop(Item item) {
  auto it = copies.find(item);
  used -= it->second.size;
  copies.erase(it);
}
