//===- StagedDescent.h - a plan in bytes from a table in units ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table knows the time of every segment for whole numbers of units, with sizes
// that were rounded. The schedule is found from the top down with the memory that
// is free in bytes: rounding errors do not add up on the way, the table is read
// between two units, and nothing is chosen for which a part could not be finished
// in the bytes that are left for it (StagedMinimum.h). So there is always a
// schedule, and it always fits. If sizes are whole units it is the table's best.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDDESCENT_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDDESCENT_H

#include "Unequal/StagedMinimum.h"
#include "Unequal/StagedTables.h"

namespace remat::schedule {

template <typename Value>
class StagedDescent final : public ChoiceSource {
public:
  /// The table is asked for `trust` times the memory that is free.
  StagedDescent(const ItemChain &chain, const StagedTables<Value> &tables, const StagedMinimum &minimum, double trust)
      : chain(chain), tables(tables), minimum(minimum), trust(trust) {}

  Choice choose(const Segment &segment) const override;

private:
  struct Candidate {
    Choice choice;
    double time;
  };

  typename StagedTables<Value>::Place placeOf(int64_t bytes) const {
    return trust == 1 ? tables.placeOf(bytes)
                      : tables.placeOf(static_cast<int64_t>(trust * static_cast<double>(bytes)));
  }
  bool fits(const Segment &segment) const { return segment.free >= minimum.peak(segment); }
  Candidate enter(const Segment &segment) const;
  void considerSplits(const Segment &segment, Candidate &best) const;
  void considerBlocks(const Segment &segment, Candidate &best) const;

  const ItemChain &chain;
  const StagedTables<Value> &tables;
  const StagedMinimum &minimum;
  double trust;
};

extern template class StagedDescent<float>;
extern template class StagedDescent<double>;

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDDESCENT_H
