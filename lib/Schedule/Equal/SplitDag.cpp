//===- SplitDag.cpp - from decisions to a plan table ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With restartable tapes a segment becomes one node. Without, what a segment
// becomes depends on where its start state is: a row that splits keeps the
// start state first if it is still in the core, and keeping a tape right away
// takes over the slot of the start state if it has one.
//
//===----------------------------------------------------------------------===//

#include "Equal/SplitDag.h"

#include <array>

using namespace remat::schedule;
using NodeId = TableBuilder::NodeId;

namespace {
/// Where the start state of a segment is, if the rows of the network do not say
/// what may be done with it; else always Slot.
enum Place : int32_t { Slot, Core, Fixed };

class DagTableBuilder {
public:
  DagTableBuilder(const RowNetwork &network, const SplitDag &dag)
      : network(network), dag(dag), builder(network.restartable), nodeOf(dag.size(), {-1, -1, -1}) {}

  PlanTable build(Start start);

private:
  struct Task {
    int64_t segment;
    Place place;
  };

  /// A part of a segment: its place tells how its start state is found.
  struct Parts {
    Task left{-1, Slot};
    Task right{-1, Slot};
  };

  Parts partsOf(const Task &task) const;
  NodeId nodeFor(const Task &task);
  NodeId build(const Task &task);
  NodeId buildRunThen(int64_t split, NodeId left, NodeId right);
  NodeId buildStoreAll(const SplitSegment &segment, Place place);
  bool isBuilt(const Task &task) const { return task.segment < 0 || nodeOf[task.segment][task.place] >= 0; }

  const RowNetwork &network;
  const SplitDag &dag;
  TableBuilder builder;
  std::vector<std::array<NodeId, 3>> nodeOf;
};
} // namespace

DagTableBuilder::Parts DagTableBuilder::partsOf(const Task &task) const {
  const SplitSegment &segment = dag[task.segment];
  Parts parts;
  parts.left.segment = segment.left;
  parts.right.segment = segment.right;
  if (!network.startsInCore)
    return parts;
  parts.left.place = task.place;
  parts.right.place = Core;
  // A state that is still in the core is kept first: the segment in a slot.
  if (segment.choice == SplitChoice::State && task.place == Core)
    return {{-1, Slot}, {task.segment, Slot}};
  return parts;
}

NodeId DagTableBuilder::nodeFor(const Task &task) {
  return task.segment < 0 ? builder.empty() : nodeOf[task.segment][task.place];
}

NodeId DagTableBuilder::buildStoreAll(const SplitSegment &segment, Place place) {
  bool fits = segment.length <= network.rows[segment.row].plainTapes;
  if (fits || (network.startsInCore && place != Slot))
    return builder.storeAll(segment.length);
  return builder.takeOver(builder.storeAll(segment.length - 1));
}

/// Runs `split` steps and then does `right`, whose start state is in the core:
/// what it keeps first, the state or a tape, is kept by the node made here.
NodeId DagTableBuilder::buildRunThen(int64_t split, NodeId left, NodeId right) {
  const Node first = builder.getNode(right);
  if (first.kind == NodeKind::KeepState)
    return builder.keepState(split, 1, left, first.right);
  if (first.kind == NodeKind::KeepTape)
    return builder.keepTape(split, 1, left, builder.keepTape(0, first.count - 1, first.left, first.right));
  return builder.runToEnd(1, left);
}

NodeId DagTableBuilder::build(const Task &task) {
  const SplitSegment &segment = dag[task.segment];
  Parts parts = partsOf(task);
  NodeId left = nodeFor(parts.left), right = nodeFor(parts.right);
  switch (segment.choice) {
  case SplitChoice::StoreAll:
    return buildStoreAll(segment, task.place);
  case SplitChoice::RerunAll:
    return builder.rerunAll(segment.length);
  case SplitChoice::StoreStates:
    return builder.keepState(1, segment.length - 2, builder.leaf(), builder.rerunAll(2));
  case SplitChoice::State:
    if (!network.startsInCore)
      return builder.keepState(segment.split, 1, left, right);
    if (task.place == Core)
      return builder.keepState(0, 1, builder.empty(), right);
    return buildRunThen(segment.split, left, right);
  case SplitChoice::Tape:
    return builder.keepTape(segment.split, 1, left, right);
  case SplitChoice::RunToEnd:
    return builder.runToEnd(1, left);
  case SplitChoice::TakeOver:
    if (!network.startsInCore || task.place == Slot)
      return builder.takeOver(right);
    return builder.keepTape(0, 1, builder.empty(), right);
  }
  return builder.empty();
}

PlanTable DagTableBuilder::build(Start start) {
  Task root = {0, start == Start::Releasable ? Slot : Fixed};
  if (!network.startsInCore)
    root.place = Slot;
  std::vector<Task> stack = {root};
  while (!stack.empty()) {
    Task task = stack.back();
    Parts parts = partsOf(task);
    bool ready = true;
    for (const Task &part : {parts.left, parts.right}) {
      if (isBuilt(part))
        continue;
      stack.push_back(part);
      ready = false;
    }
    if (!ready)
      continue;
    stack.pop_back();
    if (!isBuilt(task))
      nodeOf[task.segment][task.place] = build(task);
  }
  return builder.finish(nodeFor(root), dag.front().length, start);
}

PlanTable remat::schedule::buildTable(const RowNetwork &network, const SplitDag &dag, Start start) {
  return DagTableBuilder(network, dag).build(start);
}
