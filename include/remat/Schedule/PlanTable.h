//===- PlanTable.h - a schedule as a compact program ------------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Owns the words of a plan table (TableFormat.h) and answers every question
// that can be answered without walking it: is it well formed, how many moves of
// each kind will it make, how many bytes of slots and how many stack frames
// does it need. All answers are exact and take time linear in the number of
// nodes, whatever the number of steps.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_SCHEDULE_PLANTABLE_H
#define REMAT_SCHEDULE_PLANTABLE_H

#include "remat/ABI/TableFormat.h"
#include "remat/Schedule/Walker.h"

#include <optional>
#include <string>
#include <vector>

namespace remat::schedule {

/// The number of moves of each kind in one walk. Advances and records include
/// the first runs, of which there is one per step.
struct MoveCounts {
  int64_t advances = 0;
  int64_t records = 0;
  int64_t reverses = 0;
  int64_t resumes = 0;
  int64_t copies = 0;

  /// All executions of the forward step.
  int64_t forward() const { return advances + records; }

  friend bool operator==(const MoveCounts &a, const MoveCounts &b) {
    return a.advances == b.advances && a.records == b.records && a.reverses == b.reverses && a.resumes == b.resumes &&
           a.copies == b.copies;
  }
};

/// A plan table in memory. Cheap to move; compares by content.
class PlanTable {
public:
  /// The table of zero steps.
  PlanTable();

  /// Takes over words from elsewhere; call validate() before any other use.
  explicit PlanTable(std::vector<int64_t> tableWords) : words(std::move(tableWords)) {}

  /// Builds a table from its parts, with the modes that the nodes name. The last node is
  /// the root.
  PlanTable(int64_t steps, Start start, bool restartable, const std::vector<Node> &nodes);

  /// Returns what is wrong with the table, or nothing if the walker can play
  /// it: version, sizes, kinds, modes, child order, lengths that add up to the number of steps,
  /// and that every part can read its start state as often as it does.
  std::optional<std::string> validate() const;

  const std::vector<int64_t> &getWords() const { return words; }
  const int64_t *data() const { return words.data(); }

  int64_t getSteps() const { return header().steps; }
  Start getStart() const { return header().start; }
  bool isRestartable() const { return header().restartable != 0; }
  int64_t getNumModes() const { return header().modes; }
  int64_t getNumNodes() const { return header().nodes; }
  Node getNode(int64_t index) const { return nodeOf(words.data(), index); }

  /// Counts the moves of one walk. Nothing if a count exceeds 64 bits.
  std::optional<MoveCounts> countMoves() const;

  /// The highest byte of the slot region that a walk touches, plus one.
  /// Includes the initial state unless it is external. Nothing on overflow.
  std::optional<int64_t> slotPeak(SlotSizes sizes) const;

  /// The number of frames the walker needs.
  int64_t stackDepth() const;

  friend bool operator==(const PlanTable &a, const PlanTable &b) { return a.words == b.words; }

private:
  TableHeader header() const { return headerOf(words.data()); }

  std::vector<int64_t> words;
};

} // namespace remat::schedule

#endif // REMAT_SCHEDULE_PLANTABLE_H
