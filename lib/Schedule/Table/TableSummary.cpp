//===- TableSummary.cpp - counts and peaks without a walk -------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One pass over the nodes, children first, per question. The numbers are those
// of the walk itself, not estimates; the unit tests compare them with a walk.
//
//===----------------------------------------------------------------------===//

#include "Table/CheckedMath.h"
#include "remat/Schedule/PlanTable.h"

#include <algorithm>

using namespace remat::schedule;

namespace {
/// Counts below one node. How often a start state is computed from its tape
/// depends on where the start state is when the node begins.
struct NodeCounts {
  Checked length;
  Checked advances;
  Checked records;
  Checked copies;
  Checked resumesIfStored;
  /// In a tape, and in the core as well when the node begins.
  Checked resumesIfLive;
  Checked resumesIfInTape;

  bool hasOverflowed() const { return (length + advances + records + copies + resumesIfInTape).hasOverflowed(); }
};
} // namespace

static NodeCounts countKept(const Node &node, const NodeCounts &left, const NodeCounts &right) {
  bool tape = node.kind == NodeKind::KeepTape;
  Checked count = node.count;
  NodeCounts result;
  result.length = count * (node.stride + (tape ? 1 : 0)) + right.length;
  result.advances = count * node.stride + right.advances + count * left.advances;
  result.records = right.records + count * left.records + (tape ? count : 0);
  result.copies = right.copies + count * left.copies;
  Checked inner = tape ? right.resumesIfLive + (count - 1) * left.resumesIfInTape
                       : right.resumesIfStored + (count - 1) * left.resumesIfStored;
  result.resumesIfStored = inner + left.resumesIfStored;
  result.resumesIfLive = inner + left.resumesIfInTape;
  result.resumesIfInTape = result.resumesIfLive + 1;
  return result;
}

static NodeCounts countNode(const Node &node, const std::vector<NodeCounts> &counts) {
  NodeCounts result;
  switch (node.kind) {
  case NodeKind::Empty:
    break;
  case NodeKind::Leaf:
    result.length = result.records = result.resumesIfInTape = 1;
    break;
  case NodeKind::KeepState:
  case NodeKind::KeepTape:
    return countKept(node, counts[node.left], counts[node.right]);
  case NodeKind::RunToEnd: {
    const NodeCounts &left = counts[node.left];
    Checked count = node.count;
    result.length = count + left.length;
    // (length - 1) + (length - 2) + ... , count terms; the product is even.
    Checked twice = count * (result.length + left.length - 1);
    result.advances = left.advances + twice.half();
    result.records = count + left.records;
    result.copies = left.copies;
    result.resumesIfStored = left.resumesIfStored;
    result.resumesIfLive = count - 1 + left.resumesIfInTape;
    result.resumesIfInTape = count + left.resumesIfInTape;
    break;
  }
  case NodeKind::TakeOver: {
    result = counts[node.right];
    result.length = result.length + 1;
    result.records = result.records + 1;
    result.copies = result.copies + 1;
    result.resumesIfStored = result.resumesIfLive;
    break;
  }
  }
  return result;
}

std::optional<MoveCounts> PlanTable::countMoves() const {
  std::vector<NodeCounts> counts;
  counts.reserve(getNumNodes());
  for (int64_t i = 0; i < getNumNodes(); ++i) {
    counts.push_back(countNode(getNode(i), counts));
    if (counts.back().hasOverflowed())
      return std::nullopt;
  }
  const NodeCounts &root = counts.back();
  MoveCounts result;
  result.advances = *root.advances.get();
  result.records = *root.records.get();
  result.reverses = getSteps();
  result.resumes = *root.resumesIfStored.get();
  result.copies = *root.copies.get();
  return result;
}

std::optional<int64_t> PlanTable::slotPeak(SlotSizes sizes) const {
  // Bytes above the top of the segment, whose start state is an ordinary state
  // or the initial state; the difference matters when its slot is taken over.
  struct Peak {
    Checked afterState;
    Checked afterInitial;
  };
  std::vector<Peak> peaks;
  peaks.reserve(getNumNodes());
  for (int64_t i = 0; i < getNumNodes(); ++i) {
    const Node node = getNode(i);
    Peak peak;
    switch (node.kind) {
    case NodeKind::Empty:
    case NodeKind::Leaf:
      break;
    case NodeKind::KeepState:
    case NodeKind::KeepTape: {
      Checked item = node.kind == NodeKind::KeepState ? sizes.state : sizes.tape;
      Checked inner = max(item * node.count + peaks[node.right].afterState,
                          item * (node.count - 1) + (node.count > 1 ? peaks[node.left].afterState : 0));
      peak.afterState = max(inner, peaks[node.left].afterState);
      peak.afterInitial = max(inner, peaks[node.left].afterInitial);
      break;
    }
    case NodeKind::RunToEnd:
      peak = peaks[node.left];
      break;
    case NodeKind::TakeOver: {
      Checked tape = peaks[node.right].afterState + sizes.tape;
      peak.afterState = max(0, tape - sizes.state);
      peak.afterInitial = max(0, tape - sizes.initial);
      break;
    }
    }
    if ((peak.afterState + peak.afterInitial).hasOverflowed())
      return std::nullopt;
    peaks.push_back(peak);
  }
  if (getStart() == Start::External)
    return peaks.back().afterState.get();
  return (peaks.back().afterInitial + sizes.initial).get();
}

int64_t PlanTable::stackDepth() const {
  std::vector<int64_t> depths;
  depths.reserve(getNumNodes());
  for (int64_t i = 0; i < getNumNodes(); ++i) {
    const Node node = getNode(i);
    int64_t depth = 1;
    switch (node.kind) {
    case NodeKind::Empty:
    case NodeKind::Leaf:
      break;
    case NodeKind::KeepState:
    case NodeKind::KeepTape:
      // The last left part takes the place of the node's own frame.
      depth = std::max(1 + depths[node.right], depths[node.left] + (node.count > 1 ? 1 : 0));
      break;
    case NodeKind::RunToEnd:
      depth = depths[node.left];
      break;
    case NodeKind::TakeOver:
      depth = 1 + depths[node.right];
      break;
    }
    depths.push_back(depth);
  }
  return depths.back();
}
