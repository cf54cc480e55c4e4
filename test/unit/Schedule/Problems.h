//===- Problems.h - problems for tests --------------------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_TEST_UNIT_SCHEDULE_PROBLEMS_H
#define REMAT_TEST_UNIT_SCHEDULE_PROBLEMS_H

#include "remat/Schedule/Solvers.h"

#include <cstdlib>
#include <ostream>
#include <random>
#include <vector>

namespace remat::schedule {

inline std::vector<Policy> getPolicies(PolicyTrait with, unsigned without = 0) {
  std::vector<Policy> policies;
  for (const PolicyInfo &info : allPolicies)
    if (info.has(with) && (info.traits & without) == 0)
      policies.push_back(info.policy);
  return policies;
}
inline const std::vector<Policy> tablePolicies = getPolicies(PlansPrograms);
/// Those of them that more memory never makes slower.
inline const std::vector<Policy> monotonePolicies = getPolicies(PlansPrograms, MakesLists);
inline constexpr Start allStarts[] = {Start::Releasable, Start::Pinned, Start::External};

/// A problem with all times 1.
inline EqualChain makeProblem(int64_t steps, int64_t state, int64_t tape, int64_t budget,
                              Start start = Start::Releasable, bool restartable = true) {
  EqualChain problem;
  problem.steps = steps;
  problem.state = problem.initialState = state;
  problem.tape = tape;
  problem.budget = budget;
  problem.start = start;
  problem.restartable = restartable;
  return problem;
}

/// Four steps of which the second leaves a tape that the rest begins from.
inline PlanTable tapeInTheMiddle() {
  return PlanTable(4, Start::Pinned, true,
                   {{NodeKind::Leaf, 0, 0, 0, 0}, {NodeKind::RunToEnd, 0, 1, 0, 0}, {NodeKind::KeepTape, 1, 1, 0, 1}});
}

/// For messages.
inline std::ostream &operator<<(std::ostream &os, const EqualChain &p) {
  return os << "T=" << p.steps << " state=" << p.state << " tape=" << p.tape << " initial=" << p.initialState
            << " workspace=" << p.workspace << " budget=" << p.budget << " start=" << static_cast<int64_t>(p.start)
            << " restartable=" << p.restartable;
}

/// Problems of all kinds, feasible ones and others.
class RandomProblems {
public:
  explicit RandomProblems(uint32_t seed) : engine(seed) {}

  int64_t number(int64_t least, int64_t most) { return std::uniform_int_distribution<int64_t>(least, most)(engine); }

  EqualChain problem(int64_t maxSteps, int64_t maxState, int64_t maxTape) {
    EqualChain p;
    p.steps = number(0, maxSteps);
    p.state = number(0, maxState);
    p.tape = number(0, maxTape);
    p.initialState = number(0, 2) ? p.state : number(0, maxState);
    p.workspace = number(0, 3);
    p.advance = number(0, 3);
    p.record = number(0, 3);
    p.reverse = number(0, 5);
    p.restartable = number(0, 1);
    p.start = allStarts[number(0, 2)];
    p.budget = number(0, (maxState + maxTape) * 6);
    return p;
  }

private:
  std::mt19937 engine;
};

/// Whether to run the tests that take minutes.
inline bool runLongTests() { return std::getenv("REMAT_LONG_TESTS") != nullptr; }

/// How many problems a test tries: `count`, or `longCount` if it may take minutes.
/// Builds with sanitizers are ten to twenty times slower and try one in
/// REMAT_TEST_SHARE of them.
inline int64_t testCount(int64_t count, int64_t longCount) {
  return (runLongTests() ? longCount : count) / REMAT_TEST_SHARE;
}

} // namespace remat::schedule

#endif // REMAT_TEST_UNIT_SCHEDULE_PROBLEMS_H
