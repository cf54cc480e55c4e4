//===- GraphActions.h - the operations of a graph schedule ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A sequence of lower sets (GraphPlan.h) written out, one operation at a time.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_GRAPHACTIONS_H
#define REMAT_SCHEDULE_GRAPHACTIONS_H

#include "remat/Schedule/Graph.h"

#include <optional>

namespace remat::schedule {

enum class GraphActionKind : uint8_t {
  /// Computes the value of the node.
  Compute,
  /// Computes the gradient of the node.
  Differentiate,
  DropValue,
  DropGradient
};

struct GraphAction {
  GraphActionKind kind = GraphActionKind::Compute;
  GraphProblem::NodeId node = 0;

  bool operator==(const GraphAction &other) const { return kind == other.kind && node == other.node; }
};

/// The canonical schedule of a sequence of a valid problem, or nothing if this
/// is not a sequence of growing lower sets of which the last has all nodes. The
/// nodes of a block are computed in the topological order in which the next
/// node always has the least possible number, and differentiated in the opposite
/// order.
std::optional<std::vector<GraphAction>>
canonicalActions(const GraphProblem &problem, const std::vector<std::vector<GraphProblem::NodeId>> &sequence);

/// The same operations, with every value and gradient dropped right after its
/// last use; `actions` must be playable. If a node can be differentiated from
/// its own value or from those before it, its own is used where it is kept for
/// another reason in any case.
std::vector<GraphAction> dropAfterLastUse(const GraphProblem &problem, const std::vector<GraphAction> &actions);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_GRAPHACTIONS_H
