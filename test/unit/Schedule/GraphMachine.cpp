//===- GraphMachine.cpp - all schedules of a tiny graph ---------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A state is three masks: the values at hand, the nodes computed so far, and those
// differentiated so far.
//
//===----------------------------------------------------------------------===//

#include "GraphMachine.h"

#include <limits>
#include <queue>

using namespace remat::schedule;

using Mask = uint32_t;

GraphMachine::GraphMachine(const GraphProblem &problem)
    : problem(problem), count(static_cast<int32_t>(problem.nodes.size())), successors(count), predecessors(count) {
  for (auto [from, to] : problem.edges) {
    successors[from] |= Mask(1) << to;
    predecessors[to] |= Mask(1) << from;
  }
}

int64_t GraphMachine::sizeOf(Mask nodes) const {
  int64_t size = 0;
  for (int32_t node = 0; node < count; ++node)
    size += nodes >> node & 1 ? problem.nodes[node].size : 0;
  return size;
}

Mask GraphMachine::gradientsAt(Mask differentiated) const {
  Mask gradients = 0;
  for (int32_t node = 0; node < count; ++node)
    if (differentiated >> node & 1 && (predecessors[node] & ~differentiated))
      gradients |= Mask(1) << node;
  return gradients;
}

bool GraphMachine::canDifferentiate(int32_t node, Mask values, Mask differentiated) const {
  if (successors[node] & ~differentiated)
    return false;
  for (int32_t reader = 0; reader < count; ++reader) {
    if (!(successors[node] >> reader & 1))
      continue;
    GradientUse use = problem.nodes[reader].gradient;
    bool hasInputs = (predecessors[reader] & ~values) == 0;
    bool hasOwn = use == GradientUse::Output && (values >> reader & 1);
    if (use != GradientUse::Nothing && !hasInputs && !hasOwn)
      return false;
  }
  return true;
}

template <typename Visit>
void GraphMachine::forEachAction(Mask state, Visit visit) const {
  Mask all = (Mask(1) << count) - 1;
  Mask values = state & all, computed = state >> count & all, differentiated = state >> 2 * count;
  int64_t bytes = sizeOf(values) + sizeOf(gradientsAt(differentiated));
  auto pack = [&](Mask v, Mask c, Mask d) { return v | c << count | d << 2 * count; };
  for (int32_t node = 0; node < count; ++node) {
    Mask bit = Mask(1) << node;
    const GraphNode &facts = problem.nodes[node];
    if (values & bit)
      visit(pack(values & ~bit, computed, differentiated), 0, bytes);
    else if ((predecessors[node] & ~values) == 0)
      visit(pack(values | bit, computed | bit, differentiated), facts.time, bytes + facts.size);
    if (!(differentiated & bit) && (computed & bit) && canDifferentiate(node, values, differentiated))
      visit(pack(values, computed, differentiated | bit), 0, bytes + facts.size);
  }
}

template <typename Extend>
std::optional<int64_t> GraphMachine::search(Extend extend) const {
  constexpr int64_t none = std::numeric_limits<int64_t>::max();
  std::vector<int64_t> cost(size_t(1) << 3 * count, none);
  using Entry = std::pair<int64_t, Mask>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> queue;
  cost[0] = 0;
  queue.push({0, 0});
  Mask all = (Mask(1) << count) - 1;
  while (!queue.empty()) {
    auto [known, state] = queue.top();
    queue.pop();
    if (known > cost[state])
      continue;
    if (state >> 2 * count == all)
      return known;
    forEachAction(state, [&, known = known](Mask next, int64_t time, int64_t bytes) {
      int64_t found = extend(known, time, bytes);
      if (found < 0 || found >= cost[next])
        return;
      cost[next] = found;
      queue.push({found, next});
    });
  }
  return std::nullopt;
}

std::optional<int64_t> GraphMachine::leastTime(int64_t budget) const {
  return search([&](int64_t cost, int64_t time, int64_t bytes) { return bytes > budget ? -1 : cost + time; });
}

int64_t GraphMachine::leastBudget() const {
  return *search([](int64_t cost, int64_t, int64_t bytes) { return std::max(cost, bytes); });
}
