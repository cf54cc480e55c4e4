//===- GraphMachine.h - all schedules of a tiny graph -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Searches every schedule of the machine of Graph.h: any node computed any number
// of times, in any order, anything dropped at any time. A gradient is dropped when
// nothing can read it any more; keeping it longer is never of use.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_GRAPHMACHINE_H
#define REMAT_TEST_UNIT_SCHEDULE_GRAPHMACHINE_H

#include "remat/Schedule/Graph.h"

#include <optional>

namespace remat::schedule {

class GraphMachine {
public:
  /// At most 6 nodes.
  explicit GraphMachine(const GraphProblem &problem);

  /// The least time within the budget; nothing if there is no schedule.
  std::optional<int64_t> leastTime(int64_t budget) const;
  /// The smallest budget within which there is a schedule.
  int64_t leastBudget() const;

private:
  using Mask = uint32_t;

  int64_t sizeOf(Mask nodes) const;
  /// Gradients at hand when these nodes have been differentiated.
  Mask gradientsAt(Mask differentiated) const;
  bool canDifferentiate(int32_t node, Mask values, Mask differentiated) const;
  /// Calls visit(next state, time, bytes at hand meanwhile) for each action.
  template <typename Visit>
  void forEachAction(Mask state, Visit visit) const;
  /// The least cost to the end, where `extend(cost, time, bytes)` is the cost with one more
  /// action, or a negative number if it is not allowed.
  template <typename Extend>
  std::optional<int64_t> search(Extend extend) const;

  const GraphProblem &problem;
  int32_t count;
  std::vector<Mask> successors, predecessors;
};

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_GRAPHMACHINE_H
