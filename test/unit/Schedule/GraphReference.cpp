//===- GraphReference.cpp - all sequences of lower sets ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphReference.h"

#include <algorithm>
#include <limits>

using namespace remat::schedule;

using Mask = GraphReference::Mask;

GraphReference::GraphReference(const GraphProblem &problem, bool onlyClosures) : problem(problem) {
  for (Mask set = 1; set <= all() && set; ++set)
    if ((predecessorsOf(set) & ~set) == 0)
      sets.push_back(set);
  if (!onlyClosures)
    return;
  std::vector<Mask> closures;
  for (Mask set : sets) {
    Mask maxima = set & ~predecessorsOf(set);
    if (set == all() || (maxima & (maxima - 1)) == 0)
      closures.push_back(set);
  }
  sets = closures;
}

Mask GraphReference::successorsOf(Mask nodes) const {
  Mask result = 0;
  for (auto [from, to] : problem.edges)
    if (nodes >> from & 1)
      result |= Mask(1) << to;
  return result;
}

Mask GraphReference::predecessorsOf(Mask nodes) const {
  Mask result = 0;
  for (auto [from, to] : problem.edges)
    if (nodes >> to & 1)
      result |= Mask(1) << from;
  return result;
}

int64_t GraphReference::sizeOf(Mask nodes) const {
  int64_t sum = 0;
  for (size_t i = 0; i < problem.nodes.size(); ++i)
    if (nodes >> i & 1)
      sum += problem.nodes[i].size;
  return sum;
}

int64_t GraphReference::timeOf(Mask nodes) const {
  int64_t sum = 0;
  for (size_t i = 0; i < problem.nodes.size(); ++i)
    if (nodes >> i & 1)
      sum += problem.nodes[i].time;
  return sum;
}

void GraphReference::extend(Sequence &sequence, const std::function<void(const Sequence &)> &visit) const {
  Mask last = sequence.empty() ? 0 : sequence.back();
  if (last == all())
    return visit(sequence);
  for (Mask set : sets) {
    if (set == last || (last & ~set))
      continue;
    sequence.push_back(set);
    extend(sequence, visit);
    sequence.pop_back();
  }
}

void GraphReference::forEachSequence(const std::function<void(const Sequence &)> &visit) const {
  Sequence sequence;
  extend(sequence, visit);
}

int64_t GraphReference::overheadOf(const Sequence &sequence) const {
  int64_t sum = 0;
  Mask before = 0;
  for (Mask set : sequence) {
    if (set != all())
      sum += timeOf(set & ~before & ~boundaryOf(set));
    before = set;
  }
  return sum;
}

int64_t GraphReference::peakOf(const Sequence &sequence) const {
  int64_t peak = 0;
  Mask before = 0, cached = 0;
  for (Mask set : sequence) {
    Mask next = successorsOf(set) & ~set;
    Mask side = predecessorsOf(successorsOf(set)) & ~set;
    peak = std::max(peak, sizeOf(cached) + 2 * sizeOf(set & ~before) + sizeOf(next) + sizeOf(side));
    cached |= boundaryOf(set);
    before = set;
  }
  return peak;
}

int64_t GraphReference::leastOverhead() const {
  int64_t least = -1;
  forEachSequence([&](const Sequence &sequence) {
    if (peakOf(sequence) > problem.budget)
      return;
    int64_t overhead = overheadOf(sequence);
    least = least < 0 ? overhead : std::min(least, overhead);
  });
  return least;
}

int64_t GraphReference::leastPeak() const {
  int64_t least = std::numeric_limits<int64_t>::max();
  forEachSequence([&](const Sequence &sequence) { least = std::min(least, peakOf(sequence)); });
  return least;
}
