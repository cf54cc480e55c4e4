//===- ActionStream.cpp - the actions of a plan table -----------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Moves name places and actions name states. The stream walks the table with
// items of size 1, so that every item has a place of its own, remembers what
// lies in each, and says what a move does to it.
//
//===----------------------------------------------------------------------===//

#include "remat/Schedule/ActionStream.h"

using namespace remat::schedule;

ActionStream::ActionStream(const PlanTable &table) : stack(table.stackDepth()) {
  walker.begin(table.data(), SlotSizes{1, 1, 1}, stack.data(), /*drops=*/true);
  if (table.getStart() != Start::External)
    slot(0) = 0;
}

bool ActionStream::next(Action &action) {
  while (queueHead == queue.size()) {
    queue.clear();
    queueHead = 0;
    if (done)
      return false;
    translate(walker.next());
  }
  action = queue[queueHead++];
  return true;
}

int64_t &ActionStream::slot(int64_t offset) {
  if (offset >= static_cast<int64_t>(slots.size()))
    slots.resize(offset + 1, -1);
  return slots[offset];
}

void ActionStream::emit(ActionKind kind, int64_t step, int64_t to) {
  flushAdvance();
  queue.push_back({kind, step, to});
}

void ActionStream::flushAdvance() {
  if (advanceFrom >= 0)
    queue.push_back({ActionKind::Advance, advanceFrom, core});
  advanceFrom = -1;
}

/// Restores `state` unless it is in the core.
void ActionStream::bring(int64_t state) {
  if (core == state)
    return;
  emit(ActionKind::Restore, state);
  core = state;
}

void ActionStream::translate(const Move &move) {
  switch (move.kind) {
  case MoveKind::AdvanceFirst:
  case MoveKind::AdvanceAgain:
    bring(move.step);
    if (advanceFrom < 0)
      advanceFrom = move.step;
    core = move.dst < 0 ? walker.skipRun() : move.step + 1;
    break;
  case MoveKind::RecordFirst:
  case MoveKind::RecordAgain:
    bring(move.step);
    emit(ActionKind::Record, move.step + 1, move.mode);
    core = move.step + 1;
    if (move.tape != CoreTape)
      emit(ActionKind::Keep, move.step + 1);
    break;
  case MoveKind::Reverse:
    emit(ActionKind::Reverse, move.step + 1);
    return;
  case MoveKind::Resume:
  case MoveKind::Copy:
    bring(move.step);
    return;
  case MoveKind::DropState:
    // A state whose slot was taken over has been discarded then.
    if (slot(move.src) != move.step)
      return;
    slot(move.src) = -1;
    emit(ActionKind::DiscardState, move.step);
    return;
  case MoveKind::DropTape:
    emit(ActionKind::DiscardTape, move.step + 1);
    return;
  case MoveKind::Turn:
    return;
  case MoveKind::Done:
    flushAdvance();
    done = true;
    return;
  }
  if (move.dst >= 0) {
    emit(ActionKind::Checkpoint, core);
    slot(move.dst) = core;
  }
}

std::vector<Action> remat::schedule::actions(const PlanTable &table) {
  std::vector<Action> result;
  ActionStream stream(table);
  Action action;
  while (stream.next(action))
    result.push_back(action);
  return result;
}
