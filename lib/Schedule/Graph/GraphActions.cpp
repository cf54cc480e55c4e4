//===- GraphActions.cpp - the operations of a graph schedule ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes the canonical schedule out, rule by rule as in section 3 of Kusumoto et
// al. 2019. Nothing here comes from the planner: it is what plans are checked
// with.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/GraphActions.h"

#include <algorithm>
#include <set>
#include <tuple>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;
using Lists = std::vector<std::vector<NodeId>>;

/// The neighbours of every node, without duplicates.
static void makeNeighbours(const GraphProblem &problem, Lists &successors, Lists &predecessors) {
  successors.assign(problem.nodes.size(), {});
  predecessors.assign(problem.nodes.size(), {});
  for (auto [from, to] : problem.edges) {
    successors[from].push_back(to);
    predecessors[to].push_back(from);
  }
  for (Lists *lists : {&successors, &predecessors})
    for (std::vector<NodeId> &list : *lists) {
      std::sort(list.begin(), list.end());
      list.erase(std::unique(list.begin(), list.end()), list.end());
    }
}

/// The place of every node in an order in which all can be computed: the next one is always
/// the least node of which all predecessors are done.
static std::vector<NodeId> placesInOrder(const Lists &successors, const Lists &predecessors) {
  std::vector<size_t> open;
  std::set<NodeId> ready;
  for (const std::vector<NodeId> &list : predecessors) {
    if (list.empty())
      ready.insert(static_cast<NodeId>(open.size()));
    open.push_back(list.size());
  }
  std::vector<NodeId> places(open.size());
  for (NodeId place = 0; !ready.empty(); ++place) {
    NodeId node = *ready.begin();
    ready.erase(ready.begin());
    places[node] = place;
    for (NodeId after : successors[node])
      if (--open[after] == 0)
        ready.insert(after);
  }
  return places;
}

namespace {
class Writer {
public:
  explicit Writer(const GraphProblem &problem) : blockOf(problem.nodes.size(), -1) {
    makeNeighbours(problem, successors, predecessors);
    hasValue.assign(problem.nodes.size(), false);
    hasGradient.assign(problem.nodes.size(), false);
  }

  /// Sorts the nodes into blocks. False if this is not a sequence of the kind.
  bool divide(const Lists &sequence);
  std::vector<GraphAction> write();

private:
  int32_t numBlocks() const { return static_cast<int32_t>(blocks.size()); }
  bool isBehind(NodeId node, int32_t block) const { return blockOf[node] > block; }
  bool hasReaderBehind(NodeId node, int32_t block) const;
  bool hasValueNeededBefore(NodeId node, int32_t block) const;
  bool hasGradientNeededBefore(NodeId node, int32_t block) const;

  void forward(int32_t block);
  void backward(int32_t block);
  void emit(GraphActionKind kind, NodeId node);
  template <typename Keep>
  void dropValues(const std::vector<NodeId> &nodes, Keep keep);

  Lists successors, predecessors, blocks;
  std::vector<int32_t> blockOf;
  std::vector<bool> hasValue, hasGradient;
  /// Nodes of later blocks that have a value or a gradient.
  std::vector<NodeId> carried;
  std::vector<GraphAction> actions;
};
} // namespace

bool Writer::divide(const Lists &sequence) {
  size_t assigned = 0;
  std::vector<int32_t> seenIn(blockOf.size(), -1);
  for (const std::vector<NodeId> &set : sequence) {
    size_t old = 0;
    std::vector<NodeId> block;
    for (NodeId node : set) {
      if (node < 0 || node >= static_cast<int64_t>(blockOf.size()) || seenIn[node] == numBlocks())
        return false;
      seenIn[node] = numBlocks();
      if (blockOf[node] >= 0) {
        ++old;
        continue;
      }
      blockOf[node] = numBlocks();
      block.push_back(node);
    }
    if (old != assigned || block.empty())
      return false;
    assigned += block.size();
    for (NodeId node : block)
      for (NodeId before : predecessors[node])
        if (blockOf[before] < 0)
          return false;
    blocks.push_back(std::move(block));
  }
  return assigned == blockOf.size();
}

bool Writer::hasReaderBehind(NodeId node, int32_t block) const {
  return std::any_of(successors[node].begin(), successors[node].end(),
                     [&](NodeId reader) { return isBehind(reader, block); });
}

/// Whether a value behind `block` is read together with one that is not.
bool Writer::hasValueNeededBefore(NodeId node, int32_t block) const {
  return std::any_of(successors[node].begin(), successors[node].end(),
                     [&](NodeId reader) { return hasGradientNeededBefore(reader, block); });
}

/// Whether a node behind `block` reads a value that is not.
bool Writer::hasGradientNeededBefore(NodeId node, int32_t block) const {
  return std::any_of(predecessors[node].begin(), predecessors[node].end(),
                     [&](NodeId before) { return !isBehind(before, block); });
}

void Writer::emit(GraphActionKind kind, NodeId node) {
  std::vector<bool> &has =
      kind == GraphActionKind::Compute || kind == GraphActionKind::DropValue ? hasValue : hasGradient;
  has[node] = kind == GraphActionKind::Compute || kind == GraphActionKind::Differentiate;
  actions.push_back({kind, node});
}

template <typename Keep>
void Writer::dropValues(const std::vector<NodeId> &nodes, Keep keep) {
  for (NodeId node : nodes)
    if (hasValue[node] && !keep(node))
      emit(GraphActionKind::DropValue, node);
}

void Writer::forward(int32_t block) {
  for (NodeId node : blocks[block])
    emit(GraphActionKind::Compute, node);
  if (block + 1 < numBlocks())
    dropValues(blocks[block], [&](NodeId node) { return hasReaderBehind(node, block); });
}

void Writer::backward(int32_t block) {
  for (NodeId node : blocks[block])
    if (!hasValue[node])
      emit(GraphActionKind::Compute, node);
  for (auto it = blocks[block].rbegin(); it != blocks[block].rend(); ++it)
    emit(GraphActionKind::Differentiate, *it);

  carried.insert(carried.end(), blocks[block].begin(), blocks[block].end());
  dropValues(carried, [&](NodeId node) { return hasValueNeededBefore(node, block - 1); });
  for (NodeId node : carried)
    if (hasGradient[node] && !hasGradientNeededBefore(node, block - 1))
      emit(GraphActionKind::DropGradient, node);
  carried.erase(std::remove_if(carried.begin(), carried.end(),
                               [&](NodeId node) { return !hasValue[node] && !hasGradient[node]; }),
                carried.end());
}

std::vector<GraphAction> Writer::write() {
  std::vector<NodeId> places = placesInOrder(successors, predecessors);
  for (std::vector<NodeId> &block : blocks)
    std::sort(block.begin(), block.end(), [&](NodeId a, NodeId b) { return places[a] < places[b]; });
  for (int32_t block = 0; block < numBlocks(); ++block)
    forward(block);
  for (int32_t block = numBlocks() - 1; block >= 0; --block)
    backward(block);
  return std::move(actions);
}

std::optional<std::vector<GraphAction>> remat::schedule::canonicalActions(const GraphProblem &problem,
                                                                          const Lists &sequence) {
  Writer writer(problem);
  if (!writer.divide(sequence))
    return std::nullopt;
  return writer.write();
}

namespace {
/// Walks a schedule and finds the last reader of every value and gradient.
class LastUses {
public:
  LastUses(const GraphProblem &problem, const std::vector<GraphAction> &actions)
      : problem(problem), actions(actions), values(problem.nodes.size()), gradients(problem.nodes.size()),
        groupRead(problem.nodes.size(), -1), keptAnyway(problem.nodes.size(), false) {
    makeNeighbours(problem, successors, predecessors);
    for (size_t node = 0; node < problem.nodes.size(); ++node)
      if (problem.nodes[node].gradient == GradientUse::Inputs)
        for (NodeId before : predecessors[node])
          keptAnyway[before] = true;
  }

  std::vector<GraphAction> rewrite();

private:
  struct Life {
    int64_t begin = -1, lastRead = -1;
    bool isAtHand() const { return begin >= 0; }
  };

  void play(int64_t moment, const GraphAction &action);
  void readForGradient(int64_t moment, NodeId node);
  void endValue(NodeId node);
  void endGradient(NodeId node);

  const GraphProblem &problem;
  const std::vector<GraphAction> &actions;
  Lists successors, predecessors;
  std::vector<Life> values, gradients;
  /// When the values in front of a node were last read for a gradient.
  std::vector<int64_t> groupRead;
  /// Whether some gradient can only be computed from this value.
  std::vector<bool> keptAnyway;
  /// What to drop, with the action behind which to drop it.
  std::vector<std::pair<int64_t, GraphAction>> drops;
};
} // namespace

void LastUses::endValue(NodeId node) {
  Life &life = values[node];
  for (NodeId reader : successors[node])
    life.lastRead = std::max(life.lastRead, groupRead[reader]);
  drops.push_back({std::max(life.begin, life.lastRead), {GraphActionKind::DropValue, node}});
  life = {};
}

void LastUses::endGradient(NodeId node) {
  Life &life = gradients[node];
  drops.push_back({std::max(life.begin, life.lastRead), {GraphActionKind::DropGradient, node}});
  life = {};
}

void LastUses::readForGradient(int64_t moment, NodeId node) {
  for (NodeId reader : successors[node]) {
    gradients[reader].lastRead = moment;
    GradientUse use = problem.nodes[reader].gradient;
    if (use == GradientUse::Output && keptAnyway[reader] && values[reader].isAtHand())
      values[reader].lastRead = moment;
    else if (use != GradientUse::Nothing)
      groupRead[reader] = moment;
  }
}

void LastUses::play(int64_t moment, const GraphAction &action) {
  NodeId node = action.node;
  switch (action.kind) {
  case GraphActionKind::Compute:
    values[node].begin = moment;
    for (NodeId before : predecessors[node])
      values[before].lastRead = moment;
    return;
  case GraphActionKind::Differentiate:
    gradients[node].begin = moment;
    readForGradient(moment, node);
    return;
  case GraphActionKind::DropValue:
    return endValue(node);
  case GraphActionKind::DropGradient:
    return endGradient(node);
  }
}

std::vector<GraphAction> LastUses::rewrite() {
  for (size_t i = 0; i < actions.size(); ++i)
    play(static_cast<int64_t>(i), actions[i]);
  for (size_t node = 0; node < problem.nodes.size(); ++node) {
    if (values[node].isAtHand())
      endValue(static_cast<NodeId>(node));
    if (gradients[node].isAtHand())
      endGradient(static_cast<NodeId>(node));
  }
  std::sort(drops.begin(), drops.end(), [](const auto &a, const auto &b) {
    return std::tie(a.first, a.second.kind, a.second.node) < std::tie(b.first, b.second.kind, b.second.node);
  });

  std::vector<GraphAction> result;
  auto drop = drops.begin();
  for (size_t i = 0; i < actions.size(); ++i) {
    if (actions[i].kind == GraphActionKind::Compute || actions[i].kind == GraphActionKind::Differentiate)
      result.push_back(actions[i]);
    for (; drop != drops.end() && drop->first == static_cast<int64_t>(i); ++drop)
      result.push_back(drop->second);
  }
  return result;
}

std::vector<GraphAction> remat::schedule::dropAfterLastUse(const GraphProblem &problem,
                                                           const std::vector<GraphAction> &actions) {
  return LastUses(problem, actions).rewrite();
}
