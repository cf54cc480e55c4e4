//===- Machine.cpp - memory as the walker sees it ---------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"

#include <algorithm>
#include <cstring>
#include <vector>

using namespace remat::schedule;

Machine::Machine(int64_t steps, SlotSizes sizes, bool restartable)
    : steps(steps), sizes(sizes), restartable(restartable), nextReverse(steps - 1) {}

bool Machine::fail(const std::string &what, const Move &move) {
  result.error = what + " at move " + std::to_string(result.moves) + ", kind " +
                 std::to_string(static_cast<int64_t>(move.kind)) + ", step " + std::to_string(move.step);
  return false;
}

void Machine::placeInitial(int64_t place) { put(place, 0); }

bool Machine::has(int64_t place, Item item) const {
  auto it = places.find(place);
  return it != places.end() && it->second == item;
}

/// Writes an item; whatever it overlaps is gone.
void Machine::put(int64_t place, Item item) {
  auto sizeOf = [&](Item i) { return i < 0 ? sizes.tape : i == 0 ? sizes.initial : sizes.state; };
  if (place >= 0) {
    int64_t end = place + sizeOf(item);
    for (auto it = places.lower_bound(0); it != places.end();) {
      bool overlaps = it->first < end && place < it->first + sizeOf(it->second);
      it = overlaps ? places.erase(it) : std::next(it);
    }
    result.peak = std::max(result.peak, end);
  }
  places[place] = item;
}

/// After the turn a step that leaves no tape in the core has its temporaries and states
/// where the core tape lies.
void Machine::loseCoreTape() {
  if (turned)
    places.erase(CoreTape);
}

/// The state comes to core state 0, where it becomes part of the tape; nothing goes on
/// from the next one.
bool Machine::recordToCore(const Move &move) {
  if (move.step != nextReverse)
    return fail("core tape of a step that is not reversed next", move);
  places.erase(CoreState0);
  places.erase(CoreState1);
  put(CoreTape, -1 - move.step);
  ++result.counts.records;
  hasFinal |= !turned;
  return true;
}

bool Machine::forward(const Move &move, bool first, bool record) {
  if (first != (move.step == result.firstRuns))
    return fail("first run and re-run are mixed up", move);
  result.firstRuns += first;
  if (!has(move.src, move.step))
    return fail("start state is not there", move);
  if (move.src == move.dst)
    return fail("source and destination are the same", move);
  if (record && move.tape == CoreTape)
    return recordToCore(move);
  loseCoreTape();
  if (record) {
    put(move.tape, -1 - move.step);
    if (!has(move.src, move.step))
      return fail("tape overwrites the state that is read", move);
    ++result.counts.records;
  } else {
    ++result.counts.advances;
  }
  put(move.dst, move.step + 1);
  if (!has(move.src, move.step))
    return fail("state overwrites the state that is read", move);
  if (record && !has(move.tape, -1 - move.step))
    return fail("state overwrites the tape", move);
  return true;
}

bool Machine::run(const Move &move) {
  ++result.moves;
  switch (move.kind) {
  case MoveKind::AdvanceFirst:
  case MoveKind::AdvanceAgain:
    return forward(move, move.kind == MoveKind::AdvanceFirst, false);
  case MoveKind::RecordFirst:
  case MoveKind::RecordAgain:
    return forward(move, move.kind == MoveKind::RecordFirst, true);
  case MoveKind::Reverse:
    if (!turned)
      return fail("reverse before the turn", move);
    if (move.step != nextReverse--)
      return fail("reverse out of order", move);
    if (!has(move.tape, -1 - move.step))
      return fail("tape is not there", move);
    ++result.counts.reverses;
    // Its temporaries lie where the core states lie.
    places.erase(CoreState0);
    places.erase(CoreState1);
    return true;
  case MoveKind::Resume:
    if (!restartable || !has(move.src, -move.step) || move.dst >= 0)
      return fail("cannot resume", move);
    loseCoreTape();
    put(move.dst, move.step);
    ++result.counts.resumes;
    return true;
  case MoveKind::Copy:
    if (!has(move.src, move.step) || move.dst >= 0)
      return fail("cannot copy", move);
    loseCoreTape();
    put(move.dst, move.step);
    ++result.counts.copies;
    return true;
  case MoveKind::Turn:
    if (turned || result.firstRuns != steps || !(hasFinal || has(move.src, steps)))
      return fail("turn too early, or final state is not there", move);
    turned = true;
    return true;
  case MoveKind::Done:
    if (!turned || nextReverse != -1)
      return fail("done too early", move);
    return false;
  case MoveKind::DropState:
  case MoveKind::DropTape:
    return fail("drop without being asked", move);
  }
  return fail("unknown kind", move);
}

WalkResult remat::schedule::walk(const PlanTable &table, SlotSizes sizes) {
  if (std::optional<std::string> error = table.validate()) {
    WalkResult result;
    result.error = *error;
    return result;
  }
  // One frame behind the stack shows whether the walker stays inside.
  size_t depth = static_cast<size_t>(table.stackDepth());
  std::vector<Walker::Frame> stack(depth + 1);
  std::memset(static_cast<void *>(stack.data()), 0x5a, stack.size() * sizeof(Walker::Frame));
  Walker walker;
  walker.begin(table.data(), sizes, stack.data());

  Machine machine(table.getSteps(), sizes, table.isRestartable());
  machine.placeInitial(table.getStart() == Start::External ? static_cast<int64_t>(InitialState) : 0);
  while (machine.run(walker.next()))
    ;
  auto isUntouched = [&](const Walker::Frame &frame) { return frame.lo == 0x5a5a5a5a5a5a5a5a; };
  if (!isUntouched(stack[depth]))
    machine.result.error = "stack overflow";
  else if (isUntouched(stack[depth - 1]))
    machine.result.error = "stack depth is not needed";
  return machine.result;
}
