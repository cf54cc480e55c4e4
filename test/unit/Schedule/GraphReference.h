//===- GraphReference.h - all sequences of lower sets -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every sequence of lower sets of a small graph, by recursion over masks, with the
// formulas of the paper taken literally.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_GRAPHREFERENCE_H
#define REMAT_TEST_UNIT_SCHEDULE_GRAPHREFERENCE_H

#include "remat/Schedule/GraphPlan.h"

#include <functional>

namespace remat::schedule {

class GraphReference {
public:
  using Mask = uint32_t;
  using Sequence = std::vector<Mask>;

  /// `onlyClosures`: sequences of closures of one node, and all nodes.
  GraphReference(const GraphProblem &problem, bool onlyClosures);

  const std::vector<Mask> &lowerSets() const { return sets; }
  void forEachSequence(const std::function<void(const Sequence &)> &visit) const;
  int64_t overheadOf(const Sequence &sequence) const;
  int64_t peakOf(const Sequence &sequence) const;

  /// The least overhead within the budget, or -1, and the least peak of all.
  int64_t leastOverhead() const;
  int64_t leastPeak() const;

private:
  Mask all() const { return (Mask(1) << problem.nodes.size()) - 1; }
  Mask successorsOf(Mask nodes) const;
  Mask predecessorsOf(Mask nodes) const;
  Mask boundaryOf(Mask set) const { return predecessorsOf(all() & ~set) & set; }
  int64_t sizeOf(Mask nodes) const;
  int64_t timeOf(Mask nodes) const;
  void extend(Sequence &sequence, const std::function<void(const Sequence &)> &visit) const;

  const GraphProblem &problem;
  std::vector<Mask> sets;
};

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_GRAPHREFERENCE_H
