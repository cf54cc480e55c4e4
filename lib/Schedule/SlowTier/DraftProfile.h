//===- DraftProfile.h - what a draft keeps and reads ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_SLOWTIER_DRAFTPROFILE_H
#define REMAT_LIB_SCHEDULE_SLOWTIER_DRAFTPROFILE_H

#include "SlowTier/TransferPlacer.h"

namespace remat::schedule {

/// All that is known of a draft before it is played. Items have the numbers of
/// CopyBoard.
class DraftProfile {
public:
  DraftProfile(const Chain &problem, const std::vector<DraftAction> &draft);

  /// A read of something that only the slow tier has.
  struct Use {
    size_t at;
    int64_t item;
  };
  const std::vector<Use> &reads() const { return allReads; }
  /// The next read of an item behind a place, or SIZE_MAX.
  size_t useBehind(int64_t item, size_t at) const;
  /// The item that is read so at a place, or -1.
  int64_t readAt(size_t at) const { return places[at].read; }

  /// What the draft keeps after an action, that with its workspace, its time, and
  /// the size of what it keeps or stores.
  int64_t used(size_t at) const { return places[at].used; }
  int64_t needed(size_t at) const { return places[at].used + places[at].workspace; }
  int64_t timeOf(size_t at) const { return places[at].time; }
  /// The time of the next action that takes some.
  int64_t timeBehind(size_t at) const { return places[at].timeBehind; }
  int64_t sizeAt(size_t at) const { return places[at].size; }
  bool takesTime(size_t at) const { return places[at].takesTime; }

  /// The time of recording a step as the draft did last.
  int64_t recordTime(int64_t step) const { return records[step]; }

  /// The most that is needed from one place to another together with things that
  /// are there until their own use.
  int64_t mostWith(size_t from, size_t to, std::vector<std::pair<size_t, int64_t>> promised) const;

private:
  void play(const Chain &problem, const std::vector<DraftAction> &draft);
  void findMaxima();

  struct Place {
    int64_t used = 0;
    int64_t workspace = 0;
    int64_t time = 0;
    int64_t timeBehind = 0;
    int64_t size = 0;
    int64_t read = -1;
    bool takesTime = false;
  };

  int64_t most(size_t from, size_t to) const;

  std::vector<Place> places;
  std::vector<int64_t> records;
  std::vector<std::vector<size_t>> uses;
  std::vector<Use> allReads;
  /// Maxima of what is needed over 2^level places.
  std::vector<std::vector<int64_t>> maxima;
};

/// Gives every state up behind its last use, and does not keep what has none.
void discardEarly(const Chain &problem, std::vector<DraftAction> &draft);

/// Makes the draft keep what it stores at a place.
void keepInstead(std::vector<DraftAction> &draft, size_t at);

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_SLOWTIER_DRAFTPROFILE_H
