//===- GraphSimulator.cpp - plays graph schedules ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One function per action, each a list of rules and then the effect.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/GraphVerifier.h"

#include <algorithm>

using namespace remat::schedule;

using NodeId = GraphProblem::NodeId;

namespace {
class GraphSimulator {
public:
  GraphSimulator(const GraphProblem &problem, int64_t budget);

  bool play(const GraphAction &action);
  GraphSimulationResult finish();

private:
  struct State {
    std::vector<NodeId> successors, predecessors;
    bool hasValue = false, hasGradient = false;
    bool wasComputed = false, wasDifferentiated = false;
    /// Predecessors whose value is not at hand.
    int64_t missing = 0;
  };

  bool fail(std::string rule);
  bool compute(NodeId node);
  bool differentiate(NodeId node);
  bool checkReader(NodeId reader);
  bool drop(const GraphAction &action);
  bool grow(int64_t size);

  const GraphProblem &problem;
  int64_t budget;
  std::vector<State> states;
  GraphSimulationResult result;
  int64_t used = 0;
  int64_t played = 0;
};
} // namespace

static std::string of(const char *what, NodeId node) { return std::string(what) + " of node " + std::to_string(node); }

GraphSimulator::GraphSimulator(const GraphProblem &problem, int64_t budget)
    : problem(problem), budget(budget), states(problem.nodes.size()) {
  for (auto [from, to] : problem.edges) {
    states[from].successors.push_back(to);
    states[to].predecessors.push_back(from);
  }
  for (State &state : states) {
    for (std::vector<NodeId> *list : {&state.successors, &state.predecessors}) {
      std::sort(list->begin(), list->end());
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    state.missing = static_cast<int64_t>(state.predecessors.size());
  }
}

bool GraphSimulator::fail(std::string rule) {
  if (result.valid) {
    result.valid = false;
    result.action = played;
    result.rule = std::move(rule);
  }
  return false;
}

/// Keeps something of that size.
bool GraphSimulator::grow(int64_t size) {
  used += size;
  result.peak = std::max(result.peak, used);
  if (used <= budget)
    return true;
  return fail("expects at most " + std::to_string(budget) + " to be kept, but this makes it " + std::to_string(used));
}

bool GraphSimulator::compute(NodeId node) {
  State &state = states[node];
  if (state.hasValue)
    return fail("expects a node whose value is not at hand, but got " + std::to_string(node));
  for (NodeId before : state.predecessors)
    if (!states[before].hasValue)
      return fail("expects " + of("the value", before));
  state.hasValue = true;
  for (NodeId after : state.successors)
    --states[after].missing;
  ++result.forward;
  int64_t time = problem.nodes[node].time;
  if (__builtin_add_overflow(result.time, time, &result.time))
    return fail("expects a time that fits in 64 bits");
  if (state.wasComputed)
    result.overhead += time;
  state.wasComputed = true;
  return grow(problem.nodes[node].size);
}

/// The rules for one reader of the node that is differentiated.
bool GraphSimulator::checkReader(NodeId reader) {
  const State &state = states[reader];
  if (!state.hasGradient)
    return fail("expects " + of("the gradient", reader));
  GradientUse use = problem.nodes[reader].gradient;
  if (use == GradientUse::Nothing || state.missing == 0 || (use == GradientUse::Output && state.hasValue))
    return true;
  auto absent = std::find_if(state.predecessors.begin(), state.predecessors.end(),
                             [&](NodeId before) { return !states[before].hasValue; });
  return fail("expects " + of("the value", *absent) + ", which the derivative of node " + std::to_string(reader) +
              " is computed from");
}

bool GraphSimulator::differentiate(NodeId node) {
  State &state = states[node];
  if (state.wasDifferentiated)
    return fail("expects a node that is not differentiated yet, but got " + std::to_string(node));
  if (!state.wasComputed)
    return fail("expects a node that has been computed, but got " + std::to_string(node));
  for (NodeId reader : state.successors)
    if (!checkReader(reader))
      return false;
  state.wasDifferentiated = state.hasGradient = true;
  ++result.backward;
  return grow(problem.nodes[node].size);
}

bool GraphSimulator::drop(const GraphAction &action) {
  State &state = states[action.node];
  bool isValue = action.kind == GraphActionKind::DropValue;
  bool &has = isValue ? state.hasValue : state.hasGradient;
  if (!has)
    return fail("expects " + of(isValue ? "the value" : "the gradient", action.node));
  has = false;
  used -= problem.nodes[action.node].size;
  if (isValue)
    for (NodeId after : state.successors)
      ++states[after].missing;
  return true;
}

bool GraphSimulator::play(const GraphAction &action) {
  ++played;
  if (action.node < 0 || action.node >= static_cast<int64_t>(states.size()))
    return fail("expects a node below " + std::to_string(states.size()) + ", but got " + std::to_string(action.node));
  switch (action.kind) {
  case GraphActionKind::Compute:
    return compute(action.node);
  case GraphActionKind::Differentiate:
    return differentiate(action.node);
  case GraphActionKind::DropValue:
  case GraphActionKind::DropGradient:
    return drop(action);
  }
  return fail("expects a known kind of action");
}

GraphSimulationResult GraphSimulator::finish() {
  ++played;
  for (size_t node = 0; result.valid && node < states.size(); ++node)
    if (!states[node].wasDifferentiated)
      fail("expects " + of("the gradient", static_cast<NodeId>(node)) + " to be computed");
  return std::move(result);
}

GraphSimulationResult remat::schedule::simulateGraph(const GraphProblem &problem,
                                                     const std::vector<GraphAction> &actions, int64_t budget) {
  GraphSimulator simulator(problem, budget);
  for (const GraphAction &action : actions)
    if (!simulator.play(action))
      break;
  return simulator.finish();
}
