//===- GraphLiveness.h - the peak after liveness ----------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the planner expects of the canonical schedule once every value and
// gradient is dropped right after its last use. It follows from the block of each
// node alone, without writing the schedule out.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_GRAPH_GRAPHLIVENESS_H
#define REMAT_LIB_SCHEDULE_GRAPH_GRAPHLIVENESS_H

#include "Graph/GraphIndex.h"

namespace remat::schedule {

/// `blockOf[node]` is the block of a node, numbered as in the index, from 0 to
/// blocks - 1. O(nodes + edges).
int64_t peakAfterLiveness(const GraphIndex &graph, const std::vector<int32_t> &blockOf, int32_t blocks);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_GRAPH_GRAPHLIVENESS_H
