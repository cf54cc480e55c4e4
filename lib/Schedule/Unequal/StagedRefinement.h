//===- StagedRefinement.h - a plan from tables in coarse units --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Tables in coarse units are a little too hopeful or too careful, and by how much
// differs from segment to segment. Two things make up for most of it.
//
// Lookahead. The tables are read as if there were somewhat more or less memory than
// there is. Each guess makes a plan of any segment, whose true time is known. So what
// to do with a segment is chosen by the true times of the plans for its parts.
//
// Refinement. Tables for few items are cheap: they grow with their cube. Where a
// segment has become short it gets tables of its own, in units that are finer for
// the memory that it has, and so on until units are exact or segments very short.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDREFINEMENT_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDREFINEMENT_H

#include "Unequal/StagedMinimum.h"
#include "Unequal/StagedTables.h"

namespace remat::schedule {

/// A plan with all its choices.
class ChosenPlan final : public ChoiceSource {
public:
  void set(const Segment &segment, Choice choice) { choices[segment] = choice; }
  void add(const ChosenPlan &other) { choices.insert(other.choices.begin(), other.choices.end()); }
  Choice choose(const Segment &segment) const override { return choices.at(segment); }

private:
  std::unordered_map<Segment, Choice, SegmentHash> choices;
};

/// What the search for a plan may use.
struct RefinementOptions {
  /// Segments of at most so many items have tables of their own, of so many units.
  /// In these, segments of half as many items have tables with twice as many units.
  int64_t items = 0;
  int64_t units = 0;
  /// Divides all sizes.
  int64_t divisor = 1;
  /// About how many sums the plan may take, and those of all guesses besides;
  /// segments with tables of their own are shorter if need be.
  double effort = std::numeric_limits<double>::infinity();
  double guessEffort = 0;
  /// Called with the share that is done until it returns false, which ends the search.
  std::function<bool(double)> progress;
};

struct RefinedPlan {
  /// Negative if there is no plan.
  int64_t time = -1;
  ChosenPlan choices;
};

/// The best plan that is found for a segment of solved tables, or nothing if the
/// search was ended. It fits in the memory of the segment, for which `minimum` must
/// have a plan. If the tables are exact it is their best one; otherwise no guess of
/// the memory makes a faster one.
template <typename Value>
std::optional<RefinedPlan> planFromTables(const ItemChain &chain, const StagedTables<Value> &tables,
                                          const StagedMinimum &minimum, const Segment &top,
                                          const RefinementOptions &options);

extern template std::optional<RefinedPlan> planFromTables(const ItemChain &, const StagedTables<float> &,
                                                          const StagedMinimum &, const Segment &,
                                                          const RefinementOptions &);
extern template std::optional<RefinedPlan> planFromTables(const ItemChain &, const StagedTables<double> &,
                                                          const StagedMinimum &, const Segment &,
                                                          const RefinementOptions &);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDREFINEMENT_H
