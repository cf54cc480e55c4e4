//===- TransferPlacer.cpp - when to move what the slow tier holds -*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The draft is played with a clock. What comes back is promised a place until its
// use, beside what the draft keeps until then.
//
//===----------------------------------------------------------------------===//

#include "SlowTier/TransferPlacer.h"

#include "SlowTier/CopyBoard.h"
#include "SlowTier/DraftProfile.h"

#include <algorithm>

using namespace remat::schedule;

using Extra = CopyItem::Extra;

/// Attempts at a draft, in each of which less is moved.
static constexpr int maxAttempts = 8;

/// Uses ahead that are looked at for one to fetch.
static constexpr size_t lookAhead = 64;

namespace {
class TransferPlacer {
public:
  TransferPlacer(const Chain &problem, const std::vector<DraftAction> &draft)
      : problem(problem), draft(draft), profile(problem, draft), board(problem), storedAt(2 * (problem.steps() + 1)),
        wasRead(storedAt.size()) {}

  bool run();
  bool isFasterThan(const Placement &other) const { return board.makespan() < other.time; }
  Placement take(bool isPlaced);

  /// Where the draft stores what nobody read, or what finds the slow tier full:
  /// these are better kept.
  const std::vector<size_t> &idleStores() const { return idle; }

private:
  bool play(size_t at);
  void blameStored();
  bool keep(int64_t item, size_t at);
  bool store(int64_t item, size_t at);
  void discard(int64_t item);
  void forget(int64_t item);
  bool use(size_t at);
  bool fetch(int64_t item, size_t at);
  bool mayFetch(const DraftProfile::Use &use, size_t at);
  void fetchAhead(size_t at);

  const Chain &problem;
  const std::vector<DraftAction> &draft;
  DraftProfile profile;
  CopyBoard board;
  std::vector<size_t> storedAt;
  std::vector<bool> wasRead;
  std::vector<size_t> idle;
  /// The first read that is still to come.
  size_t firstRead = 0;
};
} // namespace

Placement TransferPlacer::take(bool isPlaced) {
  Placement result = {isPlaced, std::move(board.actions), board.makespan(), board.predictedTime(), {}};
  for (int64_t item : board.unwelcome)
    result.unwelcome.push_back({CopyBoard::stepOf(item), CopyBoard::isTape(item)});
  return result;
}

bool TransferPlacer::keep(int64_t index, size_t at) {
  CopyItem &item = board[index];
  item.size = profile.sizeAt(at);
  if (item.extra == Extra::Arriving)
    board.await(index);
  bool isNew = !item.isFast();
  ++item.kept;
  board.settle(index);
  if (!board.makeRoom(profile.needed(at), index))
    return false;
  if (isNew)
    board.add(ActionKind::Checkpoint, ActionKind::Keep, index);
  return true;
}

/// The slow tier is too small for the draft: of what is there when it holds the
/// most, that with the least to gain for its size had better not be stored.
void TransferPlacer::blameStored() {
  struct Stored {
    int64_t item;
    int64_t size;
    int64_t gain;
  };
  std::vector<Stored> stored, most;
  int64_t total = 0, largest = 0;
  for (size_t at = 0; at < draft.size(); ++at) {
    int64_t item = CopyBoard::itemOf(draft[at].isTape, draft[at].step);
    if (draft[at].kind == DraftKind::Store) {
      stored.push_back({item, profile.sizeAt(at), profile.recordTime(draft[at].step)});
      total += stored.back().size;
      if (total > largest) {
        largest = total;
        most = stored;
      }
    } else if (draft[at].kind == DraftKind::Forget) {
      auto it = std::find_if(stored.begin(), stored.end(), [&](const Stored &each) { return each.item == item; });
      if (it == stored.end())
        continue;
      total -= it->size;
      stored.erase(it);
    }
  }
  // The last ones of equals.
  std::reverse(most.begin(), most.end());
  std::stable_sort(most.begin(), most.end(), [](const Stored &a, const Stored &b) {
    return __int128(a.gain) * b.size < __int128(b.gain) * a.size;
  });
  for (size_t i = 0; i < most.size() && largest > *problem.slow->capacity; ++i) {
    board.blame(most[i].item);
    largest -= most[i].size;
  }
}

bool TransferPlacer::store(int64_t index, size_t at) {
  CopyItem &item = board[index];
  item.size = profile.sizeAt(at);
  item.gain = profile.recordTime(CopyBoard::stepOf(index));
  item.isWanted = true;
  item.nextUse = profile.useBehind(index, at);
  storedAt[index] = at;
  wasRead[index] = false;
  if (item.isSlow)
    return true;
  if (!board.hasSlowRoom(item.size)) {
    idle.push_back(at);
    blameStored();
    return false;
  }
  if (!item.isFast()) {
    board.addExtra(index, Extra::Clean);
    if (!board.makeRoom(profile.needed(at), index)) {
      board.blame(index);
      return false;
    }
    board.add(ActionKind::Checkpoint, ActionKind::Keep, index);
  }
  board.startOut(index);
  return true;
}

void TransferPlacer::discard(int64_t index) {
  CopyItem &item = board[index];
  if (--item.kept > 0)
    return;
  if (item.extra != Extra::None || (item.isSlow && item.isWanted))
    board.addExtra(index, item.extra == Extra::None ? Extra::Clean : item.extra);
  else
    board.add(ActionKind::DiscardState, ActionKind::DiscardTape, index);
  board.settle(index);
}

void TransferPlacer::forget(int64_t index) {
  CopyItem &item = board[index];
  item.isWanted = item.isPromised = false;
  item.nextUse = SIZE_MAX;
  if (!wasRead[index])
    idle.push_back(storedAt[index]);
  if (item.extra == Extra::Arriving || item.end <= board.time())
    board.await(index);
  board.settle(index);
}

bool TransferPlacer::fetch(int64_t index, size_t at) {
  wasRead[index] = true;
  board.addExtra(index, Extra::Arriving);
  if (!board.makeRoom(profile.used(at), index))
    return false;
  board.startBack(index);
  return true;
}

/// Makes sure that what the draft reads at this place is in fast memory.
bool TransferPlacer::use(size_t at) {
  int64_t index = profile.readAt(at);
  if (index < 0)
    return true;
  CopyItem &item = board[index];
  if (!item.isFast() && !fetch(index, at))
    return false;
  if (item.extra == Extra::Arriving) {
    if (item.end > board.time())
      board.blame(index);
    board.await(index);
  }
  item.nextUse = profile.useBehind(index, at);
  item.isPromised = false;
  return true;
}

/// Whether there is a place for an item until its use. What leaves cannot make room
/// at once, and what is used earlier does not.
bool TransferPlacer::mayFetch(const DraftProfile::Use &use, size_t at) {
  std::vector<std::pair<size_t, int64_t>> promised;
  int64_t size = board[use.item].size, here = profile.used(at) + size;
  for (int64_t other : board.extras()) {
    const CopyItem &item = board[other];
    if (item.isPromised)
      promised.emplace_back(item.nextUse, item.size);
    bool isLeaving = item.extra == Extra::Leaving && item.end > board.time();
    if (item.isPromised || isLeaving || item.nextUse < use.at)
      here += item.size;
  }
  return here <= problem.budget && profile.mostWith(at + 1, use.at, promised) + size <= problem.budget;
}

/// Starts to copy back what is used next.
void TransferPlacer::fetchAhead(size_t at) {
  const std::vector<DraftProfile::Use> &reads = profile.reads();
  while (firstRead < reads.size() && reads[firstRead].at <= at)
    ++firstRead;
  for (size_t i = firstRead; i < std::min(firstRead + lookAhead, reads.size()); ++i) {
    const CopyItem &item = board[reads[i].item];
    if (item.nextUse != reads[i].at || item.isFast())
      continue;
    bool isIdle = board.isReaderFree(board.time() + profile.timeBehind(at));
    if (!item.isSlow || !isIdle || !mayFetch(reads[i], at))
      return;
    fetch(reads[i].item, at);
  }
}

bool TransferPlacer::play(size_t at) {
  const DraftAction &action = draft[at];
  int64_t item = CopyBoard::itemOf(action.isTape, action.step);
  std::vector<Action> &actions = board.actions;
  switch (action.kind) {
  case DraftKind::Keep:
    return keep(item, at);
  case DraftKind::Store:
    return store(item, at);
  case DraftKind::Discard:
    discard(item);
    break;
  case DraftKind::Forget:
    forget(item);
    break;
  case DraftKind::Restore:
    actions.push_back({ActionKind::Restore, action.step});
    break;
  case DraftKind::Advance:
    if (!actions.empty() && actions.back().kind == ActionKind::Advance)
      actions.back().to = action.to;
    else
      actions.push_back({ActionKind::Advance, action.step, action.to});
    break;
  case DraftKind::Record:
    actions.push_back({ActionKind::Record, action.step, action.to});
    break;
  case DraftKind::Reverse:
    actions.push_back({ActionKind::Reverse, action.step});
    break;
  }
  return true;
}

bool TransferPlacer::run() {
  for (size_t at = 0; at < draft.size(); ++at) {
    if (!use(at))
      return false;
    if (profile.takesTime(at) && !board.makeRoom(profile.needed(at), profile.readAt(at)))
      return false;
    if (!play(at))
      return false;
    board.run(profile.timeOf(at));
    if (!problem.slow->blocking && profile.takesTime(at))
      fetchAhead(at);
  }
  return true;
}

Placement remat::schedule::placeTransfers(const Chain &problem, std::vector<DraftAction> draft) {
  discardEarly(problem, draft);
  Placement best;
  for (int attempt = 0; attempt < maxAttempts; ++attempt) {
    TransferPlacer placer(problem, draft);
    bool isPlaced = placer.run();
    if (attempt == 0 || (isPlaced && (!best.isPlaced || placer.isFasterThan(best))))
      best = placer.take(isPlaced);
    if (placer.idleStores().empty())
      break;
    for (size_t at : placer.idleStores())
      keepInstead(draft, at);
  }
  return best;
}
