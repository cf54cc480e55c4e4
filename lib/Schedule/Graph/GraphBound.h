//===- GraphBound.h - what no graph schedule can beat -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bounds for every schedule of the machine of Graph.h, canonical or not. The
// argument is that of docs/Graphs.md, section 4: look at the machine when it
// differentiates a node.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_GRAPH_GRAPHBOUND_H
#define REMAT_LIB_SCHEDULE_GRAPH_GRAPHBOUND_H

#include "Graph/GraphIndex.h"

namespace remat::schedule {

struct GraphBound {
  /// No schedule within the budget takes less time.
  int64_t time = 0;
  /// No schedule runs within a smaller budget.
  int64_t budget = 0;
};

/// O(nodes + edges) for each node that is looked at: all of them, or as many, evenly spaced, as
/// make 2^27 steps.
GraphBound boundAnySchedule(const GraphIndex &graph, int64_t budget);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_GRAPH_GRAPHBOUND_H
