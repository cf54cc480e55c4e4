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
// What a unit is is up to the caller. If it divides all sizes the table is exact;
// with sizes rounded down it is a lower bound. Otherwise the time for an amount
// between two whole ones is taken to be in between, which is an estimate.
// StagedDescent.h takes a plan from it.
//
//===----------------------------------------------------------------------===//

#ifndef REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDTABLES_H
#define REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDTABLES_H

#include "Unequal/LineTable.h"
#include "Unequal/StagedChoice.h"
#include "Unequal/WorkerPair.h"

#include <functional>
#include <optional>

namespace remat::schedule {

enum class Rounding { None, Down };

/// A size in units: some whole ones, and a part of another.
template <typename Value>
struct Amount {
  int64_t whole;
  Value part;

  /// The whole units that it takes.
  int64_t up() const { return whole + (part > 0); }
};

/// How sizes become units: so many bytes are so many units.
struct UnitScale {
  int64_t bytes = 1;
  int64_t units = 1;
  Rounding rounding = Rounding::None;

  template <typename Value>
  Amount<Value> operator()(int64_t size) const {
    __int128 scaled = static_cast<__int128>(size) * units;
    double part = static_cast<double>(scaled % bytes) / static_cast<double>(bytes);
    return {static_cast<int64_t>(scaled / bytes), rounding == Rounding::None ? static_cast<Value>(part) : 0};
  }
};

/// `Value` is float or double; times beyond its precision are rounded.
template <typename Value>
class StagedTables {
public:
  /// Of the segments between two boundaries of a chain, by default of all.
  StagedTables(const ItemChain &chain, UnitScale scale, int64_t units)
      : StagedTables(chain, 0, chain.size(), scale, units) {}
  StagedTables(const ItemChain &chain, int64_t from, int64_t to, UnitScale scale, int64_t units);

  /// Calls `progress` now and then with the share that is done, until it returns
  /// false: then the tables are not solved, and false is returned.
  bool solve(const std::function<bool(double)> &progress);

  /// The least time of all that the tables cover, as an Owned or Held segment, with
  /// so many units; infinite if there is no schedule.
  Value value(SegmentKind kind, int64_t units) const;

  int64_t units() const { return width - 1; }

  /// Whether a unit is so many whole bytes, which should divide all sizes.
  bool isExact() const { return scale.units == 1 && scale.rounding == Rounding::None; }

  /// An amount of memory between two whole numbers of units.
  struct Place {
    int64_t index;
    double part;
  };
  Place placeOf(int64_t bytes) const {
    Amount<double> amount = scale.operator()<double>(bytes);
    return amount.whole < width - 1 ? Place{amount.whole, amount.part} : Place{width - 1, 0};
  }

  /// Estimates of the least time in between. A kept segment comes with the time of
  /// the way to its end, and for an owned one the memory is what is free beside
  /// the start state; that which leaves no room to run on the way is infinite.
  double coreTime(int64_t s, int64_t t, Place place) const {
    return between(*cores, coreCell(s - origin, t - origin), place);
  }
  double keptTime(SegmentKind kind, int64_t s, int64_t t, Place place) const {
    return between(*kept, keptCell(row(kind, s - origin), t - origin), place);
  }
  double wayTime(int64_t s, int64_t y) const { return static_cast<double>(chain.advance(s, y)); }

private:
  /// A mode of an item in units.
  struct Mode {
    Amount<Value> tape;
    /// Least memory to enter with.
    int64_t need;
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
  static double between(const LineTable<Value> &table, int64_t cell, Place place);
  bool hasHeld(int64_t s) const { return heldOf[s] >= 0; }
  bool hasOwned(int64_t s) const { return ownedOf[s] >= 0; }

  void addRows();
  void relax(int64_t low, int64_t high, int64_t tFirst, int64_t tLast, int64_t yFirst, int64_t yLast, int64_t line);
  void relax(int64_t s, int64_t tFirst, int64_t tLast, int64_t yFirst, int64_t yLast);
  void finishRow(int64_t s, int64_t high, int64_t first, int64_t last);
  void finish(int64_t s, int64_t t);
  void finishHeld(int64_t s, int64_t t);
  void finishOwned(int64_t s, int64_t t);
  void enterInto(int64_t s, int64_t t);
  void relaxShifted(Value *into, const Value *rest, Amount<Value> taken, int64_t first, Value time) const;

  /// Boundaries and items count from the origin here.
  double wayFrom(int64_t s, int64_t y) const { return wayTime(origin + s, origin + y); }

  const ItemChain &chain;
  int64_t origin;
  UnitScale scale;
  int64_t items;
  int64_t width;
  std::vector<Amount<Value>> states;
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

#endif // REMAT_LIB_SCHEDULE_UNEQUAL_STAGEDTABLES_H
