//===- StagedChoice.h - what a plan of unequal steps decides ----*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A schedule of unequal steps is built from segments of three kinds. The
// recurrence is that of docs/Schedules.md, section 9:
//
//   core(s,t,v)   the start state is in the core only, v is free:
//     Leaf          record and reverse the only item
//     Tape m        record item s+1 in mode m, keep its tape, then the rest from
//                   that tape (held) or, if it is not restartable, from the core
//     KeepStart     keep the start state: owned(s,t,v)
//   held(s,t,v)   the start state can be read and stays, v is free beside it:
//     Enter         core(s,t,v), which does not keep the start state
//     Split y       run to y, core(y,t,v), held(s,y,v)
//     BlockPlan i   reverse the only item, a block, by its plan
//   owned(s,t,v)  the start state has a slot, which is part of v:
//     Enter         release it: core(s,t,v), which does not keep it again
//     Split y       run to y, core(y,t,v - its size), owned(s,y,v)
//     BlockPlan i
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDCHOICE_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDCHOICE_H

#include "Table/CheckedMath.h"
#include "Unequal/ItemChain.h"
#include "remat/Schedule/Action.h"

#include <unordered_map>

namespace remat::schedule {

enum class SegmentKind { Core, Held, Owned };

/// Items from+1..to with `free` bytes of memory.
struct Segment {
  SegmentKind kind;
  int64_t from;
  int64_t to;
  int64_t free;
  /// Core only: the start state was readable before and is not kept again.
  bool entered = false;

  int64_t length() const { return to - from; }

  friend bool operator==(const Segment &a, const Segment &b) {
    return a.kind == b.kind && a.from == b.from && a.to == b.to && a.free == b.free && a.entered == b.entered;
  }
};

struct SegmentHash {
  size_t operator()(const Segment &segment) const;
};

enum class ChoiceKind { Leaf, Tape, KeepStart, Enter, Split, BlockPlan };

struct Choice {
  ChoiceKind kind;
  /// Leaf and Tape: the mode; Split: the boundary; BlockPlan: its number.
  int64_t value = 0;

  friend bool operator==(Choice a, Choice b) { return a.kind == b.kind && a.value == b.value; }
};

/// What a choice takes itself, and the segments that it leaves to be reversed, in
/// that order.
struct SegmentParts {
  int64_t time = 0;
  int count = 0;
  Segment parts[2];
};

SegmentParts partsOf(const ItemChain &chain, const Segment &segment, Choice choice);

/// Knows what to do with a segment.
class ChoiceSource {
public:
  virtual ~ChoiceSource() = default;
  virtual Choice choose(const Segment &segment) const = 0;
};

/// What the chosen schedule of a segment really takes, in bytes beside what
/// surrounds it; for owned segments with the start state.
struct SegmentCost {
  /// Negative if it does not fit in 64 bits.
  int64_t time;
  int64_t peak;
};

/// Adds up the costs of segments and remembers them.
class SegmentCosts {
public:
  SegmentCosts(const ItemChain &chain, const ChoiceSource &source) : chain(chain), source(source) {}

  SegmentCost of(const Segment &segment);

private:
  struct Sum {
    Checked time;
    int64_t peak;
  };
  Sum visit(const Segment &segment);
  Sum compute(const Segment &segment);

  const ItemChain &chain;
  const ChoiceSource &source;
  std::unordered_map<Segment, Sum, SegmentHash> known;
};

/// The actions of the chosen schedule; the core holds the start state.
std::vector<Action> emitActions(const ItemChain &chain, const ChoiceSource &source, const Segment &top);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDCHOICE_H
