//===- ArenaLayout.cpp - Static offsets by liveness --------------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "remat/Support/ArenaLayout.h"

#include <algorithm>
#include <limits>
#include <numeric>

using namespace remat;

std::optional<int64_t> remat::alignToArena(int64_t bytes) {
  if (bytes < 0 || bytes > std::numeric_limits<int64_t>::max() - (arenaAlignment - 1))
    return std::nullopt;
  return (bytes + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
}

std::optional<ArenaLayout> remat::packArena(const std::vector<ArenaBuffer> &buffers) {
  size_t count = buffers.size();
  std::vector<int64_t> sizes(count);
  int64_t total = 0;
  for (size_t i = 0; i < count; ++i) {
    std::optional<int64_t> size = alignToArena(buffers[i].bytes);
    if (!size || *size > std::numeric_limits<int64_t>::max() - total)
      return std::nullopt;
    sizes[i] = *size;
    total += *size;
  }

  std::vector<size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return sizes[a] > sizes[b]; });

  ArenaLayout layout;
  layout.offsets.assign(count, 0);
  std::vector<size_t> placed;
  std::vector<std::pair<int64_t, int64_t>> taken;
  for (size_t i : order) {
    if (sizes[i] == 0)
      continue;
    taken.clear();
    for (size_t j : placed)
      if (buffers[i].first <= buffers[j].last && buffers[j].first <= buffers[i].last)
        taken.emplace_back(layout.offsets[j], layout.offsets[j] + sizes[j]);
    std::sort(taken.begin(), taken.end());
    int64_t offset = 0;
    for (auto [begin, end] : taken) {
      if (begin - offset >= sizes[i])
        break;
      offset = std::max(offset, end);
    }
    layout.offsets[i] = offset;
    layout.peak = std::max(layout.peak, offset + sizes[i]);
    placed.push_back(i);
  }
  return layout;
}
