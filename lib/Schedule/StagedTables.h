//===- StagedTables.h - dynamic program over unequal steps ------*- C++ -*-===//
//
// Part of the remat project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The least time of every segment (StagedChoice.h) for every whole number of
// memory units. Rotor's table (Beaumont et al. 2019) for tapes that stand for
// themselves, with slots that are used again. For N items and M units it takes
// O(N^3 M) time and O(N^2 M) memory.
//
// What a unit is, and how sizes become units, is up to the caller: with sizes
// rounded up every schedule fits, with sizes rounded down the result is a lower
// bound, with the unit a divisor of all sizes it is both.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_STAGEDTABLES_H
#define REMAT_LIB_SCHEDULE_STAGEDTABLES_H

#include "LineTable.h"
#include "StagedChoice.h"
#include "WorkerPair.h"

#include <functional>
#include <optional>

namespace remat::schedule {

enum class Rounding { Up, Nearest, Down };

/// How sizes become units.
struct UnitScale {
  int64_t unit = 1;
  Rounding rounding = Rounding::Up;

  int64_t operator()(int64_t size) const {
    switch (rounding) {
    case Rounding::Up:
      return size / unit + (size % unit != 0);
    case Rounding::Nearest:
      return size / unit + (size % unit > unit / 2);
    case Rounding::Down:
      break;
    }
    return size / unit;
  }
};

/// `Value` is float or double; times beyond its precision are rounded.
template <typename Value>
class StagedTables final : public ChoiceSource {
public:
  StagedTables(const ItemChain &chain, UnitScale scale, int64_t units);

  /// Calls `progress` now and then with the share that is done, until it returns
  /// false: then the tables are not solved, and false is returned.
  bool solve(const std::function<bool(double)> &progress);

  /// The least time of a segment; infinite if there is no schedule.
  Value value(const Segment &segment) const;

  Choice choose(const Segment &segment) const override;
  int64_t stateUnits(int64_t boundary) const override { return states[boundary]; }
  int64_t tapeUnits(int64_t item, int64_t mode) const override { return modes[item][mode].tape; }

private:
  /// A mode of an item in units.
  struct Mode {
    int64_t tape;
    Value once;
  };
  struct Block {
    int64_t need;
    Value time;
  };
  /// The segments of one kind that start at one boundary.
  struct Row {
    int64_t start;
    bool isOwned;
    /// The cell of (start, start + 1); later ends follow.
    int64_t begin;
    /// Lines of each cell that matter.
    int64_t lines;
  };

  const Row &row(SegmentKind kind, int64_t s) const {
    return rows[kind == SegmentKind::Owned ? ownedOf[s] : heldOf[s]];
  }
  int64_t keptCell(const Row &row, int64_t t) const { return row.begin + t - row.start - 1; }
  static int64_t coreCell(int64_t s, int64_t t) { return t * (t - 1) / 2 + s; }
  bool hasHeld(int64_t s) const { return heldOf[s] >= 0; }
  bool hasOwned(int64_t s) const { return ownedOf[s] >= 0; }
  Value wayTime(int64_t s, int64_t y) const { return static_cast<Value>(chain.advance(s, y)); }

  void addRows();
  void relax(int64_t low, int64_t high, int64_t tFirst, int64_t tLast, int64_t yFirst, int64_t yLast, int64_t line);
  void relax(int64_t s, int64_t tFirst, int64_t tLast, int64_t yFirst, int64_t yLast);
  void finishRow(int64_t s, int64_t high, int64_t first, int64_t last);
  void finish(int64_t s, int64_t t);
  void finishHeld(int64_t s, int64_t t);
  void finishOwned(int64_t s, int64_t t);
  void enterInto(int64_t s, int64_t t);
  Value blockValue(const Segment &segment) const;
  Value tapeValue(const Segment &segment, int64_t mode) const;
  Choice chooseCore(const Segment &segment) const;
  Choice chooseKept(const Segment &segment) const;

  const ItemChain &chain;
  UnitScale scale;
  int64_t items;
  int64_t width;
  std::vector<int64_t> states;
  std::vector<int64_t> stateWork;
  std::vector<int64_t> work;
  std::vector<std::vector<Mode>> modes;
  std::vector<std::vector<Block>> heldBlocks;
  std::vector<std::vector<Block>> ownedBlocks;
  /// Most workspace on the way from a start to each boundary.
  std::vector<std::vector<int32_t>> wayWork;

  std::vector<Row> rows;
  /// The row of each start, or -1.
  std::vector<int64_t> heldOf;
  std::vector<int64_t> ownedOf;
  std::optional<LineTable<Value>> cores;
  /// Held and owned segments, with the time of the way from the start to the end
  /// added, as splits need them. For an owned segment the memory is what is free
  /// beside the start state, and less than the workspace on the way is none.
  std::optional<LineTable<Value>> kept;

  /// The segment that is being finished: what it is entered with, what is
  /// kept of it and the rest after its first item.
  std::vector<Value> inCore;
  std::vector<Value> entered;
  std::vector<Value> mine;
  std::vector<Value> rest;
};

extern template class StagedTables<float>;
extern template class StagedTables<double>;

} // namespace remat::schedule

#endif // REMAT_LIB_SCHEDULE_STAGEDTABLES_H
