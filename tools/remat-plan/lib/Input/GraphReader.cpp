//===- GraphReader.cpp - Graph problems and plans from JSON ---------------===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphReader.h"

#include "Numbers.h"
#include "ScaledReading.h"

#include <limits>

using namespace remat;
using namespace remat::plantool;
using namespace remat::schedule;
using llvm::StringRef;
using NodeId = GraphProblem::NodeId;

namespace {

class GraphReader {
public:
  GraphReader(JsonReport &report, int fraction) : report(report), unit{fraction} {}

  bool read(JsonValue root, GraphInput &input);
  const TimeUnit &getTimeUnit() const { return unit; }

private:
  bool readNode(JsonValue value, GraphNode &node);
  bool readEdge(JsonValue value, std::pair<NodeId, NodeId> &edge, int64_t nodes);

  JsonReport &report;
  TimeUnit unit;
};

} // namespace

/// The number of a node that exists.
static bool readNodeId(JsonReport &report, JsonValue value, int64_t nodes, NodeId &node) {
  int64_t number = 0;
  if (!readWhole(report, value, "node", 0, number))
    return false;
  if (number >= nodes)
    return report.failExpected(value, "a node from 0 to " + llvm::Twine(nodes - 1));
  node = static_cast<NodeId>(number);
  return true;
}

bool GraphReader::readNode(JsonValue value, GraphNode &node) {
  JsonFields fields(report, value, "a node");
  if (!fields.isValid())
    return false;
  std::optional<JsonValue> time = fields.require("time");
  if (!time || !readTime(report, *time, "time", unit, node.time) ||
      !fields.readSize("size", node.size, /*required=*/true))
    return false;
  if (std::optional<JsonValue> gradient = fields.find("gradient")) {
    std::string use = gradient->is(JsonKind::String) ? gradient->getString() : "";
    if (use == "inputs")
      node.gradient = GradientUse::Inputs;
    else if (use == "output")
      node.gradient = GradientUse::Output;
    else if (use == "nothing")
      node.gradient = GradientUse::Nothing;
    else
      return report.failExpected(*gradient, "\"inputs\", \"output\" or \"nothing\" for \"gradient\"");
  }
  fields.finish();
  return true;
}

bool GraphReader::readEdge(JsonValue value, std::pair<NodeId, NodeId> &edge, int64_t nodes) {
  if (!value.is(JsonKind::Array))
    return report.failExpected(value, "an array of two nodes for an edge");
  NodeId ends[2] = {0, 0};
  size_t count = 0;
  for (JsonValue element : value) {
    if (count < 2 && !readNodeId(report, element, nodes, ends[count]))
      return false;
    ++count;
  }
  if (count != 2)
    return report.fail(value, "expects an edge to have two nodes, but it has " + llvm::Twine(count));
  edge = {ends[0], ends[1]};
  return true;
}

bool GraphReader::read(JsonValue root, GraphInput &input) {
  input.timeScale = powerOfTen(std::min(unit.fraction, maxPower));
  input.problemLine = root.getLine();
  JsonFields fields(report, root, "the problem");
  if (!fields.isValid())
    return false;
  if (!readKind(report, fields, "graph"))
    return false;
  std::optional<JsonValue> nodes = fields.require("nodes");
  if (!nodes)
    return false;
  input.nodesLine = nodes->getLine();
  if (!nodes->is(JsonKind::Array))
    return report.failExpected(*nodes, "an array for \"nodes\"");
  for (JsonValue value : *nodes) {
    if (static_cast<int64_t>(input.problem.nodes.size()) == GraphProblem::maxNodes)
      return report.fail(value, "expects at most " + llvm::Twine(GraphProblem::maxNodes) + " nodes");
    input.nodeLines.push_back(value.getLine());
    input.problem.nodes.emplace_back();
    if (!readNode(value, input.problem.nodes.back()))
      return false;
  }
  if (std::optional<JsonValue> edges = fields.require("edges")) {
    if (!edges->is(JsonKind::Array))
      return report.failExpected(*edges, "an array for \"edges\"");
    for (JsonValue value : *edges) {
      input.edgeLines.push_back(value.getLine());
      input.problem.edges.emplace_back();
      if (!readEdge(value, input.problem.edges.back(), static_cast<int64_t>(input.problem.nodes.size())))
        return false;
    }
  } else {
    return false;
  }
  if (!readBudget(report, fields, input.hasBudget, input.problem.budget))
    return false;
  fields.finish();
  return true;
}

bool plantool::isGraph(StringRef text) {
  JsonDocument document;
  std::string message;
  unsigned line = 0;
  if (!document.parse(text, message, line) || !document.getRoot().is(JsonKind::Object))
    return false;
  JsonReport report("", /*printWarnings=*/false);
  JsonFields fields(report, document.getRoot(), "the problem");
  std::optional<JsonValue> kind = fields.find("kind");
  return kind && kind->is(JsonKind::String) && kind->getString() == "graph";
}

llvm::Expected<GraphInput> plantool::readGraph(StringRef text, StringRef file, bool printWarnings) {
  return readScaled<GraphReader, GraphInput>(text, file, printWarnings);
}

llvm::Error plantool::checkGraph(const GraphInput &input, StringRef file) {
  const GraphProblem &problem = input.problem;
  auto verdictOf = [&](size_t nodes, size_t edges) {
    GraphProblem part;
    part.nodes.assign(problem.nodes.begin(), problem.nodes.begin() + static_cast<ptrdiff_t>(nodes));
    part.edges.assign(problem.edges.begin(), problem.edges.begin() + static_cast<ptrdiff_t>(edges));
    return part.validate();
  };
  size_t nodes = problem.nodes.size(), edges = problem.edges.size();
  Verdict whole = problem.validate();
  if (whole.ok())
    return llvm::Error::success();
  if (!verdictOf(nodes, 0).ok()) {
    size_t shortest = findShortest(nodes, [&](size_t count) { return !verdictOf(count, 0).ok(); });
    return makeInputError(file, input.nodeLines[shortest - 1], verdictOf(shortest, 0).message);
  }
  if (verdictOf(nodes, edges).ok())
    return makeInputError(file, input.problemLine, whole.message);
  size_t shortest = findShortest(edges, [&](size_t count) { return !verdictOf(nodes, count).ok(); });
  return makeInputError(file, input.edgeLines[shortest - 1], verdictOf(nodes, shortest).message);
}

/// A claim that may be absent.
static bool readClaim(JsonReport &report, JsonFields &fields, StringRef key, int64_t timeScale,
                      std::optional<int64_t> &claim) {
  std::optional<JsonValue> value = fields.find(key);
  if (!value)
    return true;
  TimeUnit unit;
  while (powerOfTen(unit.fraction) < timeScale)
    ++unit.fraction;
  int64_t number = 0;
  if (!readTime(report, *value, key, unit, number))
    return false;
  if (unit.hasOverflowed)
    return report.failExpected(*value, "a time of 64 bits for \"" + key + "\"");
  if (unit.needed > unit.fraction)
    return report.failExpected(*value, "a time with as many digits as those of the problem for \"" + key + "\"");
  claim = number;
  return true;
}

static bool readSequence(JsonReport &report, JsonValue value, GraphSchedule &schedule) {
  if (!value.is(JsonKind::Array))
    return report.failExpected(value, "an array for \"sequence\"");
  for (JsonValue set : value) {
    if (!set.is(JsonKind::Array))
      return report.failExpected(set, "an array of nodes for a lower set");
    schedule.sequence.emplace_back();
    for (JsonValue element : set)
      if (!readNodeId(report, element, GraphProblem::maxNodes, schedule.sequence.back().emplace_back()))
        return false;
  }
  return true;
}

llvm::Expected<GraphSchedule> plantool::readGraphSchedule(StringRef text, StringRef file, int64_t timeScale) {
  JsonDocument document;
  std::string message;
  unsigned line = 0;
  if (!document.parse(text, message, line))
    return makeInputError(file, line, message);
  JsonReport report(file, /*printWarnings=*/false);
  GraphSchedule schedule;
  JsonFields fields(report, document.getRoot(), "the plan");
  if (fields.isValid()) {
    std::optional<JsonValue> sequence = fields.require("sequence");
    (void)(sequence && readSequence(report, *sequence, schedule) &&
           readClaim(report, fields, "forward", 1, schedule.claim.forward) &&
           readClaim(report, fields, "time", timeScale, schedule.claim.time) &&
           readClaim(report, fields, "overhead", timeScale, schedule.claim.overhead) &&
           readClaim(report, fields, "peak", 1, schedule.claim.peak) &&
           readClaim(report, fields, "peak_after_liveness", 1, schedule.claim.peakAfterLiveness));
  }
  if (llvm::Error error = report.takeError())
    return std::move(error);
  return schedule;
}
