//===- TableBuilder.h - hash-consed plan tables -----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Solvers build tables bottom-up through this class. Equal nodes become one
// node, and a node behind an equal one becomes a run, so that the table of a
// regular schedule has a handful of nodes however long the chain is.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_TABLE_TABLEBUILDER_H
#define REMAT_LIB_SCHEDULE_TABLE_TABLEBUILDER_H

#include "remat/Schedule/PlanTable.h"

#include <unordered_map>
#include <vector>

namespace remat::schedule {

class TableBuilder {
public:
  using NodeId = int64_t;

  explicit TableBuilder(bool restartable) : restartable(restartable) {}

  NodeId empty() { return intern({NodeKind::Empty, 0, 0, 0, 0}); }
  NodeId leaf(int64_t mode = 0) { return intern({NodeKind::Leaf, 0, 0, 0, 0, mode}); }
  NodeId keepState(int64_t stride, int64_t count, NodeId left, NodeId right);
  NodeId keepTape(int64_t stride, int64_t count, NodeId left, NodeId right, int64_t mode = 0);
  NodeId runToEnd(int64_t count, NodeId left, int64_t mode = 0);
  NodeId takeOver(NodeId right, int64_t mode = 0);

  /// The nodes of a table for tapes of the same kind; returns its root.
  NodeId add(const PlanTable &table);

  const Node &getNode(NodeId id) const { return nodes[id]; }

  /// `steps` steps with every tape kept.
  NodeId storeAll(int64_t steps);

  /// `steps` steps with nothing kept but the start state.
  NodeId rerunAll(int64_t steps);

  /// The table of the nodes that `root` needs.
  PlanTable finish(NodeId root, int64_t steps, Start start) const;

private:
  struct Hash {
    size_t operator()(const Node &node) const;
  };
  struct Equal {
    bool operator()(const Node &a, const Node &b) const;
  };

  NodeId intern(const Node &node);

  bool restartable;
  std::vector<Node> nodes;
  std::unordered_map<Node, NodeId, Hash, Equal> ids;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_TABLE_TABLEBUILDER_H
