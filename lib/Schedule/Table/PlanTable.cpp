//===- PlanTable.cpp - construction and checks of plan tables ---*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A table may come from a file that somebody edited. The check below is local:
// three facts about each node, computed from its children, decide whether every
// edge hands a part the kind of start state that it needs.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/PlanTable.h"

#include "Table/CheckedMath.h"

#include <algorithm>
#include <limits>

using namespace remat::schedule;

static std::vector<int64_t> pack(int64_t steps, Start start, bool restartable, const std::vector<Node> &nodes) {
  int64_t modes = 1;
  for (const Node &node : nodes)
    modes = std::max(modes, node.mode + 1);
  std::vector<int64_t> words = {tableMagic,  steps, static_cast<int64_t>(start),
                                restartable, modes, static_cast<int64_t>(nodes.size())};
  words.reserve(headerWords + nodeWords * nodes.size());
  for (const Node &node : nodes)
    words.insert(words.end(),
                 {static_cast<int64_t>(node.kind), node.stride, node.count, node.left, node.right, node.mode});
  return words;
}

PlanTable::PlanTable() : PlanTable(0, Start::External, true, {{NodeKind::Empty, 0, 0, 0, 0}}) {}

PlanTable::PlanTable(int64_t steps, Start start, bool restartable, const std::vector<Node> &nodes)
    : words(pack(steps, start, restartable, nodes)) {}

namespace {
/// What the parents of a node have to know about it.
struct NodeFacts {
  int64_t length = 0;
  /// Reads its start state only once, and at once.
  bool readsOnce = false;
  /// Takes over the slot of its start state.
  bool releasesStart = false;
  /// Begins by keeping its start state (KeepState of stride 0).
  bool storesStart = false;
};

class TableChecker {
public:
  explicit TableChecker(const PlanTable &table) : table(table) {}

  std::optional<std::string> check();

private:
  std::optional<std::string> checkNode(int64_t index);
  std::optional<std::string> checkChildren(int64_t index);
  std::optional<std::string> checkInner(const Node &node);
  NodeFacts summarize(const Node &node) const;

  const PlanTable &table;
  std::vector<NodeFacts> facts;
};
} // namespace

static bool isNodeKind(NodeKind kind) { return kind >= NodeKind::Empty && kind <= NodeKind::TakeOver; }

std::optional<std::string> TableChecker::checkChildren(int64_t index) {
  const Node node = table.getNode(index);
  if (!isNodeKind(node.kind))
    return "has an unknown kind";
  auto isChild = [&](int64_t child, bool used) { return used ? child >= 0 && child < index : child == 0; };
  if (!isChild(node.left, hasLeft(node.kind)) || !isChild(node.right, hasRight(node.kind)))
    return "does not come after its children";
  bool keeps = node.kind == NodeKind::KeepState || node.kind == NodeKind::KeepTape;
  if (keeps ? node.stride < 0 : node.stride != 0)
    return "has a bad stride";
  if (hasLeft(node.kind) ? node.count < 1 : node.count != 0)
    return "has a bad count";
  if (hasMode(node.kind) ? node.mode < 0 || node.mode >= table.getNumModes() : node.mode != 0)
    return "has a bad mode";
  return std::nullopt;
}

/// Checks a node that has children; their facts are known.
std::optional<std::string> TableChecker::checkInner(const Node &node) {
  NodeFacts left = hasLeft(node.kind) ? facts[node.left] : NodeFacts();
  NodeFacts right = hasRight(node.kind) ? facts[node.right] : NodeFacts();
  bool keeps = node.kind == NodeKind::KeepState || node.kind == NodeKind::KeepTape;
  if (keeps && left.length != node.stride)
    return "has a left part that is not as long as its stride";
  if (left.storesStart)
    return "has a left part that keeps its start state again";

  if (node.kind == NodeKind::KeepState) {
    if (node.stride == 0 && node.count != 1)
      return "keeps the same state more than once";
    if (right.length == 0)
      return "keeps a state with no step behind it";
    if (right.storesStart)
      return "has a right part that keeps its start state again";
    return std::nullopt;
  }
  if (!hasRight(node.kind))
    return std::nullopt;

  // The right part starts inside the tape of the step in front of it.
  if (right.releasesStart)
    return "has a right part that takes over the slot of a tape";
  if (node.kind == NodeKind::KeepTape && node.count > 1 && left.releasesStart)
    return "has a left part that takes over the slot of a tape";
  if (table.isRestartable())
    return right.storesStart ? std::optional<std::string>("has a right part that keeps its start "
                                                          "state again")
                             : std::nullopt;
  if (!right.readsOnce)
    return "has a right part that reads its start state again, but tapes are "
           "not restartable";
  if (node.kind == NodeKind::KeepTape && node.count > 1 && node.stride > 0)
    return "is a run of tapes with steps between them, but tapes are not "
           "restartable";
  return std::nullopt;
}

NodeFacts TableChecker::summarize(const Node &node) const {
  NodeFacts result;
  Checked length = 0;
  switch (node.kind) {
  case NodeKind::Empty:
  case NodeKind::Leaf:
    length = node.kind == NodeKind::Leaf ? 1 : 0;
    result.readsOnce = true;
    break;
  case NodeKind::KeepState:
    length = Checked(node.count) * node.stride + facts[node.right].length;
    result.storesStart = result.readsOnce = node.stride == 0;
    result.releasesStart = facts[node.left].releasesStart;
    break;
  case NodeKind::KeepTape:
    length = Checked(node.count) * (Checked(node.stride) + 1) + facts[node.right].length;
    result.readsOnce = node.stride == 0;
    result.releasesStart = facts[node.left].releasesStart;
    break;
  case NodeKind::RunToEnd:
    length = Checked(node.count) + facts[node.left].length;
    result.releasesStart = facts[node.left].releasesStart;
    break;
  case NodeKind::TakeOver:
    length = Checked(1) + facts[node.right].length;
    result.releasesStart = true;
    break;
  }
  result.length = length.get().value_or(-1);
  return result;
}

std::optional<std::string> TableChecker::checkNode(int64_t index) {
  if (std::optional<std::string> error = checkChildren(index))
    return error;
  const Node node = table.getNode(index);
  if (std::optional<std::string> error = checkInner(node))
    return error;
  facts.push_back(summarize(node));
  if (facts.back().length < 0 || facts.back().length > maxChainSteps)
    return "covers too many steps";
  return std::nullopt;
}

std::optional<std::string> TableChecker::check() {
  for (int64_t i = 0; i < table.getNumNodes(); ++i)
    if (std::optional<std::string> error = checkNode(i))
      return "node " + std::to_string(i) + " " + *error;
  const NodeFacts &root = facts.back();
  if (root.length != table.getSteps())
    return "the root covers " + std::to_string(root.length) + " steps, but the table is for " +
           std::to_string(table.getSteps());
  if (root.storesStart)
    return "the root keeps its start state again";
  if (root.releasesStart && table.getStart() != Start::Releasable)
    return "the root releases a start state that is not releasable";
  return std::nullopt;
}

std::optional<std::string> PlanTable::validate() const {
  int64_t size = static_cast<int64_t>(words.size());
  // The last byte of the magic number is the version.
  if (size < headerWords || header().magic >> 8 != tableMagic >> 8)
    return "is not a plan table";
  if (header().magic != tableMagic)
    return "is a plan table of another version of the format";
  if (getSteps() < 0 || getSteps() > maxChainSteps)
    return "has a bad number of steps";
  if (getStart() < Start::Releasable || getStart() > Start::External)
    return "has an unknown kind of start";
  if (header().restartable != 0 && header().restartable != 1)
    return "has a restartable flag that is neither 0 nor 1";
  if (getNumModes() < 1 || getNumModes() > std::numeric_limits<int32_t>::max())
    return "has a bad number of modes";
  if (getNumNodes() < 1 || (size - headerWords) % nodeWords != 0 || getNumNodes() != (size - headerWords) / nodeWords)
    return "has a node count that does not fit its size";
  return TableChecker(*this).check();
}
