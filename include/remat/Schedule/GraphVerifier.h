//===- GraphVerifier.h - plays graph schedules ------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The referee for graphs. It knows the machine of Graph.h and nothing of lower
// sets; it shares no code with the planner.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_GRAPHVERIFIER_H
#define REMAT_SCHEDULE_GRAPHVERIFIER_H

#include "remat/Schedule/GraphActions.h"
#include "remat/Schedule/GraphPlan.h"

#include <string>

namespace remat::schedule {

/// What a played graph schedule did, or where it went wrong.
struct GraphSimulationResult {
  bool valid = true;
  /// The number, from 1, of the first action that breaks a rule; if the list is
  /// too short, the number after the last one.
  int64_t action = 0;
  /// The rule, for people: "expects the value of node 3".
  std::string rule;

  /// Values and gradients computed.
  int64_t forward = 0;
  int64_t backward = 0;
  /// Time of all values computed, and of those that were not the first.
  int64_t time = 0;
  int64_t overhead = 0;
  /// Highest sum of the sizes of values and gradients at hand.
  int64_t peak = 0;
};

/// Plays a list of actions of a valid problem. In the end every node must have
/// been computed and differentiated, the latter once. `budget` bounds the sizes
/// at hand at any time. O(actions times degree).
GraphSimulationResult simulateGraph(const GraphProblem &problem, const std::vector<GraphAction> &actions,
                                    int64_t budget);

struct GraphVerification {
  bool valid = true;
  /// The number of the action, from 1, or 0 if it is not one that is wrong.
  int64_t action = 0;
  /// Whether the action is one of the schedule after liveness.
  bool afterLiveness = false;
  std::string rule;

  int64_t forward = 0;
  int64_t time = 0;
  int64_t overhead = 0;
  int64_t peak = 0;
  int64_t peakAfterLiveness = 0;
};

/// What a plan says of itself, as far as it says it.
struct GraphClaim {
  std::optional<int64_t> overhead;
  std::optional<int64_t> peak;
  std::optional<int64_t> peakAfterLiveness;
  std::optional<int64_t> forward = std::nullopt;
  std::optional<int64_t> time = std::nullopt;
};

/// Plays the canonical schedule of `sequence` within the budget of the problem,
/// before and after liveness, and compares what it did with what was claimed.
/// The problem may be invalid and the sequence anything.
GraphVerification verifyGraphSequence(const GraphProblem &problem,
                                      const std::vector<std::vector<GraphProblem::NodeId>> &sequence,
                                      const GraphClaim &claim = {});

/// The same for a plan.
GraphVerification verifyGraphPlan(const GraphProblem &problem, const GraphPlan &plan);

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_GRAPHVERIFIER_H
