//===- RunLimits.h - how many steps can run how often -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// limit(r) is a number p_r such that in no schedule in one memory, of any chain
// whose start state is always at hand, more than p_r steps run at most r times. As
// T - p_r steps run more than r times, a schedule of T steps has at least
// T + sum over r of max(0, T - p_r) forward steps.
//
// Steps that run more often can be taken out of a schedule (they become steps
// that do nothing), so that p_r is the longest chain that can be reversed with r
// runs of each step. Consider the turn, when the last state is first in the core.
// Every step has run once. What is kept then, x tapes and z states, and the tape
// in the core, cuts the other steps into at most 1 + x + z parts, each of which is
// reversed with r - 1 further runs and has nothing kept inside:
//
//   p_1 = 1 + floor(m / A),    p_r = max over x A + z S <= m of
//                                    1 + x + (1 + x + z) p_(r-1)
//
// With two runs nothing that is kept can be given up and made again, so that a part
// has only the memory beside what is kept to the left of it, which bounds p_2
// more closely. If no tape fits, p_r = C(z + r, r - 1) (Grimm, Pottier & Rostaing-Schmidt
// 1996, for schedules of any kind).
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_BOUNDS_RUNLIMITS_H
#define REMAT_LIB_SCHEDULE_BOUNDS_RUNLIMITS_H

#include <cstdint>
#include <vector>

namespace remat::schedule {

struct EqualChain;

class RunLimits {
public:
  /// For chains of at most `steps` steps in `memory` units. Tapes have a size.
  /// O(min(memory / tape, 4096) log memory) at most.
  RunLimits(int64_t steps, int64_t memory, int64_t stateSize, int64_t tapeSize);

  /// For the memory that a problem leaves; there must be some.
  explicit RunLimits(const EqualChain &problem);

  /// p_r, or 0 for r = 0, for r up to getDepth().
  int64_t limit(int64_t runs) const { return limits[runs]; }

  /// The runs beyond the first one of each step that a schedule of that many steps has at least.
  __int128 countReruns(int64_t steps) const;

  /// The last r with p_r < steps, up to 512.
  int64_t getDepth() const { return static_cast<int64_t>(limits.size()) - 1; }

private:
  int64_t boundTwoRuns(int64_t most) const;
  int64_t boundNext(int64_t parts) const;

  int64_t memory;
  int64_t stateSize;
  int64_t tapeSize;
  std::vector<int64_t> limits;
};

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_BOUNDS_RUNLIMITS_H
