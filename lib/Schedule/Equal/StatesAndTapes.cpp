//===- StatesAndTapes.cpp - policies that keep states and tapes --*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// From a problem to a row network, through the dual planner, to a table.
// Problems at the edge, where the network would be empty, infinite or as deep
// as the chain is long, have schedules that can be written down.
//
//===----------------------------------------------------------------------===//

#include "Equal/Coarsening.h"
#include "Equal/Dual.h"
#include "Equal/PolicySolvers.h"
#include "Equal/RowNetwork.h"
#include "Equal/SplitDag.h"
#include "Equal/TwoSweep.h"
#include "Table/CheckedMath.h"
#include "Table/TableBuilder.h"

#include <algorithm>
#include <numeric>

using namespace remat::schedule;
using NodeId = TableBuilder::NodeId;

/// Rows of a network; beyond that sizes are rounded to a coarser unit.
static constexpr int64_t maxRows = 1000000;
/// Points of the conjugates (rows times slopes); some 32 bytes each.
static constexpr int64_t maxPoints = int64_t(1) << 24;
/// Segments in which the planner may try more than one split.
static constexpr int64_t maxSearched = 50000;
/// Work of the exact dynamic program, rows * steps^2, when it may be used.
static constexpr int64_t maxExactWork = int64_t(1) << 28;

namespace {
class StatesAndTapesSolver {
public:
  StatesAndTapesSolver(const EqualChain &problem, Policy policy)
      : problem(problem), policy(policy), builder(problem.restartable) {
    sizes.state = problem.state;
    sizes.tape = problem.tape;
    sizes.free = problem.budget - problem.fixedSize();
    sizes.freeWithoutStart = sizes.free;
    if (policy == Policy::Optimal && problem.start == Start::Releasable)
      sizes.freeWithoutStart += problem.initialState;
  }

  Solution solve();

private:
  Solution finish(NodeId root, int64_t forwardBound);
  NodeId storeAll(int64_t steps);
  Solution solveFreeStates();
  Solution solveNoRoom();
  bool hasNoRoom() const;
  Solution solveNetwork();
  bool improve(Solution &solution, const RowNetwork &network, SplitDag dag);

  const EqualChain &problem;
  Policy policy;
  TableBuilder builder;
  UnitSizes sizes;
  /// The most tapes that can exist at once, the one in the core included.
  int64_t tapes = 1;
  int64_t plainTapes = 1;
};
} // namespace

Solution StatesAndTapesSolver::finish(NodeId root, int64_t forwardBound) {
  return {builder.finish(root, problem.steps, problem.start), forwardBound};
}

/// All tapes of at most `tapes` steps, with the start state released only if
/// that is needed.
NodeId StatesAndTapesSolver::storeAll(int64_t steps) {
  if (steps <= plainTapes)
    return builder.storeAll(steps);
  return builder.takeOver(builder.storeAll(steps - 1));
}

/// States of size 0: every state is kept, and as many tapes as there is room
/// for.
Solution StatesAndTapesSolver::solveFreeStates() {
  int64_t steps = problem.steps;
  auto keepStates = [&](int64_t length, int64_t kept) {
    NodeId right = builder.storeAll(kept);
    return builder.keepState(1, length - kept, builder.leaf(), right);
  };
  if (tapes == plainTapes)
    return finish(keepStates(steps, tapes), 2 * steps - tapes);
  NodeId right = keepStates(steps - 1, tapes - 1);
  if (!problem.restartable)
    right = builder.keepState(0, 1, builder.empty(), right);
  return finish(builder.takeOver(right), 2 * steps - tapes);
}

/// True if nothing can be kept while the start state is needed, and if giving
/// up the start state does not make room for more than tapes.
bool StatesAndTapesSolver::hasNoRoom() const {
  int64_t least = std::min(sizes.state, sizes.tape);
  int64_t takenOver = sizes.freeWithoutStart - sizes.tape;
  return sizes.free < least && takenOver < (problem.restartable ? least : sizes.state);
}

/// The schedules of hasNoRoom(): run to the end again and again. With
/// restartable tapes the first tape is a start state as good as the first
/// state, and saves all re-runs of step 1; without, only the last `tapes` steps
/// can be kept.
Solution StatesAndTapesSolver::solveNoRoom() {
  int64_t steps = problem.steps;
  if (tapes == 1)
    return finish(builder.rerunAll(steps), steps * (steps + 1) / 2);
  if (problem.restartable)
    return finish(builder.takeOver(builder.rerunAll(steps - 1)), 1 + steps * (steps - 1) / 2);
  return finish(builder.runToEnd(steps - tapes, storeAll(tapes)), steps * (steps + 1) / 2 - tapes * (tapes - 1) / 2);
}

/// Builds the table of `dag` and keeps it if it is better than what there is.
/// Returns whether it meets the bound.
bool StatesAndTapesSolver::improve(Solution &solution, const RowNetwork &network, SplitDag dag) {
  PlanTable table = buildTable(network, dag, problem.start);
  int64_t forward = table.countMoves()->forward();
  bool isFirst = solution.table.getSteps() != problem.steps;
  if (isFirst || forward < solution.table.countMoves()->forward())
    solution.table = std::move(table);
  return forward == solution.forwardBound;
}

Solution StatesAndTapesSolver::solveNetwork() {
  int64_t steps = problem.steps;
  UnitSizes planSizes = sizes;
  RowNetwork network = buildNetwork(planSizes, policy, problem.restartable, maxRows);
  Solution solution;
  solution.forwardBound = 2 * steps - tapes;

  if (network.rows.empty()) {
    CoarseSizes coarse = coarsen(sizes, maxRows);
    solution.planningUnit = coarse.unit;
    network = buildNetwork(coarse.roundedUp, policy, problem.restartable, maxRows);
    // The bound comes from smaller sizes than the plan.
    if (coarse.roundedDown.state > 0 && coarse.roundedDown.tape > 0) {
      RowNetwork optimistic = buildNetwork(coarse.roundedDown, policy, problem.restartable, maxRows);
      Dual bound(optimistic);
      if (steps > optimistic.rows.back().tapes && bound.solve(steps, maxPoints))
        solution.forwardBound = std::max(solution.forwardBound, bound.lowerBound());
    }
  }

  Dual dual(network);
  if (!dual.solve(steps, maxPoints)) {
    solution.table = solveNoRoom().table;
    return solution;
  }
  bool exactSizes = solution.planningUnit == 1;
  if (exactSizes)
    solution.forwardBound = std::max(solution.forwardBound, dual.lowerBound());
  for (int64_t searched : {int64_t(0), maxSearched})
    if (improve(solution, network, planByDual(network, dual, steps, searched)))
      return solution;

  Checked work = Checked(steps) * steps * network.rows.size();
  if (exactSizes && work.get().value_or(INT64_MAX) <= maxExactWork) {
    improve(solution, network, planExactly(network, steps));
    solution.forwardBound = solution.table.countMoves()->forward();
  }
  return solution;
}

Solution StatesAndTapesSolver::solve() {
  int64_t steps = problem.steps;
  if (sizes.tape == 0)
    return finish(builder.storeAll(steps), steps);
  tapes = sizes.freeWithoutStart / sizes.tape + 1;
  plainTapes = sizes.free / sizes.tape + 1;
  if (steps <= tapes)
    return finish(storeAll(steps), steps);
  if (sizes.state == 0)
    return solveFreeStates();

  int64_t unit = std::gcd(sizes.state, sizes.tape);
  sizes.state /= unit;
  sizes.tape /= unit;
  sizes.free /= unit;
  sizes.freeWithoutStart /= unit;
  if (hasNoRoom())
    return solveNoRoom();
  if (auto root = buildTwoSweep(sizes, policy, steps, problem.restartable, builder))
    return finish(*root, 2 * steps - tapes);
  return solveNetwork();
}

Solution remat::schedule::solveStatesAndTapes(const EqualChain &problem, Policy policy) {
  return StatesAndTapesSolver(problem, policy).solve();
}
