//===- SchedulePlayer.cpp - Plays spelled-out schedules ---------- -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The referee of the unrolled form. It knows the memory of a chain and the rules
// of the dialect, (S1) to (S10), and nothing about plans as tables: it shares no
// code with the pass that writes schedules and none with their lowering.
//
//===----------------------------------------------------------------------===//

#include "SchedulePlayer.h"

#include "remat/ABI/TableFormat.h"
#include "remat/Dialect/Remat/IR/BufferBytes.h"

#include "llvm/ADT/TypeSwitch.h"

#include <limits>
#include <map>

using namespace mlir;
using namespace remat;

namespace {
/// A state or a tape.
struct Item {
  bool isTape;
  int64_t number;

  bool operator<(const Item &other) const {
    return isTape != other.isTape ? isTape < other.isTape : number < other.number;
  }
};

class SchedulePlayer {
public:
  SchedulePlayer(ForwardSweepOp sweep, ChainOp chain);

  LogicalResult playForward(ForwardSweepOp sweep);
  LogicalResult playBackward(BackwardSweepOp sweep);

private:
  /// The state that the next step starts from.
  struct Work {
    int64_t state;
    PlaceAttr place;
    /// It was just written to a slot.
    bool mustBeKept;
  };

  LogicalResult playAll(Operation *sweep, Region &schedule);
  LogicalResult play(Operation *op);
  LogicalResult play(RestoreOp op);
  LogicalResult play(CheckpointOp op);
  LogicalResult play(DiscardOp op);
  LogicalResult play(AdvanceOp op);
  LogicalResult play(RecordOp op);
  LogicalResult play(ReverseOp op);

  void loseCoreTape();
  LogicalResult run(Operation *op, bool isFirst, int64_t begin, int64_t end, PlaceAttr source);
  LogicalResult writeState(Operation *op, int64_t state, PlaceAttr source, PlaceAttr destination);
  LogicalResult keep(Operation *op, Item item, PlaceAttr place);
  LogicalResult expectKept(Operation *op, Item item, PlaceAttr place);
  LogicalResult expectAtEnd(BackwardSweepOp sweep);
  int64_t getBytes(Item item) const { return item.isTape ? tapeBytes : item.number == 0 ? initialBytes : stateBytes; }

  ChainOp chain;
  PlanAttr plan;
  bool isPinned = false;
  int64_t stateBytes, tapeBytes;
  /// Of state 0, as far as it lies in the slot region.
  int64_t initialBytes;

  std::optional<Work> work;
  /// What is kept, and where; of what has any bytes also the first one.
  std::map<Item, PlaceAttr> kept;
  std::map<int64_t, Item> occupied;
  /// The step whose tape is in the core, or 0.
  int64_t coreTape = 0;
  int64_t stepsRun = 0;
  int64_t nextReverse;
  bool isBackward = false;
  int64_t advances = 0, records = 0, resumes = 0, copies = 0;
};
} // namespace

/// What does not fit in 64 bits fits in no slot region.
static int64_t getBytesOrMost(std::optional<int64_t> bytes) {
  return bytes.value_or(std::numeric_limits<int64_t>::max());
}

static std::string describe(Item item) { return (item.isTape ? "tape " : "state ") + std::to_string(item.number); }

SchedulePlayer::SchedulePlayer(ForwardSweepOp sweep, ChainOp chain)
    : chain(chain), plan(chain.getPlanAttr()), stateBytes(getBytesOrMost(getAlignedBytes(chain.getCarryTypes()))),
      tapeBytes(getBytesOrMost(getAlignedBytes(chain.getTapeTypes()))),
      initialBytes(getBytesOrMost(getAlignedBytes(chain.getCarryTypes(), sweep.getKeptInits()))),
      nextReverse(plan.getSteps()) {
  // The chain has verified that the table has a header.
  schedule::Start start = schedule::headerOf(plan.getTable().asArrayRef().data()).start;
  isPinned = start == schedule::Start::Pinned;
  Item initial = {/*isTape=*/false, 0};
  if (start == schedule::Start::External) {
    kept[initial] = PlaceAttr::get(chain.getContext(), PlaceKind::Initial, std::nullopt);
    return;
  }
  kept[initial] = PlaceAttr::getSlot(chain.getContext(), 0);
  if (initialBytes > 0)
    occupied[0] = initial;
}

//===----------------------------------------------------------------------===//
// What operations have in common
//===----------------------------------------------------------------------===//

/// (S1), (S2): steps that start from the state in work.
LogicalResult SchedulePlayer::run(Operation *op, bool isFirst, int64_t begin, int64_t end, PlaceAttr source) {
  if (end > plan.getSteps())
    return op->emitOpError("expects steps up to ") << plan.getSteps() << ", but got " << end;
  if (isFirst && begin != stepsRun + 1)
    return op->emitOpError("expects to begin with step ")
           << stepsRun + 1 << ", the next one that has not run, but got " << begin;
  if (isFirst)
    stepsRun = end;
  if (work && work->state == begin - 1 && work->place == source)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects state ")
                                  << begin - 1 << " in " << describePlace(source) << " to be in work, but ";
  if (work)
    return diagnostic << "state " << work->state << " in " << describePlace(work->place) << " is";
  return diagnostic << "no state is";
}

/// (S3): the end of a step. States without bytes may all lie in one slot.
LogicalResult SchedulePlayer::writeState(Operation *op, int64_t state, PlaceAttr source, PlaceAttr destination) {
  if (source == destination && (stateBytes > 0 || !destination.isSlot()))
    return op->emitOpError("expects to write state ")
           << state << " elsewhere than to " << describePlace(source) << ", where its step reads";
  work = {state, destination, destination.isSlot()};
  return destination.isSlot() ? keep(op, {/*isTape=*/false, state}, destination) : success();
}

/// (S4): something takes its place in the slot region.
LogicalResult SchedulePlayer::keep(Operation *op, Item item, PlaceAttr place) {
  int64_t first = place.getPosition(), bytes = getBytes(item);
  if (auto known = kept.find(item); known != kept.end())
    return op->emitOpError("expects to keep ")
           << describe(item) << " once, but it is in " << describePlace(known->second) << " already";
  if (first > plan.getSlotBytes() || bytes > plan.getSlotBytes() - first)
    return op->emitOpError("expects ") << describe(item) << " in " << describePlace(place) << ", " << bytes
                                       << " bytes, to end inside the slot region of " << plan.getSlotBytes()
                                       << " bytes";
  kept[item] = place;
  if (bytes == 0)
    return success();
  // What is occupied does not overlap, so only the neighbours can.
  auto next = occupied.lower_bound(first);
  auto overlapped = next != occupied.end() && next->first - first < bytes ? next : occupied.end();
  if (overlapped == occupied.end() && next != occupied.begin())
    if (auto previous = std::prev(next); first - previous->first < getBytes(previous->second))
      overlapped = previous;
  if (overlapped != occupied.end())
    return op->emitOpError("expects ") << describe(item) << " in " << describePlace(place)
                                       << " to overlap nothing, but " << describe(overlapped->second) << " is kept in "
                                       << describePlace(kept.at(overlapped->second));
  occupied[first] = item;
  return success();
}

LogicalResult SchedulePlayer::expectKept(Operation *op, Item item, PlaceAttr place) {
  auto known = kept.find(item);
  if (known == kept.end())
    return op->emitOpError("expects ") << describe(item) << " to be kept";
  if (known->second != place)
    return op->emitOpError("expects ") << describe(item) << " in " << describePlace(known->second)
                                       << ", where it is kept, but got " << describePlace(place);
  return success();
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

LogicalResult SchedulePlayer::play(RestoreOp op) {
  // (S6)
  int64_t state = op.getState();
  if (failed(expectKept(op, {op.getFromTape(), state}, op.getSource())))
    return failure();
  if (op.getFromTape()) {
    if (!chain.getResumeAttr())
      return op.emitOpError("expects ") << op->getParentOp()->getAttr("chain") << " to have a 'resume' function";
    if (state > nextReverse)
      return op.emitOpError("expects the tape of a step that is not reversed, but got ") << state;
    ++resumes;
  } else if (op.getDestination()) {
    ++copies;
  }
  work = {state, op.getDestination().value_or(op.getSource()), /*mustBeKept=*/false};
  if (op.getFromTape() || op.getDestination())
    loseCoreTape();
  return success();
}

LogicalResult SchedulePlayer::play(CheckpointOp op) {
  // (S5)
  int64_t state = op.getState();
  if (!work || !work->mustBeKept || work->state != state || work->place != op.getPlace())
    return op.emitOpError("expects the step in front to have written state ")
           << state << " to " << describePlace(op.getPlace());
  work->mustBeKept = false;
  return success();
}

LogicalResult SchedulePlayer::play(DiscardOp op) {
  // (S8)
  Item item = {op.getIsTape(), int64_t(op.getNumber())};
  if (failed(expectKept(op, item, op.getPlace())))
    return failure();
  if (isPinned && !item.isTape && item.number == 0)
    return op.emitOpError("expects state 0, which is pinned, to stay");
  kept.erase(item);
  if (getBytes(item) > 0)
    occupied.erase(op.getPlace().getPosition());
  if (work && !item.isTape && work->place == op.getPlace())
    work.reset();
  return success();
}

LogicalResult SchedulePlayer::play(AdvanceOp op) {
  int64_t begin = op.getBegin(), end = op.getEnd();
  if (failed(run(op, op.getFirst(), begin, end, op.getSource())))
    return failure();
  advances += end - begin + 1;
  loseCoreTape();
  // The states in between take turns in the core.
  PlaceAttr last = op.getSource();
  if (begin < end) {
    bool startsInCore0 = last.isCore() && last.getPosition() == 0;
    last = PlaceAttr::getCore(op.getContext(), (startsInCore0 + end - begin - 1) % 2);
  }
  return writeState(op, end, last, op.getDestination());
}

LogicalResult SchedulePlayer::play(RecordOp op) {
  int64_t step = op.getStep();
  if (failed(run(op, op.getFirst(), step, step, op.getSource())))
    return failure();
  ++records;
  if (op.getTape().isSlot()) {
    loseCoreTape();
    return success(succeeded(writeState(op, step, op.getSource(), *op.getDestination())) &&
                   succeeded(keep(op, {/*isTape=*/true, step}, op.getTape())));
  }
  // (S10)
  if (step != nextReverse)
    return op.emitOpError("expects the tape of step ")
           << nextReverse << ", the next one to be reversed, to go to <core_tape>, but got " << step;
  coreTape = step;
  work.reset();
  if (!op.getDestination())
    return success();
  return writeState(op, step, PlaceAttr::getCore(op.getContext(), 0), *op.getDestination());
}

LogicalResult SchedulePlayer::play(ReverseOp op) {
  // (S7), (S10)
  int64_t step = op.getStep();
  if (step != nextReverse)
    return op.emitOpError("expects step ") << nextReverse << ", the last one that is not reversed, but got " << step;
  if (op.getTape().isSlot()) {
    if (failed(expectKept(op, {/*isTape=*/true, step}, op.getTape())))
      return failure();
  } else if (coreTape != step) {
    InFlightDiagnostic diagnostic = op.emitOpError("expects tape ") << step << " in <core_tape>, but got ";
    return coreTape == 0 ? diagnostic << "none" : diagnostic << "tape " << coreTape;
  } else {
    coreTape = 0;
  }
  --nextReverse;
  if (work && work->place.isCore())
    work.reset();
  return success();
}

/// (S10)
void SchedulePlayer::loseCoreTape() {
  if (isBackward)
    coreTape = 0;
}

//===----------------------------------------------------------------------===//
// Sweeps
//===----------------------------------------------------------------------===//

LogicalResult SchedulePlayer::play(Operation *op) {
  // (S5)
  if (work && work->mustBeKept && !isa<CheckpointOp>(op))
    return op->emitOpError("expects state ") << work->state << ", which was written to " << describePlace(work->place)
                                             << ", to be kept by a 'remat.checkpoint' first";
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case<RestoreOp, CheckpointOp, DiscardOp, AdvanceOp, RecordOp, ReverseOp>([&](auto move) { return play(move); })
      .Default([](Operation *other) { return other->emitOpError("expects to stand outside of a schedule"); });
}

LogicalResult SchedulePlayer::playAll(Operation *sweep, Region &schedule) {
  // The core states of the two sweeps are different memory.
  work.reset();
  for (Operation &op : schedule.front())
    if (failed(play(&op)))
      return failure();
  if (work && work->mustBeKept)
    return sweep->emitOpError("expects a 'remat.checkpoint' of state ") << work->state << " at the end";
  return success();
}

LogicalResult SchedulePlayer::playForward(ForwardSweepOp sweep) {
  if (failed(playAll(sweep, sweep.getSchedule())))
    return failure();
  // (S9)
  if (stepsRun < plan.getSteps())
    return sweep.emitOpError("expects steps ") << stepsRun + 1 << " to " << plan.getSteps() << " to run";
  return success();
}

/// (S9)
LogicalResult SchedulePlayer::expectAtEnd(BackwardSweepOp sweep) {
  if (nextReverse > 0)
    return sweep.emitOpError("expects steps ") << nextReverse << " to 1 to be reversed";
  for (const auto &[item, place] : kept)
    if (item.isTape || item.number > 0)
      return sweep.emitOpError("expects nothing but state 0 to be kept at the end, but ")
             << describe(item) << " is in " << describePlace(place);
  if (advances != plan.getAdvances() || records != plan.getRecords() || resumes != plan.getResumes() ||
      copies != plan.getCopies())
    return sweep.emitOpError("expects ") << plan.getAdvances() << " steps without a tape, " << plan.getRecords()
                                         << " with one, " << plan.getResumes() << " states from a tape and "
                                         << plan.getCopies() << " copies, as planned, but got " << advances << ", "
                                         << records << ", " << resumes << " and " << copies;
  return success();
}

LogicalResult SchedulePlayer::playBackward(BackwardSweepOp sweep) {
  isBackward = true;
  return success(succeeded(playAll(sweep, sweep.getSchedule())) && succeeded(expectAtEnd(sweep)));
}

static bool isWalk(Region &schedule) {
  return llvm::hasSingleElement(schedule.front()) && isa<WalkOp>(schedule.front().front());
}

/// (S6): the plan counts state 0 if any of it lies in the slot region.
static LogicalResult verifyKeptInits(ForwardSweepOp forward, ChainOp chain) {
  PlanAttr plan = chain.getPlanAttr();
  if (!plan)
    return success();
  bool isExternal = schedule::headerOf(plan.getTable().asArrayRef().data()).start == schedule::Start::External;
  if (isExternal == forward.getKeptInits().empty() || chain.getCarryTypes().empty())
    return success();
  return forward.emitOpError("expects ") << (isExternal ? "no 'kept_inits'" : "'kept_inits'") << ", as the plan of "
                                         << forward.getChainAttr() << (isExternal ? " does not count" : " counts")
                                         << " state 0";
}

LogicalResult remat::verifySchedules(ForwardSweepOp forward, BackwardSweepOp backward, ChainOp chain) {
  Region &first = forward.getSchedule(), &second = backward.getSchedule();
  if (first.empty() && second.empty())
    return success();
  if (first.empty() || second.empty())
    return backward.emitOpError("expects a schedule if and only if its forward sweep has one");
  if (failed(verifyKeptInits(forward, chain)))
    return failure();
  if (isWalk(first) && isWalk(second))
    return success();
  for (Region *schedule : {&first, &second})
    for (WalkOp walk : schedule->getOps<WalkOp>())
      return walk.emitOpError("expects to be all that both sweeps do");
  if (!chain.getPlanAttr())
    return backward.emitOpError("expects ")
           << backward.getChainAttr() << " to have a plan if its schedule is spelled out";
  SchedulePlayer player(forward, chain);
  return success(succeeded(player.playForward(forward)) && succeeded(player.playBackward(backward)));
}
