//===- ChenSegments.cpp - segments as the paper cuts them -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The planner tries every number of segments; the paper takes one.
//
//===----------------------------------------------------------------------===//

#include "Framework.h"

#include <algorithm>
#include <cmath>

using namespace remat::bench;

LowerSetSequence remat::bench::chenSequence(const Network &network) {
  int32_t count = static_cast<int32_t>(network.layers.size());
  std::vector<std::vector<bool>> closures;
  std::vector<std::pair<int64_t, int32_t>> cuts;
  int64_t all = 0;
  for (int32_t node = 0; node < count; ++node) {
    std::vector<bool> closure(count, false);
    closure[node] = true;
    int64_t size = 0;
    for (int32_t other = node; other >= 0; --other) {
      if (!closure[other])
        continue;
      size += network.graph.nodes[other].size;
      for (int32_t input : network.layers[other].inputs)
        if (input >= 0)
          closure[input] = true;
    }
    closures.push_back(closure);
    // It is a cut if nothing but `node` is read outside.
    bool isCut = node + 1 < count;
    for (auto [from, to] : network.graph.edges)
      isCut = isCut && (!closure[from] || closure[to] || from == node);
    if (isCut)
      cuts.push_back({size, node});
    all += network.graph.nodes[node].size;
  }
  std::sort(cuts.begin(), cuts.end());

  // The empty set and that of all nodes count too.
  int64_t segments = static_cast<int64_t>(std::sqrt(static_cast<double>(cuts.size() + 2)));
  int64_t full = all / segments;
  LowerSetSequence sequence;
  auto add = [&](const std::vector<bool> &set) {
    sequence.emplace_back();
    for (int32_t node = 0; node < count; ++node)
      if (set[node])
        sequence.back().push_back(node);
  };
  for (auto [size, node] : cuts) {
    if (size <= full)
      continue;
    add(closures[node]);
    while (full < size)
      full += all / segments;
  }
  add(std::vector<bool>(count, true));
  return sequence;
}
