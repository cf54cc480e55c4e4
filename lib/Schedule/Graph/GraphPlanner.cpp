//===- GraphPlanner.cpp - plan a graph within a budget ----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses the family of lower sets and the searches to run, and fills in the record.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/GraphPlan.h"

#include "Graph/GraphBound.h"
#include "Graph/GraphLiveness.h"
#include "Graph/LowerSetSearch.h"
#include "Problem/Verdicts.h"
#include "Table/CheckedMath.h"
#include "remat/Schedule/Plan.h"

#include <algorithm>
#include <chrono>
#include <limits>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

namespace {
class Planner {
public:
  Planner(const GraphProblem &problem, const GraphOptions &options)
      : problem(problem), options(options), graph(problem), sets(LowerSets::closures(graph)) {}

  GraphPlanResult run();

private:
  bool goOn(double share) const { return !options.progress || options.progress(share); }
  /// Replaces the lower sets by those of the policy.
  Verdict chooseFamily();
  Verdict plan();
  Verdict planByFamily();
  Verdict planBySegments();
  Verdict infeasible() const;
  /// Takes the sequence if it is better than what there is.
  void offer(const LowerSetSearch::Sequence &sequence);
  int64_t livePeak(const LowerSetSearch::Sequence &sequence) const;
  void fill();

  const GraphProblem &problem;
  const GraphOptions &options;
  GraphIndex graph;
  LowerSets sets;
  GraphPlan record;

  LowerSetSearch::Sequence best;
  SequenceCost bestCost;
  int64_t bestLivePeak = 0;
};
} // namespace

static constexpr int64_t maxBytesOfSets = int64_t(1) << 30;

/// How many costs the policy approximate tells apart. Times of many digits have millions, and the time of
/// the search grows with them.
static constexpr int64_t closurePrecision = 4096;

/// No canonical sequence has less overhead within the budget. When the last block is reversed,
/// what is not cached before it and not in it has to be computed again: the rest, with
/// size(U) + 2 size(V_k) <= budget, is worth at most what the densest nodes are.
static int64_t leastOverhead(const GraphProblem &problem) {
  int64_t room = problem.budget, overhead = 0;
  std::vector<const GraphNode *> nodes;
  for (const GraphNode &node : problem.nodes) {
    if (node.size == 0)
      continue;
    nodes.push_back(&node);
    overhead += node.time;
  }
  using Wide = __int128;
  // Nodes of equal density are interchangeable.
  std::sort(nodes.begin(), nodes.end(),
            [](const GraphNode *a, const GraphNode *b) { return Wide(a->time) * b->size > Wide(b->time) * a->size; });
  for (const GraphNode *node : nodes) {
    if (node->size > room)
      return overhead - static_cast<int64_t>(Wide(room) * node->time / node->size);
    room -= node->size;
    overhead -= node->time;
  }
  return overhead;
}

Verdict Planner::chooseFamily() {
  int64_t bytesOfSet = (problem.nodes.size() + 63) / 64 * 8;
  if (options.policy == GraphPolicy::Chen)
    sets = LowerSets::cuts(graph);
  if (options.policy != GraphPolicy::Exact)
    return {};

  // There are more lower sets than nodes.
  int64_t limit = std::min(options.maxLowerSets, maxBytesOfSets / std::max<int64_t>(bytesOfSet, 1));
  std::optional<LowerSets> all;
  bool stopped = false;
  if (graph.size() < limit)
    all = LowerSets::all(graph, limit, [&] { return !(stopped = !goOn(0)); });
  if (stopped)
    return {Status::Interrupted, "the enumeration of the lower sets was interrupted"};
  if (!all || all->size() == 0)
    return {Status::Unsupported, "expects a graph of at most " + std::to_string(limit) +
                                     " lower sets for the policy exact; approximate has no such limit"};
  sets = std::move(*all);
  return {};
}

int64_t Planner::livePeak(const LowerSetSearch::Sequence &sequence) const {
  std::vector<int32_t> blockOf(graph.size(), 0);
  for (size_t i = 0; i + 1 < sequence.size(); ++i)
    for (NodeId node = 0; node < graph.size(); ++node)
      blockOf[node] += !sets.contains(sequence[i], node);
  return peakAfterLiveness(graph, blockOf, static_cast<int32_t>(sequence.size()));
}

void Planner::offer(const LowerSetSearch::Sequence &sequence) {
  SequenceCost cost = costOf(sets, sequence);
  int64_t live = livePeak(sequence);
  auto rank = [&](const SequenceCost &c, int64_t livePeak) {
    return options.objective == GraphObjective::Time ? std::make_pair(c.overhead, livePeak)
                                                     : std::make_pair(livePeak, c.overhead);
  };
  if (!best.empty() && rank(bestCost, bestLivePeak) <= rank(cost, live))
    return;
  best = sequence;
  bestCost = cost;
  bestLivePeak = live;
}

Verdict Planner::infeasible() const {
  return {Status::Infeasible, "expects a budget of at least " + std::to_string(record.minimumBudget) + ", but got " +
                                  std::to_string(problem.budget)};
}

Verdict Planner::planByFamily() {
  auto progress = [this](double share) { return goOn(share); };
  // What closures of one node can do bounds what all lower sets can.
  std::optional<LowerSets> closures;
  if (options.policy == GraphPolicy::Exact)
    closures = LowerSets::closures(graph);
  std::optional<LowerSetSearch> coarse;
  if (closures)
    coarse.emplace(*closures, closurePrecision, progress);
  LowerSetSearch search(sets, coarse ? LowerSetSearch::exactly : closurePrecision, progress);
  std::optional<int64_t> least = coarse ? coarse->minimumPeak() : search.minimumPeak();
  if (least && coarse)
    least = search.minimumPeak(*least);
  if (!least)
    return {Status::Interrupted, "the search for the smallest budget was interrupted"};
  record.minimumBudget = *least;
  if (*least > problem.budget)
    return infeasible();

  auto tryBudget = [&](int64_t budget, SearchCost cost) -> Verdict {
    int64_t most = std::numeric_limits<int64_t>::max();
    if (coarse && coarse->best(budget, cost))
      most = coarse->costOfBest();
    std::optional<LowerSetSearch::Sequence> sequence = search.best(budget, cost, most);
    if (search.hasStopped() || (coarse && coarse->hasStopped()))
      return interrupted();
    if (search.isTooLarge())
      return {Status::Unsupported, "expects a search of fewer states; a coarser unit of times and sizes has fewer"};
    offer(*sequence);
    return {};
  };
  if (Verdict verdict = tryBudget(problem.budget, SearchCost::Overhead); !verdict.ok())
    return verdict;
  if (options.objective == GraphObjective::Time)
    return {};
  int64_t previous = -1;
  for (int64_t share : {0, 1, 2, 4, 8, 16, 32, 64, 128}) {
    int64_t budget = std::min(problem.budget, *least + *least / 64 * share);
    if (budget == previous)
      break;
    previous = budget;
    for (SearchCost cost : {SearchCost::CachedSize, SearchCost::CachedTime})
      if (Verdict verdict = tryBudget(budget, cost); !verdict.ok())
        return verdict;
  }
  return {};
}

/// Chen et al. 2016, algorithm 3: a segment ends at the first cut at which it has reached a
/// given size.
Verdict Planner::planBySegments() {
  record.minimumBudget = std::numeric_limits<int64_t>::max();
  LowerSetSearch::Sequence previous;
  for (int64_t segments = 1; segments <= sets.last(); ++segments) {
    int64_t size = ceilDiv(sets.sizeOf(sets.last()), segments);
    LowerSetSearch::Sequence sequence;
    int64_t end = 0;
    for (int64_t set = 1; set < sets.last(); ++set)
      if (sets.sizeOf(set) - sets.sizeOf(end) >= size)
        sequence.push_back(end = set);
    sequence.push_back(sets.last());
    if (sequence == previous)
      continue;
    previous = sequence;
    SequenceCost cost = costOf(sets, sequence);
    record.minimumBudget = std::min(record.minimumBudget, cost.peak);
    if (cost.peak <= problem.budget)
      offer(sequence);
  }
  return best.empty() ? infeasible() : Verdict();
}

void Planner::fill() {
  int64_t previous = 0;
  record.forward = record.nodes;
  for (int64_t set : best) {
    std::vector<NodeId> nodes;
    int64_t again = 0;
    for (NodeId node = 0; node < graph.size(); ++node)
      if (sets.contains(set, node)) {
        nodes.push_back(graph.original(node));
        again += !sets.contains(previous, node);
      }
    for (NodeId node : sets.boundaryOf(set))
      again -= !sets.contains(previous, node);
    if (set != sets.last())
      record.forward += again;
    std::sort(nodes.begin(), nodes.end());
    record.sequence.push_back(std::move(nodes));
    previous = set;
  }
  record.overhead = bestCost.overhead;
  record.peak = bestCost.peak;
  record.peakAfterLiveness = bestLivePeak;
}

Verdict Planner::plan() {
  if (graph.size() == 0)
    return {};
  if (Verdict verdict = chooseFamily(); !verdict.ok())
    return verdict;
  record.lowerSets = sets.size();
  Verdict verdict = options.policy == GraphPolicy::Chen ? planBySegments() : planByFamily();
  if (verdict.ok())
    fill();
  return verdict;
}

GraphPlanResult Planner::run() {
  auto start = std::chrono::steady_clock::now();
  record.policy = options.policy;
  record.objective = options.objective;
  record.nodes = graph.size();
  record.budget = problem.budget;
  Verdict verdict = plan();
  int64_t all = problem.totalTime();
  record.time = all + record.overhead;
  record.timeRatio = getTimeRatio(record.time, all);
  bool isOptimum = options.policy == GraphPolicy::Exact && options.objective == GraphObjective::Time;
  GraphBound anySchedule = boundAnySchedule(graph, problem.budget);
  record.boundAnySchedule = anySchedule.time;
  record.minimumBudgetAnySchedule = anySchedule.budget;
  record.lowerBound = isOptimum ? record.time : std::max(all + leastOverhead(problem), anySchedule.time);
  record.certified = verdict.ok() && record.time == record.lowerBound;
  record.solveSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {verdict, std::move(record)};
}

GraphPlanResult remat::schedule::planGraph(const GraphProblem &problem, const GraphOptions &options) {
  if (Verdict verdict = problem.validate(); !verdict.ok())
    return {verdict, {}};
  constexpr size_t maxPlannedNodes = 20000;
  if (problem.nodes.size() > maxPlannedNodes)
    return {{Status::Unsupported, "expects at most " + std::to_string(maxPlannedNodes) + " nodes, but got " +
                                      std::to_string(problem.nodes.size())},
            {}};
  return Planner(problem, options).run();
}
