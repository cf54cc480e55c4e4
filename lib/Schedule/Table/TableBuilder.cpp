//===- TableBuilder.cpp - hash-consed plan tables ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Joining two equal neighbours to a run is always sound for KeepState: the
// inner node plays its left part with a start state in a slot of its own, and
// if that part takes the slot over, then the outer one, being the same part,
// was planned to do so too. The inner left parts of a KeepTape start inside a
// tape, which can be read again only if tapes are restartable; else only stride
// 0 makes runs.
//
//===----------------------------------------------------------------------===//

#include "Table/TableBuilder.h"

using namespace remat::schedule;
using NodeId = TableBuilder::NodeId;

size_t TableBuilder::Hash::operator()(const Node &node) const {
  uint64_t hash = 0x9e3779b97f4a7c15u;
  for (int64_t word : {static_cast<int64_t>(node.kind), node.stride, node.count, node.left, node.right, node.mode}) {
    hash ^= static_cast<uint64_t>(word);
    hash *= 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  return hash;
}

bool TableBuilder::Equal::operator()(const Node &a, const Node &b) const {
  return a.kind == b.kind && a.stride == b.stride && a.count == b.count && a.left == b.left && a.right == b.right &&
         a.mode == b.mode;
}

NodeId TableBuilder::intern(const Node &node) {
  auto [it, isNew] = ids.try_emplace(node, static_cast<NodeId>(nodes.size()));
  if (isNew)
    nodes.push_back(node);
  return it->second;
}

NodeId TableBuilder::keepState(int64_t stride, int64_t count, NodeId left, NodeId right) {
  if (count == 0)
    return right;
  const Node &next = nodes[right];
  if (stride > 0 && next.kind == NodeKind::KeepState && next.stride == stride && next.left == left)
    return intern({NodeKind::KeepState, stride, count + next.count, left, next.right});
  return intern({NodeKind::KeepState, stride, count, left, right});
}

NodeId TableBuilder::keepTape(int64_t stride, int64_t count, NodeId left, NodeId right, int64_t mode) {
  if (count == 0)
    return right;
  const Node &next = nodes[right];
  bool joins = restartable || stride == 0;
  if (joins && next.kind == NodeKind::KeepTape && next.stride == stride && next.left == left && next.mode == mode)
    return intern({NodeKind::KeepTape, stride, count + next.count, left, next.right, mode});
  return intern({NodeKind::KeepTape, stride, count, left, right, mode});
}

NodeId TableBuilder::runToEnd(int64_t count, NodeId left, int64_t mode) {
  if (count == 0)
    return left;
  const Node &next = nodes[left];
  if (next.kind == NodeKind::RunToEnd && next.mode == mode)
    return intern({NodeKind::RunToEnd, 0, count + next.count, next.left, 0, mode});
  return intern({NodeKind::RunToEnd, 0, count, left, 0, mode});
}

NodeId TableBuilder::takeOver(NodeId right, int64_t mode) { return intern({NodeKind::TakeOver, 0, 0, 0, right, mode}); }

NodeId TableBuilder::storeAll(int64_t steps) {
  if (steps == 0)
    return empty();
  return keepTape(0, steps - 1, empty(), leaf());
}

NodeId TableBuilder::rerunAll(int64_t steps) {
  if (steps == 0)
    return empty();
  return runToEnd(steps - 1, leaf());
}

NodeId TableBuilder::add(const PlanTable &table) {
  std::vector<NodeId> newId(static_cast<size_t>(table.getNumNodes()), 0);
  for (size_t i = 0; i < newId.size(); ++i) {
    Node node = table.getNode(static_cast<int64_t>(i));
    // Children come before their parents; those that a node does not have are 0.
    if (hasLeft(node.kind))
      node.left = newId[static_cast<size_t>(node.left)];
    if (hasRight(node.kind))
      node.right = newId[static_cast<size_t>(node.right)];
    newId[i] = intern(node);
  }
  return newId.back();
}

PlanTable TableBuilder::finish(NodeId root, int64_t steps, Start start) const {
  std::vector<bool> needed(root + 1, false);
  needed[root] = true;
  for (NodeId id = root; id >= 0; --id) {
    const Node &node = nodes[id];
    if (!needed[id] || node.kind == NodeKind::Empty || node.kind == NodeKind::Leaf)
      continue;
    if (node.kind != NodeKind::TakeOver)
      needed[node.left] = true;
    if (node.kind != NodeKind::RunToEnd)
      needed[node.right] = true;
  }

  std::vector<NodeId> newId(root + 1, 0);
  std::vector<Node> kept;
  for (NodeId id = 0; id <= root; ++id) {
    if (!needed[id])
      continue;
    Node node = nodes[id];
    if (node.kind != NodeKind::Empty && node.kind != NodeKind::Leaf) {
      if (node.kind != NodeKind::TakeOver)
        node.left = newId[node.left];
      if (node.kind != NodeKind::RunToEnd)
        node.right = newId[node.right];
    }
    newId[id] = static_cast<NodeId>(kept.size());
    kept.push_back(node);
  }
  return PlanTable(steps, start, restartable, kept);
}
